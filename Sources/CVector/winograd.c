#include "CVector.h"
#include "activated.h"
#include "clones.h"

// Channels are taken a chunk at a time, so that one row of zeros serves as whatever lies outside of an image.
enum { CHUNK = 64 };
static const float zeros[CHUNK];

// A tile's place: the image, and the row and column of the tile in it.
typedef struct {
    size_t image, row, column;
} place;

STORMO_INLINE place place_of(const stormo_tiles *tiles, size_t index) {
    size_t count = tiles->rows * tiles->columns, rest = index % count;
    return (place){index / count, rest / tiles->columns, rest % tiles->columns};
}

STORMO_INLINE place after(const stormo_tiles *tiles, place p) {
    if (++p.column < tiles->columns) return p;
    p.column = 0;
    if (++p.row < tiles->rows) return p;
    p.row = 0;
    p.image++;
    return p;
}

STORMO_INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// Where the channels of n×n pixels begin, from `channel` on; `outside` for those outside of the image. A coordinate
// below 0 has wrapped round to a very large one.
STORMO_INLINE void find_pixels(const float *found[], size_t n, const float *images, const stormo_tiles *tiles,
                               size_t image, size_t top, size_t left, size_t channel, const float *outside) {
    for (size_t i = 0; i < n; i++) {
        size_t y = top + i;
        const float *line = images + (image * tiles->height + y) * tiles->width * tiles->channels + channel;
        for (size_t j = 0; j < n; j++) {
            size_t x = left + j;
            found[n * i + j] = y < tiles->height && x < tiles->width ? line + x * tiles->channels : outside;
        }
    }
}

// Where the 16 matrices begin. The first and the last place along an axis trade places for a kernel that is turned by
// 180°.
STORMO_INLINE void find_matrices(size_t found[16], int turned, size_t size) {
    const size_t order[2][4] = {{0, 1, 2, 3}, {3, 1, 2, 0}};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) found[4 * i + j] = (order[turned != 0][i] * 4 + order[turned != 0][j]) * size;
}

// (a0 - a2, a1 + a2, a2 - a1, a1 - a3): Bᵀ.
#define STORMO_INPUT(OUT, A0, A1, A2, A3, STEP)                                                                   \
    ((OUT)[0] = (A0) - (A2), (OUT)[STEP] = (A1) + (A2), (OUT)[2 * (STEP)] = (A2) - (A1),                           \
     (OUT)[3 * (STEP)] = (A1) - (A3))

STORMO_CLONES
void stormo_winograd_input(float *v, const float *images, const stormo_tiles *tiles, size_t first, size_t count,
                            int turned) {
    size_t channels = tiles->channels, matrices[16];
    find_matrices(matrices, turned, count * channels);
    place p = place_of(tiles, first);
    for (size_t t = 0; t < count; t++, p = after(tiles, p)) {
        for (size_t begin = 0; begin < channels; begin += CHUNK) {
            size_t n = smaller(channels - begin, CHUNK);
            const float *in[16];
            float *out[16];
            find_pixels(in, 4, images, tiles, p.image, 2 * p.row - tiles->top, 2 * p.column - tiles->left, begin,
                        zeros);
            for (int k = 0; k < 16; k++) out[k] = v + matrices[k] + t * channels + begin;
#pragma clang loop vectorize(assume_safety) interleave(disable)
            for (size_t c = 0; c < n; c++) {
                float a[16], b[16];
                for (int j = 0; j < 4; j++)
                    STORMO_INPUT(a + j, in[j][c], in[4 + j][c], in[8 + j][c], in[12 + j][c], 4);
                for (int i = 0; i < 16; i += 4) STORMO_INPUT(b + i, a[i], a[i + 1], a[i + 2], a[i + 3], 1);
                for (int k = 0; k < 16; k++) out[k][c] = b[k];
            }
        }
    }
}

STORMO_INLINE void output(int kind, float alpha, float *images, const float *m, const float *bias,
                          const stormo_tiles *tiles, size_t first, size_t count, int turned) {
    size_t channels = tiles->channels, matrices[16];
    find_matrices(matrices, turned, count * channels);
    place p = place_of(tiles, first);
    float beyond[CHUNK];
    for (size_t t = 0; t < count; t++, p = after(tiles, p)) {
        for (size_t begin = 0; begin < channels; begin += CHUNK) {
            size_t n = smaller(channels - begin, CHUNK);
            const float *in[16], *found[4], *b = bias ? bias + begin : zeros;
            float *out[4];
            for (int k = 0; k < 16; k++) in[k] = m + matrices[k] + t * channels + begin;
            find_pixels(found, 2, images, tiles, p.image, 2 * p.row, 2 * p.column, begin, beyond);
            for (int k = 0; k < 4; k++) out[k] = (float *)found[k];
#pragma clang loop vectorize(assume_safety) interleave(disable)
            for (size_t c = 0; c < n; c++) {
                float a[8], y[4];
                for (int j = 0; j < 4; j++) {
                    a[j] = in[j][c] + in[4 + j][c] + in[8 + j][c];
                    a[4 + j] = in[4 + j][c] - in[8 + j][c] - in[12 + j][c];
                }
                for (int i = 0; i < 2; i++) {
                    y[2 * i] = a[4 * i] + a[4 * i + 1] + a[4 * i + 2];
                    y[2 * i + 1] = a[4 * i + 1] - a[4 * i + 2] - a[4 * i + 3];
                }
                for (int k = 0; k < 4; k++) out[k][c] = stormo_activated(kind, alpha, y[k] + b[c]);
            }
        }
    }
}

