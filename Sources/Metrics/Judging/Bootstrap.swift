import Kernels

/// The percentile bootstrap: a figure's 95% interval is that between the 2.5% and the 97.5% quantile of its values on 1,000
/// samples that are drawn with replacement from those that were measured.
///
/// Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13. What is drawn is one of at most 1,000 groups
/// into which the samples were dealt at random, with the sums over its samples: up to that number each is a group of its own.
/// The draws are those of Philox with a fixed seed, so the same rows have the same interval.
enum Bootstrap {
    static let mostGroups = 1000
    static let resamples = 1000

    /// The group of a sample.
    /// - Parameters:
    ///   - samples: of how many.
    ///   - groups: at most as many as samples.
    @inline(__always)
    static func group(of sample: Int, among samples: Int, _ groups: Int) -> Int {
        guard samples > groups else { return sample }
        // Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014: the mixing of SplitMix64.
        var bits = UInt64(truncatingIfNeeded: sample) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Int(bits.multipliedFullWidth(by: UInt64(groups)).high)
    }

    /// - Parameter figure: of a sample that holds each group so many times.
    /// - Returns: nil for fewer than two groups, and where a figure is not defined.
    static func interval(
        groups: Int, _ figure: (_ counts: UnsafeBufferPointer<Int32>) -> Double
    ) -> ConfidenceInterval? {
        guard groups > 1 else { return nil }
        let counts = UnsafeMutableBufferPointer<Int32>.allocate(capacity: groups)
        defer { counts.deallocate() }
        var random = Philox(seed: 0, stream: .bootstrap)
        var figures: [Double] = []
        figures.reserveCapacity(resamples)
        for _ in 0..<resamples {
            counts.initialize(repeating: 0)
            for _ in 0..<groups { counts[random.integer(below: groups)] &+= 1 }
            let value = figure(UnsafeBufferPointer(counts))
            guard !value.isNaN else { return nil }
            figures.append(value)
        }
        figures.sort()
        let tail = Int(Double(resamples) * (1 - ConfidenceInterval.level) / 2)
        return ConfidenceInterval(figures[tail - 1], figures[resamples - tail])
    }
}
