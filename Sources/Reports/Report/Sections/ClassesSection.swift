import Charts
import Metrics

/// Precision, recall and F1 of each class or label.
struct ClassesSection: ReportSection {
    let title = "Precision and recall by class"
    let anchor = "classes"

    /// Of more, those with the lowest F1.
    static let most = 30

    func html(_ source: ReportSource) throws -> String? {
        guard let answers = try source.answers else { return nil }
        let parts = answers.outputs.enumerated().compactMap { index, output -> String? in
            let names = output.names(answers)
            let labels = answers.evaluation.labelConfusions[index]
            if !labels.isEmpty {
                // Of each label the rows that have it.
                let rows = zip(names, labels).map { Row($0, $1, 1) }
                return ChartFigure.html(Self.chart(rows, output.title("Precision and recall by label"), "labels"))
            }
            guard let matrix = output.confusion, names.count == matrix.classes else { return nil }
            let rows = (0..<matrix.classes).map { Row(names[$0], matrix, $0) }
            return ChartFigure.html(Self.chart(rows, output.title("Precision and recall by class"), "classes"))
        }
        guard !parts.isEmpty else { return nil }
        return ([ReportHTML.remark(answers.sentence)] + parts).joined(separator: "\n")
    }

    struct Row {
        let name: String
        let precision, recall, f1: Double
        let support, predictions: Int

        init(_ name: String, _ matrix: ConfusionMatrix, _ index: Int) {
            self.name = name
            (support, predictions) = (matrix.support(of: index), matrix.predictions(of: index))
            // Nothing to be found, or nothing found, has no such share.
            precision = predictions > 0 ? matrix.precision(of: index) : .nan
            recall = support > 0 ? matrix.recall(of: index) : .nan
            f1 = matrix.occurs(index) ? matrix.f1(of: index) : .nan
        }
    }

    static func chart(_ all: [Row], _ title: String, _ nouns: String) -> BarChart {
        let known = all.filter { $0.f1.isFinite }
        let worst = known.min { $0.f1 < $1.f1 }
        var shown = all
        if all.count > most {
            shown = known.enumerated().sorted { ($0.element.f1, $0.offset) < ($1.element.f1, $1.offset) }.prefix(most)
                .map(\.element)
        }
        var caption = worst.map {
            "The lowest F1 is that of \($0.name): precision \(text($0.precision)), recall \(text($0.recall)), of \($0.support) rows."
        } ?? "No row belongs to any of them."
        if all.count > most {
            caption += " Shown are the \(shown.count) of \(all.count) \(nouns) with the lowest F1."
        }
        func bars(_ value: (Row) -> Double) -> [BarChart.Bar] {
            shown.map { BarChart.Bar(value($0).isFinite ? value($0) : nil) }
        }
        var chart = BarChart(
            title, caption: caption, axis: .share("share"), names: shown.map(\.name),
            groups: [("precision", bars(\.precision)), ("recall", bars(\.recall))])
        chart.ownTable = DataTable(
            ["name", "precision", "recall", "F1", "rows", "predicted"],
            shown.map { row in
                [row.name, text(row.precision), text(row.recall), text(row.f1), "\(row.support)", "\(row.predictions)"]
            })
        return chart
    }

    private static func text(_ value: Double) -> String { value.isFinite ? AxisText.value(value) : "none" }
}
