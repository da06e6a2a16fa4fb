import Configuration
import Kernels
import Network

/// One transform of an augmentation: how training samples are changed at random.
///
/// Those of images take samples of shape (height, width, channels). All work on inputs that have been normalised; "black" is
/// what a stored 0 has become by that, in each channel. A transform leaves a sample as it is, to the bit, where its random
/// numbers say that nothing is to change. Applying it allocates nothing.
///
/// One kind is one file, which reads the kind's keys of a config and states what it does, and one line in
/// `TransformRegistry`.
public protocol SampleTransform: RegisteredKind, Hashable {
    /// Why it can't be applied to such samples, as a sentence; nil if it can.
    func problem(inputShape: Shape, targets: TargetForm) -> String?

    /// Whether it needs `TransformScratch.framed`.
    var needsFrame: Bool { get }

    /// Whether it looks at all samples of a shard at once; `mix` is then called in place of `apply`.
    var mixesSamples: Bool { get }

    /// Changes one sample in place.
    /// - Parameter draw: the random numbers of this sample.
    func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw)

    /// Changes the samples of a shard and their targets in place.
    /// - Parameter draw: the random numbers of the first sample; those of the others follow by `TransformDraw.sample`.
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

/// Which random numbers a transform draws for a sample.
public struct TransformDraw: Sendable {
    public let seed: UInt64
    /// The number of optimizer steps before this one.
    public let step: Int
    /// The sample's place in the mini-batch.
    public var sample: Int
    /// The transform's place in the list.
    public let transform: Int

    /// The numbers, from the first on.
    public var random: Philox { Philox(seed: seed, step: step, sample: sample, transform: transform) }
}
