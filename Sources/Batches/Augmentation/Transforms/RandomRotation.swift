import Configuration
import Foundation
import Kernels
import Network

/// Rotates the image about its centre by an angle drawn uniformly from -degrees ... degrees, with bilinear
/// interpolation. Pixels from outside the image are black.
public struct RandomRotation: SampleTransform {
    public static let name = "random_rotation"

    public var degrees: Double

    public init(degrees: Double = 15) { self.degrees = degrees }

    public init(reading reader: ObjectReader) {
        degrees = reader.number("degrees", .between(0, 180), default: 15)
    }

    public var configuration: [JSONNode.Member] { [.init(key: "degrees", value: JSONNode(degrees))] }

    public var needsFrame: Bool { true }

    public func problem(inputShape shape: Shape, targets: TargetForm) -> String? {
        if let problem = problem(ofImages: shape) { return problem }
        // Places in an image are counted in 32 bits while it is turned.
        let (area, overflows) = (shape[0] + 3).multipliedReportingOverflow(by: shape[1] + 3)
        let (count, overflowsToo) = area.multipliedReportingOverflow(by: shape[2])
        guard overflows || overflowsToo || count > Int(Int32.max) else { return nil }
        return "random_rotation takes images of up to 2³¹ values, but the samples' shape is \(shape)"
    }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        var random = draw.random
        Self.rotate(sample, radians: degrees * .pi / 180 * Double(random.symmetric()), scratch)
    }

    static func rotate(_ x: UnsafeMutablePointer<Float>, radians: Double, _ scratch: TransformScratch) {
        guard radians != 0 else { return }
        let (width, channels) = (scratch.width, scratch.channels)
        for y in 0..<scratch.height {
            (scratch.framed + ((y + 1) * (width + 3) + 1) * channels).update(
                from: x + y * scratch.rowWidth, count: scratch.rowWidth)
        }
        VectorLoops.rotate(
            x, from: scratch.framed, height: scratch.height, width: width, channels: channels,
            cosine: Float(cos(radians)), sine: Float(sin(radians)))
    }
}

extension SampleTransform where Self == RandomRotation {
    public static func randomRotation(degrees: Double) -> RandomRotation { RandomRotation(degrees: degrees) }
}
