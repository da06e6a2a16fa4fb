#include "CVector.h"
#include "clones.h"

enum {
    // Rows are at random places in memory, which takes as long to answer as some rows take to convert.
    ROWS_AHEAD = 4,
    // Of a longer row the CPU itself notices that it is read from front to back.
    BYTES_AHEAD = 1024,
};

STORMO_INLINE void fetch_ahead(const void *src, const int64_t *rows, size_t i, size_t n, size_t row_bytes) {
    if (i + ROWS_AHEAD >= n) return;
    const char *row = (const char *)src + (size_t)rows[i + ROWS_AHEAD] * row_bytes;
    for (size_t byte = 0; byte < row_bytes && byte < BYTES_AHEAD; byte += 64) __builtin_prefetch(row + byte);
}

// Integers of up to 16 bits and floats are exact in float arithmetic.
#define GATHER(NAME, TYPE)                                                                                         \
    STORMO_CLONES                                                                                                  \
    void stormo_gather_##NAME(float *restrict dst, const TYPE *restrict src, const int64_t *restrict rows,         \
                              size_t n, size_t width, const float *restrict offset, const float *restrict scale) { \
        for (size_t i = 0; i < n; i++) {                                                                           \
            const TYPE *row = src + (size_t)rows[i] * width;                                                       \
            float *out = dst + i * width;                                                                          \
            fetch_ahead(src, rows, i, n, width * sizeof(TYPE));                                                    \
            if (offset)                                                                                            \
                for (size_t j = 0; j < width; j++) out[j] = ((float)row[j] - offset[j]) * scale[j];               \
            else                                                                                                   \
                for (size_t j = 0; j < width; j++) out[j] = (float)row[j];                                         \
        }                                                                                                          \
    }

// Wider types lose digits there, and so do their offsets; both stay double until one has been taken off the other.
#define GATHER_WIDE(NAME, TYPE)                                                                                    \
    STORMO_CLONES                                                                                                  \
    void stormo_gather_##NAME(float *restrict dst, const TYPE *restrict src, const int64_t *restrict rows,         \
                              size_t n, size_t width, const float *restrict offset, const float *restrict scale,   \
                              const double *restrict exact_offset) {                                               \
        for (size_t i = 0; i < n; i++) {                                                                           \
            const TYPE *row = src + (size_t)rows[i] * width;                                                       \
            float *out = dst + i * width;                                                                          \
            fetch_ahead(src, rows, i, n, width * sizeof(TYPE));                                                    \
            if (exact_offset)                                                                                      \
                for (size_t j = 0; j < width; j++) out[j] = (float)(((double)row[j] - exact_offset[j]) * scale[j]); \
            else if (offset)                                                                                       \
                for (size_t j = 0; j < width; j++) out[j] = (float)(((double)row[j] - offset[j]) * scale[j]);      \
            else                                                                                                   \
                for (size_t j = 0; j < width; j++) out[j] = (float)row[j];                                         \
        }                                                                                                          \
    }

GATHER(u8, uint8_t)
GATHER(i8, int8_t)
GATHER(u16, uint16_t)
GATHER(i16, int16_t)
GATHER_WIDE(u32, uint32_t)
GATHER_WIDE(i32, int32_t)
GATHER_WIDE(u64, uint64_t)
GATHER_WIDE(i64, int64_t)
// Without the CPU's conversion (default clone) this calls the compiler's, which knows every half exactly, and also
// where numbers below 2⁻¹²⁶ are taken for zero.
GATHER(f16, _Float16)
GATHER(f32, float)
GATHER_WIDE(f64, double)

#define GATHER_INT(NAME, TYPE, VALUE)                                                                              \
    STORMO_CLONES                                                                                                  \
    void stormo_gather_int_##NAME(int32_t *restrict dst, const TYPE *restrict src, const int64_t *restrict rows,   \
                                  size_t n, size_t width) {                                                        \
        for (size_t i = 0; i < n; i++) {                                                                           \
            const TYPE *row = src + (size_t)rows[i] * width;                                                       \
            int32_t *out = dst + i * width;                                                                        \
            fetch_ahead(src, rows, i, n, width * sizeof(TYPE));                                                    \
            for (size_t j = 0; j < width; j++) out[j] = VALUE(row[j]);                                             \
        }                                                                                                          \
    }

// Each type that holds more than 32 bits do has its test; what is chosen without a branch is still vectorised.
STORMO_INLINE int32_t from_u32(uint32_t v) { return v <= INT32_MAX ? (int32_t)v : INT32_MIN; }
STORMO_INLINE int32_t from_u64(uint64_t v) { return v <= INT32_MAX ? (int32_t)v : INT32_MIN; }
STORMO_INLINE int32_t from_i64(int64_t v) { return v >= INT32_MIN && v <= INT32_MAX ? (int32_t)v : INT32_MIN; }
// A conversion of what lies outside is not defined in C. Halves end at 65504, but may be infinite.
STORMO_INLINE int32_t from_f32(float v) {
    int inside = v >= -0x1p31f && v < 0x1p31f;
    int32_t whole = (int32_t)(inside ? v : 0.5f);
    return (float)whole == v ? whole : INT32_MIN;
}
STORMO_INLINE int32_t from_f64(double v) {
    int inside = v >= -0x1p31 && v < 0x1p31;
    int32_t whole = (int32_t)(inside ? v : 0.5);
    return (double)whole == v ? whole : INT32_MIN;
}
STORMO_INLINE int32_t from_f16(_Float16 v) { return from_f32((float)v); }

GATHER_INT(u8, uint8_t, (int32_t))
GATHER_INT(i8, int8_t, (int32_t))
GATHER_INT(u16, uint16_t, (int32_t))
GATHER_INT(i16, int16_t, (int32_t))
GATHER_INT(u32, uint32_t, from_u32)
GATHER_INT(i32, int32_t, (int32_t))
GATHER_INT(u64, uint64_t, from_u64)
GATHER_INT(i64, int64_t, from_i64)
GATHER_INT(f16, _Float16, from_f16)
GATHER_INT(f32, float, from_f32)
GATHER_INT(f64, double, from_f64)
