#include "CVector.h"
#include "clones.h"
#include <string.h>

// Sixteen filters; the compiler makes one register of it, or several.
typedef float lanes __attribute__((vector_size(64), aligned(4)));

enum {
    // The weights of so many places under the window, and of twice sixteen filters, have their sums in registers while
    // all positions of an image pass by: 3×3 for one channel.
    PLACES = 9,
    LANES = 16,
};

// A macro: a function would hand over wide registers, which not every instruction set has.
#define AT(POINTER) (*(lanes *)(POINTER))

// Adds to the weights' gradients of up to PLACES places, whose values begin at `offsets` under the first position.
STORMO_INLINE void add_places(float *diff_weights, float *sums, const float *padded, const float *diff_dst,
                              const size_t offsets[PLACES], size_t places, const stormo_positions *g, int pairs) {
    lanes a[PLACES][2] = {0}, b[2] = {0};
    size_t step = g->across * g->channels;
    for (size_t y = 0; y < g->rows; y++) {
        const float *in[PLACES];
        const float *d = diff_dst + y * g->columns * g->filters;
        for (int k = 0; k < PLACES; k++) in[k] = padded + y * g->down * g->padded_width * g->channels + offsets[k];
        for (size_t x = 0; x < g->columns; x++, d += g->filters) {
            lanes d0 = AT(d), d1 = pairs ? AT(d + LANES) : d0;
            if (sums) {
                b[0] += d0;
                if (pairs) b[1] += d1;
            }
            for (int k = 0; k < PLACES; k++) {
                float value = in[k][x * step];
                a[k][0] += value * d0;
                if (pairs) a[k][1] += value * d1;
            }
        }
    }
    // No loop that may end early: all sums must have fixed places, in registers.
    for (size_t k = 0; k < PLACES; k++) {
        if (k < places) AT(diff_weights + k * g->filters) += a[k][0];
        if (k < places && pairs) AT(diff_weights + k * g->filters + LANES) += a[k][1];
    }
    if (!sums) return;
    AT(sums) += b[0];
    if (pairs) AT(sums + LANES) += b[1];
}

STORMO_CLONES
void stormo_few_channels_gradient(float *diff_weights, float *diff_bias, float *padded, const float *src,
                                  const float *diff_dst, const stormo_positions *g, size_t samples) {
    size_t run = g->window_width * g->channels, places = g->window_height * run;
    size_t row = g->width * g->channels, padded_row = g->padded_width * g->channels;
    memset(diff_weights, 0, places * g->filters * sizeof(float));
    if (diff_bias) memset(diff_bias, 0, g->filters * sizeof(float));
    memset(padded, 0, g->padded_height * padded_row * sizeof(float));
    for (size_t sample = 0; sample < samples; sample++) {
        for (size_t y = 0; y < g->height; y++)
            memcpy(padded + (y + g->top) * padded_row + g->left * g->channels, src + (sample * g->height + y) * row,
                   row * sizeof(float));
        const float *d = diff_dst + sample * g->rows * g->columns * g->filters;
        for (size_t first = 0; first < places; first += PLACES) {
            size_t count = places - first < PLACES ? places - first : PLACES;
            size_t offsets[PLACES];
            // Where fewer are left the first stands in for the others, whose sums are dropped.
            for (size_t k = 0; k < PLACES; k++) {
                size_t place = first + (k < count ? k : 0);
                offsets[k] = place / run * padded_row + place % run;
            }
            for (size_t filter = 0; filter < g->filters;) {
                int pairs = filter + 2 * LANES <= g->filters;
                float *w = diff_weights + first * g->filters + filter;
                float *sums = diff_bias && first == 0 ? diff_bias + filter : 0;
                if (pairs && sums) add_places(w, sums, padded, d + filter, offsets, count, g, 1);
                else if (pairs) add_places(w, 0, padded, d + filter, offsets, count, g, 1);
                else add_places(w, sums, padded, d + filter, offsets, count, g, 0);
                filter += pairs ? 2 * LANES : LANES;
            }
        }
    }
}
