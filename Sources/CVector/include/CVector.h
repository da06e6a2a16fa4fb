// Loops over vectors of floats that must use the full vector width of the CPU they run on.
//
// Swift compiles for one instruction set; `target_clones` compiles each loop for several and picks one when
// the program starts. Everything else belongs in Swift.
//
// No loop allocates, locks or keeps state. Pointers named in one call must not overlap unless said.

#ifndef STORMO_CVECTOR_H
#define STORMO_CVECTOR_H

#include <stddef.h>
#include <stdint.h>

// Sums that grow with the data are made of blocks of at most STORMO_SUMMED terms, in float; the blocks are added up in
// double. One running sum of floats would lose a digit for every tenfold of its length.
enum { STORMO_SUMMED = 64 };

// MARK: Summing (sum.c)

/// totals[i] += sums[i], and sums[i] becomes 0.
void stormo_flush(double *totals, float *sums, size_t n);
/// dst[i] = totals[i].
void stormo_round(float *dst, const double *totals, size_t n);
/// Σ a[i], all in double.
double stormo_sum(const float *a, size_t n);

// MARK: Reducing (reduce.c)

/// dst[i] = Σ items[k][begin + i], 0 ≤ i < n ≤ STORMO_BLOCK, added in the order that the program says, in postfix form: a
/// number of 0 and more stands for that item, -1 for the sum of the last two. At most 16 may wait to be added at a time,
/// which is more than a balanced tree over 4,096 items needs. dst may be items[0] + begin.
void stormo_fold_block(
    float *dst, const float *const *items, const int *program, size_t length, size_t begin, size_t n);

/// The same. Returns Σ dst[i]², which is not finite if any dst[i] is not (or if the sum of squares leaves the range of a
/// double, which floats cannot reach).
double stormo_reduce_block(
    float *dst, const float *const *items, const int *program, size_t length, size_t begin, size_t n);

/// Σ a[i]² in double, in the order that `stormo_reduce_block` has.
double stormo_sum_of_squares(const float *a, size_t n);

/// dst[i] = min(max(a[i], -limit), limit). dst may be a.
void stormo_clip(float *dst, const float *a, float limit, size_t n);

/// The number of elements that are reduced and stepped together: small enough for the first-level cache, and the
/// unit in which squares are summed, so that a gradient's norm does not depend on how many threads share the work.
enum { STORMO_BLOCK = 2048 };

// MARK: Stepping (step.c)

/// d = rate·scale·g;  v ← momentum·v - d;  p ← shrink·p + (nesterov ? momentum·v - d : v),
/// where shrink = 1 - rate·decay. Without momentum p ← shrink·p - d, and v is left alone.
void stormo_sgd(float *p, float *v, const float *g, size_t n, float scale, float rate, float momentum,
                float shrink, int nesterov);

/// d = scale·g;  m ← m + rest1·(d - m);  v ← v + rest2·(d² - v);  p ← shrink·p - step·m / (√v + ε),
/// where rest1 = 1-β₁ and rest2 = 1-β₂, rounded once, step = rate·√(1-β₂ᵗ) / (1-β₁ᵗ), and shrink = 1 - rate·decay.
void stormo_adam(float *p, float *m, float *v, const float *g, size_t n, float scale, float rest1, float rest2,
                 float step, float epsilon, float shrink);

// MARK: Gathering (gather.c)

/// dst[i][j] = (src[rows[i]][j] - offset[j])·scale[j] for 0 ≤ i < n, 0 ≤ j < width; without constants (both null)
/// a plain conversion. `src` is row-major of the named type.
#define STORMO_GATHER(NAME, TYPE)                                                                                  \
    void stormo_gather_##NAME(float *dst, const TYPE *src, const int64_t *rows, size_t n, size_t width,            \
                              const float *offset, const float *scale)
/// The same, but with `exact_offset` in place of `offset`, where it is not null.
#define STORMO_GATHER_WIDE(NAME, TYPE)                                                                             \
    void stormo_gather_##NAME(float *dst, const TYPE *src, const int64_t *rows, size_t n, size_t width,            \
                              const float *offset, const float *scale, const double *exact_offset)
STORMO_GATHER(u8, uint8_t);
STORMO_GATHER(i8, int8_t);
STORMO_GATHER(u16, uint16_t);
STORMO_GATHER(i16, int16_t);
STORMO_GATHER_WIDE(u32, uint32_t);
STORMO_GATHER_WIDE(i32, int32_t);
STORMO_GATHER_WIDE(u64, uint64_t);
STORMO_GATHER_WIDE(i64, int64_t);
STORMO_GATHER(f16, _Float16);
STORMO_GATHER(f32, float);
STORMO_GATHER_WIDE(f64, double);

