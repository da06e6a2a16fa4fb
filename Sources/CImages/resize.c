#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "CImages.h"

// The weights of an axis: `most` for each target value, of which the first `counts` count.
typedef struct {
    int *firsts, *counts;
    double *weights;
    // The same as multiples of 2^-22.
    int32_t *fixed;
    int most;
} axis;

static const int fixed_bits = 22;

static void release(axis *own) {
    free(own->firsts);
    free(own->counts);
    free(own->weights);
    free(own->fixed);
}

static bool prepare(axis *own, int source, double start, double end, int target) {
    // In single precision, as Pillow has a box.
    const double step = (double)(float)(end - start) / target, half = step > 1 ? step : 1;
    own->most = (int)ceil(half) * 2 + 1;
    const size_t count = (size_t)target * (size_t)own->most;
    own->firsts = malloc((size_t)target * sizeof(int));
    own->counts = malloc((size_t)target * sizeof(int));
    own->weights = calloc(count, sizeof(double));
    own->fixed = calloc(count, sizeof(int32_t));
    if (!own->firsts || !own->counts || !own->weights || !own->fixed) return false;
    for (int i = 0; i < target; i++) {
        const double centre = start + (i + 0.5) * step;
        int first = (int)(centre - half + 0.5), last = (int)(centre + half + 0.5);
        if (first < 0) first = 0;
        if (last > source) last = source;
        double *weights = own->weights + (size_t)i * (size_t)own->most, sum = 0;
        for (int k = 0; k < last - first; k++) {
            const double distance = fabs((k + first - centre + 0.5) * (1 / half));
            weights[k] = distance < 1 ? 1 - distance : 0;
            sum += weights[k];
        }
        for (int k = 0; k < last - first; k++) {
            if (sum != 0) weights[k] /= sum;
            own->fixed[(size_t)i * (size_t)own->most + (size_t)k] = (int32_t)(0.5 + weights[k] * (1 << fixed_bits));
        }
        own->firsts[i] = first;
        own->counts[i] = last - first;
    }
    return true;
}

static inline uint8_t byte_of(int32_t sum) {
    sum >>= fixed_bits;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

static inline uint16_t word_of(double sum) {
    const int whole = (int)(sum + 0.5);
    return (uint16_t)(whole < 0 ? 0 : whole > 65535 ? 65535 : whole);
}

static const int32_t half_of_byte = 1 << (fixed_bits - 1);

// The mean of `count` pixels of one channel or of three.
static inline void mean_of_bytes(const uint8_t *pixel, int channels, const int32_t *weights, int count, uint8_t *result) {
    int32_t first = half_of_byte, second = half_of_byte, third = half_of_byte;
    if (channels == 1) {
        for (int k = 0; k < count; k++) first += weights[k] * pixel[k];
        result[0] = byte_of(first);
        return;
    }
    for (int k = 0; k < count; k++, pixel += 3) {
        first += weights[k] * pixel[0];
        second += weights[k] * pixel[1];
        third += weights[k] * pixel[2];
    }
    result[0] = byte_of(first);
    result[1] = byte_of(second);
    result[2] = byte_of(third);
}

static inline void mean_of_words(
    const uint16_t *pixel, int channels, const double *weights, int count, uint16_t *result
) {
    for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (int k = 0; k < count; k++) sum += weights[k] * pixel[k * channels + c];
        result[c] = word_of(sum);
    }
}

// Along rows: `rows` rows of `width` pixels become as many of `target` pixels.
static void along_rows(
    const void *source, int width, int rows, int channels, bool is_wide, const axis *own, void *result, int target
) {
    const size_t from = (size_t)width * (size_t)channels, to = (size_t)target * (size_t)channels, step = (size_t)channels;
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < target; x++) {
            const size_t first = (size_t)y * from + (size_t)own->firsts[x] * step;
            const size_t weights = (size_t)x * (size_t)own->most, place = (size_t)y * to + (size_t)x * step;
            if (is_wide) {
                mean_of_words(
                    (const uint16_t *)source + first, channels, own->weights + weights, own->counts[x],
                    (uint16_t *)result + place);
            } else {
                mean_of_bytes(
                    (const uint8_t *)source + first, channels, own->fixed + weights, own->counts[x],
                    (uint8_t *)result + place);
            }
        }
    }
}

