import Configuration
import Kernels
import Network

/// Sets a square of the image to black, with the given probability. The centre of the square is uniform over the image;
/// the part of the square outside the image is clipped.
/// DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout", 2017.
public struct Cutout: SampleTransform {
    public static let name = "cutout"

    /// Side length of the square, in pixels.
    public var size: Int
    public var probability: Double

    public init(size: Int = 8, probability: Double = 1) { (self.size, self.probability) = (size, probability) }

    public init(reading reader: ObjectReader) {
        size = reader.integer("size", in: 1..., default: 8)
        probability = reader.number("probability", .between(0, 1), default: 1)
    }

    public var configuration: [JSONNode.Member] {
        [.init(key: "size", value: JSONNode(size)), .init(key: "probability", value: JSONNode(probability))]
    }

    public func problem(inputShape shape: Shape, targets: TargetForm) -> String? {
        if let problem = problem(ofImages: shape) { return problem }
        guard size > max(shape[0], shape[1]) else { return nil }
        return "cutout cuts squares of \(size) pixels, but \(extent(ofImages: shape)); give a smaller size"
    }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        var random = draw.random
        guard Double(random.uniform()) < probability else { return }
        // Rows row - size/2 ..< row - size/2 + size, and as many columns.
        let top = random.integer(below: scratch.height) - size / 2
        let left = random.integer(below: scratch.width) - size / 2
        let begin = max(left, 0)
        let end = min(left + size, scratch.width)
        for y in max(top, 0)..<min(top + size, scratch.height) {
            (sample + y * scratch.rowWidth + begin * scratch.channels).update(
                from: scratch.black, count: (end - begin) * scratch.channels)
        }
    }
}

extension SampleTransform where Self == Cutout {
    public static func cutout(size: Int, probability: Double) -> Cutout {
        Cutout(size: size, probability: probability)
    }
}
