internal import Recipes

/// A date, a time or both, as they stand in a table.
///
/// Read are three numbers, year first or last, between `-`, `/` or `.`; days with the English name of their month
/// (`1 Mar 2024`, `March 1, 2024`); and times such as `14:30`, `2:30:05.5 pm` and `14:30:00+02:00`, alone or behind the date.
struct DateText {
    /// In which order day and month stand where the year is last; the two can't be told apart in one cell.
    typealias Order = DayOrder

    /// The year and the two other numbers of a date, as they stand; nil for a time alone.
    private var date: (year: Int, first: Int, second: Int)?
    /// Whether `first` and `second` are month and day without doubt.
    private var isOrdered = true
    /// Seconds since midnight in UTC, as far as an offset is given; nil for a date alone.
    private(set) var seconds: Double?
    /// How far east of UTC the time is, in minutes; nil where nothing is said of it.
    private(set) var offset: Int?

    var hasDate: Bool { date != nil }

    init?(_ text: String) {
        var text = text
        guard let date = text.withUTF8({ DateText(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = date
    }

    /// - Parameter text: without blanks at its ends.
    /// - Returns: nil for what is neither.
    init?(_ text: UnsafeRawBufferPointer) {
        guard (4...40).contains(text.count) else { return nil }
        let whole = ByteCursor(text)
        var colon = 0
        var hasDigit = false
        while colon < text.count, text[colon] != UInt8(ascii: ":") {
            if ByteCursor.isDigit(text[colon]) { hasDigit = true }
            colon += 1
        }
        let hasClock = colon < text.count
        guard hasDigit || hasClock else { return nil }
        // A time begins at the digits before the first colon.
        var clock = colon
        while hasClock, clock > 0, ByteCursor.isDigit(text[clock - 1]) { clock -= 1 }
        if hasClock, !readClock(whole.part(clock..<text.count)) { return nil }
        var day = whole.part(0..<clock)
        if day.last == UInt8(ascii: "T") || day.last == 0x20 { day.dropLast() }
        // A time alone.
        if day.isEmpty, hasClock { return }
        guard readNumbers(day) || readNames(day) else { return nil }
    }

    /// Days since 1970-01-01, with the time as their fraction; of a time alone the fraction.
    /// - Returns: nil where the calendar has no such day in that order.
    func days(_ order: Order) -> Double? {
        let part = (seconds ?? 0) / 86_400
        guard let date else { return part }
        let (month, day) =
            isOrdered || order == .monthFirst ? (date.first, date.second) : (date.second, date.first)
        guard let days = Self.days(date.year, month, day) else { return nil }
        return Double(days) + part
    }

    /// Days since 1970-01-01 in the Gregorian calendar (Hinnant, chrono-compatible low-level date algorithms, 2013).
    static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        // April, June, September and November have 30.
        let length = month == 2 ? (isLeap ? 29 : 28) : 30 + (month + month / 8) % 2
        guard (1...length).contains(day) else { return nil }
        let years = month <= 2 ? year - 1 : year
        let era = years / 400
        let (yearOfEra, shifted) = (years % 400, (month + 9) % 12)
        let dayOfYear = (153 * shifted + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// `2024-03-01`, `1/3/2024`.
    private mutating func readNumbers(_ text: ByteCursor) -> Bool {
        var text = text
        let width = text.digits
        guard width != 3, let first = text.number(1...4) else { return false }
        let mark = text.first
        guard mark == UInt8(ascii: "-") || mark == UInt8(ascii: "/") || mark == UInt8(ascii: ".") else { return false }
        text.drop(1)
        guard let second = text.number(1...2), text.skip(mark) else { return false }
        let digits = text.digits
        guard let third = text.number(1...4), text.isEmpty else { return false }
        if width == 4, digits <= 2 {
            date = (first, second, third)
        } else if width < 4, digits == 4 {
            (date, isOrdered) = ((third, first, second), false)
        } else {
            return false
        }
        return days(.dayFirst) != nil || days(.monthFirst) != nil
    }

    /// `1 Mar 2024`, `1-Mar-2024`, `March 1, 2024`.
    private mutating func readNames(_ text: ByteCursor) -> Bool {
        var rest = text
        func word() -> ByteCursor? {
            while !rest.isEmpty, Self.divides(rest.first) { rest.drop(1) }
            var count = 0
            while count < rest.count, !Self.divides(rest.peek(count)) { count += 1 }
            defer { rest.drop(count) }
            return count > 0 ? rest.part(0..<count) : nil
        }
        guard let first = word(), let second = word(), var third = word(), word() == nil,
            let year = third.number(4...4), third.isEmpty
        else { return false }
        for (name, other) in [(first, second), (second, first)] {
            var other = other
            guard let month = Self.month(name), let day = other.number(1...2), other.isEmpty else { continue }
            date = (year, month, day)
            return days(.monthFirst) != nil
        }
        return false
    }

    private static func divides(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == UInt8(ascii: ",") || (0x2D...0x2F).contains(byte)
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ].map { Array($0.utf8) }

    /// The month of an English name, or of its first three letters, in any case.
    private static func month(_ word: ByteCursor) -> Int? {
        guard word.count >= 3 else { return nil }
        let number = months.firstIndex { month in
            (word.count == 3 || word.count == month.count)
                && (0..<word.count).allSatisfy { word.peek($0) | 0x20 == month[$0] }
        }
        return number.map { $0 + 1 }
    }

    /// `14:30`, `2:30:05.5 pm`, `14:30:00Z`, `14:30+02:00`.
    private mutating func readClock(_ text: ByteCursor) -> Bool {
        var rest = text
        let colon = UInt8(ascii: ":")
        guard var hour = rest.number(1...2), rest.skip(colon), let minute = rest.number(2...2), minute < 60 else {
            return false
        }
        var seconds = 0.0
        if rest.skip(colon) {
            guard let whole = rest.number(2...2), whole <= 60 else { return false }
            seconds = Double(whole)
            let mark = rest.first
            if mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") {
                var fraction = rest
                fraction.drop(1)
                let count = fraction.digits
                guard count > 0, let value = DecimalNumber.parse(rest.part(0..<1 + count).rest, point: mark) else {
                    return false
                }
                seconds += value
                rest.drop(1 + count)
            }
        }
        var half = rest
        while half.skip(0x20) {}
        let letter = half.peek(0) | 0x20
        if letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p"), half.peek(1) | 0x20 == UInt8(ascii: "m") {
            guard (1...12).contains(hour) else { return false }
            hour = hour % 12 + (letter == UInt8(ascii: "p") ? 12 : 0)
            half.drop(2)
            rest = half
        }
        guard hour < 24 else { return false }
        if rest.skip(UInt8(ascii: "Z")) || rest.skip(UInt8(ascii: "z")) || rest.skip(" UTC") {
            offset = 0
        } else if let isMinus = rest.sign() {
            guard let hours = rest.number(2...2), hours <= 14 else { return false }
            _ = rest.skip(colon)
            guard let minutes = rest.isEmpty ? 0 : rest.number(2...2), minutes < 60 else { return false }
            offset = (hours * 60 + minutes) * (isMinus ? -1 : 1)
        }
        guard rest.isEmpty else { return false }
        self.seconds = Double((hour * 60 + minute - (offset ?? 0)) * 60) + seconds
        return true
    }
}
