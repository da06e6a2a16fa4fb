#ifndef STORMO_CIMAGEWRITERS_H
#define STORMO_CIMAGEWRITERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Image files in memory, made by the libraries that also read them, for tests. The caller frees what is returned; NULL where
// something fails.

// channels: 1 to 4; depth: 8 or 16 bits in the machine's byte order.
uint8_t *write_png(
    const void *pixels, int width, int height, int channels, int depth, bool is_interlaced, size_t *count);

// One byte a pixel, a palette of red, green, blue, and opacities for the first of its colours.
uint8_t *write_palette_png(
    const uint8_t *pixels, int width, int height, const uint8_t *palette, int colours, const uint8_t *opacities,
    int opaque, size_t *count);

// channels: 1, 3, or 4 for cyan, magenta, yellow and black, inverted as Adobe writes them.
uint8_t *write_jpeg(
    const uint8_t *pixels, int width, int height, int channels, int quality, bool is_progressive, size_t *count);

// channels: 3 or 4.
uint8_t *write_webp(const uint8_t *pixels, int width, int height, int channels, bool is_lossless, size_t *count);

#endif
