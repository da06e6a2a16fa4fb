#include "CVector.h"
#include "clones.h"
#include "philox.h"
#include <string.h>

STORMO_CLONES
void stormo_blend(float *restrict x, const float *restrict a, float factor, size_t width, size_t rows) {
    float rest = 1 - factor;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < width; i++) x[r * width + i] = factor * x[r * width + i] + rest * a[i];
}

// Pixels that are turned together: their places first, then their colours, so that each loop becomes vectors.
enum { PIXELS = 64 };

STORMO_INLINE void interpolate(float *restrict dst, const float *restrict src, const int32_t *place, const float *fu,
                               const float *fv, size_t n, size_t channels, size_t row) {
    for (size_t i = 0; i < n; i++) {
        const float *upper = src + place[i], *lower = upper + row;
        for (size_t k = 0; k < channels; k++) {
            float top = upper[k] + fu[i] * (upper[channels + k] - upper[k]);
            float bottom = lower[k] + fu[i] * (lower[channels + k] - lower[k]);
            dst[i * channels + k] = top + fv[i] * (bottom - top);
        }
    }
}

typedef float lanes __attribute__((vector_size(16)));

STORMO_INLINE lanes load(const float *a) {
    lanes result;
    memcpy(&result, a, sizeof result);
    return result;
}

// The same for three channels, one pixel at a time in four lanes. The fourth is not used.
STORMO_INLINE void interpolate_three(float *restrict dst, const float *restrict src, const int32_t *place,
                                     const float *fu, const float *fv, size_t n, size_t row) {
    for (size_t i = 0; i < n; i++) {
        const float *upper = src + place[i], *lower = upper + row;
        lanes top = load(upper) + fu[i] * (load(upper + 3) - load(upper));
        lanes bottom = load(lower) + fu[i] * (load(lower + 3) - load(lower));
        lanes color = top + fv[i] * (bottom - top);
        memcpy(dst + 3 * i, &color, 3 * sizeof(float));
    }
}

STORMO_CLONES
void stormo_rotate(float *restrict dst, const float *restrict src, size_t height, size_t width, size_t channels,
                   float cosine, float sine) {
    float cx = (float)(width - 1) / 2, cy = (float)(height - 1) / 2;
    // The last place from which all of a pixel's four neighbours are still in the margin.
    float last_u = (float)(width + 1), last_v = (float)(height + 1);
    size_t row = (width + 3) * channels;
    for (size_t y = 0; y < height; y++) {
        float from_u = cx + 1 + sine * ((float)y - cy), from_v = cy + 1 + cosine * ((float)y - cy);
        for (size_t begin = 0; begin < width; begin += PIXELS) {
            int32_t place[PIXELS];
            float fu[PIXELS], fv[PIXELS];
            int n = (int)(width - begin < PIXELS ? width - begin : PIXELS);
            for (int i = 0; i < n; i++) {
                float x = (float)((int)begin + i) - cx;
                float u = from_u + cosine * x, v = from_v - sine * x;
                u = u < 0 ? 0 : u > last_u ? last_u : u;
                v = v < 0 ? 0 : v > last_v ? last_v : v;
                int32_t iu = (int32_t)u, iv = (int32_t)v;
                place[i] = iv * (int32_t)row + iu * (int32_t)channels;
                fu[i] = u - (float)iu;
                fv[i] = v - (float)iv;
            }
            float *out = dst + (y * width + begin) * channels;
            switch (channels) {
            case 1: interpolate(out, src, place, fu, fv, (size_t)n, 1, row); break;
            case 3: interpolate_three(out, src, place, fu, fv, (size_t)n, row); break;
            default: interpolate(out, src, place, fu, fv, (size_t)n, channels, row); break;
            }
        }
    }
}

/// ln u for 0 < u ≤ 1 and normal: u = m·2ᵉ with √½ ≤ m < √2, and ln m = 2·artanh((m - 1) / (m + 1)) as a series.
STORMO_INLINE float logarithm(float u) {
    const int32_t half_root = 0x3F3504F3;  // √½
    int32_t bits;
    memcpy(&bits, &u, sizeof bits);
    int32_t e = (bits - half_root) >> 23;
    bits -= (int32_t)((uint32_t)e << 23);
    float m;
    memcpy(&m, &bits, sizeof m);
    float s = (m - 1) / (m + 1), z = s * s;
    float series = 1 + z * (1.0f / 3 + z * (1.0f / 5 + z * (1.0f / 7 + z * (1.0f / 9))));
    return (float)e * 0.693147181f + 2 * s * series;
}

/// Two standard normal numbers from two random words: the radius from the first; the angle's quadrant from the top
/// two bits of the second, and the place in the quadrant, -π/4 ... π/4, from the others.
STORMO_INLINE void normal_pair(float *z, uint32_t first, uint32_t second) {
    float u = ((float)(int32_t)(first >> 8) + 0.5f) * 0x1p-24f;
    float radius = __builtin_elementwise_sqrt(-2 * logarithm(u));
    float t = (float)(int32_t)(second << 2) * (1.57079633f * 0x1p-32f), q = t * t;
    float sine = t * (1 + q * (-1.0f / 6 + q * (1.0f / 120 + q * (-1.0f / 5040 + q * (1.0f / 362880)))));
    float cosine = 1 + q * (-1.0f / 2 + q * (1.0f / 24 + q * (-1.0f / 720 + q * (1.0f / 40320))));
    uint32_t quadrant = second >> 30;
    float x = quadrant & 1 ? sine : cosine, y = quadrant & 1 ? cosine : sine;
    z[0] = radius * ((quadrant + 1) & 2 ? -x : x);
    z[1] = radius * (quadrant & 2 ? -y : y);
}

STORMO_CLONES
void stormo_add_noise(float *x, size_t n, float deviation, uint32_t sample, uint32_t step, uint32_t purpose,
                      const uint32_t key[2]) {
    enum { BLOCKS = 16 };
    uint32_t k0 = key[0], k1 = key[1];
    for (size_t begin = 0; begin < n; begin += 4 * BLOCKS) {
        float z[4 * BLOCKS];
        for (uint32_t b = 0; b < BLOCKS; b++) {
            uint32_t c[4] = {(uint32_t)(begin / 4) + b, sample, step, purpose};
            philox(c, k0, k1);
            normal_pair(z + 4 * b, c[0], c[1]);
            normal_pair(z + 4 * b + 2, c[2], c[3]);
        }
        if (n - begin >= 4 * BLOCKS) {
            for (size_t i = 0; i < 4 * BLOCKS; i++) x[begin + i] += deviation * z[i];
        } else {
            for (size_t i = 0; i < n - begin; i++) x[begin + i] += deviation * z[i];
        }
    }
}
