import Charts
import Files
import Foundation
import Kernels

/// A row of the data that is an image, as a small picture in the page.
enum RowPicture {
    /// Larger ones are made smaller.
    private static let mostPixels = 96
    private static let largest = 4096

    /// Whether rows of this shape are images: h×w, h×w×1 or h×w×3, neither too small nor too oblong.
    static func isImage(_ shape: Shape) -> Bool {
        guard shape.rank == 2 || shape.rank == 3 && [1, 3].contains(shape.last) else { return false }
        let (height, width) = (shape[0], shape[1])
        return (4...largest).contains(height) && (4...largest).contains(width)
            && max(height, width) <= 8 * min(height, width)
    }

    /// The values that are drawn black and white: of bytes all of them, else from the least to the greatest of all rows.
    static func range(of rows: [[Float]], areBytes: Bool) -> ClosedRange<Float> {
        var (least, greatest) = (Float.infinity, -Float.infinity)
        for row in rows {
            for value in row where value.isFinite { (least, greatest) = (min(least, value), max(greatest, value)) }
        }
        guard least < greatest else { return 0...max(1, least.isFinite ? least.magnitude : 1) }
        // Drawings by a few levels use their own range.
        return areBytes && greatest > 127 ? 0...255 : min(least, 0)...greatest
    }

    /// - Parameter label: what the picture shows, for who can't see it.
    static func html(_ values: [Float], shape: Shape, range: ClosedRange<Float>, label: String) -> String {
        let image = image(values, shape, range)
        // Some hundred pixels wide: each of them is a square then.
        return html(
            image, width: max(image.width, image.width * (mostPixels / max(image.width, image.height, 1))), label: label)
    }

    /// Any picture, as wide as is said.
    static func html(_ image: PNGImage, width: Int, label: String) -> String {
        let data = Data(image.encoded).base64EncodedString()
        return "<img src=\"data:image/png;base64,\(data)\" width=\"\(width)\" height=\"\(width * image.height / image.width)\" "
            + "alt=\"\(Markup.escaped(label))\">"
    }

    /// Each pixel is the mean of those that it stands for.
    private static func image(_ values: [Float], _ shape: Shape, _ range: ClosedRange<Float>) -> PNGImage {
        let (height, width, channels) = (shape[0], shape[1], shape.rank == 3 ? shape.last : 1)
        let block = (max(height, width) + mostPixels - 1) / mostPixels
        let (rows, columns) = ((height + block - 1) / block, (width + block - 1) / block)
        let span = range.upperBound - range.lowerBound
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rows * columns * channels)
        for row in 0..<rows {
            for column in 0..<columns {
                for channel in 0..<channels {
                    var (sum, count) = (Float(0), Float(0))
                    for y in row * block..<min((row + 1) * block, height) {
                        for x in column * block..<min((column + 1) * block, width) {
                            let value = values[(y * width + x) * channels + channel]
                            if value.isFinite { (sum, count) = (sum + value, count + 1) }
                        }
                    }
                    let share = count > 0 && span > 0 ? (sum / count - range.lowerBound) / span : 0
                    pixels.append(UInt8(min(max(share, 0), 1) * 255 + 0.5))
                }
            }
        }
        return PNGImage(width: columns, height: rows, channels: channels, pixels: pixels)
    }
}
