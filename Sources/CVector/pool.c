#include "CVector.h"
#include "clones.h"
#include <string.h>

// Channels are taken a chunk at a time, whose sums stand on the stack.
enum { CHUNK = 128 };

STORMO_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// The places of the window at `position` that lie in an image of `length`: `count` of them from `begin` on.
STORMO_INLINE size_t inside(size_t *begin, size_t position, size_t step, size_t before, size_t window, size_t length) {
    size_t first = position * step, end = smaller(first + window, before + length);
    *begin = first > before ? first - before : 0;
    return end - before - *begin;
}

STORMO_CLONES
void stormo_average(float *restrict dst, const float *restrict src, const stormo_positions *g, size_t samples) {
    for (size_t sample = 0; sample < samples; sample++)
        for (size_t y = 0; y < g->rows; y++)
            for (size_t x = 0; x < g->columns; x++, dst += g->channels) {
                size_t top, left;
                size_t height = inside(&top, y, g->down, g->top, g->window_height, g->height);
                size_t width = inside(&left, x, g->across, g->left, g->window_width, g->width);
                for (size_t begin = 0; begin < g->channels; begin += CHUNK) {
                    size_t n = smaller(g->channels - begin, CHUNK), terms = 0;
                    float sums[CHUNK] = {0};
                    double totals[CHUNK] = {0};
                    for (size_t i = 0; i < height; i++) {
                        const float *in = src + ((sample * g->height + top + i) * g->width + left) * g->channels + begin;
                        for (size_t j = 0; j < width; j++, in += g->channels) {
                            for (size_t c = 0; c < n; c++) sums[c] += in[c];
                            if (++terms % STORMO_SUMMED == 0) stormo_flush(totals, sums, n);
                        }
                    }
                    stormo_flush(totals, sums, n);
                    for (size_t c = 0; c < n; c++) dst[begin + c] = (float)(totals[c] / (double)terms);
                }
            }
}
