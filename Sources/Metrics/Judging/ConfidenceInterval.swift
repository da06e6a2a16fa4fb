import Configuration
import Foundation

/// An interval that holds the figure of endlessly many rows of the same kind in 95 of 100 cases, where the rows that were
/// measured are drawn independently of each other.
public struct ConfidenceInterval: Sendable, Hashable {
    public let lower: Double
    public let upper: Double

    package init(_ lower: Double, _ upper: Double) { (self.lower, self.upper) = (lower, upper) }

    /// The share of cases.
    package static let level = 0.95
    /// The standard normal distribution's quantile at (1 + level) / 2.
    static let z = 1.959963984540054

    /// Of a share k/n: (p + z²/2n ± z·√(p(1 - p)/n + z²/4n²)) / (1 + z²/n). From 0 to 1 where n is 0.
    ///
    /// Wilson, "Probable inference, the law of succession, and statistical inference", 1927. Unlike the usual
    /// p ± z·√(p(1 - p)/n) it stays within 0 and 1, and is no point where all or none are right.
    package static func wilson(_ hits: Int, of rows: Int) -> ConfidenceInterval {
        guard rows > 0 else { return ConfidenceInterval(0, 1) }
        let (p, n, z2) = (Double(hits) / Double(rows), Double(rows), z * z)
        let center = (p + z2 / (2 * n)) / (1 + z2 / n)
        let half = z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
        // At the ends the sum is 0 or 1, but for rounding.
        return ConfidenceInterval(hits == 0 ? 0 : max(0, center - half), hits == rows ? 1 : min(1, center + half))
    }

    /// Of an F1 score 2·TP / (2·TP + FP + FN): that of the share s = TP / (TP + FP + FN), of which F1 = 2s / (1 + s) is a
    /// growing function.
    static func f1(truePositives: Int, falsePositives: Int, falseNegatives: Int) -> ConfidenceInterval {
        let share = wilson(truePositives, of: truePositives + falsePositives + falseNegatives)
        return ConfidenceInterval(2 * share.lower / (1 + share.lower), 2 * share.upper / (1 + share.upper))
    }

    /// Of an area A under the ROC curve of m positive and n negative rows: the values that lie within z standard errors of
    /// the one that was measured, the error taken at the value itself:
    /// √(A(1 - A)/mn · (1 + N((1 - A)/(2 - A) + A/(1 + A)))) with N = (m + n)/2 - 1.
    ///
    /// Newcombe, "Confidence intervals for an effect size measure based on the Mann–Whitney statistic, part 2", 2006, his
    /// method 5, which is that of Hanley and McNeil (1982) made as Wilson's is: no point at 0 or 1.
    static func areaUnderCurve(_ area: Double, positives: Int, negatives: Int) -> ConfidenceInterval? {
        guard positives > 0, negatives > 0, !area.isNaN else { return nil }
        let (m, n) = (Double(positives), Double(negatives))
        let mean = (m + n) / 2 - 1
        func isWithin(_ value: Double) -> Bool {
            let variance =
                value * (1 - value) / (m * n) * (1 + mean * ((1 - value) / (2 - value) + value / (1 + value)))
            return (area - value) * (area - value) <= z * z * variance
        }
        /// The last value on the way to `end` that is within.
        func bound(_ end: Double) -> Double {
            var (inside, outside) = (area, end)
            guard inside != outside else { return inside }
            for _ in 0..<100 {
                let middle = (inside + outside) / 2
                if isWithin(middle) { inside = middle } else { outside = middle }
            }
            return inside
        }
        return ConfidenceInterval(bound(0), bound(1))
    }

    /// Of the mean of figures that do not depend on each other: each bound lies as far from it as the square root of the sum
    /// of the squared distances of theirs, divided by their number.
    ///
    /// Zou and Donner, "Construction of confidence intervals about effect measures: a general approach", 2008.
    /// - Parameter factor: by which it is wider, for figures that do depend on each other.
    static func mean(
        ofIndependent parts: [(value: Double, interval: ConfidenceInterval)], factor: Double = 1
    ) -> ConfidenceInterval? {
        guard !parts.isEmpty else { return nil }
        let count = Double(parts.count)
        let mean = parts.reduce(0) { $0 + $1.value } / count
        func distance(_ bound: (ConfidenceInterval) -> Double) -> Double {
            factor * parts.reduce(0) { $0 + pow($1.value - bound($1.interval), 2) }.squareRoot() / count
        }
        return ConfidenceInterval(max(0, mean - distance(\.lower)), min(1, mean + distance(\.upper)))
    }

    /// Of the mean of figures that may depend on each other in any way: the mean of the bounds.
    static func mean(ofAny parts: [ConfidenceInterval]) -> ConfidenceInterval? {
        guard !parts.isEmpty else { return nil }
        let count = Double(parts.count)
        return ConfidenceInterval(
            parts.reduce(0) { $0 + $1.lower } / count, parts.reduce(0) { $0 + $1.upper } / count)
    }
}

extension ConfidenceInterval {
    /// Wilson's, of a share of so many rows; nil where it is not defined.
    static func wilson(share: Double, of rows: Int) -> ConfidenceInterval? {
        share.isNaN ? nil : wilson(Int((share * Double(rows)).rounded()), of: rows)
    }
}
