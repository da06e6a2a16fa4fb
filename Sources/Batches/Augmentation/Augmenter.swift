import Kernels

/// Applies an augmentation to the shards of one replica, without allocating; one thread uses it at a time.
package final class Augmenter {
    private let transforms: [any SampleTransform]
    /// How many transforms of other inputs come before, so that each has random numbers of its own.
    private let firstTransform: Int
    private let seed: UInt64
    let scratch: TransformScratch

    /// - Parameters:
    ///   - augmentation: transforms that suit the shape: see `Augmentation.problem(inputShape:targets:)`.
    ///   - shape: one sample's.
    ///   - targetWidth: the number of values of one sample's target.
    ///   - black: what a stored 0 has become by normalisation, for each entry of the shape's last axis, or one
    ///     number for all; empty for 0.
    ///   - firstTransform: how many transforms the inputs before have.
    /// - Throws: `KernelError.outOfMemory`.
    package init(
        _ augmentation: Augmentation, shape: Shape, targetWidth: Int, seed: UInt64, black: [Float] = [],
        firstTransform: Int = 0
    ) throws {
        transforms = augmentation.transforms
        self.firstTransform = firstTransform
        self.seed = seed
        scratch = try TransformScratch(
            shape, targetWidth: targetWidth, black: black, hasFrame: transforms.contains { $0.needsFrame })
    }

    /// Changes the samples of a shard in place.
    /// - Parameters:
    ///   - inputs: `count` normalised samples.
    ///   - targets: their targets, which only `mixup` changes; nil for labels, which can't be mixed.
    ///   - step: the number of optimizer steps before this one.
    ///   - firstSample: the place in the mini-batch of the shard's first sample.
    package func apply(
        to inputs: UnsafeMutablePointer<Float>, targets: UnsafeMutablePointer<Float>?, count: Int,
        step: Int,
        firstSample: Int
    ) {
        // Sample by sample, so that one is still in the cache for its next transform; but what mixes samples needs all of
        // them as the transforms before it have left them.
        var begin = 0
        while begin < transforms.count {
            var end = begin
            while end < transforms.count, !transforms[end].mixesSamples { end += 1 }
            for sample in 0..<count {
                for index in begin..<end {
                    transforms[index].apply(
                        to: inputs + sample * scratch.sampleWidth, scratch,
                        draw(step: step, sample: firstSample + sample, firstTransform + index))
                }
            }
            if end < transforms.count, let targets {
                transforms[end].mix(
                    inputs, targets, count: count, scratch,
                    draw(step: step, sample: firstSample, firstTransform + end))
            }
            begin = end + 1
        }
    }

    private func draw(step: Int, sample: Int, _ transform: Int) -> TransformDraw {
        TransformDraw(seed: seed, step: step, sample: sample, transform: transform)
    }
}
