import Charts
import Metrics

/// What every threshold on the probability would make of the answers: ROC and precision-recall curves.
struct ThresholdsSection: ReportSection {
    let title = "ROC and precision-recall curves"
    let anchor = "thresholds"

    /// Above so many classes or labels the curves are macro, micro and the worst one's.
    static let most = 10
    /// All classes of all rows together are as many rows at most.
    private static let mostPooled = 4_000_000

    func html(_ source: ReportSource) throws -> String? {
        guard let answers = try source.answers else { return nil }
        let parts = answers.outputs.flatMap { output -> [String] in
            guard let scores = OutputScores(output, of: answers) else { return [] }
            return Self.charts(scores) { output.title($0) }.map { ChartFigure.html($0) }
        }
        guard !parts.isEmpty else { return nil }
        return ([ReportHTML.remark(answers.sentence)] + parts).joined(separator: "\n")
    }

    struct Curve {
        var name: String
        var points: [ThresholdCurve.Point]
        var area: Double
        /// What an answer without any knowledge gets.
        var share: Double
    }

    static func charts(_ scores: OutputScores, title: (String) -> String) -> [LineChart] {
        let isOne = !scores.areClasses && scores.width == 1
        let names = isOne ? [scores.names[1]] : scores.names
        let curves = names.indices.map { scores.curve(of: $0) }
        func share(_ curve: ThresholdCurve) -> Double {
            Double(curve.positives) / Double(max(curve.positives + curve.negatives, 1))
        }
        var roc = zip(names, curves).filter { $1.rocArea.isFinite }.map {
            Curve(name: $0, points: $1.roc, area: $1.rocArea, share: share($1))
        }
        var recall = zip(names, curves).filter { $1.averagePrecision.isFinite }.map {
            Curve(name: $0, points: $1.precisionRecall, area: $1.averagePrecision, share: share($1))
        }
        guard !roc.isEmpty || !recall.isEmpty else { return [] }
        let nouns = scores.areClasses ? "classes" : "labels"
        let means = (
            roc.reduce(0) { $0 + $1.area } / Double(roc.count), recall.reduce(0) { $0 + $1.area } / Double(recall.count)
        )
        var remark = ""
        if names.count > most {
            let every = max((scores.rows * scores.width + mostPooled - 1) / mostPooled, 1)
            let pooled = scores.pooledCurve(every: every)
            remark =
                " Macro is the mean over \(names.count) \(nouns); micro takes all of them together"
                + (every > 1 ? ", of one of \(every) rows." : ".")
            let macro = Curve(name: "macro", points: ThresholdCurve.meanROC(curves), area: means.0, share: .nan)
            let worst = [roc.min { $0.area < $1.area }, recall.min { $0.area < $1.area }].map { own in
                own.map { Curve(name: "worst: \($0.name)", points: $0.points, area: $0.area, share: $0.share) }
            }
            roc =
                [macro, Curve(name: "micro", points: pooled.roc, area: pooled.rocArea, share: share(pooled))]
                + [worst[0]].compactMap { $0 }
            recall =
                [
                    Curve(
                        name: "micro", points: pooled.precisionRecall, area: pooled.averagePrecision,
                        share: share(pooled))
                ] + [worst[1]].compactMap { $0 }
        }
        var charts: [LineChart] = []
        if !roc.isEmpty {
            var series = roc.map(Self.series)
            series.append(Series("chance", x: [0, 1], y: [0, 1], style: .rest, hasMarkers: false))
            charts.append(
                chart(
                    title("ROC curve"),
                    finding(roc, "Area", isOne ? nil : "mean \(AxisText.value(means.0))") + remark, "false positive rate",
                    "true positive rate", series, roc))
        }
        if !recall.isEmpty {
            var series = recall.map(Self.series)
            if recall.count == 1, let share = recall.first?.share {
                series.append(Series("chance", x: [0, 1], y: [share, share], style: .rest, hasMarkers: false))
            }
            charts.append(
                chart(
                    title("Precision and recall"),
                    finding(recall, "Average precision", isOne ? nil : "mean \(AxisText.value(means.1))")
                        + (names.count > most ? " Micro takes all \(nouns) together." : ""), "recall", "precision",
                    series, recall))
        }
        return charts
    }

    private static func series(_ curve: Curve) -> Series {
        Series(
            "\(curve.name) (\(AxisText.value(curve.area, digits: 3)))", x: curve.points.map(\.x), y: curve.points.map(\.y),
            hasMarkers: false)
    }

    private static func finding(_ curves: [Curve], _ what: String, _ mean: String?) -> String {
        guard let worst = curves.min(by: { $0.area < $1.area }) else { return "" }
        guard let mean, curves.count > 1 else { return "\(what) \(AxisText.value(worst.area)) for \(worst.name)." }
        let name = worst.name.hasPrefix("worst: ") ? String(worst.name.dropFirst(7)) : worst.name
        return "\(what): \(mean), lowest of \(name) with \(AxisText.value(worst.area))."
    }

    private static func chart(
        _ title: String, _ caption: String, _ x: String, _ y: String, _ series: [Series], _ curves: [Curve]
    ) -> LineChart {
        var chart = LineChart(title, caption: caption, x: .share(x), y: .share(y), series: series)
        chart.namesEnds = false
        chart.ownTable = DataTable(
            [x] + curves.map { "\(y) of \($0.name)" },
            [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1].map { place in
                [AxisText.value(place)] + curves.map { AxisText.value(height($0.points, at: place)) }
            })
        return chart
    }

    /// The last point of a curve up to a place.
    private static func height(_ points: [ThresholdCurve.Point], at x: Double) -> Double {
        points.last { $0.x <= x + 1e-9 }?.y ?? .nan
    }
}
