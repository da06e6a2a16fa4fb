/// Text and numbers as they stand in SVG and HTML.
package enum Markup {
    /// Text that is safe between tags and in attributes with either quote, in XML and in HTML. What XML 1.0 does not
    /// allow at all, such as control characters, becomes U+FFFD.
    package static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n", "\r": result.append(" ")
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                // Directions that text would impose on what follows it.
                || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                || scalar.value & 0xFFFE == 0xFFFE:
                result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A coordinate with one decimal at most: `12.3`, `12`.
    package static func number(_ value: Double) -> String {
        // A drawing has some thousand pixels; beyond a million a coordinate has left it on that side.
        guard value.isFinite else { return "0" }
        let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
    }
}
