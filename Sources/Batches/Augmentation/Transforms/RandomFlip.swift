import Configuration
import Kernels
import Network

/// Mirrors the image with probability ½ in each direction of the mode.
public struct RandomFlip: SampleTransform {
    public static let name = "random_flip"

    /// The directions in which an image may be mirrored.
    public enum Mode: String, Sendable, CaseIterable {
        /// Left and right are swapped.
        case horizontal
        /// Top and bottom are swapped.
        case vertical
        /// Each of the two with probability ½, independently.
        case horizontalAndVertical = "horizontal_and_vertical"
    }

    public var mode: Mode

    public init(_ mode: Mode = .horizontal) { self.mode = mode }

    public init(reading reader: ObjectReader) {
        mode = reader.choice("mode", noun: "direction", default: .horizontal)
    }

    public var configuration: [JSONNode.Member] { [.init(key: "mode", value: JSONNode(mode.rawValue))] }

    public func problem(inputShape shape: Shape, targets: TargetForm) -> String? { problem(ofImages: shape) }

    public func apply(to sample: UnsafeMutablePointer<Float>, _ scratch: TransformScratch, _ draw: TransformDraw) {
        var random = draw.random
        if mode != .vertical, random.uniform() < 0.5 { Self.flipHorizontally(sample, scratch) }
        if mode != .horizontal, random.uniform() < 0.5 { Self.flipVertically(sample, scratch) }
    }

    private static func flipHorizontally(_ x: UnsafeMutablePointer<Float>, _ scratch: TransformScratch) {
        let (line, width) = (scratch.line, scratch.width)
        for y in 0..<scratch.height {
            let row = x + y * scratch.rowWidth
            line.update(from: row, count: scratch.rowWidth)
            switch scratch.channels {
            case 1: reverse(row, from: line, width, channels: 1)
            case 3: reverse(row, from: line, width, channels: 3)
            default: reverse(row, from: line, width, channels: scratch.channels)
            }
        }
    }

    /// Inlined for the numbers of channels that are common, so that they are constants.
    @inline(__always)
    private static func reverse(
        _ dst: UnsafeMutablePointer<Float>, from src: UnsafePointer<Float>, _ width: Int, channels: Int
    ) {
        for column in 0..<width {
            let from = src + (width - 1 - column) * channels
            for channel in 0..<channels { dst[column * channels + channel] = from[channel] }
        }
    }

    private static func flipVertically(_ x: UnsafeMutablePointer<Float>, _ scratch: TransformScratch) {
        let (line, height, rowWidth) = (scratch.line, scratch.height, scratch.rowWidth)
        for y in 0..<height / 2 {
            let upper = x + y * rowWidth
            let lower = x + (height - 1 - y) * rowWidth
            line.update(from: upper, count: rowWidth)
            upper.update(from: lower, count: rowWidth)
            lower.update(from: line, count: rowWidth)
        }
    }
}

extension SampleTransform where Self == RandomFlip {
    public static func randomFlip(_ mode: RandomFlip.Mode) -> RandomFlip { RandomFlip(mode) }
}
