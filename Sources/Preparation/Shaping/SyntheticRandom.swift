import Foundation
internal import Kernels

/// The random numbers of one synthetic row, a function of the seed and the row's number.
struct SyntheticRandom {
    private var philox: Philox
    private var spare: Float?

    /// - Parameter index: the row; numbers that all rows share have negative ones.
    init(seed: UInt64, index: Int) {
        // Another key than a training's with the same seed, whose initial weights would be the same numbers.
        philox = Philox(seed: seed ^ 0x5354_4F52_4D4F_4441, stream: .shuffling, index: index)
    }

    mutating func next() -> UInt64 { philox.next() }

    mutating func below(_ bound: Int) -> Int { philox.integer(below: bound) }

    mutating func uniform(_ range: ClosedRange<Float> = 0...1) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * philox.uniform()
    }

    /// Of mean 0 and deviation 1 (Box and Muller 1958).
    mutating func normal() -> Float {
        if let spare {
            self.spare = nil
            return spare
        }
        let radius = (-2 * log(1 - philox.uniform())).squareRoot()
        let angle = 2 * Float.pi * philox.uniform()
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}
