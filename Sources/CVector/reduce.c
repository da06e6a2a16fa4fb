#include "CVector.h"
#include "clones.h"

STORMO_INLINE void add_into(float *dst, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = a[i] + b[i];
}

STORMO_CLONES
static void add_blocks(float *dst, const float *a, const float *b, size_t n) { add_into(dst, a, b, n); }

// As many sums as wait for others: the depth of a tree over 4,096 shards, and some.
enum { STORMO_SUMS = 16 };

void stormo_fold_block(
    float *dst, const float *const *items, const int *program, size_t length, size_t begin, size_t n) {
    const float *waiting[STORMO_SUMS];
    // The first sum is formed in dst, others in blocks of the stack.
    float blocks[STORMO_SUMS - 1][STORMO_BLOCK];
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (program[i] >= 0) {
            waiting[count++] = items[program[i]] + begin;
            continue;
        }
        count--;
        float *sum = count == 1 ? dst : blocks[count - 2];
        add_blocks(sum, waiting[count - 1], waiting[count], n);
        waiting[count - 1] = sum;
    }
    if (waiting[0] != dst) __builtin_memmove(dst, waiting[0], n * sizeof(float));
}

STORMO_CLONES
static double sum_of_squares(const float *a, size_t n) {
    double lanes[32] = {0};
    size_t i = 0;
    // As many sums at a time as hide the latency of an addition.
    for (; i + 32 <= n; i += 32)
        for (int k = 0; k < 32; k++) lanes[k] += (double)a[i + k] * (double)a[i + k];
    for (; i < n; i++) lanes[0] += (double)a[i] * (double)a[i];
    for (int width = 16; width > 0; width /= 2)
        for (int k = 0; k < width; k++) lanes[k] += lanes[k + width];
    return lanes[0];
}

double stormo_reduce_block(
    float *dst, const float *const *items, const int *program, size_t length, size_t begin, size_t n) {
    stormo_fold_block(dst, items, program, length, begin, n);
    return sum_of_squares(dst, n);
}

double stormo_sum_of_squares(const float *a, size_t n) { return sum_of_squares(a, n); }

STORMO_CLONES
void stormo_clip(float *dst, const float *a, float limit, size_t n) {
    for (size_t i = 0; i < n; i++) {
        float low = a[i] < -limit ? -limit : a[i];
        dst[i] = low > limit ? limit : low;
    }
}
