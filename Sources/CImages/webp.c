#if !__has_include(<webp/decode.h>)
#error "webp/decode.h is missing: install libwebp-dev (Debian, Ubuntu) or libwebp-devel (Fedora)"
#endif
#include <stdio.h>
#include <stdlib.h>
#include <webp/decode.h>

#include "CImages.h"

bool stormo_webp_header(const uint8_t *bytes, size_t count, int *width, int *height, bool *is_animated) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, count, &features) != VP8_STATUS_OK) return false;
    *width = features.width;
    *height = features.height;
    *is_animated = features.has_animation != 0;
    return true;
}

static const char *words(VP8StatusCode status) {
    switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return "there is not enough memory";
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return "it ends early";
    case VP8_STATUS_UNSUPPORTED_FEATURE: return "it is of a form that libwebp does not know";
    default: return "its data make no sense";
    }
}

bool stormo_webp_decode(const uint8_t *bytes, size_t count, stormo_image *image) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) {
        snprintf(image->message, sizeof image->message, "libwebp is of another version than its header");
        return false;
    }
    VP8StatusCode status = WebPGetFeatures(bytes, count, &config.input);
    if (status == VP8_STATUS_OK && (config.input.width != image->width || config.input.height != image->height)) {
        snprintf(image->message, sizeof image->message, "its size is told twice");
        return false;
    }
    const int channels = config.input.has_alpha ? 4 : 3;
    const size_t row_bytes = (size_t)image->width * (size_t)channels, all = row_bytes * (size_t)image->height;
    // In the image's own memory where its pixels are those that it wants.
    const bool is_direct = channels == image->channels && image->depth == 8;
    uint8_t *pixels = is_direct ? image->pixels : malloc(all);
    if (!pixels) status = VP8_STATUS_OUT_OF_MEMORY;
    if (status == VP8_STATUS_OK) {
        config.output.colorspace = channels == 4 ? MODE_RGBA : MODE_RGB;
        config.output.is_external_memory = 1;
        config.output.u.RGBA.rgba = pixels;
        config.output.u.RGBA.stride = (int)row_bytes;
        config.output.u.RGBA.size = all;
        status = WebPDecode(bytes, count, &config);
    }
    if (status == VP8_STATUS_OK && !is_direct) {
        for (int y = 0; y < image->height; y++) {
            stormo_image_take_row(image, y, pixels + (size_t)y * row_bytes, channels, 8);
        }
    }
    if (!is_direct) free(pixels);
    if (status != VP8_STATUS_OK) snprintf(image->message, sizeof image->message, "%s", words(status));
    return status == VP8_STATUS_OK;
}

int stormo_webp_version(void) { return WebPGetDecoderVersion(); }
