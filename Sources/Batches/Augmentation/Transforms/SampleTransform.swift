import Configuration
import Kernels
import Network

/// A random transform of training samples: one step of an `Augmentation`.
///
/// Transforms of images take samples of shape (height, width, channels). All transforms work on normalised inputs.
/// "Black" is what a stored 0 becomes by normalisation, for each channel; where each pixel has an offset of its own, it
/// is the mean over the pixels. A sample that the random numbers leave unchanged stays the same to the bit. Applying a
/// transform allocates no memory.
///
/// A program makes a transform of its own known to configs with `TransformRegistry.kinds.register(_:as:)`.
public protocol SampleTransform: RegisteredKind, Hashable {
    /// Why the transform can't be applied to samples of this shape with such targets, as a sentence; nil if it can.
    func problem(inputShape: Shape, targets: TargetForm) -> String?

    /// Whether the scratch memory must hold a copy of the image with a margin, as for a rotation. The copy is not
    /// accessible outside Stormo, so leave this false, the default.
    var needsFrame: Bool { get }

    /// Whether it needs all samples of a shard at once. `mix` is then called in place of `apply`. False by default.
    var mixesSamples: Bool { get }

    /// Changes one sample in place.
    /// - Parameters:
    ///   - sample: `scratch.sampleWidth` normalised values, row-major.
    ///   - draw: gives the random numbers of this sample.
    func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw)

    /// Changes the samples of a shard and their targets in place.
    /// - Parameters:
    ///   - inputs: `count` × `scratch.sampleWidth` normalised values.
    ///   - targets: `count` × `scratch.targetWidth` values.
    ///   - draw: gives the random numbers of the first sample; add i to its `sample` for those of sample i.
    func mix(
        _ inputs: UnsafeMutablePointer<Float>, _ targets: UnsafeMutablePointer<Float>, count: Int,
        _ scratch: TransformScratch, _ draw: TransformDraw)
}

extension SampleTransform {
    public func problem(inputShape: Shape, targets: TargetForm) -> String? { nil }
    public var needsFrame: Bool { false }
    public var mixesSamples: Bool { false }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {}
    public func mix(
        _ inputs: UnsafeMutablePointer<Float>, _ targets: UnsafeMutablePointer<Float>, count: Int,
        _ scratch: TransformScratch, _ draw: TransformDraw
    ) {}

    /// What is wrong with samples that are no images; nil for images.
    func problem(ofImages shape: Shape) -> String? {
        shape.rank == 3
            ? nil : "\(typeName) wants images of height×width×channels, but the samples' shape is \(shape)"
    }

    /// The size of images in a sentence.
    func extent(ofImages shape: Shape) -> String { "the images have \(shape[0])×\(shape[1]) pixels" }
}

/// Where a transform is applied. This determines its random numbers.
public struct TransformDraw: Sendable {
    public let seed: UInt64
    /// The number of steps of the run before this one.
    public let step: Int
    /// The sample's index in the mini-batch.
    public var sample: Int
    /// The transform's index in the augmentation.
    public let transform: Int

    /// A generator of the random numbers, at their start.
    public var random: Philox { Philox(seed: seed, step: step, sample: sample, transform: transform) }
}
