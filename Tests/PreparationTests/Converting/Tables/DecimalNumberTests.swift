import Testing

@testable import Preparation

struct DecimalNumberTests {
    private func parse(_ text: String, point: Unicode.Scalar = ".") -> Double? {
        var text = text
        return text.withUTF8 { DecimalNumber.parse(UnsafeRawBufferPointer($0), point: UInt8(ascii: point)) }
    }

    @Test func readsWhatSwiftReads() {
        let texts = [
            "0", "-0", "7", "+7", "-12.5", ".5", "5.", "1e3", "1E-3", "2.5e+10", "123456789012345678", "0.1", "1e22",
            "1e23", "9007199254740993", "179769313486231570000000000000000000000e270", "4.9e-324", "1e-400",
            "0.30000000000000004", "2.2250738585072011e-308", "00012", "0.000000000000000000000000123",
            "1.7976931348623157e308",
        ]
        for text in texts {
            let value = parse(text)
            #expect(value == Double(text), "\(text)")
        }
        #expect(parse("-0")?.sign == .minus)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<10_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(parse("\(value)") == value)
        }
    }

    @Test func refusesAllElse() {
        for text in [
            "", "-", ".", "e5", "1e", "1e+", "0x10", "inf", "nan", "1 2", "1,5", "12a", "--1", "1.2.3", "1e999",
        ] {
            #expect(parse(text) == nil, "\(text)")
        }
    }

    @Test func theCommaCanBeThePoint() {
        #expect(parse("3,25", point: ",") == 3.25)
        #expect(parse("0,30000000000000004", point: ",") == 0.30000000000000004)
        #expect(parse("3.25", point: ",") == nil)
    }
}
