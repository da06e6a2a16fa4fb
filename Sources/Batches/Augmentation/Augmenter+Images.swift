import Foundation
import Kernels

/// The transforms of one image x of shape (height, width, channels), with their random numbers drawn. Each leaves the
/// image as it is, to the bit, where its numbers say that nothing is to change.
extension Augmenter {
    /// dst[y][x] = src[y - down][x - right].
    /// - Parameters:
    ///   - down: at most the height either way, and less where it is mirrored.
    ///   - right: likewise.
    func shift(_ x: UnsafeMutablePointer<Float>, down: Int, right: Int, _ padding: Augmentation.PaddingMode) {
        guard down != 0 || right != 0 else { return }
        copy.update(from: x, count: height * rowWidth)
        // The margins that open up in a row, one of them empty.
        let before = max(right, 0)
        let after = max(-right, 0)
        let (left, rest) = (before * channels, after * channels)
        let kept = rowWidth - left - rest
        for y in 0..<height {
            let row = x + y * rowWidth
            switch padding {
            case .constant:
                guard y >= down, y - down < height else {
                    row.update(from: black, count: rowWidth)
                    continue
                }
                row.update(from: black, count: left)
                (row + left).update(from: copy + (y - down) * rowWidth + rest, count: kept)
                (row + left + kept).update(from: black, count: rest)
            case .reflect:
                let src = copy + mirrored(y - down, height) * rowWidth
                (row + left).update(from: src + rest, count: kept)
                for column in 0..<before { copyPixel(row, column, src, mirrored(column - right, width)) }
                for column in width - after..<width {
                    copyPixel(row, column, src, mirrored(column - right, width))
                }
            }
        }
    }

    /// The place that is seen at a place outside of 0 ..< extent, in mirrors at the first and the last place.
    private func mirrored(_ place: Int, _ extent: Int) -> Int {
        place < 0 ? -place : place < extent ? place : 2 * (extent - 1) - place
    }

    @inline(__always)
    private func copyPixel(
        _ dst: UnsafeMutablePointer<Float>, _ column: Int, _ src: UnsafePointer<Float>, _ from: Int
    ) {
        for channel in 0..<channels {
            dst[column * channels + channel] = src[from * channels + channel]
        }
    }

    func flipHorizontally(_ x: UnsafeMutablePointer<Float>) {
        for y in 0..<height {
            let row = x + y * rowWidth
            line.update(from: row, count: rowWidth)
            switch channels {
            case 1: reverse(row, from: line, channels: 1)
            case 3: reverse(row, from: line, channels: 3)
            default: reverse(row, from: line, channels: channels)
            }
        }
    }

    /// Inlined for the numbers of channels that are common, so that they are constants.
    @inline(__always)
    private func reverse(_ dst: UnsafeMutablePointer<Float>, from src: UnsafePointer<Float>, channels: Int) {
        let width = width
        for column in 0..<width {
            let from = src + (width - 1 - column) * channels
            for channel in 0..<channels { dst[column * channels + channel] = from[channel] }
        }
    }

    func flipVertically(_ x: UnsafeMutablePointer<Float>) {
        for y in 0..<height / 2 {
            let upper = x + y * rowWidth
            let lower = x + (height - 1 - y) * rowWidth
            line.update(from: upper, count: rowWidth)
            upper.update(from: lower, count: rowWidth)
            lower.update(from: line, count: rowWidth)
        }
    }

    func rotate(_ x: UnsafeMutablePointer<Float>, radians: Double) {
        guard radians != 0 else { return }
        for y in 0..<height {
            (framed + ((y + 1) * (width + 3) + 1) * channels).update(from: x + y * rowWidth, count: rowWidth)
        }
        VectorLoops.rotate(
            x, from: framed, height: height, width: width, channels: channels,
            cosine: Float(cos(radians)),
            sine: Float(sin(radians)))
    }

    /// The stored values times a factor: their distances from black times it.
    func changeBrightness(_ x: UnsafeMutablePointer<Float>, _ factor: Float) {
        guard factor != 1 else { return }
        VectorLoops.blend(x, with: black, factor: factor, width: rowWidth, rows: height)
    }

    func changeContrast(_ x: UnsafeMutablePointer<Float>, _ factor: Float) {
        guard factor != 1 else { return }
        line.update(repeating: 0, count: rowWidth)
        for y in 0..<height { VectorLoops.accumulate(line, x + y * rowWidth, count: rowWidth) }
        for channel in 0..<channels {
            var sum = 0.0
            for column in 0..<width { sum += Double(line[column * channels + channel]) }
            let mean = Float(sum / Double(height * width))
            for column in 0..<width { line[column * channels + channel] = mean }
        }
        VectorLoops.blend(x, with: line, factor: factor, width: rowWidth, rows: height)
    }

    /// Makes rows row - size/2 ..< row - size/2 + size black, in as many columns.
    func cut(_ x: UnsafeMutablePointer<Float>, size: Int, aroundRow row: Int, column: Int) {
        let (top, left) = (row - size / 2, column - size / 2)
        let begin = max(left, 0)
        let end = min(left + size, width)
        for y in max(top, 0)..<min(top + size, height) {
            (x + y * rowWidth + begin * channels).update(from: black, count: (end - begin) * channels)
        }
    }
}
