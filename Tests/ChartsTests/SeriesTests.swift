import Foundation
import Testing

@testable import Charts

@Suite struct SeriesTests {
    @Test func smoothingIsTheWeightedMeanOfThePast() {
        let values = Gallery.loss(50, 1)
        let smooth = Smoothing.exponential(values, weight: 0.9)
        for last in values.indices {
            let weights = (0...last).map { pow(0.9, Double(last - $0)) }
            let mean = zip(values, weights).map { $0 * $1 }.reduce(0, +) / weights.reduce(0, +)
            #expect(abs(smooth[last] - mean) < 1e-12)
        }
        #expect(Smoothing.exponential([3, 5, 2], weight: 0) == [3, 5, 2])
        let gaps = Smoothing.exponential([1, .nan, 1], weight: 0.5)
        #expect(gaps[0] == 1 && gaps[1].isNaN && gaps[2] == 1)
        let series = Series("", x: [1, 2], y: [4, 6]).smoothed(weight: 0.5)
        #expect(series.raw == [4, 6] && series.y[0] == 4)
        #expect(Series("", x: [1], y: [4]).smoothed(weight: 0).raw == nil)
    }

    @Test func aGroupIsTheMeanWithTheDeviation() throws {
        let lines = [
            Series("", x: [1, 2, 3], y: [1, 4, 9]), Series("", x: [1, 3, 4], y: [3, 13, 7]),
            Series("", x: [1, 2, 3], y: [8, 1, .nan]),
        ]
        let mean = SeriesGroup.mean("m", keys: lines.map(\.x), of: lines)
        #expect(mean.x == [1, 3] && mean.name == "m")
        #expect(abs(mean.y[0] - 4) < 1e-12 && mean.y[1].isNaN)
        let band = try #require(mean.band)
        // The squares of −3, −1 and 4 are 26; half of it is 13.
        #expect(
            abs(band.upper[0] - 4 - 13.0.squareRoot()) < 1e-12 && abs(band.lower[0] - 4 + 13.0.squareRoot()) < 1e-12)
    }

    @Test func findingsSayWhere() {
        let series = Series("", x: [1, 2, 3], y: [0.5, 0.25, 0.375])
        #expect(
            Finding.extreme(.lowest, series) { "epoch \(Int($0))" } == "Lowest at epoch 2 (0.25), 0.375 at the end.")
        #expect(
            Finding.extreme(.highest, series, of: "run a") { "epoch \(Int($0))" }
                == "run a highest at epoch 1 (0.5), 0.375 at the end.")
        let falling = Series("", x: [1, 2], y: [0.5, 0.25])
        #expect(Finding.extreme(.lowest, falling) { "step \(Int($0))" } == "Lowest at step 2 (0.25).")
        // Their difference is not to be read.
        let flat = Series("", x: [1, 2], y: [0.5, 0.50000001])
        #expect(Finding.extreme(.lowest, flat) { "step \(Int($0))" } == "Lowest at step 1 (0.5), as at the end.")
        #expect(Finding.extreme(.lowest, Series("", x: [1], y: [.nan])) { "\($0)" } == nil)
    }

    @Test func binsHoldAllValues() {
        for values in [Gallery.loss(500, 5, noise: 1), [0, 1, 2, 3, 10], [-5, 5], [1e-9, 2e-9, 3e9]] {
            let (edges, counts) = Histogram.bins(values, most: 40)
            #expect(edges.count == counts.count + 1 && counts.count <= 40)
            for bin in counts.indices {
                let isLast = bin == counts.count - 1
                let expected = values.count {
                    $0 >= edges[bin] && ($0 < edges[bin + 1] || isLast && $0 <= edges[bin + 1])
                }
                #expect(counts[bin] == expected, "\(edges[bin])")
            }
            #expect(counts.reduce(0, +) == values.count)
        }
        #expect(Histogram.bins([.nan, .infinity], most: 4).counts.isEmpty)
    }
}
