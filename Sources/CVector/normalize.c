#include "CVector.h"
#include "clones.h"

// Channels that are summed up together, in registers.
enum { LANES = 16 };

STORMO_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// MARK: By channel

// The sums of up to sixteen channels from c on; with all sixteen the compiler keeps them in registers.
STORMO_INLINE void channel_sums(double *sums, double *squares, const float *x, size_t rows, size_t channels, size_t n) {
    double sum[LANES] = {0}, square[LANES] = {0};
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < n; k++) {
            double value = x[r * channels + k];
            sum[k] += value;
            square[k] += value * value;
        }
    for (size_t k = 0; k < n; k++) sums[k] += sum[k], squares[k] += square[k];
}

STORMO_CLONES
void stormo_channel_sums(double *sums, double *squares, const float *x, size_t rows, size_t channels) {
    // So many rows at a time that they stay in the first-level cache for the next channels.
    size_t step = channels <= LANES ? rows : 1 + 4096 / channels;
    for (size_t r = 0; r < rows; r += step) {
        const float *begin = x + r * channels;
        size_t count = smaller(step, rows - r), c = 0;
        for (; c + LANES <= channels; c += LANES)
            channel_sums(sums + c, squares + c, begin + c, count, channels, LANES);
        if (c < channels) channel_sums(sums + c, squares + c, begin + c, count, channels, channels - c);
    }
}

STORMO_INLINE void channel_products(double *sums, double *products, const float *diff, const float *x,
                                    const float *mean, size_t rows, size_t channels, size_t n) {
    double sum[LANES] = {0}, product[LANES] = {0};
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < n; k++) {
            double value = diff[r * channels + k];
            sum[k] += value;
            product[k] += value * (double)(x[r * channels + k] - mean[k]);
        }
    for (size_t k = 0; k < n; k++) sums[k] += sum[k], products[k] += product[k];
}

STORMO_CLONES
void stormo_channel_products(double *sums, double *products, const float *diff, const float *x, const float *mean,
                             size_t rows, size_t channels) {
    size_t step = channels <= LANES ? rows : 1 + 2048 / channels;
    for (size_t r = 0; r < rows; r += step) {
        size_t count = smaller(step, rows - r), c = 0;
        for (; c + LANES <= channels; c += LANES)
            channel_products(sums + c, products + c, diff + r * channels + c, x + r * channels + c, mean + c, count,
                             channels, LANES);
        if (c < channels)
            channel_products(sums + c, products + c, diff + r * channels + c, x + r * channels + c, mean + c, count,
                             channels, channels - c);
    }
}

STORMO_CLONES
void stormo_channel_scale(float *dst, const float *x, const float *mean, const float *scale, const float *shift,
                          size_t rows, size_t channels) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < channels; c++) {
            size_t i = r * channels + c;
            dst[i] = (x[i] - mean[c]) * scale[c] + shift[c];
        }
}

STORMO_CLONES
void stormo_channel_gradient(float *diff_src, const float *diff, const float *x, const float *mean, const float *scale,
                             const float *shift, const float *slope, size_t rows, size_t channels) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < channels; c++) {
            size_t i = r * channels + c;
            diff_src[i] = scale[c] * diff[i] - (shift[c] + slope[c] * (x[i] - mean[c]));
        }
}

// MARK: By row

STORMO_CLONES
void stormo_row_sums(double *sum, double *squares, const float *x, size_t n) {
    double sums[LANES] = {0}, square[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            double value = x[i + k];
            sums[k] += value;
            square[k] += value * value;
        }
    for (int k = 0; i < n; i++, k++) sums[k] += x[i], square[k] += (double)x[i] * (double)x[i];
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int k = 0; k < width; k++) sums[k] += sums[k + width], square[k] += square[k + width];
    *sum = sums[0];
    *squares = square[0];
}

STORMO_CLONES
void stormo_row_scale(float *dst, const float *x, float mean, float scale, const float *gamma, const float *beta,
                      size_t n) {
    if (gamma && beta)
        for (size_t i = 0; i < n; i++) dst[i] = (x[i] - mean) * scale * gamma[i] + beta[i];
    else if (gamma)
        for (size_t i = 0; i < n; i++) dst[i] = (x[i] - mean) * scale * gamma[i];
    else if (beta)
        for (size_t i = 0; i < n; i++) dst[i] = (x[i] - mean) * scale + beta[i];
    else
        for (size_t i = 0; i < n; i++) dst[i] = (x[i] - mean) * scale;
}

STORMO_CLONES
void stormo_row_products(double *sum, double *products, const float *diff, const float *x, float mean,
                         const float *gamma, size_t n) {
    double sums[LANES] = {0}, product[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            double value = gamma ? (double)diff[i + k] * (double)gamma[i + k] : (double)diff[i + k];
            sums[k] += value;
            product[k] += value * (double)(x[i + k] - mean);
        }
    for (int k = 0; i < n; i++, k++) {
        double value = gamma ? (double)diff[i] * (double)gamma[i] : (double)diff[i];
        sums[k] += value;
        product[k] += value * (double)(x[i] - mean);
    }
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int k = 0; k < width; k++) sums[k] += sums[k + width], product[k] += product[k + width];
    *sum = sums[0];
    *products = product[0];
}

STORMO_CLONES
void stormo_row_gradient(float *diff_src, const float *diff, const float *x, float mean, float scale, float shift,
                         float slope, const float *gamma, size_t n) {
    if (gamma)
        for (size_t i = 0; i < n; i++) diff_src[i] = scale * gamma[i] * diff[i] - (shift + slope * (x[i] - mean));
    else
        for (size_t i = 0; i < n; i++) diff_src[i] = scale * diff[i] - (shift + slope * (x[i] - mean));
}

STORMO_CLONES
void stormo_row_parameters(double *diff_gamma, double *diff_beta, const float *diff, const float *x, float mean,
                           float scale, size_t n) {
    if (diff_gamma)
        for (size_t i = 0; i < n; i++) diff_gamma[i] += (double)diff[i] * (double)((x[i] - mean) * scale);
    if (diff_beta)
        for (size_t i = 0; i < n; i++) diff_beta[i] += (double)diff[i];
}
