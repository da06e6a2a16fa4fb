import Foundation
import TestSupport

@testable import Batches
@testable import Engine

/// The random words of one transform of one sample, from the tests' own Philox.
struct NaiveWords {
    let seed: UInt64
    let step: Int
    let sample: Int
    let transform: Int
    private var drawn = 0

    init(seed: UInt64, step: Int, sample: Int, transform: Int) {
        (self.seed, self.step, self.sample, self.transform) = (seed, step, sample, transform)
    }

    func block(_ index: Int) -> [UInt32] {
        Reference.philox(
            [UInt32(index), UInt32(sample), UInt32(step), 1 << 31 + UInt32(transform)],
            key: [UInt32(seed & 0xFFFF_FFFF), UInt32(seed >> 32)])
    }

    mutating func word() -> UInt32 {
        drawn += 1
        return block((drawn - 1) / 4)[(drawn - 1) % 4]
    }

    mutating func uniform() -> Double { Double(word() >> 8) / 16_777_216 }

    mutating func symmetric() -> Double { 2 * uniform() - 1 }

    mutating func integer(below bound: Int) -> Int {
        let low = UInt64(word())
        let all = UInt64(word()) << 32 + low
        return Int(Double(all) / 0x1p64 * Double(bound))
    }
}

/// An image as a function of row, column and channel, so that a transform is written as its definition.
struct NaiveImage {
    let height: Int
    let width: Int
    let channels: Int
    let black: [Float]
    let values: [Float]

    init(_ values: [Float], height: Int, width: Int, channels: Int, black: [Float]) {
        (self.height, self.width, self.channels) = (height, width, channels)
        (self.black, self.values) = (black, values)
    }

    /// Black outside.
    func at(_ y: Int, _ x: Int, _ k: Int) -> Float {
        y < 0 || y >= height || x < 0 || x >= width ? black[k] : values[(y * width + x) * channels + k]
    }

    func map(_ pixel: (_ y: Int, _ x: Int, _ k: Int) -> Float) -> NaiveImage {
        var result: [Float] = []
        for y in 0..<height {
            for x in 0..<width { for k in 0..<channels { result.append(pixel(y, x, k)) } }
        }
        return NaiveImage(result, height: height, width: width, channels: channels, black: black)
    }

    /// Walks to and fro between the first and the last place.
    private func reflected(_ place: Int, _ extent: Int) -> Int {
        var (here, direction) = (0, place < 0 ? -1 : 1)
        for _ in 0..<abs(place) {
            if extent == 1 { return 0 }
            if here + direction < 0 || here + direction >= extent { direction = -direction }
            here += direction
        }
        return here
    }

    func applying(_ transform: any SampleTransform, _ words: NaiveWords) -> NaiveImage {
        var words = words
        switch transform {
        case let own as RandomCrop:
            let (padding, mode) = (own.padding, own.mode)
            // The padded image, and where in it the piece begins.
            let top = padding - (words.integer(below: 2 * padding + 1) - padding)
            let left = padding - (words.integer(below: 2 * padding + 1) - padding)
            return map { y, x, k in
                let (py, px) = (top + y - padding, left + x - padding)
                return mode == .constant ? at(py, px, k) : at(reflected(py, height), reflected(px, width), k)
            }
        case let own as RandomFlip:
            let mode = own.mode
            var result = self
            if mode != .vertical, words.uniform() < 0.5 {
                let image = result
                result = image.map { y, x, k in image.at(y, width - 1 - x, k) }
            }
            if mode != .horizontal, words.uniform() < 0.5 {
                let image = result
                result = image.map { y, x, k in image.at(height - 1 - y, x, k) }
            }
            return result
        case let own as RandomTranslation:
            let (high, wide) = (own.height, own.width)
            let (rows, columns) = (Int((Double(height) * high).rounded()), Int((Double(width) * wide).rounded()))
            let down = words.integer(below: 2 * rows + 1) - rows
            let right = words.integer(below: 2 * columns + 1) - columns
            return map { y, x, k in at(y - down, x - right, k) }
        case let own as RandomRotation:
            let degrees = own.degrees
            return rotated(degrees / 180 * .pi * words.symmetric())
        case let own as RandomBrightness:
            let factor = own.factor
            let change = 1 + factor * words.symmetric()
            return map { y, x, k in
                Float(Double(black[k]) + change * (Double(at(y, x, k)) - Double(black[k])))
            }
        case let own as RandomContrast:
            let factor = own.factor
            let change = 1 + factor * words.symmetric()
            let means = (0..<channels).map { k in
                stride(from: k, to: values.count, by: channels).reduce(0.0) { $0 + Double(values[$1]) }
                    / Double(height * width)
            }
            return map { y, x, k in Float(means[k] + change * (Double(at(y, x, k)) - means[k])) }
        case let own as Cutout:
            let (size, probability) = (own.size, own.probability)
            guard words.uniform() < probability else { return self }
            let top = words.integer(below: height) - size / 2
            let left = words.integer(below: width) - size / 2
            return map { y, x, k in
                y >= top && y < top + size && x >= left && x < left + size ? black[k] : at(y, x, k)
            }
        case let own as GaussianNoise:
            let deviation = own.deviation
            return map { y, x, k in
                let place = (y * width + x) * channels + k
                return Float(Double(at(y, x, k)) + deviation * Self.normal(place, words))
            }
        default: return self
        }
    }

    func rotated(_ radians: Double) -> NaiveImage {
        let (cy, cx) = (Double(height - 1) / 2, Double(width - 1) / 2)
        return map { y, x, k in
            let (dy, dx) = (Double(y) - cy, Double(x) - cx)
            let sy = cy + dy * cos(radians) - dx * sin(radians)
            let sx = cx + dx * cos(radians) + dy * sin(radians)
            var sum = 0.0
            for row in [Int(floor(sy)), Int(floor(sy)) + 1] {
                for column in [Int(floor(sx)), Int(floor(sx)) + 1] {
                    let weight = (1 - abs(sy - Double(row))) * (1 - abs(sx - Double(column)))
                    sum += weight * Double(at(row, column, k))
                }
            }
            return Float(sum)
        }
    }

    /// Each pair of words gives a point of the plane: its distance from the centre and its direction.
    static func normal(_ place: Int, _ words: NaiveWords) -> Double {
        let block = words.block(place / 4)
        let pair = place % 4 / 2
        let radius = (-2 * log((Double(block[2 * pair] >> 8) + 0.5) / 16_777_216)).squareRoot()
        let word = block[2 * pair + 1]
        // The low thirty bits as a number with a sign: where in the quadrant's ±45° the direction is.
        var part = Double(word & 0x3FFF_FFFF)
        if part >= 0x1p29 { part -= 0x1p30 }
        let angle = (Double(word >> 30) + part / 0x1p30) * .pi / 2
        return radius * (place % 2 == 0 ? cos(angle) : sin(angle))
    }
}
