import Charts
import Metrics

/// The figures of a split that are shares, in one picture.
enum FiguresChart {
    /// - Returns: nil where none is a share.
    static func of(_ figures: [MeasuredFigure], split: String) -> BarChart? {
        let shown = figures.filter { FigureDirection.range(of: $0.name) == 0...1 && $0.value.isFinite }
        guard let first = shown.first else { return nil }
        let bars = shown.map { figure in
            BarChart.Bar(
                figure.value, interval: figure.interval.map { $0.lower...$0.upper },
                reference: figure.baseline.map(\.value).flatMap { $0.isFinite ? $0 : nil })
        }
        var caption = "\(first.name) is \(AxisText.value(first.value))"
        if let interval = first.interval {
            caption += ", with \(AxisText.value(interval.lower)) to \(AxisText.value(interval.upper)) as 95% interval"
        }
        if let baseline = first.baseline, baseline.value.isFinite {
            caption += "; the simplest answer (\(baseline.answer.rawValue)) gets \(AxisText.value(baseline.value))"
        }
        return BarChart(
            "Figures of the \(split) split", caption: caption + ".", axis: .share("value"), names: shown.map(\.name),
            groups: [("", bars)],
            referenceName: bars.contains { $0.reference != nil } ? "what the simplest answer gets" : nil)
    }
}
