import Foundation

/// A number of bytes, for a sentence: `512 bytes`, `1.5 MiB`.
package struct ByteCount: CustomStringConvertible, Sendable {
    package let bytes: Int
    package init(_ bytes: Int) { self.bytes = bytes }

    /// Reads `512 MiB`, `2GiB`, `1.5 GB` or `4096`; nil for what is none.
    package init?(parsing text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let value = Double(digits), value > 0 else { return nil }
        let factors: [String: Double] = [
            "": 1, "b": 1, "bytes": 1, "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30, "tib": 0x1p40, "kb": 1e3, "mb": 1e6,
            "gb": 1e9, "tb": 1e12,
        ]
        let unit = text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces).lowercased()
        guard let factor = factors[unit], value * factor < 0x1p60 else { return nil }
        bytes = Int(value * factor)
    }

    package var description: String {
        guard bytes >= 1024 else { return "\(bytes) bytes" }
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024, unit < 4 { (value, unit) = (value / 1024, unit + 1) }
        let figure = value < 10 ? String(format: "%.1f", value) : String(format: "%.0f", value)
        return "\(figure) \(["bytes", "KiB", "MiB", "GiB", "TiB"][unit])"
    }
}