STORMO_CLONES
void stormo_winograd_output(float *images, const float *m, const float *bias, int kind, float alpha,
                            const stormo_tiles *tiles, size_t first, size_t count, int turned) {
    switch (kind) {
    case STORMO_RELU: output(STORMO_RELU, alpha, images, m, bias, tiles, first, count, turned); break;
    case STORMO_LEAKY_RELU: output(STORMO_LEAKY_RELU, alpha, images, m, bias, tiles, first, count, turned); break;
    default: output(STORMO_LINEAR, alpha, images, m, bias, tiles, first, count, turned); break;
    }
}

// (y0, y0 + y1, y0 - y1, -y1): A.
#define STORMO_OUTPUT_TRANSPOSED(OUT, Y0, Y1, STEP)                                                                          \
    ((OUT)[0] = (Y0), (OUT)[STEP] = (Y0) + (Y1), (OUT)[2 * (STEP)] = (Y0) - (Y1), (OUT)[3 * (STEP)] = -(Y1))

STORMO_CLONES
void stormo_winograd_output_transposed(float *e, double *totals, float *sums, const float *images, const stormo_tiles *tiles,
                             size_t first, size_t count) {
    size_t channels = tiles->channels, size = count * channels;
    place p = place_of(tiles, first);
    for (size_t t = 0; t < count; t++, p = after(tiles, p)) {
        for (size_t begin = 0; begin < channels; begin += CHUNK) {
            size_t n = smaller(channels - begin, CHUNK);
            const float *in[4];
            find_pixels(in, 2, images, tiles, p.image, 2 * p.row, 2 * p.column, begin, zeros);
            float *out = e + t * channels + begin, *sum = sums + begin;
#pragma clang loop vectorize(assume_safety) interleave(disable)
            for (size_t c = 0; c < n; c++) {
                float a[8], b[16];
                for (int j = 0; j < 2; j++) STORMO_OUTPUT_TRANSPOSED(a + j, in[j][c], in[2 + j][c], 2);
                for (int i = 0; i < 4; i++) STORMO_OUTPUT_TRANSPOSED(b + 4 * i, a[2 * i], a[2 * i + 1], 1);
                for (int k = 0; k < 16; k++) out[k * size + c] = b[k];
                // The place (1, 1) is the sum of the tile's four.
                sum[c] += b[5];
            }
        }
        if ((t + 1) % STORMO_SUMMED == 0 || t + 1 == count) stormo_flush(totals, sums, channels);
    }
}

// (g0, ½(g0 + g1 + g2), ½(g0 - g1 + g2), g2): G.
#define STORMO_WEIGHTS(OUT, G0, G1, G2, STEP)                                                                       \
    ((OUT)[0] = (G0), (OUT)[STEP] = 0.5f * ((G0) + (G2)) + 0.5f * (G1),                                            \
     (OUT)[2 * (STEP)] = 0.5f * ((G0) + (G2)) - 0.5f * (G1), (OUT)[3 * (STEP)] = (G2))

STORMO_CLONES
void stormo_winograd_weights(float *u, const float *weights, size_t n) {
#pragma clang loop vectorize(assume_safety) interleave(disable)
    for (size_t i = 0; i < n; i++) {
        const float *g = weights + i;
        float a[12], b[16];
        for (int j = 0; j < 3; j++) STORMO_WEIGHTS(a + j, g[j * n], g[(3 + j) * n], g[(6 + j) * n], 3);
        for (int k = 0; k < 4; k++) STORMO_WEIGHTS(b + 4 * k, a[3 * k], a[3 * k + 1], a[3 * k + 2], 1);
        for (int k = 0; k < 16; k++) u[k * n + i] = b[k];
    }
}

// (u0 + ½(u1 + u2), ½(u1 - u2), ½(u1 + u2) + u3): Gᵀ.
#define STORMO_WEIGHTS_TRANSPOSED(OUT, U0, U1, U2, U3, STEP)                                                                 \
    ((OUT)[0] = (U0) + 0.5f * ((U1) + (U2)), (OUT)[STEP] = 0.5f * ((U1) - (U2)),                                   \
     (OUT)[2 * (STEP)] = 0.5f * ((U1) + (U2)) + (U3))

STORMO_CLONES
void stormo_winograd_weights_transposed(float *weights, const float *u, size_t n) {
#pragma clang loop vectorize(assume_safety) interleave(disable)
    for (size_t i = 0; i < n; i++) {
        const float *m = u + i;
        float a[12], b[9];
        for (int j = 0; j < 4; j++)
            STORMO_WEIGHTS_TRANSPOSED(a + j, m[j * n], m[(4 + j) * n], m[(8 + j) * n], m[(12 + j) * n], 4);
        for (int k = 0; k < 3; k++) STORMO_WEIGHTS_TRANSPOSED(b + 3 * k, a[4 * k], a[4 * k + 1], a[4 * k + 2], a[4 * k + 3], 1);
        for (int k = 0; k < 9; k++) weights[k * n + i] = b[k];
    }
}
