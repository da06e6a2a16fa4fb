import Configuration
import Kernels

/// Adds noise from N(0, deviation²) to each value, in units of the normalised inputs.
public struct GaussianNoise: SampleTransform {
    public static let name = "gaussian_noise"

    /// The standard deviation; `stddev` in a config.
    public var deviation: Double

    public init(deviation: Double = 0.1) { self.deviation = deviation }

    public init(reading reader: ObjectReader) {
        // More would leave nothing of any data, and could leave the range of a float.
        deviation = reader.number("stddev", .between(0, 1_000_000), default: 0.1)
    }

    public var configuration: [JSONNode.Member] { [.init(key: "stddev", value: JSONNode(deviation))] }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        guard deviation > 0 else { return }
        VectorLoops.addNoise(
            sample, count: scratch.sampleWidth, deviation: Float(deviation), seed: draw.seed, step: draw.step,
            sample: draw.sample, transform: draw.transform)
    }
}

extension SampleTransform where Self == GaussianNoise {
    public static func gaussianNoise(deviation: Double) -> GaussianNoise { GaussianNoise(deviation: deviation) }
}
