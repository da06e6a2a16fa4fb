import Testing

@testable import Charts

@Suite struct TextWidthTests {
    @Test func widthsAreSums() {
        #expect(TextWidth.of("il", size: 10) == 5.56)
        #expect(TextWidth.of("", size: 10) == 0)
        #expect(TextWidth.of("漢字", size: 10) == 22)
        #expect(TextWidth.of("e\u{301}", size: 10) == 6.16)
    }

    @Test func longTextIsAbbreviatedInItsMiddle() {
        #expect(TextWidth.fitted("short", into: 100, size: 12) == "short")
        let long = "digits-cnn-with-augmentation-seed-17"
        let shown = TextWidth.fitted(long, into: 120, size: 12)
        #expect(shown.hasPrefix("digits-c") && shown.hasSuffix("seed-17") && shown.contains("…"), "\(shown)")
        for width in stride(from: 13.0, through: 300, by: 3) {
            #expect(TextWidth.of(TextWidth.fitted(long, into: width, size: 12), size: 12) <= width)
        }
        #expect(TextWidth.fitted(long, into: 10, size: 12).isEmpty)
        #expect(TextWidth.fitted(long, into: 20, size: 12) == "…")
    }

    @Test func linesAreBrokenAtSpaces() {
        let lines = TextWidth.lines("Lowest at epoch 7 (0.0812), 0.0913 at the end.", width: 120, size: 12)
        #expect(lines.joined(separator: " ") == "Lowest at epoch 7 (0.0812), 0.0913 at the end.")
        #expect(lines.count > 1 && lines.allSatisfy { TextWidth.of($0, size: 12) <= 120 })
        #expect(TextWidth.lines("", width: 100, size: 12).isEmpty)
    }
}
