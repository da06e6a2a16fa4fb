import Foundation
import Kernels

/// The distributions that augmentation draws from.
extension Philox {
    /// Uniform in -bound ... bound.
    package mutating func shift(upTo bound: Int) -> Int { integer(below: 2 * bound + 1) - bound }

    /// Uniform in -1 ..< 1.
    mutating func symmetric() -> Float { 2 * uniform() - 1 }

    /// Uniform in 0 < … < 1, an odd multiple of 2⁻⁵³.
    mutating func inner() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

    /// Standard normal: one of Box and Muller's pair.
    package mutating func normal() -> Double {
        let radius = (-2 * log(inner())).squareRoot()
        return radius * cos(2 * Double.pi * inner())
    }

    /// The logarithm of a number from the gamma distribution, whose numbers are too small for a `Double` where the
    /// shape is. Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
    /// - Parameter shape: above 0.
    package mutating func logarithmOfGamma(shape: Double) -> Double {
        // A shape below 1 is reached from the one above by a power of a uniform number.
        if shape < 1 { return logarithmOfGamma(shape: shape + 1) + log(inner()) / shape }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(inner()) < 0.5 * x * x + d * (1 - v + log(v)) { return log(d * v) }
        }
    }

    /// A number from Beta(alpha, alpha), 0 ... 1.
    package mutating func beta(_ alpha: Double) -> Double {
        let first = logarithmOfGamma(shape: alpha)
        let second = logarithmOfGamma(shape: alpha)
        return 1 / (1 + exp(second - first))
    }
}
