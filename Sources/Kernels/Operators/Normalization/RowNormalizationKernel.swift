internal import CVector

/// What is divided out of a row.
package enum RowStatistic: Hashable, Sendable {
    /// x̂ = (x - μ) / √(σ² + ε), with the row's mean and biased variance.
    case standard
    /// x̂ = x / √(Σ x² / n + ε).
    case rootMeanSquare
    /// x̂ = x / √(max(Σ x², ε)).
    case length
}

/// dst = γ·x̂ + β, where each row is normalised by itself.
///
/// Shapes: x and dst (rows, n), γ and β (n) or none. With g = γ·diff, s = 1 / the divisor and sums over a row:
/// diff_src = s·(g - Σ g / n - x̂·Σ g·x̂ / n) for `standard`, without Σ g for the others, without n for `length`.
/// diff_gamma = Σ_rows diff·x̂ and diff_beta = Σ_rows diff.
package final class RowNormalizationKernel: Kernel {
    private let rows, count: Int
    private let statistic: RowStatistic
    private let epsilon: Double
    private let hasScale, hasOffset: Bool
    private var x, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?
    private var learned = ScaleAndOffset()
    private var totals: UnsafeMutablePointer<Double>?

    /// - Parameter count: the numbers of a row.
    package init(
        rows: Int, count: Int, _ statistic: RowStatistic, epsilon: Double, hasScale: Bool, hasOffset: Bool
    ) {
        (self.rows, self.count, self.statistic, self.epsilon) = (rows, count, statistic, epsilon)
        (self.hasScale, self.hasOffset) = (hasScale, hasOffset)
    }

    package var scratchBytes: Int { 2 * count * MemoryLayout<Double>.stride }

    package func bind(_ binding: KernelBinding) {
        (x, dst) = (binding.src[0].floats, binding.dst.floats)
        learned = ScaleAndOffset(binding, hasScale: hasScale, hasOffset: hasOffset)
        (diffSrc, diffDst) = (binding.diffSrc[0], binding.diffDst)
        totals = binding.scratch.assumingMemoryBound(to: Double.self)
    }

    /// A row's mean where it is taken away, and what it is divided by. `isConstant`: the divisor does not depend on the row.
    private func statistics(_ row: UnsafePointer<Float>) -> (mean: Double, divisor: Double, isConstant: Bool) {
        var (sum, squares) = (0.0, 0.0)
        stormo_row_sums(&sum, &squares, row, count)
        let mean = sum / Double(count)
        switch statistic {
        case .standard:
            return (mean, (max(squares / Double(count) - mean * mean, 0) + epsilon).squareRoot(), false)
        case .rootMeanSquare: return (0, (squares / Double(count) + epsilon).squareRoot(), false)
        case .length: return (0, max(squares, epsilon).squareRoot(), squares <= epsilon)
        }
    }

    package func forward(_ pass: KernelPass) {
        guard let x, let dst else { return }
        for row in 0..<rows {
            let begin = row * count
            let (mean, divisor, _) = statistics(x + begin)
            stormo_row_scale(
                dst + begin, x + begin, Float(mean), Float(1 / divisor), learned.gamma, learned.beta, count)
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let x, let diffDst, let totals else { return }
        totals.update(repeating: 0, count: 2 * count)
        for row in 0..<rows {
            let (src, diff) = (x + row * count, diffDst + row * count)
            let (mean, divisor, isConstant) = statistics(src)
            stormo_row_parameters(
                learned.diffGamma == nil ? nil : totals, learned.diffBeta == nil ? nil : totals + count, diff, src,
                Float(mean),
                Float(1 / divisor), count)
            guard let diffSrc else { continue }
            var (sum, products) = (0.0, 0.0)
            if !isConstant { stormo_row_products(&sum, &products, diff, src, Float(mean), learned.gamma, count) }
            // Σ g·x̂ is the sum of products over the divisor, and so is x̂ itself.
            let terms = statistic == .length ? 1 : Double(count)
            stormo_row_gradient(
                diffSrc + row * count, diff, src, Float(mean), Float(1 / divisor),
                statistic == .standard ? Float(sum / (terms * divisor)) : 0,
                Float(products / (terms * divisor * divisor * divisor)), learned.gamma, count)
        }
        if let diffGamma = learned.diffGamma { stormo_round(diffGamma, totals, count) }
        if let diffBeta = learned.diffBeta { stormo_round(diffBeta, totals + count, count) }
    }
}
