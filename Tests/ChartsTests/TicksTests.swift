import Foundation
import Testing

@testable import Charts

@Suite struct TicksTests {
    @Test func ticksAreMultiplesOfOneTwoOrFive() {
        #expect(Ticks.linear(0, 1, most: 6) == [0, 0.2, 0.4, 0.6, 0.8, 1])
        #expect(Ticks.linear(1, 7, most: 7, isWhole: true) == [1, 2, 3, 4, 5, 6, 7])
        #expect(Ticks.linear(1, 3, most: 12, isWhole: true) == [1, 2, 3])
        #expect(Ticks.linear(-0.3, 0.31, most: 5) == [-0.2, 0, 0.2])
        #expect(Ticks.linear(5, 5, most: 5) == [5])
        #expect(Ticks.linear(2, 1, most: 5).isEmpty)
        #expect(Ticks.linear(0, .leastNonzeroMagnitude * 6000, most: 5).count <= 5)
    }

    /// The smallest step of all that has no more ticks than may be, tried one after the other.
    @Test func theyAreAsManyAsMayBe() {
        var state: UInt64 = 1
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
        for _ in 0..<2000 {
            let size = pow(10, random() * 12 - 6)
            let low = (random() - 0.5) * size * 4
            let high = low + (random() + 0.01) * size
            let most = 2 + Int(random() * 10)
            var expected: [Double] = []
            search: for exponent in -12...12 {
                for digit in [1.0, 2.0, 5.0] {
                    let step = digit * pow(10, Double(exponent))
                    guard (high - low) / step < 1000 else { continue }
                    var ticks: [Double] = []
                    var multiple = floor(low / step) - 1
                    while multiple * step <= high + step * 1e-9 {
                        if multiple * step >= low - step * 1e-9 { ticks.append(multiple * step) }
                        multiple += 1
                    }
                    if ticks.count <= most {
                        expected = ticks
                        break search
                    }
                }
            }
            let ticks = Ticks.linear(low, high, most: most)
            #expect(ticks.count == expected.count, "\(low) \(high) \(most): \(ticks) \(expected)")
            #expect(zip(ticks, expected).allSatisfy { abs($0 - $1) <= 1e-9 * size }, "\(ticks) \(expected)")
        }
    }

    @Test func logarithmicTicksArePowersOfTen() {
        #expect(Ticks.logarithmic(1e-4, 1, most: 8) == [1e-4, 1e-3, 1e-2, 1e-1, 1])
        #expect(Ticks.logarithmic(1, 100, most: 10) == [1, 2, 5, 10, 20, 50, 100])
        #expect(Ticks.logarithmic(1e-100, 1e100, most: 5).count <= 5)
        #expect(Ticks.logarithmic(3, 4, most: 6) == [3, 3.2, 3.4, 3.6, 3.8, 4])
        #expect(Ticks.logarithmic(2, 2, most: 6) == [2])
        #expect(Ticks.logarithmic(0, 1, most: 6).isEmpty)
    }
}
