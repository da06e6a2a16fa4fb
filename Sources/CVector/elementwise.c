#include "CVector.h"
#include "clones.h"
#include <math.h>
#include <string.h>

STORMO_INLINE float derivative(int kind, float alpha, float y) {
    switch (kind) {
    case STORMO_RELU: return y > 0 ? 1.0f : 0.0f;
    case STORMO_LEAKY_RELU: return y > 0 ? 1.0f : alpha;
    case STORMO_ELU: return y > 0 ? 1.0f : y + alpha;
    case STORMO_SIGMOID: return y * (1 - y);
    case STORMO_TANH: return 1 - y * y;
    default: return 1.0f;
    }
}

// Columns whose sums over many rows are made together: the totals of so many stand on the stack.
enum { COLUMNS = 1024 };

// One pass for both results: the row just computed is still in registers when the bias sums take it up. `stride` is the
// distance from a row to the next.
STORMO_INLINE void backward_rows(int kind, float alpha, float *diff_src, float *restrict sums, const float *y,
                                 const float *diff_dst, size_t rows, size_t columns, size_t stride) {
    if (sums) memset(sums, 0, columns * sizeof(float));
    for (size_t r = 0; r < rows; r++) {
        const float *diff_dst_row = diff_dst + r * stride;
        if (kind == STORMO_LINEAR) {
            if (sums)
                for (size_t c = 0; c < columns; c++) sums[c] += diff_dst_row[c];
            continue;
        }
        const float *value = y + r * stride;
        float *diff_src_row = diff_src + r * stride;
        if (sums)
            for (size_t c = 0; c < columns; c++) {
                float d = diff_dst_row[c] * derivative(kind, alpha, value[c]);
                diff_src_row[c] = d;
                sums[c] += d;
            }
        else
            for (size_t c = 0; c < columns; c++)
                diff_src_row[c] = diff_dst_row[c] * derivative(kind, alpha, value[c]);
    }
}

STORMO_INLINE void backward(int kind, float alpha, float *diff_src, float *diff_bias, const float *y,
                            const float *diff_dst, size_t rows, size_t columns) {
    if (!diff_bias || rows <= STORMO_SUMMED) {
        backward_rows(kind, alpha, diff_src, diff_bias, y, diff_dst, rows, columns, columns);
        return;
    }
    for (size_t begin = 0; begin < columns; begin += COLUMNS) {
        size_t n = columns - begin < COLUMNS ? columns - begin : COLUMNS;
        double totals[COLUMNS];
        memset(totals, 0, n * sizeof(double));
        for (size_t r = 0; r < rows; r += STORMO_SUMMED) {
            size_t start = r * columns + begin, count = rows - r < STORMO_SUMMED ? rows - r : STORMO_SUMMED;
            backward_rows(kind, alpha, diff_src + start, diff_bias + begin, y + start, diff_dst + start, count, n,
                          columns);
            for (size_t c = 0; c < n; c++) totals[c] += (double)diff_bias[begin + c];
        }
        for (size_t c = 0; c < n; c++) diff_bias[begin + c] = (float)totals[c];
    }
}

STORMO_CLONES
void stormo_activation_backward(int kind, float alpha, float *diff_src, float *diff_bias, const float *y,
                                const float *diff_dst, size_t rows, size_t columns) {
    switch (kind) {
    case STORMO_LINEAR: backward(STORMO_LINEAR, alpha, diff_src, diff_bias, y, diff_dst, rows, columns); break;
    case STORMO_RELU: backward(STORMO_RELU, alpha, diff_src, diff_bias, y, diff_dst, rows, columns); break;
    case STORMO_LEAKY_RELU: backward(STORMO_LEAKY_RELU, alpha, diff_src, diff_bias, y, diff_dst, rows, columns); break;
    case STORMO_ELU: backward(STORMO_ELU, alpha, diff_src, diff_bias, y, diff_dst, rows, columns); break;
    case STORMO_SIGMOID: backward(STORMO_SIGMOID, alpha, diff_src, diff_bias, y, diff_dst, rows, columns); break;
    case STORMO_TANH: backward(STORMO_TANH, alpha, diff_src, diff_bias, y, diff_dst, rows, columns); break;
    }
}

STORMO_CLONES
void stormo_add(float *dst, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = a[i] + b[i];
}

STORMO_CLONES
void stormo_accumulate(float *restrict dst, const float *restrict a, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] += a[i];
}

void stormo_copy_rows(float *dst, size_t dst_stride, const float *src, size_t src_stride, size_t width, size_t rows) {
    for (size_t r = 0; r < rows; r++) memcpy(dst + r * dst_stride, src + r * src_stride, width * sizeof(float));
}

// x - x is 0 for a finite x and NaN for the rest; a comparison per element would not vectorise as plainly.
STORMO_CLONES
int stormo_all_finite(const float *a, size_t n) {
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) bad |= (a[i] - a[i]) != 0.0f;
    return bad == 0;
}

STORMO_CLONES
int stormo_all_finite_f64(const double *a, size_t n) {
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) bad |= (a[i] - a[i]) != 0.0;
    return bad == 0;
}

STORMO_CLONES
int stormo_all_floats_f64(const double *a, size_t n) {
    unsigned bad = 0;
    // FLT_MAX; NaN compares as false.
    for (size_t i = 0; i < n; i++) bad |= !(a[i] <= 0x1.fffffep127 && a[i] >= -0x1.fffffep127);
    return bad == 0;
}

size_t stormo_argmax(const float *a, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (a[i] > a[best] || (a[best] != a[best] && a[i] == a[i])) best = i;
    return best;
}

STORMO_CLONES
void stormo_add_row(float *dst, const float *row, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) dst[r * columns + c] += row[c];
}
