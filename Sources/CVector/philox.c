#include "CVector.h"
#include "clones.h"
#include "philox.h"

void stormo_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]) {
    for (int i = 0; i < 4; i++) out[i] = counter[i];
    philox(out, key[0], key[1]);
}

STORMO_CLONES
void stormo_dropout(float *dst, const float *src, size_t n, uint32_t threshold, float keep_scale, uint32_t sample,
                    uint32_t step, uint32_t layer, const uint32_t key[2]) {
    uint32_t k0 = key[0], k1 = key[1];
    size_t blocks = n / 4;
    for (size_t b = 0; b < blocks; b++) {
        uint32_t c[4] = {(uint32_t)b, sample, step, layer};
        philox(c, k0, k1);
        for (int i = 0; i < 4; i++) dst[4 * b + i] = c[i] >= threshold ? src[4 * b + i] * keep_scale : 0.0f;
    }
    if (n % 4 != 0) {
        uint32_t c[4] = {(uint32_t)blocks, sample, step, layer};
        philox(c, k0, k1);
        for (size_t i = 4 * blocks; i < n; i++) dst[i] = c[i % 4] >= threshold ? src[i] * keep_scale : 0.0f;
    }
}
