#if !__has_include(<jpeglib.h>)
#error "jpeglib.h is missing: install libjpeg-dev (Debian, Ubuntu) or libjpeg-turbo-devel (Fedora)"
#endif
#include <stdio.h>
// jpeglib.h wants it first.
#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>
#include <string.h>

#include "CImages.h"

// A progressive image is told in scans over all of it; a small file can have many.
static const int most_scans = 100;

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf jump;
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct decompress;
    stormo_image *image;
} reading;

static _Noreturn void fail(j_common_ptr common) {
    reading *own = (reading *)common->client_data;
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    snprintf(own->image->message, sizeof own->image->message, "%s", text);
    longjmp(own->jump, 1);
}

static _Noreturn void fail_with(j_common_ptr common, const char *text) {
    reading *own = (reading *)common->client_data;
    snprintf(own->image->message, sizeof own->image->message, "%s", text);
    longjmp(own->jump, 1);
}

// The library goes on after damage and makes up the pixels that are missing.
static void warn(j_common_ptr common, int level) {
    if (level >= 0) return;
    switch (common->err->msg_code) {
    case JWRN_JPEG_EOF: fail_with(common, "it ends early");
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC: fail(common);
    default: return;
    }
}

static void count_scans(j_common_ptr common) {
    if (((j_decompress_ptr)common)->input_scan_number > most_scans) fail_with(common, "it has more than 100 scans");
}

// Cyan, magenta, yellow and black as Adobe inverts them, to red, green and blue in place.
static void to_red_green_blue(uint8_t *row, int width) {
    for (int x = 0; x < width; x++) {
        const uint8_t *from = row + 4 * (size_t)x;
        const uint32_t white = from[3];
        uint8_t pixel[3];
        for (int c = 0; c < 3; c++) {
            const uint32_t product = (255u - from[c]) * white + 128;
            pixel[c] = (uint8_t)(white - ((product + (product >> 8)) >> 8));
        }
        memcpy(row + 3 * (size_t)x, pixel, 3);
    }
}

// Holds no variable that is changed after setjmp and read after a jump.
static bool decode(reading *own, const uint8_t *bytes, size_t count) {
    j_decompress_ptr decompress = &own->decompress;
    stormo_image *image = own->image;
    if (setjmp(own->jump)) return false;
    jpeg_create_decompress(decompress);
    own->progress.progress_monitor = count_scans;
    decompress->progress = &own->progress;
    jpeg_mem_src(decompress, (unsigned char *)bytes, (unsigned long)count);
    jpeg_read_header(decompress, TRUE);
    if (decompress->image_width != (JDIMENSION)image->width || decompress->image_height != (JDIMENSION)image->height) {
        fail_with((j_common_ptr)decompress, "its size is told twice");
    }
    const bool is_cmyk = decompress->num_components == 4;
    const bool is_grey = decompress->num_components == 1;
    decompress->out_color_space = is_cmyk ? JCS_CMYK : is_grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(decompress);
    const int channels = decompress->output_components;
    if (channels != (is_cmyk ? 4 : is_grey ? 1 : 3)) {
        fail_with((j_common_ptr)decompress, "it has another number of channels than it says");
    }
    JSAMPARRAY row = decompress->mem->alloc_sarray(
        (j_common_ptr)decompress, JPOOL_IMAGE, decompress->output_width * (JDIMENSION)channels, 1);
    while (decompress->output_scanline < decompress->output_height) {
        const int y = (int)decompress->output_scanline;
        if (jpeg_read_scanlines(decompress, row, 1) != 1) fail_with((j_common_ptr)decompress, "it ends early");
        if (is_cmyk) to_red_green_blue(row[0], image->width);
        stormo_image_take_row(image, y, row[0], is_cmyk ? 3 : channels, 8);
    }
    jpeg_finish_decompress(decompress);
    return true;
}

bool stormo_jpeg_decode(const uint8_t *bytes, size_t count, stormo_image *image) {
    reading own = {.image = image};
    own.decompress.err = jpeg_std_error(&own.manager);
    own.decompress.client_data = &own;
    own.manager.error_exit = fail;
    own.manager.emit_message = warn;
    bool is_whole = decode(&own, bytes, count);
    jpeg_destroy_decompress(&own.decompress);
    return is_whole;
}

#define STORMO_TEXT_OF(version) #version
#define STORMO_TEXT(version) STORMO_TEXT_OF(version)

const char *stormo_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
    return "libjpeg-turbo " STORMO_TEXT(LIBJPEG_TURBO_VERSION);
#else
    return "libjpeg " STORMO_TEXT(JPEG_LIB_VERSION);
#endif
}
