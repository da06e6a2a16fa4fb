/// Whether the marks in a column's numbers, taken for those of the fraction, might divide thousands instead: `1.250` is one and a
/// quarter, or in much of Europe one thousand two hundred and fifty.
///
/// They might where each number that has one has three digits behind it and one to three before it, of which the first is no
/// zero: `1.5`, `0.250` and `1250` beside them are no thousands, or thousands without a mark.
struct FractionMarks {
    /// The first number with such a mark.
    private(set) var first: ColumnTexts.Place?
    /// Whether some number tells that they are marks of the fraction.
    private(set) var areSure = false
    /// Whether some number has none.
    private(set) var hasPlain = false

    private enum Mark { case none, doubtful, sure }

    /// - Parameter text: a number, perhaps with a unit.
    @inline(__always)
    mutating func add(_ text: UnsafeRawBufferPointer, line: Int, point: UInt8) {
        guard !areSure else { return }
        switch Self.mark(text, point) {
        case .none: hasPlain = true
        case .sure: areSure = true
        case .doubtful:
            if first == nil { first = ColumnTexts.Place(line: line, text: String(decoding: text, as: UTF8.self)) }
        }
    }

    /// Of both together.
    func joined(_ other: FractionMarks) -> FractionMarks {
        var both = self
        both.first = [first, other.first].compactMap { $0 }.min { $0.line < $1.line }
        both.areSure = areSure || other.areSure
        both.hasPlain = hasPlain || other.hasPlain
        return both
    }

    private static func mark(_ text: UnsafeRawBufferPointer, _ point: UInt8) -> Mark {
        var start = 0
        while start < text.count, !ByteCursor.isDigit(text[start]) {
            // `.5`
            if text[start] == point { return .sure }
            start += 1
        }
        var end = start
        while end < text.count, ByteCursor.isDigit(text[end]) { end += 1 }
        guard end < text.count, text[end] == point else {
            guard end - start <= 3 else { return .sure }
            // A mark of thousands, an exponent.
            let follows = end < text.count ? text[end] : 0
            let isOther =
                follows == UInt8(ascii: ",") || follows == UInt8(ascii: ".") || follows | 0x20 == UInt8(ascii: "e")
            return isOther && end + 1 < text.count && ByteCursor.isDigit(text[end + 1]) ? .sure : .none
        }
        var last = end + 1
        while last < text.count, ByteCursor.isDigit(text[last]) { last += 1 }
        let isDoubtful =
            last - end == 4 && end - start <= 3 && text[start] != 0x30
            && !(last < text.count && text[last] | 0x20 == UInt8(ascii: "e"))
        return isDoubtful ? .doubtful : .sure
    }
}
