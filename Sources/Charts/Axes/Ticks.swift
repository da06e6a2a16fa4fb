import Foundation

/// Where an axis has its ticks.
package enum Ticks {
    /// The smallest step of 1, 2 or 5 times a power of ten with which a span has no more than so many ticks.
    /// - Parameter isWhole: whether only whole numbers make sense, as of epochs.
    static func step(_ span: Double, most: Int, isWhole: Bool = false) -> Double {
        let rough = span / Double(max(most - 1, 1))
        guard rough > 0, rough.isFinite else { return 1 }
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * (1 - 1e-9) } ?? 10 * power
        return isWhole ? max(step, 1) : step
    }

    /// The multiples of a step from `low` to `high`, both included.
    static func multiples(of step: Double, _ low: Double, _ high: Double) -> [Double] {
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        guard first <= last, last - first < 1000 else { return [] }
        return (0...Int(last - first)).map { index in
            // A product with a negative power of ten shows errors that a quotient does not: 3 × 0.1, 3 / 10.
            let multiple = first + Double(index)
            return step < 1 ? multiple / (1 / step).rounded(toWholeIfNear: 1e-9) : multiple * step
        }
    }

    /// At most `most` ticks of an axis that is divided evenly.
    package static func linear(_ low: Double, _ high: Double, most: Int, isWhole: Bool = false) -> [Double] {
        guard low < high else { return low == high ? [low] : [] }
        // With a smaller step there are certainly too many; how many there are with this one depends on where they fall.
        var step = step(high - low, most: most + 2, isWhole: isWhole)
        var ticks = multiples(of: step, low, high)
        while ticks.count > most, step.isFinite {
            step = self.step(step * 1.01, most: 2, isWhole: isWhole)
            ticks = multiples(of: step, low, high)
        }
        return ticks
    }

    /// Ticks of a logarithmic axis: powers of ten, every so many of them where they are many; with 2 and 5 times those
    /// where there are few; and where even these are fewer than two, those of an even division.
    package static func logarithmic(_ low: Double, _ high: Double, most: Int) -> [Double] {
        guard low > 0, low < high, high.isFinite else { return low > 0 && low == high ? [low] : [] }
        let first = Int((log10(low) - 1e-9).rounded(.up))
        let last = Int((log10(high) + 1e-9).rounded(.down))
        let powers = first <= last ? (first...last).map { pow(10, Double($0)) } : []
        if powers.count <= most / 3 {
            var fine: [Double] = []
            for exponent in min(first, last) - 1...max(first, last) + 1 {
                let power = pow(10, Double(exponent))
                for digit in [1.0, 2.0, 5.0]
                where digit * power >= low * (1 - 1e-9) && digit * power <= high * (1 + 1e-9) {
                    fine.append(digit * power)
                }
            }
            if fine.count <= most, fine.count > 1 { return fine }
            if fine.count < 2, powers.count < 2 { return linear(low, high, most: most) }
        }
        guard powers.count > max(most, 1) else { return powers }
        let every = (powers.count + max(most, 1) - 1) / max(most, 1)
        // Those of 10⁰, if it is among them.
        return powers.enumerated().filter { (first + $0.offset) % every == 0 }.map(\.element)
    }
}

extension Double {
    /// The whole number that this is but for a rounding error, else this.
    fileprivate func rounded(toWholeIfNear tolerance: Double) -> Double {
        let whole = rounded()
        return abs(self - whole) <= tolerance * abs(whole) ? whole : self
    }
}
