#if !__has_include(<png.h>)
#error "png.h is missing: install libpng-dev (Debian, Ubuntu) or libpng-devel (Fedora)"
#endif
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CImages.h"

typedef struct {
    const uint8_t *bytes;
    size_t count, place;
    stormo_image *image;
    png_structp png;
    png_infop info;
    // One row as the file has it, or all rows of an interlaced image.
    uint8_t *rows;
} reading;

static void fail(png_structp png, png_const_charp text) {
    reading *own = png_get_error_ptr(png);
    snprintf(own->image->message, sizeof own->image->message, "%s", text);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void take(png_structp png, png_bytep target, size_t count) {
    reading *own = png_get_io_ptr(png);
    if (count > own->count - own->place) png_error(png, "it ends early");
    memcpy(target, own->bytes + own->place, count);
    own->place += count;
}

// Holds no variable that is changed after setjmp and read after a jump.
static bool decode(reading *own) {
    stormo_image *image = own->image;
    png_structp png = own->png;
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_read_fn(png, own, take);
    png_set_user_limits(png, (png_uint_32)image->width, (png_uint_32)image->height);
    // All but the chunks that make pixels are passed over: texts and profiles could unpack to much.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, own->info);
    if (png_get_image_width(png, own->info) != (png_uint_32)image->width ||
        png_get_image_height(png, own->info) != (png_uint_32)image->height) {
        png_error(png, "its size is told twice");
    }
    // Palettes become colours, few bits 8, a transparent colour opacities.
    png_set_expand(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (png_get_bit_depth(png, own->info) == 16) png_set_swap(png);
#endif
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, own->info);
    size_t row_bytes = png_get_rowbytes(png, own->info);
    int channels = png_get_channels(png, own->info), depth = png_get_bit_depth(png, own->info);
    size_t lines = passes > 1 ? (size_t)image->height : 1;
    if (row_bytes == 0 || lines > SIZE_MAX / row_bytes || !(own->rows = malloc(row_bytes * lines))) {
        png_error(png, "there is not enough memory");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < image->height; y++) {
            uint8_t *row = own->rows + (passes > 1 ? (size_t)y * row_bytes : 0);
            png_read_row(png, row, NULL);
            if (pass == passes - 1) stormo_image_take_row(image, y, row, channels, depth);
        }
    }
    png_read_end(png, NULL);
    return true;
}

bool stormo_png_decode(const uint8_t *bytes, size_t count, stormo_image *image) {
    reading own = {.bytes = bytes, .count = count, .image = image};
    own.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &own, fail, ignore);
    own.info = own.png ? png_create_info_struct(own.png) : NULL;
    if (!own.info) snprintf(image->message, sizeof image->message, "there is not enough memory");
    bool is_whole = own.info && decode(&own);
    png_destroy_read_struct(&own.png, &own.info, NULL);
    free(own.rows);
    return is_whole;
}

const char *stormo_png_version(void) { return png_get_libpng_ver(NULL); }
