#include "CVector.h"
#include "clones.h"
#include <string.h>

// Sixteen channels; the compiler makes one register of them, or several.
typedef float lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t numbers __attribute__((vector_size(64), aligned(4)));
typedef uint8_t octets __attribute__((vector_size(16), aligned(1)));

enum {
    LANES = 16,
    // Channels of a mean over many places are taken a chunk at a time, whose sums stand on the stack.
    CHUNK = 128,
};

// Macros: functions would hand over wide registers, which not every instruction set has.
#define AT(POINTER) (*(lanes *)(POINTER))
#define CHOSEN(MASK, A, B) ((lanes)(((MASK) & (numbers)(A)) | (~(MASK) & (numbers)(B))))

STORMO_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// The part of a window that lies in the image: its place there and its size, and how many rows and columns of the window
// lie before it, in the padding.
typedef struct {
    size_t y, x, height, width, above, before;
} part;

STORMO_INLINE part part_inside(const stormo_positions *g, size_t row, size_t column) {
    size_t y = row * g->down, x = column * g->across;
    part p = {.above = y < g->top ? g->top - y : 0, .before = x < g->left ? g->left - x : 0};
    p.y = y + p.above - g->top;
    p.x = x + p.before - g->left;
    p.height = smaller(y + g->window_height, g->top + g->height) - (y + p.above);
    p.width = smaller(x + g->window_width, g->left + g->width) - (x + p.before);
    return p;
}

// Channels are taken sixteen at a time. Where the last are fewer they are taken with some of those before, once more; an
// image of fewer channels is taken one by one.
STORMO_INLINE size_t next_lanes(size_t c, size_t channels) {
    return c + LANES < channels && channels - c < 2 * LANES ? channels - LANES : c + LANES;
}

// The places of sixteen channels, or of one, in one octet each or in four.
STORMO_INLINE void store_places(void *places, size_t c, numbers values, int are_wide) {
    if (are_wide) *(numbers *)((int32_t *)places + c) = values;
    else *(octets *)((uint8_t *)places + c) = __builtin_convertvector(values, octets);
}
STORMO_INLINE int32_t place_at(const void *places, size_t c, int are_wide) {
    return are_wide ? ((const int32_t *)places)[c] : ((const uint8_t *)places)[c];
}

// MARK: The largest

STORMO_INLINE void largest_of_window(float *dst, void *places, const float *src, const stormo_positions *g, part p,
                                     int are_wide) {
    const float *first = src + (p.y * g->width + p.x) * g->channels;
    size_t row = g->width * g->channels;
    for (size_t c = 0; g->channels >= LANES && c < g->channels; c = next_lanes(c, g->channels)) {
        lanes largest = AT(first + c);
        numbers where = (numbers){0} + (int32_t)(p.above * g->window_width + p.before);
        for (size_t i = 0; i < p.height; i++)
            for (size_t j = 0; j < p.width; j++) {
                lanes value = AT(first + i * row + j * g->channels + c);
                numbers place = (numbers){0} + (int32_t)((p.above + i) * g->window_width + p.before + j);
                numbers is_larger = (value > largest) | (value != value);
                largest = CHOSEN(is_larger, value, largest);
                where = (is_larger & place) | (~is_larger & where);
            }
        AT(dst + c) = largest;
        if (places) store_places(places, c, where, are_wide);
    }
    for (size_t c = 0; g->channels < LANES && c < g->channels; c++) {
        float largest = first[c];
        size_t where = p.above * g->window_width + p.before;
        for (size_t i = 0; i < p.height; i++)
            for (size_t j = 0; j < p.width; j++) {
                float value = first[i * row + j * g->channels + c];
                if (!(value > largest || value != value)) continue;
                largest = value;
                where = (p.above + i) * g->window_width + p.before + j;
            }
        dst[c] = largest;
        if (places && are_wide) ((int32_t *)places)[c] = (int32_t)where;
        else if (places) ((uint8_t *)places)[c] = (uint8_t)where;
    }
}

STORMO_INLINE void largest(float *dst, char *places, const float *src, const stormo_positions *g, size_t samples,
                           int are_wide) {
    size_t image = g->height * g->width * g->channels, step = g->channels * (are_wide ? sizeof(int32_t) : 1);
    for (size_t sample = 0; sample < samples; sample++, src += image)
        for (size_t y = 0; y < g->rows; y++)
            for (size_t x = 0; x < g->columns; x++, dst += g->channels) {
                largest_of_window(dst, places, src, g, part_inside(g, y, x), are_wide);
                if (places) places += step;
            }
}

STORMO_CLONES
void stormo_largest(float *dst, void *places, const float *src, const stormo_positions *g, size_t samples) {
    if (stormo_place_bytes(g) == 1) largest(dst, places, src, g, samples, 0);
    else largest(dst, places, src, g, samples, 1);
}

// Whether each pixel lies in exactly one window, so that what comes back to it is stored and not added.
STORMO_INLINE int is_cut_into_windows(const stormo_positions *g) {
    return g->down == g->window_height && g->across == g->window_width && g->rows * g->down >= g->top + g->height
        && g->columns * g->across >= g->left + g->width;
}

