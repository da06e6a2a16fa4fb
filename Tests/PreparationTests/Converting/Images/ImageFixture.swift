import CImageWriters
import Foundation

/// Image files in memory.
enum ImageFixture {
    /// Of 1 to 4 channels.
    static func png(
        height: Int, width: Int, channels: Int, _ pixels: [UInt8], isInterlaced: Bool = false
    ) -> [UInt8] {
        bytes { write_png(pixels, Int32(width), Int32(height), Int32(channels), 8, isInterlaced, &$0) }
    }

    static func png(
        height: Int, width: Int, channels: Int, deep pixels: [UInt16], isInterlaced: Bool = false
    ) -> [UInt8] {
        bytes { write_png(pixels, Int32(width), Int32(height), Int32(channels), 16, isInterlaced, &$0) }
    }

    /// - Parameters:
    ///   - palette: red, green and blue of each colour.
    ///   - opacities: of the first colours.
    static func png(
        height: Int, width: Int, palette: [UInt8], opacities: [UInt8], _ pixels: [UInt8]
    ) -> [UInt8] {
        bytes {
            write_palette_png(
                pixels, Int32(width), Int32(height), palette, Int32(palette.count / 3), opacities,
                Int32(opacities.count), &$0)
        }
    }

    static func jpeg(
        height: Int, width: Int, channels: Int, _ pixels: [UInt8], quality: Int = 100, isProgressive: Bool = false
    ) -> [UInt8] {
        bytes {
            write_jpeg(pixels, Int32(width), Int32(height), Int32(channels), Int32(quality), isProgressive, &$0)
        }
    }

    static func webp(
        height: Int, width: Int, channels: Int, _ pixels: [UInt8], isLossless: Bool = true
    ) -> [UInt8] {
        bytes { write_webp(pixels, Int32(width), Int32(height), Int32(channels), isLossless, &$0) }
    }

    private static func bytes(_ write: (inout Int) -> UnsafeMutablePointer<UInt8>?) -> [UInt8] {
        var count = 0
        guard let bytes = write(&count) else { return [] }
        defer { free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// 8 rows of 16 pixels: the left half (200, 100, 50), the right half (32, 80, 160).
    static var jpeg: [UInt8] {
        let row = Array(repeating: [UInt8]([200, 100, 50]), count: 8) + Array(repeating: [32, 80, 160], count: 8)
        return jpeg(height: 8, width: 16, channels: 3, Array(repeating: row.flatMap(\.self), count: 8).flatMap(\.self))
    }

    /// EXIF data with an orientation alone.
    static func exif(_ orientation: Int, isLittle: Bool = true) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
            return isLittle ? bytes : bytes.reversed()
        }
        return (isLittle ? [0x49, 0x49] : [0x4D, 0x4D]) + number(42, 2) + number(8, 4) + number(2, 2)
            // The width first, then the orientation.
            + number(0x0100, 2) + number(4, 2) + number(1, 4) + number(7, 4)
            + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0] + number(0, 4)
    }

    /// The same image with EXIF data.
    static func adding(exif: [UInt8], to image: [UInt8]) -> [UInt8] {
        func big(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(value >> (8 * $0) & 0xFF) }
        }
        switch image[0] {
        case 0x89:
            // Behind IHDR.
            let chunk = Array("eXIf".utf8) + exif
            return image[..<33] + big(exif.count, 4) + chunk + big(Int(checksum(chunk)), 4) + image[33...]
        case 0xFF:
            let body = Array("Exif".utf8) + [0, 0] + exif
            return image[..<2] + [0xFF, 0xE1] + big(body.count + 2, 2) + body + image[2...]
        default:
            var result = image + Array("EXIF".utf8) + big(exif.count, 4).reversed() + exif
            if exif.count % 2 == 1 { result.append(0) }
            result.replaceSubrange(4..<8, with: big(result.count - 8, 4).reversed())
            return result
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
