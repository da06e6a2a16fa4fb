import Configuration
import Kernels
import Network

/// Multiplies the contrast by a factor f drawn uniformly from 1 - factor ... 1 + factor: x becomes mean + f·(x - mean),
/// where mean is that of the channel in this image.
public struct RandomContrast: SampleTransform {
    public static let name = "random_contrast"

    public var factor: Double

    public init(factor: Double = 0.2) { self.factor = factor }

    public init(reading reader: ObjectReader) { factor = reader.number("factor", .between(0, 1), default: 0.2) }

    public var configuration: [JSONNode.Member] { [.init(key: "factor", value: JSONNode(factor))] }

    public func problem(inputShape shape: Shape, targets: TargetForm) -> String? { problem(ofImages: shape) }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        var random = draw.random
        let change = 1 + Float(factor) * random.symmetric()
        guard change != 1 else { return }
        let (line, height, width) = (scratch.line, scratch.height, scratch.width)
        let (channels, rowWidth) = (scratch.channels, scratch.rowWidth)
        line.update(repeating: 0, count: rowWidth)
        for y in 0..<height { VectorLoops.accumulate(line, sample + y * rowWidth, count: rowWidth) }
        for channel in 0..<channels {
            var sum = 0.0
            for column in 0..<width { sum += Double(line[column * channels + channel]) }
            let mean = Float(sum / Double(height * width))
            for column in 0..<width { line[column * channels + channel] = mean }
        }
        VectorLoops.blend(sample, with: line, factor: change, width: rowWidth, rows: height)
    }
}

extension SampleTransform where Self == RandomContrast {
    public static func randomContrast(factor: Double) -> RandomContrast { RandomContrast(factor: factor) }
}
