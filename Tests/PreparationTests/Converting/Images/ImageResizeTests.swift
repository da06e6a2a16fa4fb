import CImages
import TestSupport
import Testing

@testable import Preparation

struct ImageResizeTests {
    /// One axis as the header of `CImages` has the formula.
    private static func weights(_ source: Int, _ start: Double, _ stop: Double, _ size: Int, _ index: Int) -> [Double] {
        let step = (stop - start) / Double(size)
        let half = max(step, 1)
        let centre = start + (Double(index) + 0.5) * step
        let (first, end) = (Int(centre - half + 0.5), Int(centre + half + 0.5))
        var own = [Double](repeating: 0, count: source)
        for k in own.indices where k >= first && k < end {
            let distance = abs(Double(k) + 0.5 - centre) / half
            own[k] = max(0, 1 - distance)
        }
        let sum = own.reduce(0, +)
        return own.map { $0 / sum }
    }

    /// Rows first, rounded, then columns.
    private static func naive(
        _ values: [Int], _ height: Int, _ width: Int, _ box: (Double, Double, Double, Double), _ size: (Int, Int)
    ) -> [Int] {
        var between = [Int](repeating: 0, count: height * size.1)
        for x in 0..<size.1 {
            let weights = weights(width, box.0, box.2, size.1, x)
            for y in 0..<height {
                let sum = (0..<width).reduce(0.0) { $0 + weights[$1] * Double(values[y * width + $1]) }
                between[y * size.1 + x] = Int(sum + 0.5)
            }
        }
        var result = [Int](repeating: 0, count: size.0 * size.1)
        for y in 0..<size.0 {
            let weights = weights(height, box.1, box.3, size.0, y)
            for x in 0..<size.1 {
                let sum = (0..<height).reduce(0.0) { $0 + weights[$1] * Double(between[$1 * size.1 + x]) }
                result[y * size.1 + x] = Int(sum + 0.5)
            }
        }
        return result
    }

    private static func resized<Value: FixedWidthInteger>(
        _ values: [Value], _ height: Int, _ width: Int, channels: Int = 1, _ box: (Double, Double, Double, Double),
        _ size: (Int, Int)
    ) -> [Value] {
        var result = [Value](repeating: 0, count: size.0 * size.1 * channels)
        let isDone = stormo_image_resize(
            values, Int32(width), Int32(height), Int32(channels), Int32(Value.bitWidth), box.0, box.1, box.2, box.3,
            &result, Int32(size.1), Int32(size.0), size.1 * channels * Value.bitWidth / 8)
        #expect(isDone)
        return result
    }

    @Test("Random sizes and boxes, of 8 and 16 bits, as the formula says")
    func agreesWithTheFormula() {
        var random = SeededRandom(7)
        for round in 0..<60 {
            let (height, width) = (Int.random(in: 1...20, using: &random), Int.random(in: 1...20, using: &random))
            let size = (Int.random(in: 1...15, using: &random), Int.random(in: 1...15, using: &random))
            let whole = (0.0, 0.0, Double(width), Double(height))
            // Of single precision.
            let box =
                round % 2 == 0 ? whole : (Double(width) / 8, Double(height) / 4, Double(width) * 7 / 8, Double(height))
            let bytes = (0..<height * width).map { _ in UInt8.random(in: 0...255, using: &random) }
            let words = (0..<height * width).map { _ in UInt16.random(in: 0...65_535, using: &random) }
            for (own, naive) in [
                (
                    Self.resized(bytes, height, width, box, size).map(Int.init),
                    Self.naive(bytes.map(Int.init), height, width, box, size)
                ),
                (
                    Self.resized(words, height, width, box, size).map(Int.init),
                    Self.naive(words.map(Int.init), height, width, box, size)
                ),
            ] {
                // A sum that ends in a half may fall to either side.
                #expect(zip(own, naive).allSatisfy { abs($0 - $1) <= 1 })
                #expect(zip(own, naive).filter { $0 != $1 }.count <= max(own.count / 20, 1))
            }
        }
    }

    /// Computed with Pillow 12.0: `Image.fromarray(values).resize(size, Image.BILINEAR)`.
    @Test func agreesWithPillow() {
        let ramp = (0..<16).map { UInt8($0 * 17) }
        #expect(Self.resized(ramp, 1, 16, (0, 0, 16, 1), (1, 8)) == [12, 43, 77, 111, 145, 179, 213, 243])
        let values: [UInt8] = [0, 100, 10, 20, 50, 50, 30, 40]
        #expect(Self.resized(values, 2, 4, (0, 0, 4, 2), (1, 2)) == [46, 32])
        #expect(
            Self.resized(values, 2, 4, (0, 0, 4, 2), (3, 5)) == [
                0, 70, 55, 13, 20, 25, 60, 48, 23, 30, 50, 50, 40, 33, 40,
            ])
    }

    @Test func channelsStayApart() {
        let colours: [UInt8] = [255, 0, 10, 255, 100, 20, 255, 200, 30, 255, 50, 40]
        let own = Self.resized(colours, 2, 2, channels: 3, (0, 0, 2, 2), (3, 5))
        for channel in 0..<3 {
            let plane = stride(from: channel, to: colours.count, by: 3).map { colours[$0] }
            #expect(
                stride(from: channel, to: own.count, by: 3).map { own[$0] }
                    == Self.resized(plane, 2, 2, (0, 0, 2, 2), (3, 5)))
        }
        #expect(own[0] == 255)
    }

    @Test func theSameSizeIsLeftAlone() {
        let values = (0..<12).map { UInt8($0 * 20) }
        #expect(Self.resized(values, 3, 4, (0, 0, 4, 3), (3, 4)) == values)
    }
}
