import Foundation

/// In which order day and month stand where the year is last, as in `03/04/2024`.
package enum DayOrder: String, Sendable, CaseIterable {
    case dayFirst = "day_first"
    case monthFirst = "month_first"
}

/// What a date becomes when rows are encoded. It is stored as d, the days since 1970-01-01 in UTC with the time of the day
/// as their fraction; a time alone is that fraction.
///
/// - `days`: d itself, one feature.
/// - `year`: sine and cosine of 2π·d/365.2425, the place in the year, of which the mean Gregorian year is the period.
/// - `weekday`: sine and cosine of 2π·w/7 with w = (⌊d⌋ + 3) mod 7, which is 0 on Mondays.
/// - `time`: sine and cosine of 2π·(d - ⌊d⌋), the place in the day.
package enum DatePart: String, Sendable, CaseIterable {
    case days, year, weekday, time

    package var featureCount: Int { self == .days ? 1 : 2 }

    /// Where it stands on its circle, as an angle; not of `days`.
    package func angle(_ days: Double) -> Double {
        let turns: Double
        switch self {
        case .days, .year: turns = days / 365.2425
        case .weekday:
            let week = (days.rounded(.down) + 3) / 7
            turns = week - week.rounded(.down)
        case .time: turns = days - days.rounded(.down)
        }
        return 2 * .pi * turns
    }

    /// `2024-03-01`, `2024-03-01 06:00`; of a time `06:00:43.2`.
    package static func text(_ days: Double, _ kind: RecipeColumn.Kind) -> String {
        guard days.isFinite, abs(days) < 1e7 else { return "\(days)" }
        var whole = days.rounded(.down)
        var seconds = ((days - whole) * 86_400 * 1000).rounded() / 1000
        if seconds >= 86_400, kind == .date { (whole, seconds) = (whole + 1, 0) }
        let minutes = Int(seconds) / 60
        func two(_ value: Int) -> String { padded(value, 2) }
        var clock = two(minutes / 60) + ":" + two(minutes % 60)
        let rest = seconds - Double(minutes * 60)
        if rest != 0 {
            clock +=
                ":" + two(Int(rest))
                + (rest == rest.rounded() ? "" : String(String(format: "%.3f", rest - rest.rounded(.down)).dropFirst()))
        }
        guard kind == .date else { return clock }
        let (year, month, day) = civil(Int(whole))
        let date = "\(year)-\(two(month))-\(two(day))"
        return seconds == 0 ? date : "\(date) \(clock)"
    }

    /// What a model predicted of a column of dates or times, as ISO 8601 writes it: `2024-03-01`, `2024-03-01T06:30`, with `Z`
    /// where the column's times are in UTC, and `06:30`. Days are rounded where the column holds days without a time, else
    /// minutes, of which 32-bit floats hold no more; a time beyond midnight is one of the next day or the day before.
    /// - Returns: nil for what is no number, or beyond the years 1 to 9999.
    package static func iso(_ value: Double, of column: RecipeColumn) -> String? {
        guard value.isFinite, abs(value) < 1e7 else { return nil }
        let minutes = (column.kind == .date && !column.hasTimes ? value.rounded() * 1440 : (value * 1440).rounded())
        let days = (minutes / 1440).rounded(.down)
        let (hour, minute) = Int(minutes - days * 1440).quotientAndRemainder(dividingBy: 60)
        let clock = padded(hour, 2) + ":" + padded(minute, 2)
        guard column.kind == .date else { return clock }
        let (year, month, day) = civil(Int(days))
        guard (1...9999).contains(year) else { return nil }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + (column.hasTimes ? "T\(clock)\(column.isZoned ? "Z" : "")" : "")
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }

    /// Civil from days since 1970-01-01 (Hinnant, chrono-compatible low-level date algorithms, 2013).
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }

    /// What the features are called: `when`; `when year sin`, `when year cos`.
    func features(of name: String) -> [String] {
        self == .days ? [name] : ["\(name) \(rawValue) sin", "\(name) \(rawValue) cos"]
    }
}

/// How far dates spread, so that only the parts that vary become features.
struct DateSpread: Sendable {
    /// A bit for each weekday.
    private var weekdays: UInt8 = 0
    private var year = Box()
    private var time = Box()

    /// The least and the greatest sine and cosine.
    private struct Box: Sendable {
        private var low = SIMD2<Double>(repeating: .infinity)
        private var high = SIMD2<Double>(repeating: -.infinity)

        mutating func add(_ angle: Double) {
            let point = SIMD2(sin(angle), cos(angle))
            (low, high) = (pointwiseMin(low, point), pointwiseMax(high, point))
        }

        mutating func join(_ other: Box) {
            (low, high) = (pointwiseMin(low, other.low), pointwiseMax(high, other.high))
        }

        func varies(by least: Double) -> Bool { (high - low).max() > least }
    }

    mutating func add(_ days: Double) {
        guard days.isFinite else { return }
        weekdays |= 1 << (UInt8((DatePart.weekday.angle(days) * 7 / (2 * .pi)).rounded()) % 7)
        year.add(DatePart.year.angle(days))
        time.add(DatePart.time.angle(days))
    }

    mutating func join(_ other: DateSpread) {
        weekdays |= other.weekdays
        year.join(other.year)
        time.join(other.time)
    }

    /// The parts that vary, in order. Dates always keep their days and times their place in the day. The place in the year
    /// must vary by about a week: the first days of several years are no season.
    func parts(_ kind: RecipeColumn.Kind) -> [DatePart] {
        guard kind == .date else { return [.time] }
        return [.days] + (year.varies(by: 0.1) ? [.year] : []) + (weekdays.nonzeroBitCount > 1 ? [.weekday] : [])
            + (time.varies(by: 1e-6) ? [.time] : [])
    }
}
