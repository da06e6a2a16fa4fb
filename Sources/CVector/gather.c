#include "CVector.h"
#include "clones.h"

// Integers of up to 16 bits and floats are exact in float arithmetic; wider types lose digits there, so their
// offset is taken off in double precision first.
#define GATHER(NAME, TYPE, WIDE)                                                                                   \
    STORMO_CLONES                                                                                                  \
    void stormo_gather_##NAME(float *restrict dst, const TYPE *restrict src, const int64_t *restrict rows,         \
                              size_t n, size_t width, const float *restrict offset, const float *restrict scale) { \
        for (size_t i = 0; i < n; i++) {                                                                           \
            const TYPE *row = src + (size_t)rows[i] * width;                                                       \
            float *out = dst + i * width;                                                                          \
            if (offset)                                                                                            \
                for (size_t j = 0; j < width; j++) out[j] = (float)(((WIDE)row[j] - (WIDE)offset[j]) * scale[j]);  \
            else                                                                                                   \
                for (size_t j = 0; j < width; j++) out[j] = (float)row[j];                                         \
        }                                                                                                          \
    }

GATHER(u8, uint8_t, float)
GATHER(i8, int8_t, float)
GATHER(u16, uint16_t, float)
GATHER(i16, int16_t, float)
GATHER(u32, uint32_t, double)
GATHER(i32, int32_t, double)
GATHER(u64, uint64_t, double)
GATHER(i64, int64_t, double)
// Without the CPU's conversion (default clone) this calls the compiler's, which knows every half exactly, and also
// where numbers below 2⁻¹²⁶ are taken for zero.
GATHER(f16, _Float16, float)
GATHER(f32, float, float)
GATHER(f64, double, double)
