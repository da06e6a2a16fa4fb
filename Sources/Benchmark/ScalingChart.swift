import Engine
import Foundation

/// A scaling benchmark as a chart: speed-up over workers, with the ideal line.
package enum ScalingChart {
    private static let width = 640.0
    private static let height = 420.0
    private static let left = 64.0
    private static let right = 24.0
    private static let top = 56.0
    private static let bottom = 56.0

    /// The chart in SVG.
    package static func svg(_ benchmark: ScalingBenchmark) -> String {
        let results = benchmark.results.sorted { $0.workers < $1.workers }
        guard let first = results.first, let last = results.last else { return "" }
        let ideal = Double(last.workers) / Double(first.workers)
        let highest = max(ideal, results.map(\.speedUp).max() ?? 1, 1)
        let step = self.step(for: highest)
        let ceiling = (highest / step).rounded(.up) * step
        let spread = Double(max(last.workers - first.workers, 1))

        func x(_ workers: Int) -> Double { left + Double(workers - first.workers) / spread * (width - left - right) }
        func y(_ speedUp: Double) -> Double { height - bottom - speedUp / ceiling * (height - top - bottom) }
        func number(_ value: Double) -> String { String(format: "%.1f", value) }
        func point(_ workers: Int, _ speedUp: Double) -> String { "\(number(x(workers))),\(number(y(speedUp)))" }
        func text(_ x: Double, _ y: Double, _ anchor: String, _ text: String, _ style: String = "") -> String {
            "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(style)>\(escaped(text))</text>"
        }

        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" "
                + "font-family=\"sans-serif\" font-size=\"13\" fill=\"#333\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
            text(
                left, 26, "start", "\(benchmark.name): \(benchmark.mode) scaling",
                " font-size=\"16\" font-weight=\"bold\""),
        ]
        var tick = 0.0
        while tick <= ceiling + 1e-9 {
            lines.append(
                "<line x1=\"\(number(left))\" x2=\"\(number(width - right))\" y1=\"\(number(y(tick)))\" "
                    + "y2=\"\(number(y(tick)))\" stroke=\"#ddd\"/>")
            lines.append(text(left - 8, y(tick) + 4, "end", step < 1 ? number(tick) : "\(Int(tick))"))
            tick += step
        }
        lines.append(
            "<polyline points=\"\(point(first.workers, 1)) \(point(last.workers, ideal))\" fill=\"none\" "
                + "stroke=\"#999\" stroke-dasharray=\"5 4\"/>")
        let measured = results.map { point($0.workers, $0.speedUp) }.joined(separator: " ")
        lines.append("<polyline points=\"\(measured)\" fill=\"none\" stroke=\"#1a6fb5\" stroke-width=\"2.5\"/>")
        var lastLabel = -Double.infinity
        for result in results {
            lines.append(
                "<circle cx=\"\(number(x(result.workers)))\" cy=\"\(number(y(result.speedUp)))\" r=\"4\" fill=\"#1a6fb5\"/>"
            )
            // Small numbers of workers stand close together on a long axis; labels that would touch are left out.
            guard x(result.workers) - lastLabel > 34 || result.workers == last.workers else { continue }
            lastLabel = x(result.workers)
            lines.append(text(x(result.workers), height - bottom + 20, "middle", "\(result.workers)"))
            let isLast = result.workers == last.workers && results.count > 1
            lines.append(
                text(
                    x(result.workers) - (isLast ? 8 : -8), y(result.speedUp) + 18, isLast ? "end" : "start",
                    String(format: "%.2f", result.speedUp), " fill=\"#1a6fb5\""))
        }
        lines.append(text((left + width - right) / 2, height - 14, "middle", "workers"))
        lines.append(
            "<text transform=\"translate(20 \(number((top + height - bottom) / 2))) rotate(-90)\" "
                + "text-anchor=\"middle\">speed-up</text>")
        lines.append(text(width - right, 26, "end", "- - ideal", " fill=\"#777\""))
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The distance between grid lines: 1, 2 or 5 times a power of ten, five lines or so.
    private static func step(for highest: Double) -> Double {
        let rough = highest / 5
        let power = pow(10, floor(log10(rough)))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? power
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
