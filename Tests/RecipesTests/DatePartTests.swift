import Foundation
import Testing

@testable import Recipes

struct DatePartTests {
    @Test func placesOnTheCircles() {
        // 2024-03-01 06:00 was a Friday.
        let days = 19_783.25
        #expect(abs(DatePart.weekday.angle(days) - 2 * .pi * 4 / 7) < 1e-9)
        #expect(DatePart.time.angle(days) == .pi / 2)
        #expect(abs(sin(DatePart.year.angle(days)) - sin(2 * .pi * (31 + 29 + 0.25) / 366)) < 0.03)
        // Before 1970: 1969-12-31 18:00, a Wednesday.
        #expect(abs(DatePart.weekday.angle(-0.25) - 2 * .pi * 2 / 7) < 1e-9)
        #expect(DatePart.time.angle(-0.25) == 2 * .pi * 0.75)
        #expect(DatePart.weekday.angle(-3) == 0)
    }

    @Test(
        arguments: [
            (0, "1970-01-01"), (19_783, "2024-03-01"), (19_782, "2024-02-29"), (-1, "1969-12-31"),
            (-719_162, "1-01-01"),
            (19_783.25, "2024-03-01 06:00"), (19_783.5 + 43.25 / 86_400, "2024-03-01 12:00:43.250"),
            (19_783.999_999_999_9, "2024-03-02"), (.infinity, "inf"),
        ] as [(Double, String)])
    func datesInWords(_ days: Double, _ text: String) {
        #expect(DatePart.text(days, .date) == text)
    }

    @Test func timesInWords() {
        #expect(DatePart.text(0.5, .time) == "12:00")
        #expect(DatePart.text(0.75 + 7.0 / 86_400, .time) == "18:00:07")
    }

    /// Predictions are written as ISO 8601 has it, to what a 32-bit float can tell.
    @Test func predictions() {
        var days = RecipeColumn("day", .date)
        days.seen = .init(missing: 0, range: 0...19_783)
        #expect(DatePart.iso(19_783.4, of: days) == "2024-03-01")
        #expect(DatePart.iso(19_783.6, of: days) == "2024-03-02")
        #expect(DatePart.iso(-719_162, of: days) == "0001-01-01")
        var times = days
        times.seen = .init(missing: 0, range: 0.25...19_783)
        #expect(DatePart.iso(19_783.25, of: times) == "2024-03-01T06:00")
        #expect(DatePart.iso(19_783.999_9, of: times) == "2024-03-02T00:00")
        times.isZoned = true
        #expect(DatePart.iso(-0.5, of: times) == "1969-12-31T12:00Z")
        let clock = RecipeColumn("at", .time)
        #expect(DatePart.iso(0.5, of: clock) == "12:00")
        #expect(DatePart.iso(1.25, of: clock) == "06:00" && DatePart.iso(-0.25, of: clock) == "18:00")
        #expect(DatePart.iso(0.999_99, of: clock) == "00:00")
        for value in [Double.nan, .infinity, 1e9, -1e6] { #expect(DatePart.iso(value, of: days) == nil) }
    }

    /// A calendar of another make says the same.
    @Test func daysOfTwoCenturies() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: -36_524, to: 36_525, by: 17) {
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let text = String(format: "%d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            #expect(DatePart.text(Double(day), .date) == text)
            // Foundation counts from Sunday, 1.
            let weekday = (DatePart.weekday.angle(Double(day)) * 7 / (2 * .pi)).rounded()
            #expect(Int(weekday) == ((parts.weekday ?? 0) + 5) % 7)
        }
    }
}
