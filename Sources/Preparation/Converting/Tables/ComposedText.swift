import Foundation

/// Texts in Unicode's composed form, NFC (Unicode Standard Annex 15): é is one code point, whether it was written as one or as
/// e with an accent behind it. What looks the same to people is so one category, one class, one column.
enum ComposedText {
    /// Whether UTF-8 holds code points from U+0300 on, below which nothing has another form.
    static func mayDiffer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            // Eight letters of ASCII at a time, as most text is.
            if index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
                continue
            }
            if bytes[index] >= 0xCC { return true }
            index += 1
        }
        return false
    }

    /// The composed form.
    /// - Parameter bytes: well-formed UTF-8.
    /// - Returns: nil where the text is in it already.
    static func composed(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard mayDiffer(bytes), holdsOthers(bytes) else { return nil }
        let composed = Array(String(decoding: bytes, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
        return composed.elementsEqual(bytes) ? nil : composed
    }

    /// Code points that stay as they are whatever stands beside them; there are others, which are looked at in full. Made from
    /// Unicode's tables (no canonical decomposition, class 0, never the second of a pair that is composed).
    private static let stable: [ClosedRange<UInt32>] = [
        0...0x2FF, 0x388...0x482, 0x48A...0x590, 0x5D0...0x60F, 0x671...0x6D5, 0x1E00...0x1F70, 0x2002...0x20CF,
        0x212C...0x2328, 0x232B...0x2ADB, 0x3030...0x3098, 0x309B...0xA66E, 0xAC00...0xD7A3, 0xFE30...0xFFFF,
        0x1E94B...0x2F7FF,
    ]

    /// Whether there are code points that are not stable.
    private static func holdsOthers(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            let first = bytes[index]
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            if first >= 0xCC {
                var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
                for byte in bytes[(index + 1)..<min(index + length, bytes.count)] {
                    value = value << 6 | UInt32(byte & 0x3F)
                }
                if !stable.contains(where: { $0.contains(value) }) { return true }
            }
            index += length
        }
        return false
    }
}
