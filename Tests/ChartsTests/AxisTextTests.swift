import Foundation
import Testing

@testable import Charts

@Suite struct AxisTextTests {
    @Test(arguments: [
        ([0, 0.5, 1], ["0.0", "0.5", "1.0"]), ([0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([0, 500, 1000], ["0", "500", "1,000"]), ([-0.2, 0, 0.2], ["-0.2", "0.0", "0.2"]),
        ([0, 2e-6, 4e-6], ["0", "2e-6", "4e-6"]), ([0, 5e6, 1e7], ["0", "5e6", "1.0e7"]),
        ([1e300, 1.5e300], ["1.0e300", "1.5e300"]), ([123_456.5, 123_457], ["123,456.5", "123,457.0"]), ([0], ["0"]),
        ([7], ["7"]), ([], []),
    ])
    func labelsTellTicksApart(ticks: [Double], labels: [String]) {
        #expect(AxisText.labels(ticks) == labels)
    }

    @Test func labelsOfAnyTicksDiffer() {
        for exponent in stride(from: -300, through: 298, by: 7) {
            for span in [(0.0, 1.0), (-3, 4), (1000, 1001), (0.123, 0.1234)] {
                let ticks = Ticks.linear(
                    span.0 * pow(10, Double(exponent)), span.1 * pow(10, Double(exponent)), most: 7)
                let labels = AxisText.labels(ticks)
                #expect(Set(labels).count == ticks.count, "\(ticks) \(labels)")
                for (tick, label) in zip(ticks, labels) {
                    let value = Double(label.replacing(",", with: "")) ?? .nan
                    #expect(abs(value - tick) <= abs(ticks[1] - ticks[0]) * 1e-3, "\(tick) is \(label)")
                }
            }
        }
    }

    @Test(arguments: [
        (0.08123, "0.08123"), (0.081234, "0.08123"), (1258, "1,258"), (1e7, "1e7"), (1.2346e-7, "1.235e-7"),
        (-0.0, "0"), (.nan, "not a number"), (.infinity, "∞"), (-.infinity, "−∞"),
    ])
    func valuesAreShort(value: Double, text: String) { #expect(AxisText.value(value) == text) }

    @Test func timesHaveTheUnitThatSuits() {
        for (largest, title) in [
            (0.2, "time (ms)"), (100, "time (s)"), (600, "time (min)"), (86_400, "time (h)"), (1e6, "time (days)"),
        ] {
            #expect(Scale(Axis("time", .seconds), [0, largest]).title == title)
        }
        let scale = Scale(Axis("time", .seconds), [0, 600])
        #expect(scale.ticks(most: 6).map(\.label) == ["0", "2", "4", "6", "8", "10"])
        #expect(scale.ticks(most: 6).map { $0.value.rounded() } == [0, 120, 240, 360, 480, 600])
    }
}
