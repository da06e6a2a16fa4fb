internal import Recipes

/// What a text in a table looks like, and what it is read as if its whole column looks so.
struct CellReading {
    enum Look: Int, CaseIterable {
        /// A number with separators or a unit.
        case quantity
        case date
        case time
        /// What looks like a number or a date, but is not read: see `NumericLook`.
        case unread
        case word
    }

    let look: Look
    /// A quantity's number in its unit, a time as a fraction of the day, a date in days since 1970-01-01 with the day
    /// before the month; NaN where there is none.
    var value = Double.nan
    /// A date with the month before the day.
    var monthFirst = Double.nan
    var unit: String?
    var separator = Quantity.Separator.none
    /// Of a quantity: whether it is a number and a capital letter, as a name may be.
    var mayBeName = false
    var zone = Zone.none

    /// What a date or a time says of its zone.
    enum Zone: Equatable {
        /// There is no time, which alone has one.
        case none
        case unsaid
        /// Minutes east of UTC.
        case offset(Int16)
    }

    static let word = CellReading(look: .word)

    private init(look: Look) { self.look = look }

    /// - Parameters:
    ///   - text: one that `DecimalNumber` does not read.
    ///   - point: the byte between whole and fraction.
    init(_ text: UnsafeRawBufferPointer, point: UInt8) {
        // Longer ones are sentences.
        guard text.count <= 40, NumericLook.hasDigit(text) else {
            self = .word
            return
        }
        if !Self.beginsAsDate(text), let quantity = Quantity(text, point: point) {
            look = .quantity
            (value, unit, separator) = (quantity.value, quantity.unit, quantity.separator)
            mayBeName = quantity.mayBeName
        } else if let date = DateText(text) {
            look = date.hasDate ? .date : .time
            value = date.days(.dayFirst) ?? .nan
            monthFirst = date.days(.monthFirst) ?? .nan
            zone = date.seconds == nil ? .none : date.offset.map { .offset(Int16($0)) } ?? .unsaid
        } else {
            look = NumericLook(text, point: point) == nil ? .word : .unread
        }
    }

    /// Digits and a mark behind them that no quantity has there: `2024-`, `31/`, `14:`.
    private static func beginsAsDate(_ text: UnsafeRawBufferPointer) -> Bool {
        let digits = ByteCursor(text).digits
        guard (1...4).contains(digits), digits < text.count else { return false }
        let mark = text[digits]
        return mark == UInt8(ascii: "-") || mark == UInt8(ascii: "/") || mark == UInt8(ascii: ":")
    }

    func value(_ order: DayOrder?) -> Double { order == .monthFirst ? monthFirst : value }
}