/// dst[i][j] = src[rows[i]][j] for labels and tokens: whole numbers that 32 bits hold. What is none, which whoever reads the
/// data has refused before, becomes the least of them.
#define STORMO_GATHER_INT(NAME, TYPE)                                                                              \
    void stormo_gather_int_##NAME(int32_t *dst, const TYPE *src, const int64_t *rows, size_t n, size_t width)
STORMO_GATHER_INT(u8, uint8_t);
STORMO_GATHER_INT(i8, int8_t);
STORMO_GATHER_INT(u16, uint16_t);
STORMO_GATHER_INT(i16, int16_t);
STORMO_GATHER_INT(u32, uint32_t);
STORMO_GATHER_INT(i32, int32_t);
STORMO_GATHER_INT(u64, uint64_t);
STORMO_GATHER_INT(i64, int64_t);
STORMO_GATHER_INT(f16, _Float16);
STORMO_GATHER_INT(f32, float);
STORMO_GATHER_INT(f64, double);

// MARK: Elementwise (elementwise.c)

/// The activations whose derivative follows from their value y alone.
enum { STORMO_LINEAR, STORMO_RELU, STORMO_LEAKY_RELU, STORMO_ELU, STORMO_SIGMOID, STORMO_TANH };

/// diff_src[r][c] = diff_dst[r][c]·f'(y[r][c]) and, unless null, diff_bias[c] = Σ_r diff_src[r][c].
/// diff_src may be diff_dst; for STORMO_LINEAR diff_src is not written.
void stormo_activation_backward(int kind, float alpha, float *diff_src, float *diff_bias, const float *y,
                                const float *diff_dst, size_t rows, size_t columns);

void stormo_add(float *dst, const float *a, const float *b, size_t n);
/// dst[r][c] += row[c].
void stormo_add_row(float *dst, const float *row, size_t rows, size_t columns);
/// dst[i] += a[i].
void stormo_accumulate(float *dst, const float *a, size_t n);
/// dst[r][0..<width] = src[r][0..<width] for strides given in elements.
void stormo_copy_rows(float *dst, size_t dst_stride, const float *src, size_t src_stride, size_t width, size_t rows);
/// Whether every element is finite.
int stormo_all_finite(const float *a, size_t n);
int stormo_all_finite_f64(const double *a, size_t n);
/// Whether every element is finite and no larger than the largest float.
int stormo_all_floats_f64(const double *a, size_t n);
/// The index of the largest of n elements, the first of equals; NaN never wins over a number.
size_t stormo_argmax(const float *a, size_t n);

// MARK: Winograd's convolutions (winograd.c)

/// Images (height, width, channels), channels last, cut into tiles of 2×2: ⌈height/2⌉ `rows` of ⌈width/2⌉ `columns`, or
/// those that another image has. A tile sees 4×4 pixels, the first of which lies `top` rows above and `left` columns
/// before its own first; what lies outside is zero.
typedef struct {
    size_t height, width, channels, top, left, rows, columns;
} stormo_tiles;

// F(2×2, 3×3) of A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016:
// Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A for each tile, with 16 products in place of 36. Summed over the channels these are 16
// products of matrices, one for each place k = 4i + j, of (tiles, channels) with (channels, filters). With
// `turned` the matrices are those of a kernel turned by 180°. `first` and `count` say which of the images' tiles, row
// by row and image by image.

/// The input transform: v[k][t][c] = (Bᵀ d B)[k] for the 4×4 pixels d that tile first + t sees.
void stormo_winograd_input(float *v, const float *images, const stormo_tiles *tiles, size_t first, size_t count,
                            int turned);
/// The output transform: the pixels of tile first + t = f(Aᵀ m[·][t][c] A + bias[c]), with f one of STORMO_LINEAR, STORMO_RELU and
/// STORMO_LEAKY_RELU, and without bias where it is null.
void stormo_winograd_output(float *images, const float *m, const float *bias, int kind, float alpha,
                            const stormo_tiles *tiles, size_t first, size_t count, int turned);
/// The transposed output transform: e[k][t][c] = (A y Aᵀ)[k] for the pixels y of tile first + t; and totals[c] += Σ y.
/// `sums` has room for as many numbers, which are 0 before and after.
void stormo_winograd_output_transposed(float *e, double *totals, float *sums, const float *images, const stormo_tiles *tiles,
                             size_t first, size_t count);