// So many values are summed at once, each by itself.
enum { lane_count = 256 };

static void sum_of_bytes(
    const uint8_t *source, size_t values, const int32_t *weights, int count, int lanes, uint8_t *result
) {
    int32_t sums[lane_count];
    for (int i = 0; i < lanes; i++) sums[i] = half_of_byte;
    for (int k = 0; k < count; k++) {
        const uint8_t *row = source + (size_t)k * values;
        for (int i = 0; i < lanes; i++) sums[i] += weights[k] * row[i];
    }
    for (int i = 0; i < lanes; i++) result[i] = byte_of(sums[i]);
}

static void sum_of_words(
    const uint16_t *source, size_t values, const double *weights, int count, int lanes, uint16_t *result
) {
    double sums[lane_count];
    for (int i = 0; i < lanes; i++) sums[i] = 0;
    for (int k = 0; k < count; k++) {
        const uint16_t *row = source + (size_t)k * values;
        for (int i = 0; i < lanes; i++) sums[i] += weights[k] * row[i];
    }
    for (int i = 0; i < lanes; i++) result[i] = word_of(sums[i]);
}

// Along columns: rows of `values` values, the first of which is the source's row `first_row`.
static void along_columns(
    const void *source, int first_row, size_t values, bool is_wide, const axis *own, void *result, int target, size_t stride
) {
    for (int y = 0; y < target; y++) {
        const size_t first = (size_t)(own->firsts[y] - first_row) * values, weights = (size_t)y * (size_t)own->most;
        void *row = (uint8_t *)result + (size_t)y * stride;
        for (size_t i = 0; i < values; i += lane_count) {
            const int lanes = values - i < lane_count ? (int)(values - i) : lane_count;
            if (is_wide) {
                sum_of_words(
                    (const uint16_t *)source + first + i, values, own->weights + weights, own->counts[y], lanes,
                    (uint16_t *)row + i);
            } else {
                sum_of_bytes(
                    (const uint8_t *)source + first + i, values, own->fixed + weights, own->counts[y], lanes,
                    (uint8_t *)row + i);
            }
        }
    }
}

bool stormo_image_resize(
    const void *source, int width, int height, int channels, int depth, double left, double top, double right,
    double bottom, void *target, int target_width, int target_height, size_t stride
) {
    const bool is_wide = depth == 16;
    const size_t size = is_wide ? 2 : 1, row_bytes = (size_t)target_width * (size_t)channels * size;
    const bool changes_width = target_width != width || left != 0 || right != width;
    const bool changes_height = target_height != height || top != 0 || bottom != height;
    axis across = {0}, down = {0};
    void *between = NULL;
    bool is_done = false;
    if (changes_width && !prepare(&across, width, left, right, target_width)) goto end;
    if (changes_height && !prepare(&down, height, top, bottom, target_height)) goto end;
    // The rows that the second pass reads.
    int first_row = 0, rows = height;
    if (changes_height) {
        first_row = down.firsts[0];
        rows = down.firsts[target_height - 1] + down.counts[target_height - 1] - first_row;
    }
    const uint8_t *lines = (const uint8_t *)source + (size_t)first_row * (size_t)width * (size_t)channels * size;
    if (changes_width) {
        between = malloc((size_t)rows * row_bytes);
        if (!between) goto end;
        along_rows(lines, width, rows, channels, is_wide, &across, between, target_width);
        lines = between;
    }
    if (changes_height) {
        along_columns(
            lines, first_row, (size_t)target_width * (size_t)channels, is_wide, &down, target, target_height, stride);
    } else {
        for (int y = 0; y < target_height; y++) {
            memcpy((uint8_t *)target + (size_t)y * stride, lines + (size_t)y * row_bytes, row_bytes);
        }
    }
    is_done = true;
end:
    free(between);
    release(&across);
    release(&down);
    return is_done;
}
