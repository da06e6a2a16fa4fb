import Testing

@testable import Metrics

@Suite struct ConfidenceIntervalTests {
    private func agree(_ interval: ConfidenceInterval?, _ lower: Double, _ upper: Double, _ digits: Double) -> Bool {
        guard let interval else { return false }
        return abs(interval.lower - lower) <= digits && abs(interval.upper - upper) <= digits
    }

    /// Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
    @Test func wilsonsPublishedFigures() {
        #expect(agree(.wilson(81, of: 263), 0.2553, 0.3662, 0.00005))
        #expect(agree(.wilson(15, of: 148), 0.0624, 0.1605, 0.00005))
        #expect(agree(.wilson(0, of: 20), 0, 0.1611, 0.00005))
        #expect(agree(.wilson(1, of: 29), 0.0061, 0.1718, 0.00005))
        #expect(ConfidenceInterval.wilson(0, of: 20).lower == 0 && ConfidenceInterval.wilson(20, of: 20).upper == 1)
        #expect(ConfidenceInterval.wilson(0, of: 0) == ConfidenceInterval(0, 1))
    }

    /// The F1 score of three cells grows with the share of the right ones among them.
    @Test func f1IsThatOfAShare() {
        let interval = ConfidenceInterval.f1(truePositives: 81, falsePositives: 100, falseNegatives: 82)
        let (lower, upper) = (2 * 0.2553 / 1.2553, 2 * 0.3662 / 1.3662)
        #expect(agree(interval, lower, upper, 0.0001))
        #expect(ConfidenceInterval.f1(truePositives: 12, falsePositives: 0, falseNegatives: 0).lower < 0.9)
    }

    /// The bounds lie z standard errors from the area, the error being that at the bound; and none is a point.
    @Test func areasUnderCurves() throws {
        for area in [0.5, 0.83, 0.999, 1] {
            let interval = try #require(ConfidenceInterval.areaUnderCurve(area, positives: 30, negatives: 70))
            #expect(interval.lower < area && (area < interval.upper || area == 1))
            for bound in [interval.lower, interval.upper] where bound < 1 {
                let spread: Double = (1 - bound) / (2 - bound) + bound / (1 + bound)
                let variance: Double = bound * (1 - bound) / 2100 * (1 + 49 * spread)
                let distance: Double = 1.959963984540054 * variance.squareRoot()
                #expect(abs(abs(area - bound) - distance) < 1e-9)
            }
        }
        #expect(ConfidenceInterval.areaUnderCurve(0.5, positives: 0, negatives: 3) == nil)
    }

    @Test func meansOfFigures() {
        let parts: [(value: Double, interval: ConfidenceInterval)] = [
            (0.5, ConfidenceInterval(0.4, 0.6)), (0.7, ConfidenceInterval(0.7 - 0.3, 0.7 + 0.1)),
        ]
        let (below, above) = (0.1.squareRoot() / 2, 0.02.squareRoot() / 2)
        #expect(agree(.mean(ofIndependent: parts), 0.6 - below, 0.6 + above, 1e-12))
        #expect(agree(.mean(ofAny: parts.map(\.interval)), 0.4, 0.7, 1e-12))
        #expect(ConfidenceInterval.mean(ofAny: []) == nil)
    }
}
