import TestSupport
import Testing

@testable import Preparation

struct QuantityTests {
    private func read(_ text: String, point: Character = ".") -> Quantity? {
        var text = text
        return text.withUTF8 { Quantity(UnsafeRawBufferPointer($0), point: point.asciiValue!) }
    }

    @Test(
        arguments: [
            ("102%", 102, "%"), ("$3,825.00", 3825, "$"), ("-$3", -3, "$"), ("$-3", -3, "$"), ("(1,200)", -1200, nil),
            ("1 250 kg", 1250, "kg"), ("12kg", 12, "kg"), ("4 WD", 4, "WD"), ("5 €", 5, "€"), ("€ 5", 5, "€"),
            ("1,234,567.89", 1_234_567.89, nil), ("1,00,000", 100_000, nil), ("1'000", 1000, nil), ("12 °C", 12, "°C"),
            (".5 m", 0.5, "m"), ("5.1kg", 5.1, "kg"), ("−5.5 %", -5.5, "%"), ("5 000 000 US$", 5e6, "US$"),
        ] as [(String, Double, String?)])
    func aNumberWithItsUnit(_ text: String, _ value: Double, _ unit: String?) throws {
        let found = try #require(read(text))
        #expect(found.value == value && found.unit == unit, "\(found)")
    }

    @Test func thePointMayBeAComma() throws {
        #expect(read("1.234,5 kg", point: ",")?.value == 1234.5)
        #expect(read("1.234", point: ",")?.value == 1234)
        #expect(read("1,5", point: ",")?.value == 1.5)
    }

    @Test func aCapitalLetterRightBehindMayBeAName() {
        for text in ["5A", "12B", "4K"] { #expect(read(text)?.mayBeName == true, "\(text)") }
        for text in ["5 A", "5.1A", "-5A", "5m", "5kW", "5", "1,000A", "$5"] {
            #expect(read(text)?.mayBeName == false, "\(text)")
        }
    }

    /// What is read from bytes is what was read by characters.
    @Test(arguments: 0..<8)
    func asTheNaiveForm(seed: Int) {
        var random = SeededRandom(seed)
        let parts = [
            "0", "1", "12", "345", "000", "9", ".", ",", "'", "’", "_", " ", "\u{A0}", "\u{202F}", "\u{2009}", "(", ")",
            "+",
            "-", "−", "$", "US$", "€", "EUR", "%", "‰", "kg", "km²", "m2", "°C", "A", "x", "é", "·", "e5", "\t",
            "Main St",
        ]
        for _ in 0..<6000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...7, using: &random) { text += parts.randomElement(using: &random)! }
            for point in [UInt8(ascii: "."), UInt8(ascii: ",")] {
                let (own, naive) = text.withUTF8 {
                    (
                        Quantity(UnsafeRawBufferPointer($0), point: point),
                        NaiveQuantity(UnsafeRawBufferPointer($0), point: point)
                    )
                }
                #expect(own?.value == naive?.value && own?.unit == naive?.unit, "\(text)")
                #expect(own.map { "\($0.separator)" } == naive.map { "\($0.separator)" }, "\(text)")
            }
        }
    }

    /// What might be a name, or another way of writing numbers, is none.
    @Test(arguments: [
        "4WD", "2nd", "A4", "1,2345", "1.234,5", "5.", "3/4", "1-2", "10 10", "5 kg 3", "$5 kg", "", "kg", "(5",
        "030 123 456", "0,250",
    ])
    func whatIsNoQuantity(_ text: String) {
        #expect(read(text) == nil)
    }
}
