#include "CVector.h"
#include "clones.h"

STORMO_CLONES
void stormo_flush(double *restrict totals, float *restrict sums, size_t n) {
    for (size_t i = 0; i < n; i++) {
        totals[i] += (double)sums[i];
        sums[i] = 0;
    }
}

STORMO_CLONES
void stormo_round(float *restrict dst, const double *restrict totals, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = (float)totals[i];
}

STORMO_CLONES
double stormo_sum(const float *a, size_t n) {
    double lanes[16] = {0};
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int k = 0; k < 16; k++) lanes[k] += (double)a[i + k];
    double rest = 0;
    for (; i < n; i++) rest += (double)a[i];
    if (n < 16) return rest;
    for (int width = 8; width > 0; width /= 2)
        for (int k = 0; k < width; k++) lanes[k] += lanes[k + width];
    return lanes[0] + rest;
}
