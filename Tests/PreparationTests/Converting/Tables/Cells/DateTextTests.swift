import Foundation
import TestSupport
import Testing

@testable import Preparation

struct DateTextTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("2024-03-01", 19_783), ("2024/3/1", 19_783), ("1 Mar 2024", 19_783),
            ("March 1, 2024", 19_783),
            ("1-Mar-2024", 19_783), ("29.02.2024", 19_782), ("31/12/1999", 10_956), ("12/31/1999", 10_956),
            ("2024-03-01 06:00", 19_783.25), ("2024-03-01T14:00:00+02:00", 19_783.5),
            ("2024-03-01T12:00:00.000Z", 19_783.5),
            ("3/31/2024 12:00 PM", 19_813.5), ("31.3.2024 12:00 AM", 19_813),
        ] as [(String, Double)])
    func daysSince1970(_ text: String, _ days: Double) throws {
        let date = try #require(DateText(text))
        #expect(date.hasDate)
        let found = DateText.Order.allCases.compactMap(date.days)
        #expect(!found.isEmpty && found.allSatisfy { $0 == days }, "\(found)")
    }

    @Test func timesAlone() throws {
        let noon = try #require(DateText("12:00"))
        #expect(!noon.hasDate && noon.days(.dayFirst) == 0.5)
        #expect(DateText("6:00:00 pm")?.days(.dayFirst) == 0.75)
        #expect(DateText("00:00:43.2")?.seconds == 43.2)
    }

    /// One cell does not say which number is the day.
    @Test func dayAndMonthInEitherOrder() throws {
        let date = try #require(DateText("03/04/2024"))
        #expect(date.days(.dayFirst) == 19_816)
        #expect(date.days(.monthFirst) == 19_786)
        let clear = try #require(DateText("13/04/2024"))
        #expect(clear.days(.monthFirst) == nil)
    }

    @Test(arguments: [
        "2024-02-30", "2023-02-29", "25:00", "12:60", "1.2.3", "01/02/24", "foo 12:30", "2024-03-01 x", "13 pm",
        "10:30-4",
        "2024-13-01", "", "12", "1.5", "192.168.1.10", "2024-03", "Mar 2024",
    ])
    func whatIsNoDate(_ text: String) {
        #expect(DateText(text) == nil)
    }

    @Test func zones() {
        #expect(DateText("2024-03-01T12:00Z")?.offset == 0)
        #expect(DateText("2024-03-01 12:00 UTC")?.offset == 0)
        #expect(DateText("12:00-03:30")?.offset == -210)
        #expect(DateText("2024-03-01 12:00")?.offset == nil)
    }

    /// What is read from bytes is what was read by characters.
    @Test(arguments: 0..<8)
    func asTheNaiveForm(seed: Int) {
        var random = SeededRandom(seed)
        let parts = [
            "2024", "1999", "3", "03", "12", "31", "32", "024", "0", "60", "00", "24", "59", "5", "Mar", "march",
            "SEPT",
            "september", "May", "-", "-", "/", "/", ".", ".", ":", ":", ":", " ", " ", ",", "T", "Z", "z", " UTC", "am",
            "PM",
            "+", "−", "+02:00", "-0330", "x", "é", "  ",
        ]
        let seeds = [
            "2024-03-01", "31/12/1999", "1 Mar 2024", "March 1, 2024", "14:30", "2:30:05.5 pm",
            "2024-03-01T14:30:00+02:00",
            "1.2.2024 23:59:60,25 Z", "30-February-2024",
        ]
        for _ in 0..<3000 {
            var text = ""
            if Bool.random(using: &random) {
                for _ in 0..<Int.random(in: 1...9, using: &random) { text += parts.randomElement(using: &random)! }
            } else {
                text = seeds.randomElement(using: &random)!
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    let place = text.index(text.startIndex, offsetBy: Int.random(in: 0..<text.count, using: &random))
                    if Bool.random(using: &random) {
                        text.insert(contentsOf: parts.randomElement(using: &random)!, at: place)
                    } else {
                        text.remove(at: place)
                    }
                    if text.isEmpty { text = "1" }
                }
            }
            let (own, naive) = (DateText(text), NaiveDateText(text))
            #expect((own == nil) == (naive == nil), "\(text)")
            guard let own, let naive else { continue }
            #expect(own.hasDate == naive.hasDate && own.seconds == naive.seconds, "\(text)")
            for order in DateText.Order.allCases { #expect(own.days(order) == naive.days(order), "\(text)") }
        }
    }

    @Test func everyDayOfTwoCenturies() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: -36_524, to: 36_525, by: 1) {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            #expect(DateText.days(parts.year!, parts.month!, parts.day!) == day)
        }
    }
}