STORMO_INLINE void largest_backward(float *diff_src, const char *places, const float *diff_dst,
                                    const stormo_positions *g, size_t samples, int are_wide, int is_cut) {
    size_t row = g->width * g->channels, step = g->channels * (are_wide ? sizeof(int32_t) : 1);
    if (!is_cut) memset(diff_src, 0, samples * g->height * row * sizeof(float));
    for (size_t sample = 0; sample < samples; sample++, diff_src += g->height * row)
        for (size_t y = 0; y < g->rows; y++)
            for (size_t x = 0; x < g->columns; x++, diff_dst += g->channels, places += step) {
                part p = part_inside(g, y, x);
                float *first = diff_src + p.y * row + p.x * g->channels;
                for (size_t i = 0; i < p.height; i++)
                    for (size_t j = 0; j < p.width; j++) {
                        float *out = first + i * row + j * g->channels;
                        int32_t place = (int32_t)((p.above + i) * g->window_width + p.before + j);
                        size_t c = 0;
                        for (; c + LANES <= g->channels; c += LANES) {
                            numbers where;
                            if (are_wide) where = *(const numbers *)((const int32_t *)(const void *)places + c);
                            else where = __builtin_convertvector(*(const octets *)(places + c), numbers);
                            lanes value = (lanes)((numbers)AT(diff_dst + c) & (where == place));
                            if (is_cut) AT(out + c) = value;
                            else AT(out + c) += value;
                        }
                        for (; c < g->channels; c++) {
                            float value = place_at(places, c, are_wide) == place ? diff_dst[c] : 0;
                            if (is_cut) out[c] = value;
                            else out[c] += value;
                        }
                    }
            }
}

STORMO_CLONES
void stormo_largest_backward(float *diff_src, const void *places, const float *diff_dst, const stormo_positions *g,
                             size_t samples) {
    if (stormo_place_bytes(g) != 1) largest_backward(diff_src, places, diff_dst, g, samples, 1, 0);
    else if (is_cut_into_windows(g)) largest_backward(diff_src, places, diff_dst, g, samples, 0, 1);
    else largest_backward(diff_src, places, diff_dst, g, samples, 0, 0);
}

// MARK: The mean

STORMO_CLONES
void stormo_mean(float *restrict dst, const float *restrict src, const stormo_positions *g, size_t samples) {
    for (size_t sample = 0; sample < samples; sample++)
        for (size_t y = 0; y < g->rows; y++)
            for (size_t x = 0; x < g->columns; x++, dst += g->channels) {
                part p = part_inside(g, y, x);
                const float *first = src + ((sample * g->height + p.y) * g->width + p.x) * g->channels;
                int is_long = p.height * p.width > STORMO_SUMMED;
                for (size_t begin = 0; begin < g->channels; begin += CHUNK) {
                    size_t n = smaller(g->channels - begin, CHUNK), terms = 0;
                    float sums[CHUNK] = {0};
                    double totals[CHUNK];
                    if (is_long) memset(totals, 0, sizeof totals);
                    for (size_t i = 0; i < p.height; i++) {
                        const float *in = first + i * g->width * g->channels + begin;
                        for (size_t j = 0; j < p.width; j++, in += g->channels) {
                            for (size_t c = 0; c < n; c++) sums[c] += in[c];
                            if (++terms % STORMO_SUMMED == 0 && is_long) stormo_flush(totals, sums, n);
                        }
                    }
                    if (is_long) {
                        stormo_flush(totals, sums, n);
                        for (size_t c = 0; c < n; c++) dst[begin + c] = (float)(totals[c] / (double)terms);
                    } else {
                        for (size_t c = 0; c < n; c++) dst[begin + c] = sums[c] / (float)terms;
                    }
                }
            }
}

STORMO_INLINE void mean_backward(float *restrict diff_src, const float *restrict diff_dst, const stormo_positions *g,
                                 size_t samples, int is_cut) {
    size_t row = g->width * g->channels;
    if (!is_cut) memset(diff_src, 0, samples * g->height * row * sizeof(float));
    for (size_t sample = 0; sample < samples; sample++, diff_src += g->height * row)
        for (size_t y = 0; y < g->rows; y++)
            for (size_t x = 0; x < g->columns; x++, diff_dst += g->channels) {
                part p = part_inside(g, y, x);
                float *first = diff_src + p.y * row + p.x * g->channels, terms = (float)(p.height * p.width);
                for (size_t i = 0; i < p.height; i++)
                    for (size_t j = 0; j < p.width; j++) {
                        float *out = first + i * row + j * g->channels;
                        for (size_t c = 0; c < g->channels; c++) {
                            if (is_cut) out[c] = diff_dst[c] / terms;
                            else out[c] += diff_dst[c] / terms;
                        }
                    }
            }
}

STORMO_CLONES
void stormo_mean_backward(float *diff_src, const float *diff_dst, const stormo_positions *g, size_t samples) {
    if (is_cut_into_windows(g)) mean_backward(diff_src, diff_dst, g, samples, 1);
    else mean_backward(diff_src, diff_dst, g, samples, 0);
}
