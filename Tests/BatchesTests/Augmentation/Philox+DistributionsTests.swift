import Foundation
import Kernels
import Testing

/// Moments and quantiles within five standard deviations of their estimates.
struct PhiloxDistributionsTests {
    private static let count = 20_000

    private func draws(_ draw: (inout Philox) -> Double) -> [Double] {
        (0..<Self.count).map {
            var random = Philox(seed: 3, step: 4, sample: $0, transform: 5)
            return draw(&random)
        }
    }

    private func check(_ values: [Double], mean: Double, variance: Double, fourthMoment: Double) {
        let n = Double(values.count)
        #expect(values.allSatisfy { $0.isFinite })
        #expect(abs(values.reduce(0, +) / n - mean) < 5 * (variance / n).squareRoot())
        let seen = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        #expect(abs(seen - variance) < 5 * ((fourthMoment - variance * variance) / n).squareRoot())
    }

    @Test("The words are those of the sample's own counter")
    func words() {
        var random = Philox(seed: 0x1234_5678_9ABC_DEF0, step: 7, sample: 11, transform: 2)
        var naive = NaiveWords(seed: 0x1234_5678_9ABC_DEF0, step: 7, sample: 11, transform: 2)
        for _ in 0..<9 { #expect(Double(random.uniform()) == naive.uniform()) }
        for bound in [1, 2, 7, 1000] {
            #expect(random.integer(below: bound) == naive.integer(below: bound))
        }
    }

    @Test("Gamma: mean and variance are the shape", arguments: [0.05, 0.2, 0.5, 1, 1.5, 4, 30])
    func gamma(_ shape: Double) {
        let values = draws { exp($0.logarithmOfGamma(shape: shape)) }
        check(values, mean: shape, variance: shape, fourthMoment: 3 * shape * shape + 6 * shape)
    }

    @Test("Beta(α, α): mean ½, variance 1 / (8α + 4)", arguments: [0.01, 0.2, 0.5, 1, 2, 8, 1000])
    func beta(_ alpha: Double) {
        let values = draws { $0.beta(alpha) }
        #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
        let variance = 1 / (8 * alpha + 4)
        let fourth = variance * variance * (3 - 6 / (2 * alpha + 3))
        check(values, mean: 0.5, variance: variance, fourthMoment: fourth)
    }

    @Test("Beta(1, 1) is uniform, Beta(½, ½) the arcsine distribution")
    func quantiles() {
        for (alpha, distribution) in [
            (1.0, { $0 }), (0.5, { 2 / Double.pi * asin($0.squareRoot()) }),
        ] as [(Double, (Double) -> Double)] {
            let values = draws { $0.beta(alpha) }.sorted()
            // Kolmogorov's statistic, whose chance to be above 1.95 is one in a thousand.
            let distance = values.enumerated().reduce(0.0) {
                max($0, abs(distribution($1.element) - (Double($1.offset) + 0.5) / Double(values.count)))
            }
            #expect(distance * Double(values.count).squareRoot() < 1.95)
        }
    }

    @Test("A tiny alpha gives one sample or the other, and no NaN")
    func tinyAlpha() {
        let values = draws { $0.beta(1e-9) }
        #expect(values.allSatisfy { $0 == 0 || $0 == 1 })
        check(values, mean: 0.5, variance: 0.25, fourthMoment: 0.125)
    }

    @Test func normalNumbers() {
        check(draws { $0.normal() }, mean: 0, variance: 1, fourthMoment: 3)
    }

    @Test func shiftsReachBothEnds() {
        let seen = Set(draws { Double($0.shift(upTo: 3)) })
        #expect(seen == Set((-3...3).map { Double($0) }))
        #expect(Set(draws { Double($0.shift(upTo: 0)) }) == [0])
    }
}
