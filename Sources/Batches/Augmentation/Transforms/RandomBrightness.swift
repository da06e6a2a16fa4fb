import Configuration
import Kernels
import Network

/// Multiplies the image by a factor f drawn uniformly from 1 - factor ... 1 + factor: x becomes black + f·(x - black).
/// With one offset for each channel, or one for all, this multiplies the values as stored. They are not clipped.
public struct RandomBrightness: SampleTransform {
    public static let name = "random_brightness"

    public var factor: Double

    public init(factor: Double = 0.2) { self.factor = factor }

    public init(reading reader: ObjectReader) { factor = reader.number("factor", .between(0, 1), default: 0.2) }

    public var configuration: [JSONNode.Member] { [.init(key: "factor", value: JSONNode(factor))] }

    public func problem(inputShape shape: Shape, targets: TargetForm) -> String? { problem(ofImages: shape) }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        var random = draw.random
        let change = 1 + Float(factor) * random.symmetric()
        guard change != 1 else { return }
        VectorLoops.blend(
            sample, with: scratch.black, factor: change, width: scratch.rowWidth, rows: scratch.height)
    }
}

extension SampleTransform where Self == RandomBrightness {
    public static func randomBrightness(factor: Double) -> RandomBrightness { RandomBrightness(factor: factor) }
}
