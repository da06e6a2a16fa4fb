import Charts
import Files
import Metrics
import Runs

/// Which classes are taken for which.
struct ConfusionSection: ReportSection {
    let title = "Confusion matrix"
    let anchor = "confusion"

    /// Above so many classes the matrix is a picture without names, beside the pairs that are confused most.
    static let mostNamed = 30
    static let mostPairs = 20

    func html(_ source: ReportSource) throws -> String? {
        guard let answers = try source.answers else { return nil }
        let parts = answers.outputs.flatMap { output -> [String] in
            guard let matrix = output.confusion else { return [] }
            let names = output.names(answers)
            guard names.count == matrix.classes else { return [] }
            return matrix.classes <= Self.mostNamed
                ? [ChartFigure.html(Self.chart(matrix, names, output.title("Confusion matrix")))]
                : [Self.picture(matrix, names, output.title("Confusion matrix"))]
        }
        guard !parts.isEmpty else { return nil }
        return ([ReportHTML.remark(answers.sentence)] + parts).joined(separator: "\n")
    }

    static func chart(_ matrix: ConfusionMatrix, _ names: [String], _ title: String) -> HeatMap {
        let range = 0..<matrix.classes
        let hasLost = matrix.unpredicted.contains { $0 > 0 }
        return HeatMap(
            title, caption: finding(matrix, names), rowTitle: "true", columnTitle: "predicted", rowNames: names,
            columnNames: names + (hasLost ? ["none"] : []),
            values: range.map { truth in
                range.map { Double(matrix[truth, $0]) } + (hasLost ? [Double(matrix.unpredicted[truth])] : [])
            })
    }

    static func finding(_ matrix: ConfusionMatrix, _ names: [String]) -> String {
        let right = "\(count(matrix.correct)) of \(count(matrix.total)) rows are right."
        guard let worst = matrix.confusedPairs.first else { return right }
        let share = Double(worst.rows) / Double(matrix.support(of: worst.truth))
        return "\(right) Most often \(names[worst.truth]) is taken for \(names[worst.predicted]): \(count(worst.rows)) "
            + "row\(worst.rows == 1 ? "" : "s"), \(percent(share)) of \(names[worst.truth])."
    }

    static func picture(_ matrix: ConfusionMatrix, _ names: [String], _ title: String) -> String {
        let pairs = matrix.confusedPairs
        let table = DataTable(
            ["true", "predicted", "rows", "of the true class"],
            pairs.prefix(mostPairs).map { pair in
                [
                    names[pair.truth], names[pair.predicted], count(pair.rows),
                    percent(Double(pair.rows) / Double(matrix.support(of: pair.truth))),
                ]
            },
            remark: pairs.count > mostPairs ? "The \(mostPairs) most frequent of \(count(pairs.count)) pairs." : nil)
        let caption =
            "\(finding(matrix, names)) Each point is a pair of the \(count(matrix.classes)) classes, true ones down, predicted ones across, "
            + "the darker the greater its share of the true class; right answers lie on the diagonal."
        let image = ConfusionPicture.image(of: matrix)
        return """
            <figure class="matrix">
            <figcaption><strong>\(Markup.escaped(title))</strong> <span>\(Markup.escaped(caption))</span></figcaption>
            \(RowPicture.html(image, width: max(image.width, 380), label: title))
            \(pairs.isEmpty ? "" : ReportHTML.table(table, label: "Classes that are confused most"))
            </figure>
            """
    }

    static func count(_ number: Int) -> String { AxisText.value(Double(number), digits: 12) }

    static func percent(_ share: Double) -> String { "\(AxisText.value(share * 100, digits: 3))%" }
}
