import Configuration
import Kernels
import Network

/// Pads the image by `padding` pixels on all sides and crops it to its own size at a random position. This shifts it by
/// -padding ... padding whole pixels in each direction, uniformly.
public struct RandomCrop: SampleTransform {
    public static let name = "random_crop"

    /// How the image is padded.
    public enum PaddingMode: String, Sendable, CaseIterable {
        /// With black.
        case constant
        /// By reflection at the outermost pixels, which are not repeated: NumPy's `pad` with mode `reflect`.
        case reflect
    }

    public var padding: Int
    public var mode: PaddingMode

    public init(padding: Int = 4, mode: PaddingMode = .constant) { (self.padding, self.mode) = (padding, mode) }

    public init(reading reader: ObjectReader) {
        padding = reader.integer("padding", in: 0..., default: 4)
        mode = reader.choice("mode", noun: "padding mode", default: .constant)
    }

    public var configuration: [JSONNode.Member] {
        [.init(key: "padding", value: JSONNode(padding)), .init(key: "mode", value: JSONNode(mode.rawValue))]
    }

    public func problem(inputShape shape: Shape, targets: TargetForm) -> String? {
        if let problem = problem(ofImages: shape) { return problem }
        let least = min(shape[0], shape[1])
        guard padding >= least else { return nil }
        return
            "random_crop pads by \(padding) pixels, but \(extent(ofImages: shape)); give a padding of \(least - 1) or less"
    }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        var random = draw.random
        let (down, right) = (random.shift(upTo: padding), random.shift(upTo: padding))
        scratch.shift(sample, down: down, right: right, mode)
    }
}

extension SampleTransform where Self == RandomCrop {
    public static func randomCrop(padding: Int, mode: RandomCrop.PaddingMode) -> RandomCrop {
        RandomCrop(padding: padding, mode: mode)
    }
}
