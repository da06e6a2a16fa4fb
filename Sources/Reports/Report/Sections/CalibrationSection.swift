import Charts
import Metrics

/// Whether answers are right as often as their probability says.
struct CalibrationSection: ReportSection {
    let title = "Calibration"
    let anchor = "calibration"

    /// Of more labels, those that are furthest off.
    static let most = 6

    func html(_ source: ReportSource) throws -> String? {
        guard let answers = try source.answers else { return nil }
        let parts = answers.outputs.flatMap { output -> [String] in
            guard let scores = OutputScores(output, of: answers), scores.rows > 0 else { return [] }
            return Self.charts(scores) { output.title($0, $1) }.map { ChartFigure.html($0) }
        }
        guard !parts.isEmpty else { return nil }
        return ([ReportHTML.remark(answers.sentence)] + parts).joined(separator: "\n")
    }

    static func charts(_ scores: OutputScores, title: (String, String?) -> String) -> [LineChart] {
        if scores.areClasses {
            var calibration = Calibration()
            for row in 0..<scores.rows {
                guard let answer = scores.answer(row) else {
                    calibration.add(.nan, isRight: false)
                    continue
                }
                calibration.add(scores.probability(row, answer), isRight: scores.isPositive(row, answer))
            }
            return [chart(calibration, title("Calibration", nil), "probability of the answer", "share that is right")]
        }
        let all = (0..<scores.width).map { column in
            var calibration = Calibration()
            for row in 0..<scores.rows {
                calibration.add(scores.probability(row, column), isRight: scores.isPositive(row, column))
            }
            let name = scores.width == 1 ? scores.names[1] : scores.names[column]
            return (name: name, calibration: calibration)
        }
        let shown =
            all.count <= most
            ? all[...] : all.sorted { $0.calibration.expectedError > $1.calibration.expectedError }.prefix(most)
        return shown.map { own in
            var chart = Self.chart(
                own.calibration, title("Calibration", all.count > 1 ? own.name : nil),
                "probability of \(own.name)", "share that is \(own.name)")
            if all.count > most {
                chart.caption += " One of the \(most) of \(all.count) labels that are furthest off."
            }
            return chart
        }
    }

    static func chart(_ calibration: Calibration, _ title: String, _ x: String, _ y: String) -> LineChart {
        let bins = calibration.bins.filter { $0.rows > 0 }
        let error = calibration.expectedError
        var caption = "The expected calibration error is \(AxisText.value(error, digits: 3))"
        if error >= 0.005 {
            let excess = calibration.excess
            caption +=
                excess > error / 2
                ? ": probabilities are too high" : excess < -error / 2 ? ": probabilities are too low" : ""
        }
        caption += ". Bands are 95% intervals of each bin's share."
        if calibration.undefined > 0 { caption += " \(calibration.undefined) answers are no numbers." }
        var chart = LineChart(
            title, caption: caption, x: .share(x), y: .share(y),
            series: [
                Series(
                    "measured", x: bins.map(\.probability), y: bins.map(\.share),
                    band: (bins.map(\.interval.lower), bins.map(\.interval.upper)), hasMarkers: true),
                Series("as it should be", x: [0, 1], y: [0, 1], style: .rest, hasMarkers: false),
            ])
        chart.namesEnds = false
        chart.ownTable = DataTable(
            ["probability from", "to", "rows", "mean probability", y],
            calibration.bins.map { bin in
                [
                    AxisText.value(bin.lower), AxisText.value(bin.upper), ConfusionSection.count(bin.rows),
                    bin.rows > 0 ? AxisText.value(bin.probability) : "", bin.rows > 0 ? AxisText.value(bin.share) : "",
                ]
            })
        return chart
    }
}
