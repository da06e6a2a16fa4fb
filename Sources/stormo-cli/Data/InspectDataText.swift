import Engine
import Foundation
import Kernels
import Preparation

/// What `data inspect` prints of one dataset.
struct InspectDataText {
    private let report: DatasetReport
    private let isUnicode: Bool

    init(_ report: DatasetReport, isUnicode: Bool = Terminal.output.isUnicode) {
        self.report = report
        self.isUnicode = isUnicode
    }

    private static let mostLabels = 40
    /// What the terminal has beside the indent.
    private var width: Int { max((Terminal.output.columns ?? 80) - 2, 38) }
    private var barColumns: Int { min(40, max(width - 38, 8)) }

    func print() {
        Console.print("\n\(report.path)", style: .bold)
        for line in lines { Console.print(line.isEmpty ? "" : "  " + line) }
    }

    /// All but the heading.
    var lines: [String] {
        if let failure = report.failure { return ["not examined: \(failure)"] }
        guard let values = report.values else {
            return ["no rows of numbers"] + report.advice.map { "! \($0)" }
        }
        var lines = report.columnName.map { ["column \($0)"] } ?? []
        lines += figures(values)
        lines.append(irregular(values))
        if report.shape.count > 2, !values.constant.isEmpty {
            lines.append(
                "\(Figures.count(values.constant.count)) of the \(Figures.count(values.places)) places of a row "
                    + "never change"
            )
        }
        if report.lookedForDuplicates {
            if let found = report.duplicates {
                lines.append(
                    "\(Figures.count(found.count, "row")) repeat\(found.count == 1 ? "s" : "") an earlier one: "
                        + "first row \(found.row), which equals row \(found.of)")
            } else {
                lines.append("no row occurs twice")
            }
        }
        if let labels = report.labels {
            lines +=
                report.holdsClasses
                ? histogram(labels)
                : [
                    "numbers, no classes: \(Figures.count(labels.values.count)) different whole values in \(Figures.count(labels.rows)) rows"
                ]
        }
        if let recipe = report.recipe { lines += ["recipe"] + RecipeTable(recipe, width: width).lines }
        return lines + report.advice.map { "! \($0)" }
    }

    private func figures(_ values: DatasetReport.Values) -> [String] {
        guard let all = values.all else { return ["no value is finite"] }
        guard !values.features.isEmpty else {
            return [
                "minimum \(number(all.minimum)), maximum \(number(all.maximum)), mean \(number(all.mean)), "
                    + "deviation \(number(all.deviation))"
            ]
        }
        let isChannel = report.shape.count > 2
        var table = TextTable([
            (isChannel ? "channel" : "feature", .left), ("minimum", .right), ("maximum", .right), ("mean", .right),
            ("deviation", .right), ("", .left),
        ])
        func cells(_ figures: DatasetReport.Figures?) -> [String] {
            guard let figures else { return ["", "", "", "", "no value is finite"] }
            return [
                number(figures.minimum), number(figures.maximum), number(figures.mean), number(figures.deviation),
                figures.minimum == figures.maximum ? "constant" : "",
            ]
        }
        for (index, figures) in values.features.enumerated() {
            table.append([report.featureName(index)] + cells(figures))
        }
        table.append(["all"] + cells(all))
        return table.lines(within: width).map(\.text)
    }

    private func irregular(_ values: DatasetReport.Values) -> String {
        guard values.nan != nil || values.infinite != nil else { return "no NaN, nothing infinite" }
        func text(_ found: DatasetReport.Irregular?, _ what: String) -> String {
            found.map { "\(Figures.count($0.count)) \(what) (first in row \($0.firstRow))" } ?? "no \(what)"
        }
        return text(values.nan, "NaN") + ", " + text(values.infinite, "infinite")
    }

    private func histogram(_ labels: LabelHistogram) -> [String] {
        let most = labels.counts.max() ?? 1
        var table = TextTable([("label", .left), ("rows", .right), ("share", .right), ("", .left)])
        for (value, count) in zip(labels.values, labels.counts).prefix(Self.mostLabels) {
            let name = report.labelName(value)
            table.append([
                name == "\(value)" ? name : "\(value) \(name)", Figures.count(count),
                String(format: "%.1f%%", 100 * Double(count) / Double(labels.rows)),
                bar(Double(count) / Double(most)),
            ])
        }
        let more = labels.values.count - Self.mostLabels
        return table.lines + (more > 0 ? ["… and \(Figures.count(more)) more labels"] : [])
    }

    /// A bar in eighths of a character, or of number signs.
    private func bar(_ share: Double) -> String {
        guard isUnicode else {
            return String(repeating: "#", count: max(1, Int((share * Double(barColumns)).rounded())))
        }
        let eighths = max(1, Int((share * Double(barColumns * 8)).rounded()))
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + rest
    }

    private func number(_ value: Double) -> String { String(format: "%.5g", value) }
}