/// The weight transform: u[k][i] = (G g Gᵀ)[k] for the i-th of n kernels of 3×3 weights, g = weights[·][i].
void stormo_winograd_weights(float *u, const float *weights, size_t n);
/// The transposed weight transform: weights[·][i] = Gᵀ u[·][i] G.
void stormo_winograd_weights_transposed(float *weights, const float *u, size_t n);

// MARK: Convolutions of few channels (few_channels.c)

/// A window (window_height, window_width) that goes over images (height, width, channels), channels last, in steps of
/// `down` and `across`. It has `rows`×`columns` positions; zeros stand around the image, `top` rows and `left` columns
/// in front, to make it (padded_height, padded_width).
typedef struct {
    size_t height, width, channels, filters, window_height, window_width, down, across, top, left, padded_height,
        padded_width, rows, columns;
} stormo_positions;

/// dst[n][y][x][o] = f(bias[o] + Σ_{i,j,c} src[n][y·down + i - top][x·across + j - left][c]·weights[i][j][c][o]), with f
/// one of STORMO_LINEAR, STORMO_RELU and STORMO_LEAKY_RELU, and without bias where it is null. `filters` is a multiple
/// of 16; `padded` has room for one padded image.
void stormo_few_channels(float *dst, float *padded, const float *src, const float *weights, const float *bias,
                         int kind, float alpha, const stormo_positions *g, size_t samples);
/// diff_weights[i][j][c][o] = Σ_{n,y,x} src[n][y·down + i - top][x·across + j - left][c]·diff_dst[n][y][x][o] and,
/// unless null, diff_bias[o] = Σ_{n,y,x} diff_dst[n][y][x][o]. `totals` has room for as many numbers as both have.
void stormo_few_channels_backward_weights(float *diff_weights, float *diff_bias, float *padded, double *totals,
                                  const float *src, const float *diff_dst, const stormo_positions *g, size_t samples);

// MARK: Pooling (pool.c)

/// How many bytes a place in a window takes: 1 where it has at most 256, else 4. Of `g` the filters and the padded sizes are
/// not read, here and below.
static inline size_t stormo_place_bytes(const stormo_positions *g) {
    return g->window_height * g->window_width <= 256 ? 1 : sizeof(int32_t);
}
/// dst[n][y][x][c] = the largest src[n][y·down + i - top][x·across + j - left][c] over the places (i, j) of the window
/// that lie in the image, and, unless null, places[n][y][x][c] = i·window_width + j of the first of them. What is not a
/// number is larger than all numbers, so that it is not lost.
void stormo_largest(float *dst, void *places, const float *src, const stormo_positions *g, size_t samples);
/// diff_src[n][y·down + i - top][x·across + j - left][c] = Σ diff_dst[n][y][x][c] over the windows whose largest is there.
void stormo_largest_backward(float *diff_src, const void *places, const float *diff_dst, const stormo_positions *g,
                             size_t samples);
/// dst[n][y][x][c] = the mean over those places.
void stormo_mean(float *dst, const float *src, const stormo_positions *g, size_t samples);
/// diff_src[…] = Σ diff_dst[n][y][x][c] / (the number of those places) over the windows in which it lies.
void stormo_mean_backward(float *diff_src, const float *diff_dst, const stormo_positions *g, size_t samples);

// MARK: Normalising (normalize.c)

// By channel: x and the like are (rows, channels), what has one number a channel is named so. Sums are added to what stands.

/// sums[c] += Σ x[r][c] and squares[c] += Σ x[r][c]², in double.
void stormo_channel_sums(double *sums, double *squares, const float *x, size_t rows, size_t channels);
/// sums[c] += Σ diff[r][c] and products[c] += Σ diff[r][c]·(x[r][c] - mean[c]), in double.
void stormo_channel_products(double *sums, double *products, const float *diff, const float *x, const float *mean,
                             size_t rows, size_t channels);
/// dst[r][c] = (x[r][c] - mean[c])·scale[c] + shift[c]. dst may be x.
void stormo_channel_scale(float *dst, const float *x, const float *mean, const float *scale, const float *shift,
                          size_t rows, size_t channels);
