import Configuration
import Kernels
import Network

/// Replaces each sample x and its target y by λ·x + (1 - λ)·x′ and λ·y + (1 - λ)·y′, where x′ and y′ are those of
/// another sample. Each sample draws its own λ from Beta(alpha, alpha).
/// Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018.
///
/// In a shard of n samples, sample i is mixed with sample (i + d) mod n; d is drawn from 1 ..< n once for each shard
/// and step. The result therefore depends on the number of shards, but not on the number of workers. A shard of one
/// sample stays unchanged.
public struct Mixup: SampleTransform {
    public static let name = "mixup"

    public var alpha: Double

    public init(alpha: Double = 0.2) { self.alpha = alpha }

    public init(reading reader: ObjectReader) {
        alpha = reader.number("alpha", .between(0, 1000, includingLower: false), default: 0.2)
    }

    public var configuration: [JSONNode.Member] { [.init(key: "alpha", value: JSONNode(alpha))] }

    public var mixesSamples: Bool { true }

    public func problem(inputShape: Shape, targets: TargetForm) -> String? {
        guard case .sparseLabels = targets else { return nil }
        return "mixup mixes targets, which class numbers do not allow; use the loss categorical_crossentropy"
    }

    /// Mixes sample i with sample (i + d) mod count for a random d. Both are taken as they were before mixing.
    public func mix(
        _ inputs: UnsafeMutablePointer<Float>, _ targets: UnsafeMutablePointer<Float>, count: Int,
        _ scratch: TransformScratch, _ draw: TransformDraw
    ) {
        guard count > 1 else { return }
        let (copy, sampleWidth) = (scratch.copy, scratch.sampleWidth)
        let (target, targetWidth) = (scratch.target, scratch.targetWidth)
        var random = draw.random
        let distance = 1 + random.integer(below: count - 1)
        // Going along the circle, each sample is blended before it is asked for again, but for the very first.
        for first in 0..<greatestCommonDivisor(count, distance) {
            copy.update(from: inputs + first * sampleWidth, count: sampleWidth)
            target.update(from: targets + first * targetWidth, count: targetWidth)
            var sample = first
            while true {
                var own = draw
                own.sample += sample
                var random = own.random
                // The words of the distance, which the first sample has used.
                _ = random.next()
                let share = Float(random.beta(alpha))
                let other = (sample + distance) % count
                let isLast = other == first
                VectorLoops.blend(
                    inputs + sample * sampleWidth, with: isLast ? copy : inputs + other * sampleWidth,
                    factor: share, width: sampleWidth)
                VectorLoops.blend(
                    targets + sample * targetWidth, with: isLast ? target : targets + other * targetWidth,
                    factor: share, width: targetWidth)
                if isLast { break }
                sample = other
            }
        }
    }

    private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}

extension SampleTransform where Self == Mixup {
    public static func mixup(alpha: Double) -> Mixup { Mixup(alpha: alpha) }
}
