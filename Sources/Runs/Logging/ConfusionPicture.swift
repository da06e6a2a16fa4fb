import Files
import Metrics

/// A confusion matrix for TensorBoard, which shows pictures and Markdown.
enum ConfusionPicture {
    /// Above so many classes a table is no longer read.
    static let mostNamed = 30
    /// Of the picture, in pixels, where that many classes fit.
    private static let side = 360

    /// True classes from top to bottom, predicted ones from left to right; the darker a cell, the greater its share of the true
    /// class. Cells have a white line between them where they are large enough.
    static func image(of matrix: ConfusionMatrix) -> PNGImage {
        let cell = max(1, side / matrix.classes)
        let (width, line) = (cell * matrix.classes, cell >= 8 ? 1 : 0)
        var pixels = [UInt8](repeating: 255, count: width * width * 3)
        for truth in 0..<matrix.classes {
            let support = matrix.support(of: truth)
            for predicted in 0..<matrix.classes where support > 0 && matrix[truth, predicted] > 0 {
                let share = Double(matrix[truth, predicted]) / Double(support)
                // From a light blue, so that one row in a thousand is still seen, to a dark one.
                let colour = zip([222.0, 235, 247], [8.0, 48, 107]).map { UInt8(($0 + ($1 - $0) * share).rounded()) }
                for row in truth * cell..<(truth + 1) * cell - line {
                    for column in predicted * cell..<(predicted + 1) * cell - line {
                        let place = (row * width + column) * 3
                        for channel in 0..<3 { pixels[place + channel] = colour[channel] }
                    }
                }
            }
        }
        return PNGImage(width: width, height: width, channels: 3, pixels: pixels)
    }

    /// A table in Markdown; nil for more classes than are read.
    static func text(of matrix: ConfusionMatrix, names: [String]?) -> String? {
        guard matrix.classes <= mostNamed else { return nil }
        let names = (names ?? (0..<matrix.classes).map(String.init)).map(escaped)
        guard names.count == matrix.classes else { return nil }
        var lines = [
            "| true \\ predicted | " + names.joined(separator: " | ") + " |",
            "|" + String(repeating: "---|", count: names.count + 1),
        ]
        for (truth, name) in names.enumerated() {
            lines.append(
                "| \(name) | " + names.indices.map { String(matrix[truth, $0]) }.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }

    /// A name as Markdown shows it as it is.
    private static func escaped(_ name: String) -> String {
        var text = ""
        for character in name {
            switch character {
            case "\n", "\r", "\r\n": text.append(" ")
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case _ where "\\`*_{}[]()#+-.!|>~$".contains(character): text += "\\\(character)"
            default: text.append(character)
            }
        }
        return text
    }
}
