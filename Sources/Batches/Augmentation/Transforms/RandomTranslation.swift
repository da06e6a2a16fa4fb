import Configuration
import Kernels
import Network

/// Shifts the image by a random number of whole pixels in each direction, up to these fractions of its size. Pixels
/// from outside the image are black.
public struct RandomTranslation: SampleTransform {
    public static let name = "random_translation"

    /// The largest vertical shift, as a fraction of the image's height; `height_factor` in a config.
    public var height: Double
    /// The largest horizontal shift, as a fraction of the image's width; `width_factor` in a config.
    public var width: Double

    public init(height: Double = 0.1, width: Double = 0.1) { (self.height, self.width) = (height, width) }

    public init(reading reader: ObjectReader) {
        height = reader.number("height_factor", .between(0, 1), default: 0.1)
        width = reader.number("width_factor", .between(0, 1), default: 0.1)
    }

    public var configuration: [JSONNode.Member] {
        [.init(key: "height_factor", value: JSONNode(height)), .init(key: "width_factor", value: JSONNode(width))]
    }

    public func problem(inputShape shape: Shape, targets: TargetForm) -> String? {
        if let problem = problem(ofImages: shape) { return problem }
        guard height + width > 0, pixels(shape[0], height) == 0, pixels(shape[1], width) == 0 else { return nil }
        return
            "random_translation would shift by less than half a pixel, since \(extent(ofImages: shape)); give larger "
            + "factors"
    }

    /// The most pixels of a shift by a share of an extent.
    private func pixels(_ extent: Int, _ factor: Double) -> Int { Int((Double(extent) * factor).rounded()) }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        var random = draw.random
        let down = random.shift(upTo: pixels(scratch.height, height))
        let right = random.shift(upTo: pixels(scratch.width, width))
        scratch.shift(sample, down: down, right: right, .constant)
    }
}

extension SampleTransform where Self == RandomTranslation {
    public static func randomTranslation(height: Double, width: Double) -> RandomTranslation {
        RandomTranslation(height: height, width: width)
    }
}
