#include "CVector.h"
#include "activated.h"
#include "clones.h"
#include <string.h>

// Sixteen filters; the compiler makes one register of it, or several.
typedef float lanes __attribute__((vector_size(64), aligned(4)));

enum {
    // The results of so many positions, and of twice sixteen filters, are in registers while the window's places pass
    // by.
    POSITIONS = 6,
    // The weights of so many places, and of twice sixteen filters, have their sums in registers while all positions of
    // an image pass by: 3×3 for one channel.
    PLACES = 9,
    LANES = 16,
    // At most so many positions are added up in registers before the sums are added to those of all.
    POSITIONS_SUMMED = 2 * STORMO_SUMMED,
};

// A macro: a function would hand over wide registers, which not every instruction set has.
#define AT(POINTER) (*(lanes *)(POINTER))

// An image in the middle of `padded`, whose margins are zero.
STORMO_INLINE void lay_down(float *padded, const float *image, const stormo_positions *g) {
    size_t row = g->width * g->channels;
    for (size_t y = 0; y < g->height; y++)
        memcpy(padded + ((y + g->top) * g->padded_width + g->left) * g->channels, image + y * row, row * sizeof(float));
}

// The results of neighbouring positions, the first of which begins at `in`.
STORMO_INLINE void compute_positions(float *dst, const float *in, const float *weights, const float *bias, int kind,
                                     float alpha, const stormo_positions *g, int positions, int pairs) {
    size_t run = g->window_width * g->channels, row = g->padded_width * g->channels, step = g->across * g->channels;
    lanes none = {0}, sums[POSITIONS][2];
    lanes b0 = bias ? AT(bias) : none, b1 = bias && pairs ? AT(bias + LANES) : none;
    for (int p = 0; p < positions; p++) {
        sums[p][0] = b0;
        sums[p][1] = b1;
    }
    for (size_t i = 0; i < g->window_height; i++)
        for (size_t j = 0; j < run; j++) {
            const float *w = weights + (i * run + j) * g->filters, *x = in + i * row + j;
            lanes w0 = AT(w), w1 = pairs ? AT(w + LANES) : none;
            for (int p = 0; p < positions; p++) {
                sums[p][0] += x[p * step] * w0;
                if (pairs) sums[p][1] += x[p * step] * w1;
            }
        }
    for (int p = 0; p < positions; p++)
        for (int half = 0; half < (pairs ? 2 : 1); half++) {
            lanes y = sums[p][half];
            for (int k = 0; k < LANES; k++) y[k] = stormo_activated(kind, alpha, y[k]);
            AT(dst + p * g->filters + half * LANES) = y;
        }
}

STORMO_INLINE void compute_row(float *dst, const float *in, const float *weights, const float *bias, int kind,
                               float alpha, const stormo_positions *g, int pairs) {
    size_t step = g->across * g->channels;
    if (g->columns < POSITIONS) {
        for (size_t x = 0; x < g->columns; x++)
            compute_positions(dst + x * g->filters, in + x * step, weights, bias, kind, alpha, g, 1, pairs);
        return;
    }
    for (size_t next = 0; next < g->columns; next += POSITIONS) {
        // The last ones of a row are computed together with some of those before, once more.
        size_t x = next + POSITIONS <= g->columns ? next : g->columns - POSITIONS;
        compute_positions(dst + x * g->filters, in + x * step, weights, bias, kind, alpha, g, POSITIONS, pairs);
    }
}

STORMO_INLINE void convolve(float *dst, float *padded, const float *src, const float *weights, const float *bias,
                            int kind, float alpha, const stormo_positions *g, size_t samples) {
    size_t size = g->height * g->width * g->channels, row = g->padded_width * g->channels;
    memset(padded, 0, g->padded_height * row * sizeof(float));
    for (size_t sample = 0; sample < samples; sample++) {
        lay_down(padded, src + sample * size, g);
        for (size_t y = 0; y < g->rows; y++) {
            float *d = dst + (sample * g->rows + y) * g->columns * g->filters;
            const float *in = padded + y * g->down * row;
            for (size_t f = 0; f < g->filters;) {
                const float *b = bias ? bias + f : 0;
                int pairs = f + 2 * LANES <= g->filters;
                if (pairs) compute_row(d + f, in, weights + f, b, kind, alpha, g, 1);
                else compute_row(d + f, in, weights + f, b, kind, alpha, g, 0);
                f += pairs ? 2 * LANES : LANES;
            }
        }
    }
}

