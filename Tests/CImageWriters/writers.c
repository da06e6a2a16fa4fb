#include "CImageWriters.h"

#include <png.h>
#include <stdio.h>
// jpeglib.h wants it first.
#include <jpeglib.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

typedef struct {
    uint8_t *bytes;
    size_t count;
} written;

static void append(png_structp png, png_bytep bytes, size_t count) {
    written *own = png_get_io_ptr(png);
    uint8_t *grown = realloc(own->bytes, own->count + count);
    if (!grown) png_error(png, "no memory");
    own->bytes = grown;
    memcpy(own->bytes + own->count, bytes, count);
    own->count += count;
}

static void flush(png_structp png) { (void)png; }

typedef struct {
    const uint8_t *pixels;
    int width, height, depth, colour_type;
    size_t row_bytes;
    bool is_interlaced;
    const uint8_t *palette, *opacities;
    int colours, opaque;
} png_job;

static bool encode(png_structp png, png_infop info, const png_job *job) {
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_IHDR(
        png, info, (png_uint_32)job->width, (png_uint_32)job->height, job->depth, job->colour_type,
        job->is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    if (job->palette) {
        png_color colours[256];
        for (int i = 0; i < job->colours; i++) {
            colours[i] = (png_color){job->palette[3 * i], job->palette[3 * i + 1], job->palette[3 * i + 2]};
        }
        png_set_PLTE(png, info, colours, job->colours);
        if (job->opaque > 0) png_set_tRNS(png, info, job->opacities, job->opaque, NULL);
    }
    png_write_info(png, info);
    if (job->depth == 16) png_set_swap(png);
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < job->height; y++) png_write_row(png, job->pixels + (size_t)y * job->row_bytes);
    }
    png_write_end(png, info);
    return true;
}

static uint8_t *png_of(const png_job *job, size_t *count) {
    written own = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    bool is_done = false;
    if (info) {
        png_set_write_fn(png, &own, append, flush);
        is_done = encode(png, info, job);
    }
    png_destroy_write_struct(&png, &info);
    *count = own.count;
    if (is_done) return own.bytes;
    free(own.bytes);
    return NULL;
}

uint8_t *write_png(
    const void *pixels, int width, int height, int channels, int depth, bool is_interlaced, size_t *count
) {
    const int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA};
    const png_job job = {
        .pixels = pixels, .width = width, .height = height, .depth = depth, .colour_type = types[channels - 1],
        .row_bytes = (size_t)(width * channels * depth / 8), .is_interlaced = is_interlaced};
    return png_of(&job, count);
}

uint8_t *write_palette_png(
    const uint8_t *pixels, int width, int height, const uint8_t *palette, int colours, const uint8_t *opacities,
    int opaque, size_t *count
) {
    const png_job job = {
        .pixels = pixels, .width = width, .height = height, .depth = 8, .colour_type = PNG_COLOR_TYPE_PALETTE,
        .row_bytes = (size_t)width, .palette = palette, .colours = colours, .opacities = opacities, .opaque = opaque};
    return png_of(&job, count);
}

uint8_t *write_jpeg(
    const uint8_t *pixels, int width, int height, int channels, int quality, bool is_progressive, size_t *count
) {
    struct jpeg_compress_struct compress;
    struct jpeg_error_mgr manager;
    compress.err = jpeg_std_error(&manager);
    jpeg_create_compress(&compress);
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    jpeg_mem_dest(&compress, &bytes, &size);
    compress.image_width = (JDIMENSION)width;
    compress.image_height = (JDIMENSION)height;
    compress.input_components = channels;
    compress.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&compress);
    jpeg_set_quality(&compress, quality, TRUE);
    if (is_progressive) jpeg_simple_progression(&compress);
    jpeg_start_compress(&compress, TRUE);
    while (compress.next_scanline < compress.image_height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)compress.next_scanline * (size_t)(width * channels));
        jpeg_write_scanlines(&compress, &row, 1);
    }
    jpeg_finish_compress(&compress);
    jpeg_destroy_compress(&compress);
    *count = size;
    return bytes;
}

uint8_t *write_webp(const uint8_t *pixels, int width, int height, int channels, bool is_lossless, size_t *count) {
    uint8_t *bytes = NULL;
    const int stride = width * channels;
    if (channels == 4) {
        *count = is_lossless ? WebPEncodeLosslessRGBA(pixels, width, height, stride, &bytes)
                             : WebPEncodeRGBA(pixels, width, height, stride, 90, &bytes);
    } else {
        *count = is_lossless ? WebPEncodeLosslessRGB(pixels, width, height, stride, &bytes)
                             : WebPEncodeRGB(pixels, width, height, stride, 90, &bytes);
    }
    return bytes;
}
