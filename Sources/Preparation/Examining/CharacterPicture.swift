package import Kernels

/// A small image, drawn with characters.
package struct CharacterPicture: Sendable {
    package enum Style: Sendable {
        /// A ramp of ASCII characters from dark to bright.
        case ramp
        /// Half blocks in 24-bit colours or grays, two pixels a character.
        case colors
    }

    package let width: Int
    package let height: Int
    /// 1 for gray, 3 for red, green and blue.
    package let channels: Int
    /// Row-major, from 0 (dark) to 1 (bright).
    private let pixels: [Float]

    private static let ramp = Array(" .:-=+*#%@")
    private static let largest = 2048

    /// Whether rows of this shape are images: h×w, h×w×1 or h×w×3, neither too small nor too oblong.
    package static func isImage(_ rowShape: Shape) -> Bool {
        guard rowShape.rank == 2 || (rowShape.rank == 3 && [1, 3].contains(rowShape.last)) else { return false }
        let (height, width) = (rowShape[0], rowShape[1])
        return (4...largest).contains(height) && (4...largest).contains(width)
            && max(height, width) <= 8 * min(height, width)
    }

    /// The values that are drawn dark and bright.
    package static func range(of values: some Sequence<Float>, areBytes: Bool) -> ClosedRange<Float> {
        var (least, most) = (Float.infinity, -Float.infinity)
        for value in values where value.isFinite { (least, most) = (min(least, value), max(most, value)) }
        guard least <= most else { return 0...1 }
        // Photographs use all of a byte; drawings by a few levels use their own range.
        if areBytes, most > 127 { return 0...255 }
        return min(least, 0)...most
    }

    /// - Parameters:
    ///   - values: h·w·channels, row-major.
    ///   - range: the values that are drawn dark and bright.
    package init(_ values: [Float], shape: Shape, range: ClosedRange<Float>) {
        precondition(Self.isImage(shape) && values.count == shape.count)
        height = shape[0]
        width = shape[1]
        channels = shape.rank == 3 ? shape[2] : 1
        let span = range.upperBound - range.lowerBound
        pixels = values.map { value in
            guard span > 0, value.isFinite else { return 0 }
            return min(1, max(0, (value - range.lowerBound) / span))
        }
    }

    /// The image as lines of at most `columns` characters; all lines have `drawnColumns` of them.
    package func lines(_ style: Style, columns: Int = 64) -> [String] {
        let (width, height) = size(style, columns)
        switch style {
        case .ramp:
            return (0..<height).map { y in
                String(
                    (0..<width).map { x in
                        let level = Int(brightness(x, y, width, height) * Float(Self.ramp.count - 1) + 0.5)
                        return Self.ramp[level]
                    })
            }
        case .colors:
            return stride(from: 0, to: height, by: 2).map { y in
                var line = ""
                for x in 0..<width {
                    line += "\u{1B}[38;2;\(color(x, y, width, height))m"
                    line += y + 1 < height ? "\u{1B}[48;2;\(color(x, y + 1, width, height))m▀" : "\u{1B}[49m▀"
                }
                return line + "\u{1B}[0m"
            }
        }
    }

    /// The characters of a line.
    package func drawnColumns(_ style: Style, columns: Int = 64) -> Int { size(style, columns).width }

    /// Pixels as drawn. A character is about twice as high as wide: a ramp draws small images with two characters a
    /// pixel, and larger ones with one for two lines.
    private func size(_ style: Style, _ columns: Int) -> (width: Int, height: Int) {
        let columns = max(columns, 4)
        switch style {
        case .ramp where 2 * width <= columns: return (2 * width, height)
        case .ramp:
            let drawn = min(width, columns)
            return (drawn, max(1, height * drawn / width / 2))
        case .colors:
            // The smallest ones twice as large.
            let drawn = min(width <= 16 ? 2 * width : width, columns)
            return (drawn, max(1, height * drawn / width))
        }
    }

    /// The mean over the part of the image that a drawn pixel covers.
    private func mean(_ channel: Int, _ x: Int, _ y: Int, _ drawnWidth: Int, _ drawnHeight: Int) -> Float {
        let (left, top) = (x * width / drawnWidth, y * height / drawnHeight)
        let right = max(left + 1, (x + 1) * width / drawnWidth)
        let bottom = max(top + 1, (y + 1) * height / drawnHeight)
        var sum: Float = 0
        for row in top..<bottom {
            for column in left..<right { sum += pixels[(row * width + column) * channels + channel] }
        }
        return sum / Float((right - left) * (bottom - top))
    }

    private func brightness(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Float {
        guard channels == 3 else { return mean(0, x, y, width, height) }
        // The weights of ITU-R BT.601.
        return 0.299 * mean(0, x, y, width, height) + 0.587 * mean(1, x, y, width, height)
            + 0.114 * mean(2, x, y, width, height)
    }

    /// `255;128;0`.
    private func color(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> String {
        (0..<3).map { channel in
            "\(Int(mean(channels == 3 ? channel : 0, x, y, width, height) * 255 + 0.5))"
        }.joined(separator: ";")
    }
}
