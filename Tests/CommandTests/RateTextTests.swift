import Testing

@testable import stormo_cli

struct RateTextTests {
    private func line(
        unicode: Bool = true, done: Int = 41, total: Int = 100, rows: Int = 12_288, elapsed: Double = 2, width: Int
    ) -> String {
        RateText(isUnicode: unicode).line(
            "converting", done: done, total: total, rows: rows, elapsed: elapsed, width: width)
    }

    @Test func fitsItsWidth() {
        #expect(
            line(width: 100) == "converting  ━━━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  41%  12,288 rows  6.1k rows/s  0:03 left")
        #expect(
            line(unicode: false, width: 70)
                == "converting  [#####........]  41%  12,288 rows  6.1k rows/s  0:03 left")
        #expect(line(width: 40) == "converting  41%  12,288 rows  0:03 left")
        for width in 1...120 { #expect(line(width: width).count < max(width, 2)) }
    }

    @Test func saysOnlyWhatIsKnown() {
        #expect(line(done: 0, total: 0, rows: 0, elapsed: 0, width: 80) == "converting")
        #expect(line(done: 5, total: 0, rows: 10, elapsed: 1, width: 80) == "converting  10 rows  10 rows/s")
        #expect(line(done: 100, rows: 0, width: 60).hasSuffix("100%  0:00 left"))
    }
}
