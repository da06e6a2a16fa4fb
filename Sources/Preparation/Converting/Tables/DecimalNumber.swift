import Foundation

/// Reads numbers out of text.
enum DecimalNumber {
    private static let powers: [Double] = (0...22).map { power in (0..<power).reduce(1.0) { value, _ in value * 10 } }

    /// The number that the bytes are: a sign, digits with a point, an exponent. Nothing else, no "inf" and no "0x1".
    /// - Parameter point: the byte of the decimal point.
    static func parse(_ bytes: UnsafeRawBufferPointer, point: UInt8) -> Double? {
        let zero = UInt8(ascii: "0")
        var index = 0
        let count = bytes.count
        guard count > 0 else { return nil }
        let isNegative = bytes[0] == UInt8(ascii: "-")
        if isNegative || bytes[0] == UInt8(ascii: "+") { index = 1 }
        var mantissa: UInt64 = 0
        var (digits, kept, scale) = (0, 0, 0)
        var hasPoint = false
        while index < count {
            let byte = bytes[index]
            let digit = byte &- zero
            if digit < 10 {
                digits += 1
                if kept < 18 {
                    mantissa = mantissa &* 10 &+ UInt64(digit)
                    if mantissa > 0 { kept += 1 }
                    if hasPoint { scale -= 1 }
                } else {
                    // Too long for the short way.
                    kept = 99
                }
            } else if byte == point, !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            var isSmall = false
            if index < count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
                isSmall = bytes[index] == UInt8(ascii: "-")
                index += 1
            }
            guard index < count else { return nil }
            var exponent = 0
            while index < count {
                let digit = bytes[index] &- zero
                guard digit < 10 else { return nil }
                exponent = min(exponent * 10 + Int(digit), 100_000)
                index += 1
            }
            scale += isSmall ? -exponent : exponent
        }
        guard index == count else { return nil }
        // Both factors are exact in a double, so that one rounding is all (Clinger 1990).
        if kept < 99, mantissa <= 1 << 53, abs(scale) <= 22 {
            let size = scale < 0 ? Double(mantissa) / powers[-scale] : Double(mantissa) * powers[scale]
            return isNegative ? -size : size
        }
        return parseSlowly(bytes, point: point)
    }

    private static func parseSlowly(_ bytes: UnsafeRawBufferPointer, point: UInt8) -> Double? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { text in
            for index in 0..<bytes.count {
                text[index] = CChar(bitPattern: bytes[index] == point ? UInt8(ascii: ".") : bytes[index])
            }
            text[bytes.count] = 0
            guard let base = text.baseAddress else { return nil }
            let value = strtod(base, nil)
            return value.isFinite ? value : nil
        }
    }
}
