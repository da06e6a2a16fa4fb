/// Derivatives of a double-precision function by central differences.
///
/// With h = 1e-6 the error of the method is about h²·f''' + ε·f/h: some 1e-9 for functions of the size of 1, far below
/// what single precision can show.
package enum CentralDifferences {
    package static let step = 1e-6

    /// (f(x + h) - f(x - h)) / 2h.
    /// - Returns: nil where the slopes on both sides differ, which means that a kink lies within h of x.
    package static func derivative(_ f: (Double) -> Double) -> Double? {
        let (left, middle, right) = (f(-step), f(0), f(step))
        let size = max(1, abs(middle))
        if abs((right - middle) - (middle - left)) > 1e-3 * step * size { return nil }
        return (right - left) / (2 * step)
    }

    /// The derivative with respect to one element of one argument.
    package static func derivative(
        _ point: [[Double]], argument: Int, element: Int, _ f: ([[Double]]) -> Double
    ) -> Double? {
        derivative { delta in
            var moved = point
            moved[argument][element] += delta
            return f(moved)
        }
    }
}

/// How far measured single-precision numbers are from what they should be.
package enum Deviation {
    /// The largest difference, relative to the largest expected number, which counts as at least `floor`. Infinite
    /// where a number is not finite or one is missing.
    package static func relative(_ measured: [Float], _ expected: [Double], floor: Double = 1e-2) -> Double {
        guard measured.count == expected.count else { return .infinity }
        let size = max(expected.reduce(0) { max($0, abs($1)) }, floor)
        return zip(measured, expected).reduce(0) { worst, pair in
            let difference = abs(Double(pair.0) - pair.1)
            return difference.isFinite ? max(worst, difference / size) : .infinity
        }
    }
}
