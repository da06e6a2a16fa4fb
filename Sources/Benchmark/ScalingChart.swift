import Charts
import Foundation

/// A scaling benchmark as a chart: speed-up over workers, with the ideal line.
package enum ScalingChart {
    /// The chart in SVG.
    package static func svg(_ benchmark: ScalingBenchmark) -> String { StandaloneSVG.text([chart(benchmark)]) }

    package static func chart(_ benchmark: ScalingBenchmark) -> some Chart {
        let results = benchmark.results.sorted { $0.workers < $1.workers }
        let workers = results.map { Double($0.workers) }
        let first = workers.first ?? 1
        let figures = results.map { String(format: "%.2f with %d", $0.speedUp, $0.workers) }
        return LineChart(
            "\(benchmark.name): \(benchmark.mode) scaling",
            caption:
                "Speed-up \(figures.joined(separator: ", ")) \(results.last?.workers == 1 ? "worker" : "workers").",
            x: Axis("workers", .count), y: Axis("speed-up"),
            series: [
                Series("measured", x: workers, y: results.map(\.speedUp), hasMarkers: true),
                Series("ideal", x: workers, y: workers.map { $0 / first }, hasMarkers: false),
            ])
    }
}
