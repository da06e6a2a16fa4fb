import Kernels

/// Applies an augmentation to the shards of one replica.
///
/// It owns the scratch memory that the transforms need, so that applying them allocates nothing; one thread uses it
/// at a time.
package final class Augmenter {
    private let transforms: [Augmentation.Transform]
    /// How many transforms of other inputs come before, so that each has random numbers of its own.
    private let firstTransform: Int
    private let seed: UInt64
    private let sampleWidth: Int
    private let targetWidth: Int

    // What the transforms of images work with.
    package let height: Int
    package let width: Int
    let channels: Int
    var rowWidth: Int { width * channels }
    private let memory: AlignedMemory
    /// A copy of one sample.
    package let copy: UnsafeMutablePointer<Float>
    /// One row of an image.
    package let line: UnsafeMutablePointer<Float>
    /// A black row.
    package let black: UnsafePointer<Float>
    /// An image with the margin that turning it needs, whose black stays as it is.
    let framed: UnsafeMutablePointer<Float>
    private let target: UnsafeMutablePointer<Float>

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
        self.targetWidth = targetWidth
        sampleWidth = shape.count
        let isImage = shape.rank == 3
        height = isImage ? shape[0] : 1
        width = isImage ? shape[1] : shape.count
        channels = isImage ? shape[2] : 1
        let turns = transforms.contains { if case .randomRotation = $0 { true } else { false } }
        let frameWidth = (width + 3) * channels
        let rowWidth = width * channels

        let sizes = [shape.count, rowWidth, rowWidth, turns ? (height + 3) * frameWidth + 1 : 0, targetWidth]
        var places: [Int] = []
        var floats = 0
        for size in sizes {
            places.append(floats)
            floats += AlignedMemory.aligned(size * MemoryLayout<Float>.stride) / MemoryLayout<Float>.stride
        }
        memory = try AlignedMemory(floats: floats)
        copy = memory.floats + places[0]
        line = memory.floats + places[1]
        let blackRow = memory.floats + places[2]
        framed = memory.floats + places[3]
        target = memory.floats + places[4]
        self.black = UnsafePointer(blackRow)
        guard !black.isEmpty else { return }
        for index in 0..<rowWidth { blackRow[index] = black[index % channels % black.count] }
        guard turns else { return }
        for index in 0..<(height + 3) * frameWidth {
            framed[index] = black[index % channels % black.count]
        }
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
        // Sample by sample, so that one is still in the cache for its next transform; but each mixup needs all
        // samples as the transforms before it have left them.
        var begin = 0
        while begin < transforms.count {
            var end = begin
            var alpha: Double?
            while end < transforms.count, alpha == nil {
                if case .mixup(let value) = transforms[end] { alpha = value } else { end += 1 }
            }
            for sample in 0..<count {
                for index in begin..<end {
                    transform(inputs + sample * sampleWidth, index, step: step, sample: firstSample + sample)
                }
            }
            if let alpha, let targets {
                mix(inputs, targets, count: count, alpha: alpha, end, step: step, firstSample: firstSample)
            }
            begin = end + 1
        }
    }

    private func transform(_ x: UnsafeMutablePointer<Float>, _ index: Int, step: Int, sample: Int) {
        var random = Philox(seed: seed, step: step, sample: sample, transform: firstTransform + index)
        switch transforms[index] {
        case .randomCrop(let padding, let mode):
            let (down, right) = (random.shift(upTo: padding), random.shift(upTo: padding))
            shift(x, down: down, right: right, mode)
        case .randomFlip(let mode):
            if mode != .vertical, random.uniform() < 0.5 { flipHorizontally(x) }
            if mode != .horizontal, random.uniform() < 0.5 { flipVertically(x) }
        case .randomTranslation(let high, let wide):
            let down = random.shift(upTo: transforms[index].pixels(height, high))
            let right = random.shift(upTo: transforms[index].pixels(width, wide))
            shift(x, down: down, right: right, .constant)
        case .randomRotation(let degrees):
            rotate(x, radians: degrees * .pi / 180 * Double(random.symmetric()))
        case .randomBrightness(let factor):
            changeBrightness(x, 1 + Float(factor) * random.symmetric())
        case .randomContrast(let factor):
            changeContrast(x, 1 + Float(factor) * random.symmetric())
        case .cutout(let size, let probability):
            guard Double(random.uniform()) < probability else { return }
            let (y, column) = (random.integer(below: height), random.integer(below: width))
            cut(x, size: size, aroundRow: y, column: column)
        case .gaussianNoise(let deviation):
            guard deviation > 0 else { return }
            VectorLoops.addNoise(
                x, count: sampleWidth, deviation: Float(deviation), seed: seed, step: step, sample: sample,
                transform: firstTransform + index)
        case .mixup: break
        }
    }

    /// Blends each sample with the one that follows it at a random distance, in a circle.
    private func mix(
        _ inputs: UnsafeMutablePointer<Float>, _ targets: UnsafeMutablePointer<Float>, count: Int,
        alpha: Double,
        _ index: Int, step: Int, firstSample: Int
    ) {
        guard count > 1 else { return }
        var random = Philox(seed: seed, step: step, sample: firstSample, transform: index)
        let distance = 1 + random.integer(below: count - 1)
        // Going along the circle, each sample is blended before it is asked for again, but for the very first.
        for first in 0..<greatestCommonDivisor(count, distance) {
            copy.update(from: inputs + first * sampleWidth, count: sampleWidth)
            target.update(from: targets + first * targetWidth, count: targetWidth)
            var sample = first
            while true {
                var random = Philox(seed: seed, step: step, sample: firstSample + sample, transform: index)
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
