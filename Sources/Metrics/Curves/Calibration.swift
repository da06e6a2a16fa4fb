/// How often answers of each probability are right, in bins of equal width, and how far that is from the probability.
///
/// The expected calibration error is Σ nᵦ/n · |share of right answers − mean probability| over the bins: Naeini, Cooper and
/// Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015; Guo et al., "On calibration of modern neural
/// networks", 2017.
package struct Calibration: Sendable {
    package struct Bin: Sendable, Hashable {
        package let lower, upper: Double
        package fileprivate(set) var rows = 0
        package fileprivate(set) var hits = 0
        fileprivate var sum = 0.0

        /// NaN of an empty bin, as are the others.
        package var probability: Double { sum / Double(rows) }
        package var share: Double { Double(hits) / Double(rows) }
        package var interval: ConfidenceInterval { .wilson(hits, of: rows) }
    }

    package private(set) var bins: [Bin]
    /// Answers whose probability is no number.
    package private(set) var undefined = 0

    package init(bins count: Int = 10) {
        bins = (0..<count).map { Bin(lower: Double($0) / Double(count), upper: Double($0 + 1) / Double(count)) }
    }

    /// - Parameter probability: that the answer is right; 1 is in the last bin, other edges in the bin above them.
    package mutating func add(_ probability: Double, isRight: Bool) {
        guard (0...1).contains(probability) else {
            undefined += 1
            return
        }
        let bin = min(Int(probability * Double(bins.count)), bins.count - 1)
        bins[bin].rows += 1
        bins[bin].hits += isRight ? 1 : 0
        bins[bin].sum += probability
    }

    package var rows: Int { bins.reduce(0) { $0 + $1.rows } }

    /// NaN without rows.
    package var expectedError: Double {
        bins.filter { $0.rows > 0 }.reduce(rows > 0 ? 0 : .nan) { sum, bin in
            sum + Double(bin.rows) / Double(rows) * abs(bin.share - bin.probability)
        }
    }

    /// By how much probabilities are too high on the whole; below 0 where they are too low.
    package var excess: Double {
        bins.reduce(0) { $0 + $1.sum - Double($1.hits) } / Double(rows)
    }
}
