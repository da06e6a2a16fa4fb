#include "CImages.h"

#include <string.h>

static inline uint32_t load(const void *values, size_t place, bool is_wide) {
    return is_wide ? ((const uint16_t *)values)[place] : ((const uint8_t *)values)[place];
}

static inline void store(void *values, size_t place, bool is_wide, uint32_t value) {
    if (is_wide) ((uint16_t *)values)[place] = (uint16_t)value;
    else ((uint8_t *)values)[place] = (uint8_t)value;
}

static inline uint32_t luma(uint32_t red, uint32_t green, uint32_t blue) {
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

static inline uint32_t deepened(uint32_t value, bool was_wide, bool is_wide) {
    if (was_wide == is_wide) return value;
    return is_wide ? value * 257 : (value * 255 + 32895) >> 16;
}

void stormo_image_take_row(stormo_image *image, int row, const void *source, int channels, int depth) {
    const size_t width = (size_t)image->width, wanted = (size_t)image->channels;
    const bool was_wide = depth == 16, is_wide = image->depth == 16;
    uint8_t *target = (uint8_t *)image->pixels + (size_t)row * width * wanted * (is_wide ? 2 : 1);
    if (channels == image->channels && was_wide == is_wide) {
        memcpy(target, source, width * wanted * (is_wide ? 2 : 1));
        return;
    }
    if (channels == 3 && wanted == 1 && !was_wide && !is_wide) {
        const uint8_t *pixel = source;
        for (size_t x = 0; x < width; x++, pixel += 3) target[x] = (uint8_t)luma(pixel[0], pixel[1], pixel[2]);
        return;
    }
    const bool is_grey = channels < 3, has_opacity = channels == 2 || channels == 4;
    const uint32_t most = was_wide ? 65535 : 255;
    for (size_t x = 0; x < width; x++) {
        const size_t place = x * (size_t)channels;
        uint32_t pixel[3];
        for (int c = 0; c < 3; c++) pixel[c] = load(source, is_grey ? place : place + (size_t)c, was_wide);
        if (has_opacity) {
            const uint32_t opacity = load(source, place + (size_t)channels - 1, was_wide);
            for (int c = 0; c < 3; c++) {
                // At most most * most + most / 2, which 32 bits hold.
                pixel[c] = (pixel[c] * opacity + most * (most - opacity) + most / 2) / most;
            }
        }
        if (wanted == 1) {
            const uint32_t value = is_grey ? pixel[0] : luma(pixel[0], pixel[1], pixel[2]);
            store(target, x, is_wide, deepened(value, was_wide, is_wide));
        } else {
            for (size_t c = 0; c < 3; c++) {
                store(target, x * 3 + c, is_wide, deepened(pixel[c], was_wide, is_wide));
            }
        }
    }
}

void stormo_image_turn(
    const void *source, int width, int height, size_t pixel_bytes, int orientation, void *target
) {
    const bool swaps = orientation >= 5;
    const int rows = swaps ? width : height, columns = swaps ? height : width;
    uint8_t *place = target;
    for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++, place += pixel_bytes) {
            int from_y = swaps ? x : y, from_x = swaps ? y : x;
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) from_y = height - 1 - from_y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) from_x = width - 1 - from_x;
            memcpy(place, (const uint8_t *)source + ((size_t)from_y * (size_t)width + (size_t)from_x) * pixel_bytes, pixel_bytes);
        }
    }
}
