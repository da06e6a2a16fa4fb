import CDeflate
import Foundation

/// A picture of bytes, grey or RGB, as a PNG file (ISO/IEC 15948) of 8 bits a channel without filters.
package struct PNGImage: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// 1 for grey, 3 for RGB.
    package let channels: Int
    /// The whole file.
    package let encoded: [UInt8]

    /// - Parameters:
    ///   - pixels: height × width × channels, row-major.
    package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3), "a picture is grey or RGB")
        precondition(pixels.count == width * height * channels, "one byte a channel of each pixel")
        (self.width, self.height, self.channels) = (width, height, channels)
        let row = width * channels
        var lines: [UInt8] = []
        lines.reserveCapacity(height * (row + 1))
        for index in 0..<height {
            // The row's filter: none.
            lines.append(0)
            lines += pixels[index * row..<(index + 1) * row]
        }
        let header = Self.bytes(width) + Self.bytes(height) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
        encoded =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
            + Self.chunk("IDAT", Self.compressed(lines)) + Self.chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bytes(data.count) + body + bytes(body.withUnsafeBytes { Checksum.of($0) })
    }

    /// Four bytes, big-endian.
    private static func bytes(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { Array($0) }
    }

    private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(6) else { preconditionFailure("no memory for a picture") }
        defer { libdeflate_free_compressor(compressor) }
        let bound = libdeflate_zlib_compress_bound(compressor, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = libdeflate_zlib_compress(compressor, bytes, bytes.count, buffer.baseAddress, bound)
        }
    }
}
