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

    /// What might be a name, or another way of writing numbers, is none.
    @Test(arguments: [
        "4WD", "2nd", "A4", "1,2345", "1.234,5", "5.", "3/4", "1-2", "10 10", "5 kg 3", "$5 kg", "", "kg", "(5",
    ])
    func whatIsNoQuantity(_ text: String) {
        #expect(read(text) == nil)
    }
}
