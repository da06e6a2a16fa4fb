internal import CImages

/// The libraries that decode images.
package enum ImageLibraries {
    /// `libpng 1.6.39, libjpeg-turbo 2.1.5, libwebp 1.2.4`.
    package static var versions: String {
        let webp = stormo_webp_version()
        return "libpng \(String(cString: stormo_png_version())), \(String(cString: stormo_jpeg_version())), "
            + "libwebp \(webp >> 16).\(webp >> 8 & 0xFF).\(webp & 0xFF)"
    }
}
