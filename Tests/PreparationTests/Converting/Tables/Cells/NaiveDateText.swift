import Recipes

/// The naive form of `DateText`, by characters: its reference.
///
/// Read are three numbers, year first or last, between `-`, `/` or `.`; days with the English name of their month
/// (`1 Mar 2024`, `March 1, 2024`); and times such as `14:30`, `2:30:05.5 pm` and `14:30:00+02:00`, alone or behind the date.
struct NaiveDateText {
    /// In which order day and month stand where the year is last; the two can't be told apart in one cell.
    typealias Order = DayOrder

    /// The year and the two other numbers of a date, as they stand; nil for a time alone.
    private var date: (year: Int, first: Int, second: Int)?
    /// Whether `first` and `second` are month and day without doubt.
    private var isOrdered = true
    /// Seconds since midnight in UTC, as far as an offset is given; nil for a date alone.
    private(set) var seconds: Double?

    var hasDate: Bool { date != nil }

    /// - Parameter text: without blanks at its ends.
    /// - Returns: nil for what is neither.
    init?(_ text: String) {
        guard (4...40).contains(text.utf8.count), text.utf8.contains(where: { $0 &- 0x30 < 10 }) else { return nil }
        let clock = Self.startOfClock(text)
        if let clock {
            guard let seconds = Self.clock(text[clock...]) else { return nil }
            self.seconds = seconds
        }
        let day = text[..<(clock ?? text.endIndex)]
        let trimmed = day.hasSuffix("T") || day.hasSuffix(" ") ? day.dropLast() : day
        // A time alone.
        if trimmed.isEmpty, clock != nil { return }
        guard readNumbers(trimmed) || readNames(trimmed) else { return nil }
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
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...lengths[month - 1]).contains(day) else { return nil }
        let years = month <= 2 ? year - 1 : year
        let era = years / 400
        let (yearOfEra, shifted) = (years % 400, (month + 9) % 12)
        let dayOfYear = (153 * shifted + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let longMonths = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    /// A number of so many digits.
    private static func number(_ text: some StringProtocol, _ digits: ClosedRange<Int>) -> Int? {
        digits.contains(text.count) && text.allSatisfy(isDigit) ? Int(text) : nil
    }

    /// `2024-03-01`, `1/3/2024`.
    private mutating func readNumbers(_ text: Substring) -> Bool {
        guard let mark = text.first(where: { "-/.".contains($0) }) else { return false }
        let parts = text.split(separator: mark, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return false }
        if let year = Self.number(parts[0], 4...4), let month = Self.number(parts[1], 1...2),
            let day = Self.number(parts[2], 1...2)
        {
            date = (year, month, day)
        } else if let first = Self.number(parts[0], 1...2), let second = Self.number(parts[1], 1...2),
            let year = Self.number(parts[2], 4...4)
        {
            (date, isOrdered) = ((year, first, second), false)
        } else {
            return false
        }
        return Order.allCases.contains { days($0) != nil }
    }

    /// `1 Mar 2024`, `1-Mar-2024`, `March 1, 2024`.
    private mutating func readNames(_ text: Substring) -> Bool {
        let words = text.split { " -,./".contains($0) }
        guard words.count == 3, let year = Self.number(words[2], 4...4) else { return false }
        for (name, other) in [(words[0], words[1]), (words[1], words[0])] {
            let name = name.lowercased()
            guard let month = Self.months.firstIndex(of: name) ?? Self.longMonths.firstIndex(of: name),
                let day = Self.number(other, 1...2)
            else { continue }
            date = (year, month + 1, day)
            return days(.monthFirst) != nil
        }
        return false
    }

    /// Where a time begins: at the digits before the first colon.
    private static func startOfClock(_ text: String) -> String.Index? {
        guard var index = text.firstIndex(of: ":") else { return nil }
        while index > text.startIndex, isDigit(text[text.index(before: index)]) { index = text.index(before: index) }
        return index
    }

    /// Seconds since midnight of `14:30`, `2:30:05.5 pm`, `14:30:00Z`, `14:30+02:00`.
    private static func clock(_ text: Substring) -> Double? {
        var rest = text
        func digits(_ counts: ClosedRange<Int>) -> Int? {
            let found = rest.prefix(while: isDigit)
            guard let value = number(found, counts) else { return nil }
            rest = rest.dropFirst(found.count)
            return value
        }
        func skip(_ mark: Character) -> Bool {
            guard rest.first == mark else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard var hour = digits(1...2), skip(":"), let minute = digits(2...2), minute < 60 else { return nil }
        var seconds = 0.0
        if skip(":") {
            guard let whole = digits(2...2), whole <= 60 else { return nil }
            seconds = Double(whole)
            if rest.first == "." || rest.first == "," {
                let fraction = rest.dropFirst().prefix(while: isDigit)
                guard !fraction.isEmpty, let value = Double("0." + fraction) else { return nil }
                seconds += value
                rest = rest.dropFirst(1 + fraction.count)
            }
        }
        let half = rest.drop { $0 == " " }.prefix(2).lowercased()
        if half == "am" || half == "pm" {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (half == "pm" ? 12 : 0)
            rest = rest.drop { $0 == " " }.dropFirst(2)
        }
        guard hour < 24 else { return nil }
        var offset = 0
        if rest == "Z" || rest == "z" || rest == " UTC" {
            rest = ""
        } else if let sign = rest.first, "+-−".contains(sign) {
            rest = rest.dropFirst()
            guard let hours = digits(2...2), hours <= 14 else { return nil }
            _ = skip(":")
            guard let minutes = rest.isEmpty ? 0 : digits(2...2), minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * (sign == "+" ? 1 : -1)
        }
        guard rest.isEmpty else { return nil }
        return Double((hour * 60 + minute - offset) * 60) + seconds
    }
}
