/// How wide text is, so that labels can be laid out without the font that will draw them.
///
/// The widths are upper bounds: for each character the wider one of Liberation Sans, which has Arial's and Helvetica's
/// widths, and DejaVu Sans, the widest of the usual sans-serif fonts and the one that Linux falls back to.
package enum TextWidth {
    /// Of the characters from space to tilde, in thousandths of the font's size.
    private static let ascii: [Int] = [
        318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337,
        637, 637, 637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557,
        1016, 685, 687, 723, 771, 667, 611, 778, 752, 295, 500, 667, 558, 863, 749, 788,
        667, 788, 723, 667, 611, 732, 685, 989, 686, 667, 686, 391, 337, 391, 838, 557,
        500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612,
        635, 635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,
    ]

    /// The width of text in pixels, at a font size in pixels.
    package static func of(_ text: some StringProtocol, size: Double) -> Double {
        var sum = 0
        for scalar in text.unicodeScalars { sum += thousandths(scalar) }
        return Double(sum) * size / 1000
    }

    private static func thousandths(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20...0x7E: ascii[Int(scalar.value) - 0x20]
        case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
        case 0xA0...0x17F, 0x370...0x3FF: 1000
        case 0x180...0x36F, 0x400...0x6FF: 1250
        // Symbols that no text font has come from a font of symbols or of emoji.
        case 0x2000...0x2BFF: 1450
        case 0x1F000...: 1450
        default: 1100
        }
    }

    /// Text that fits into a width, abbreviated in the middle with `…` where it doesn't: names that share a long
    /// beginning mostly differ at their ends. Nothing is left where there is no room for that either.
    package static func fitted(_ text: String, into width: Double, size: Double) -> String {
        if of(text, size: size) <= width { return text }
        let ellipsis = "…"
        let characters = Array(text)
        var (head, tail) = ("", "")
        var room = width - of(ellipsis, size: size)
        guard room >= 0 else { return "" }
        var (first, last) = (0, characters.count - 1)
        // In turn from the front and the back, until one does not fit.
        while first <= last {
            let takesHead = first <= characters.count - 1 - last
            let character = String(characters[takesHead ? first : last])
            room -= of(character, size: size)
            guard room >= 0 else { break }
            if takesHead {
                head += character
                first += 1
            } else {
                tail = character + tail
                last -= 1
            }
        }
        return head + ellipsis + tail
    }

    /// Text as lines no wider than a width, broken at spaces; a word that is wider is abbreviated.
    package static func lines(_ text: String, width: Double, size: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, of(last + " " + word, size: size) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(fitted(String(word), into: width, size: size))
            }
        }
        return lines
    }
}
