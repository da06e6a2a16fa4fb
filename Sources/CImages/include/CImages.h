#ifndef STORMO_CIMAGES_H
#define STORMO_CIMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The decoders of libpng, libjpeg-turbo and libwebp behind one form, and what is done to their pixels. libpng and libjpeg
// leave a function that fails by longjmp: every setjmp and what jumps to it stand in one file of this target, so that no
// frame of a caller is jumped over. All functions may run on many threads at once.

// What is to be decoded, and where to.
typedef struct {
    // As the file's header says; pixels of another number are a failure.
    int width, height;
    // 1: luma; 3: red, green, blue.
    int channels;
    // Bits of a value, 8 or 16, in the machine's byte order.
    int depth;
    // height * width * channels values, row after row.
    void *pixels;
    // Why it could not be decoded.
    char message[200];
} stormo_image;

// These decode the bytes of a file. A value of 8 bits becomes one of 16 times 257, one of 16 bits v becomes v / 257,
// rounded. Luma is that of ITU-R BT.601, (19595 red + 38470 green + 7471 blue + 2^15) / 2^16. What is transparent is laid
// on white. Profiles and gammas of a file are not applied: values are those that are stored.
//
// CMYK of a JPEG is taken for inverted, as Adobe writes it: red = white - cyan * white / most, with white = most - black.
bool stormo_png_decode(const uint8_t *bytes, size_t count, stormo_image *image);
bool stormo_jpeg_decode(const uint8_t *bytes, size_t count, stormo_image *image);
bool stormo_webp_decode(const uint8_t *bytes, size_t count, stormo_image *image);

// The libraries' versions: that of the installed libpng, with its name that of the libjpeg that this was compiled with, and
// of the installed libwebp as 0xMMmmrr.
const char *stormo_png_version(void);
const char *stormo_jpeg_version(void);
int stormo_webp_version(void);

// What the header of a WebP file says; false where it is none, or damaged.
bool stormo_webp_header(const uint8_t *bytes, size_t count, int *width, int *height, bool *is_animated);

// A row of pixels of 1 (luma), 2 (luma, opacity), 3 or 4 channels of 8 or 16 bits as the image wants it.
void stormo_image_take_row(stormo_image *image, int row, const void *source, int channels, int depth);

// Turns an image as the orientation 2 to 8 of EXIF says: target (y, x) is source (y, width - 1 - x) for 2,
// (height - 1 - y, width - 1 - x) for 3, (height - 1 - y, x) for 4, (x, y) for 5, (height - 1 - x, y) for 6,
// (height - 1 - x, width - 1 - y) for 7, (x, width - 1 - y) for 8; width and height are the source's.
void stormo_image_turn(
    const void *source, int width, int height, size_t pixel_bytes, int orientation, void *target);

// A part of an image in another size: bilinear interpolation, where it shrinks with a triangle as wide as twice the step, so
// that every pixel counts.
//
// Along each axis, with a step s = part / size, f = max(s, 1) and a centre c = start + (i + 1/2) s, the target's value i is
// the mean of the source's values k, from floor(c - f + 1/2) to floor(c + f + 1/2) - 1 as far as there are such, weighted
// by max(0, 1 - |k + 1/2 - c| / f). First along rows, then along columns; in between values are rounded to those of the type.
// Of 8 bits, weights are multiples of 2^-22. These are the numbers of Pillow's Image.resize with BILINEAR and box.
//
// An axis whose part is the whole of it in the same size stays as it is.
// - stride: bytes from one row of the target to the next.
// Returns false where there is not the memory for it.
bool stormo_image_resize(
    const void *source, int width, int height, int channels, int depth, double left, double top, double right,
    double bottom, void *target, int target_width, int target_height, size_t stride);

#endif
