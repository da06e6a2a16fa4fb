#include "CVector.h"
#include "clones.h"

STORMO_INLINE void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c[0];
        uint64_t b = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t c1 = c[1], c3 = c[3];
        c[0] = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c[1] = (uint32_t)b;
        c[2] = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c[3] = (uint32_t)a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}

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
