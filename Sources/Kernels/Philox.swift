internal import CVector

/// A counter-based random number generator: each number is a function of a key, which is the run's seed, and a counter,
/// which says what the number is for. So results do not depend on the order in which threads draw numbers.
///
/// Philox4x32-10; Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct Philox: RandomNumberGenerator, Sendable {
    private var key: (UInt32, UInt32)
    private var counter: (UInt32, UInt32, UInt32, UInt32)
    private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    private var used = 4

    /// The numbers of one purpose.
    /// - Parameters:
    ///   - seed: the run's seed.
    ///   - stream: what the numbers are for, so that no two purposes share them.
    ///   - index: which of them, for example the epoch or the parameter.
    package init(seed: UInt64, stream: Stream, index: Int = 0) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        counter = (0, stream.rawValue, UInt32(truncatingIfNeeded: index), 0xFFFF_FFFF)
    }

    /// The numbers for one transform (augmentation) of one training sample.
    /// - Parameters:
    ///   - seed: the run's seed.
    ///   - step: the number of optimizer steps before this one.
    ///   - sample: the sample's index in the mini-batch.
    ///   - transform: the transform's index in the list of transforms.
    public init(seed: UInt64, step: Int, sample: Int, transform: Int) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        counter = Self.counter(step: step, sample: sample, transform: transform)
    }

    static func counter(step: Int, sample: Int, transform: Int) -> (UInt32, UInt32, UInt32, UInt32) {
        let purpose = 0x8000_0000 | UInt32(truncatingIfNeeded: transform)
        return (0, UInt32(truncatingIfNeeded: sample), UInt32(truncatingIfNeeded: step), purpose)
    }

    /// The purposes. Dropout and augmentation count from their own four words, the last of which is below 2³¹ for
    /// dropout, and from 2³¹ to 2³² - 2 for augmentation.
    package enum Stream: UInt32, Sendable {
        case initialisation
        case shuffling
        case gradientCheck
        case blocks
        case splitting
        case bootstrap
    }

    public mutating func next() -> UInt64 {
        let low = word()
        return UInt64(word()) << 32 | UInt64(low)
    }

    /// A number uniform in 0 ..< 1, a multiple of 2⁻²⁴.
    public mutating func uniform() -> Float { Float(word() >> 8) * 0x1p-24 }

    /// A whole number uniform in 0 ..< bound, up to a bias of bound / 2⁶⁴; 0 where the bound is 0.
    /// - Precondition: the bound is not negative.
    @inlinable
    public mutating func integer(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Shuffles the elements in place, with the Fisher–Yates shuffle from the last element to the first. Written out
    /// here, since the standard library may change its own.
    @inlinable
    public mutating func shuffle<Element>(_ elements: UnsafeMutableBufferPointer<Element>) {
        for index in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(index, integer(below: index + 1))
        }
    }

    private mutating func word() -> UInt32 {
        if used == 4 {
            Self.withWords(&counter) { counter in
                Self.withWords(&key) { key in
                    Self.withWords(&block) { block in stormo_philox(block, counter, key) }
                }
            }
            counter.0 &+= 1
            used = 0
        }
        defer { used += 1 }
        switch used {
        case 0: return block.0
        case 1: return block.1
        case 2: return block.2
        default: return block.3
        }
    }

    /// The words of a tuple of them, as C takes them.
    @inline(__always)
    private static func withWords<T: BitwiseCopyable, R>(
        _ words: inout T, _ body: (UnsafeMutablePointer<UInt32>) -> R
    ) -> R {
        withUnsafeMutableBytes(of: &words) { body($0.assumingMemoryBound(to: UInt32.self).baseAddress!) }
    }

    /// The key of a run's seed, as C takes it.
    @inline(__always)
    static func withKey<R>(_ seed: UInt64, _ body: (UnsafePointer<UInt32>) -> R) -> R {
        var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        return withWords(&key) { body($0) }
    }
}
