import Testing

@testable import Charts

@Suite struct MarkupTests {
    @Test(arguments: [
        ("a<b>&\"c\"'d'", "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;"), ("é漢\u{1F600}", "é漢\u{1F600}"),
        ("line\nbreak\ttab", "line break tab"), ("\u{0}\u{1B}[1m\u{7F}", "\u{FFFD}\u{FFFD}[1m\u{FFFD}"),
        ("\u{202E}gnp.exe\u{FFFE}", "\u{FFFD}gnp.exe\u{FFFD}"),
    ])
    func markupIsText(text: String, escaped: String) { #expect(Markup.escaped(text) == escaped) }

    @Test(arguments: [
        (0, "0"), (12.34, "12.3"), (-0.04, "0"), (-0.06, "-0.1"), (-3.25, "-3.3"), (99.96, "100"), (1e30, "1000000"),
        (.nan, "0"), (.infinity, "0"),
    ])
    func coordinatesAreShort(value: Double, text: String) { #expect(Markup.number(value) == text) }

    @Test func thirtyFiveSeriesLookDifferent() {
        #expect(Set((0..<35).map { SeriesStyle($0) }).count == 35)
    }

    /// WCAG 2.2's contrast ratio, of lines 3 and of text 4.5 at least.
    @Test func coloursStandOut() {
        func luminance(_ color: String) -> Double {
            let value = Int(color.dropFirst(), radix: 16) ?? 0
            let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
                let share = Double(part) / 255
                return share <= 0.04045 ? share / 12.92 : power((share + 0.055) / 1.055)
            }
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        func power(_ base: Double) -> Double {
            // x^2.4 = x² · x^0.4, and x^0.4 by Newton's method on y⁵ = x².
            var root = 1.0
            for _ in 0..<60 {
                root -= (root * root * root * root * root - base * base) / (5 * root * root * root * root)
            }
            return base * base * root
        }
        func ratio(_ one: String, _ other: String) -> Double {
            let (a, b) = (luminance(one), luminance(other))
            return (max(a, b) + 0.05) / (min(a, b) + 0.05)
        }
        for color in [\Paint.light, \Paint.dark] {
            for paint in Paint.all {
                switch paint {
                case .ink, .quiet, .warning:
                    #expect(ratio(paint[keyPath: color], Paint.paper[keyPath: color]) >= 4.5, "\(paint)")
                case .series, .rest: #expect(ratio(paint[keyPath: color], Paint.paper[keyPath: color]) >= 3, "\(paint)")
                case .onHeat(let level):
                    #expect(ratio(paint[keyPath: color], Paint.heat(level)[keyPath: color]) >= 4.5, "\(paint)")
                case .grid, .paper, .heat: break
                }
            }
        }
    }
}
