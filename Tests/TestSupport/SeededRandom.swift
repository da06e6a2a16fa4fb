/// A small generator with a seed, so that a failing test can be repeated: SplitMix64 of Steele, Lea and Flood, 2014.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform numbers.
    /// - Parameters:
    ///   - kinks: places where a function under test has no derivative.
    ///   - margin: the distance that is kept from each of them.
    package mutating func floats(
        _ count: Int, in range: ClosedRange<Float> = -1...1, clearOf kinks: [Float] = [], margin: Float = 0.02
    ) -> [Float] {
        (0..<count).map { _ in
            while true {
                let value = Float.random(in: range, using: &self)
                if kinks.allSatisfy({ abs(value - $0) > margin }) { return value }
            }
        }
    }

    /// Numbers in -1...1 no two of which are near each other, so that a maximum keeps its place under a small change.
    package mutating func distinct(_ count: Int) -> [Float] {
        (0..<count).map { 2 * (Float($0) + 0.5) / Float(count) - 1 }.shuffled(using: &self)
    }

    /// Rows of positive numbers that add up to 1, none smaller than about 0.1 / width.
    package mutating func distributions(rows: Int, width: Int) -> [Float] {
        (0..<rows).flatMap { _ in
            let weights = floats(width, in: 0.1...1)
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
    }

    /// Whole numbers below `bound`, as floats.
    package mutating func labels(_ count: Int, below bound: Int) -> [Float] {
        (0..<count).map { _ in Float(Int.random(in: 0..<bound, using: &self)) }
    }

    /// So many of the indices below `count`, each once; all of them where there are not more.
    package mutating func sample(_ limit: Int, below count: Int) -> [Int] {
        count <= limit ? Array(0..<count) : Array((0..<count).shuffled(using: &self).prefix(limit)).sorted()
    }
}