STORMO_CLONES
void stormo_few_channels(float *dst, float *padded, const float *src, const float *weights, const float *bias,
                         int kind, float alpha, const stormo_positions *g, size_t samples) {
    switch (kind) {
    case STORMO_RELU: convolve(dst, padded, src, weights, bias, STORMO_RELU, 0, g, samples); break;
    case STORMO_LEAKY_RELU: convolve(dst, padded, src, weights, bias, STORMO_LEAKY_RELU, alpha, g, samples); break;
    default: convolve(dst, padded, src, weights, bias, STORMO_LINEAR, 0, g, samples); break;
    }
}

// Adds what rows×columns positions give to the weights' gradients of up to PLACES places, whose values begin at
// `offsets` under the first position.
STORMO_INLINE void add_places(float *diff_weights, float *sums, const float *padded, const float *diff_dst, size_t rows,
                              size_t columns, const size_t offsets[PLACES], size_t places, const stormo_positions *g,
                              int pairs) {
    lanes a[PLACES][2] = {0}, b[2] = {0};
    size_t step = g->across * g->channels;
    for (size_t y = 0; y < rows; y++) {
        const float *in[PLACES];
        const float *d = diff_dst + y * g->columns * g->filters;
        for (int k = 0; k < PLACES; k++) in[k] = padded + y * g->down * g->padded_width * g->channels + offsets[k];
        for (size_t x = 0; x < columns; x++, d += g->filters) {
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

STORMO_INLINE void add_positions(float *diff_weights, float *diff_bias, const float *padded, const float *diff_dst,
                                 size_t rows, size_t columns, const stormo_positions *g) {
    size_t run = g->window_width * g->channels, places = g->window_height * run;
    size_t row = g->padded_width * g->channels;
    for (size_t first = 0; first < places; first += PLACES) {
        size_t count = places - first < PLACES ? places - first : PLACES;
        size_t offsets[PLACES];
        // Where fewer are left the first stands in for the others, whose sums are dropped.
        for (size_t k = 0; k < PLACES; k++) {
            size_t place = first + (k < count ? k : 0);
            offsets[k] = place / run * row + place % run;
        }
        for (size_t filter = 0; filter < g->filters;) {
            int pairs = filter + 2 * LANES <= g->filters;
            float *w = diff_weights + first * g->filters + filter;
            float *sums = diff_bias && first == 0 ? diff_bias + filter : 0;
            const float *d = diff_dst + filter;
            if (pairs && sums) add_places(w, sums, padded, d, rows, columns, offsets, count, g, 1);
            else if (pairs) add_places(w, 0, padded, d, rows, columns, offsets, count, g, 1);
            else add_places(w, sums, padded, d, rows, columns, offsets, count, g, 0);
            filter += pairs ? 2 * LANES : LANES;
        }
    }
}

STORMO_CLONES
void stormo_few_channels_backward_weights(float *diff_weights, float *diff_bias, float *padded, double *totals,
                                  const float *src, const float *diff_dst, const stormo_positions *g, size_t samples) {
    size_t places = g->window_height * g->window_width * g->channels;
    size_t width = g->columns < POSITIONS_SUMMED ? g->columns : POSITIONS_SUMMED, height = POSITIONS_SUMMED / width;
    size_t size = g->height * g->width * g->channels, row = g->padded_width * g->channels;
    size_t weights = places * g->filters, blocks = 0;
    double *bias_totals = totals + weights;
    memset(diff_weights, 0, weights * sizeof(float));
    memset(totals, 0, (weights + g->filters) * sizeof(double));
    if (diff_bias) memset(diff_bias, 0, g->filters * sizeof(float));
    memset(padded, 0, g->padded_height * row * sizeof(float));
    for (size_t sample = 0; sample < samples; sample++) {
        lay_down(padded, src + sample * size, g);
        for (size_t y = 0; y < g->rows; y += height)
            for (size_t x = 0; x < g->columns; x += width) {
                size_t rows = g->rows - y < height ? g->rows - y : height;
                size_t columns = g->columns - x < width ? g->columns - x : width;
                add_positions(diff_weights, diff_bias, padded + y * g->down * row + x * g->across * g->channels,
                              diff_dst + ((sample * g->rows + y) * g->columns + x) * g->filters, rows, columns, g);
                if (++blocks % STORMO_SUMMED != 0) continue;
                stormo_flush(totals, diff_weights, weights);
                if (diff_bias) stormo_flush(bias_totals, diff_bias, g->filters);
            }
    }
    if (blocks < STORMO_SUMMED) return;
    stormo_flush(totals, diff_weights, weights);
    stormo_round(diff_weights, totals, weights);
    if (!diff_bias) return;
    stormo_flush(bias_totals, diff_bias, g->filters);
    stormo_round(diff_bias, bias_totals, g->filters);
}
