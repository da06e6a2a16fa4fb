internal import Recipes

/// What the texts of a column mean where another way to write them says the same: `True` and `1` beside the classes `FALSE` and
/// `TRUE`, `1.0` beside `1`. Numbers with zeros in front are names, and mean themselves.
struct Meanings {
    private var truths: [Bool: String] = [:]
    private var numbers: [Double: String] = [:]
    private let point: UInt8

    /// - Parameter known: the texts that others are taken for.
    init(_ known: [String], _ point: UInt8) {
        self.point = point
        let values = known.map { BooleanWords.value($0) }
        if known.count == 2, Set(values).count == 2, !values.contains(nil) {
            for (text, value) in zip(known, values) { if let value { truths[value] = text } }
        }
        for text in known {
            guard let number = Self.number(text, point) else { continue }
            // Two that are the same number are names of their own.
            numbers[number] = numbers[number] == nil ? text : ""
        }
    }

    /// The known text that says the same; nil for none.
    func other(_ text: String) -> String? {
        if let truth = BooleanWords.value(text).flatMap({ truths[$0] }) { return truth }
        guard let other = Self.number(text, point).flatMap({ numbers[$0] }), !other.isEmpty else { return nil }
        return other
    }

    private static func number(_ text: String, _ point: UInt8) -> Double? {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let isPadded = digits.first == 0x30 && digits.dropFirst().first.map(ByteCursor.isDigit) == true
        return isPadded ? nil : TablePlan.number(text, point)
    }
}
