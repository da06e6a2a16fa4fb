#include "CVector.h"
#include "clones.h"

STORMO_INLINE void add_into(float *dst, const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++) dst[i] = a[i] + b[i];
}

// Sums shards [low, high) into dst: the halves first, then their sum. The left half is summed in place and the
// right half in a block of the stack, of which there are as many as the tree is deep.
static void tree_sum(float *dst, const float *const *gradients, int low, int high, size_t begin, size_t n);

STORMO_CLONES
static void add_blocks(float *dst, const float *a, const float *b, size_t n) { add_into(dst, a, b, n); }

static void tree_sum(float *dst, const float *const *gradients, int low, int high, size_t begin, size_t n) {
    if (high - low == 1) {
        __builtin_memcpy(dst, gradients[low] + begin, n * sizeof(float));
        return;
    }
    if (high - low == 2) {
        add_blocks(dst, gradients[low] + begin, gradients[low + 1] + begin, n);
        return;
    }
    if (high - low == 3) {
        add_blocks(dst, gradients[low] + begin, gradients[low + 1] + begin, n);
        add_blocks(dst, dst, gradients[low + 2] + begin, n);
        return;
    }
    float right[STORMO_BLOCK];
    int middle = low + (high - low + 1) / 2;
    tree_sum(dst, gradients, low, middle, begin, n);
    tree_sum(right, gradients, middle, high, begin, n);
    add_blocks(dst, dst, right, n);
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

double stormo_reduce_block(float *dst, const float *const *gradients, int shards, size_t begin, size_t n) {
    tree_sum(dst, gradients, 0, shards, begin, n);
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