/// diff_src[r][c] = scale[c]·diff[r][c] - (shift[c] + slope[c]·(x[r][c] - mean[c])). diff_src may be diff.
void stormo_channel_gradient(float *diff_src, const float *diff, const float *x, const float *mean, const float *scale,
                             const float *shift, const float *slope, size_t rows, size_t channels);

// By row: x and the like are the n numbers of one row; gamma and beta have one number for each of them, or are null.

/// Σ x[i] and Σ x[i]², in double.
void stormo_row_sums(double *sum, double *squares, const float *x, size_t n);
/// dst[i] = (x[i] - mean)·scale·gamma[i] + beta[i].
void stormo_row_scale(float *dst, const float *x, float mean, float scale, const float *gamma, const float *beta,
                      size_t n);
/// Σ diff[i]·gamma[i] and Σ diff[i]·gamma[i]·(x[i] - mean), in double.
void stormo_row_products(double *sum, double *products, const float *diff, const float *x, float mean,
                         const float *gamma, size_t n);
/// diff_src[i] = scale·gamma[i]·diff[i] - (shift + slope·(x[i] - mean)).
void stormo_row_gradient(float *diff_src, const float *diff, const float *x, float mean, float scale, float shift,
                         float slope, const float *gamma, size_t n);
/// diff_gamma[i] += diff[i]·(x[i] - mean)·scale and diff_beta[i] += diff[i]; what is null is left out.
void stormo_row_parameters(double *diff_gamma, double *diff_beta, const float *diff, const float *x, float mean,
                           float scale, size_t n);

// MARK: Random numbers (philox.c)

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the block of four
/// words for a counter and a key.
void stormo_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/// dst[i] = src[i]·keep_scale where the i-th random word is at least `threshold`, else 0. Words come from the
/// counters {i/4, sample, step, layer}: the mask of a sample does not depend on where it is computed.
void stormo_dropout(float *dst, const float *src, size_t n, uint32_t threshold, float keep_scale, uint32_t sample,
                    uint32_t step, uint32_t layer, const uint32_t key[2]);

// MARK: Augmenting (augment.c)

/// x[r][i] = factor·x[r][i] + (1 - factor)·a[i] for r < rows, i < width: every row is blended with the same one.
void stormo_blend(float *x, const float *a, float factor, size_t width, size_t rows);

/// dst, an image of (height, width, channels), is src turned about its centre by the angle of the given cosine and
/// sine, with bilinear interpolation. src has a margin around the same image, of one pixel before and two after it
/// in both directions: (height + 3, width + 3, channels), and one float more, which is read but not used. What lies
/// outside of the image is taken from the margin, which must be of one colour.
void stormo_rotate(float *dst, const float *src, size_t height, size_t width, size_t channels, float cosine,
                   float sine);

/// x[i] += deviation·z[i] with standard normal z: the words of each counter {i/4, sample, step, purpose} make four
/// numbers, two from each pair of words (Box and Muller, "A note on the generation of random normal deviates",
/// 1958), none of them beyond ±5.9.
void stormo_add_noise(float *x, size_t n, float deviation, uint32_t sample, uint32_t step, uint32_t purpose,
                      const uint32_t key[2]);

// MARK: The floating-point unit

/// Makes the calling thread take numbers below 2⁻¹²⁶ for zero, and returns the mode before. A moment of Adam that
/// decays towards zero otherwise stays among such numbers, where each operation costs several times as much.
static inline uint64_t stormo_flush_denormals(void) {
#if defined(__x86_64__)
    uint32_t mode = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(mode | 0x8040);  // flush to zero, denormals are zero
    return mode;
#elif defined(__aarch64__)
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | (1ull << 24)));
    return mode;
#else
    return 0;
#endif
}

static inline void stormo_set_float_mode(uint64_t mode) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr((uint32_t)mode);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
    (void)mode;
#endif
}

// MARK: Waiting

/// Tells the CPU that the caller spins, so that it saves power and lets its sibling thread go ahead.
static inline void stormo_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// MARK: The machine (machine.c)

/// Asks for the system's large pages where it has such; `begin` is where a page begins.
void stormo_use_large_pages(void *begin, size_t size);

/// From now on blocks of 128 KiB and more go back to the system as soon as they are freed.
void stormo_return_large_blocks(void);

/// Keeps the calling thread on one CPU. Returns 0, or -1 where the system refuses.
int stormo_pin_thread(int cpu);

/// The instruction set that the loops of this library run with: "x86-64-v4", "x86-64-v3", or "" for the one that it was
/// compiled for.
const char *stormo_instruction_set(void);

#endif
