import Charts
import Metrics
import Runs

/// All final figures, each with what it takes to judge it.
struct FiguresSection: ReportSection {
    let title = "Figures"
    let anchor = "figures"

    func html(_ source: ReportSource) throws -> String? {
        guard let figures = source.figures else { return nil }
        let splits: [(String, [MeasuredFigure])] = [
            ("test", figures.test), ("validation", figures.validation), ("train", figures.train),
        ]
        let rows = splits.flatMap { split, own in
            own.map { figure in
                [
                    figure.name, split, AxisText.value(figure.value),
                    figure.interval.map { "\(AxisText.value($0.lower)) to \(AxisText.value($0.upper))" } ?? "",
                    figure.baseline.map { "\(AxisText.value($0.value)) (\($0.answer.rawValue))" } ?? "",
                    AxisText.value(Double(figure.rows)), split == "train" ? "yes" : "no",
                ]
            }
        }
        guard let (split, best) = splits.first(where: { !$0.1.isEmpty }) else { return nil }
        let table = DataTable(
            ["figure", "split", "value", "95% interval", "simplest answer", "rows", "trained on"], rows,
            remark: "Of the model of epoch \(figures.epoch.map(String.init) ?? "–"). Figures of train are means over that epoch, taken before each step.")
        let chart = FiguresChart.of(best, split: split)
        return ReportHTML.figures([chart].compactMap { $0 }) + ReportHTML.table(table, label: title)
    }
}
