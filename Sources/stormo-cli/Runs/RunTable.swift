import Foundation
import Metrics
import Reports
import Runs

/// A comparison of runs as text: a table where it has room, and on a narrow terminal a block for each run. Names and figures
/// are never cut.
struct RunTable {
    let comparison: RunComparison

    init(_ comparison: RunComparison) { self.comparison = comparison }

    /// Of a terminal that a table has no room in.
    private static let narrow = 60

    private var columns: [(heading: String, alignment: TextTable.Alignment)] {
        [("run", .left)] + (comparison.figure.map { [(Self.heading($0), .left)] } ?? [])
            + comparison.keys.map { ($0.name, .left) }
            + [
                ("state", .left), ("epochs", .right), ("came to", .left), ("updated", .left), ("to go on", .left),
            ]
    }

    private func cells(_ row: RunComparison.Row) -> [String] {
        let run = RunRowText(row)
        return [row.name] + (comparison.figure == nil ? [] : [run.figure]) + row.settings.map(RunComparison.text)
            + [run.state, run.epochs, run.cameTo, run.updated, run.toGoOn]
    }

    /// `lowest validation_loss`, of the best epoch; `test_accuracy, higher is better`, of which there is one.
    private static func heading(_ figure: ComparedFigure) -> String {
        guard figure.isOfTest else {
            return (figure.direction.map { "\($0) " } ?? "last ") + figure.name
        }
        return figure.name
            + (figure.direction.map { $0 == .highest ? ", higher is better" : ", lower is better" } ?? "")
    }

    /// - Parameter width: nil for no limit.
    func lines(within width: Int?) -> [(text: String, isHeading: Bool)] {
        let rows = comparison.rows.map(cells)
        let errors = comparison.rows.flatMap(\.runs).compactMap { run in
            run.state.error.map { (text: "\(run.path): \($0)", isHeading: true) }
        }
        let whole = table(rows)
        guard let width, whole.width > width else { return whole.lines(within: nil) + errors }
        let longest = rows.map { $0[0].count }.max() ?? 0
        if width < max(Self.narrow, 2 * longest) { return rows.flatMap(block) + errors }
        // Commands are not wrapped, since they are to be copied.
        let commands = rows.compactMap(\.last).filter { !$0.isEmpty }.map { (text: "to go on: \($0)", isHeading: true) }
        return table(rows.map { Array($0.dropLast()) + [""] }).lines(within: width) + commands + errors
    }

    private func table(_ rows: [[String]]) -> TextTable {
        var table = TextTable(columns)
        for row in rows { table.append(row) }
        return table
    }

    /// The run's name, and below it what there is to say, a line each.
    private func block(_ row: [String]) -> [(text: String, isHeading: Bool)] {
        let texts = zip(columns, row).dropFirst().filter { !$1.isEmpty }.map { column, text in
            // A command stays as it is typed.
            (text: text.hasPrefix("stormo ") ? "  \(text)" : "  \(column.heading): \(text)", isHeading: false)
        }
        return [(row[0], false)] + texts
    }

    func print(within width: Int?) {
        for line in lines(within: width) { Console.print(line.text, style: line.isHeading ? .dim : .plain) }
    }
}

/// What is told of a row of a comparison, as texts.
struct RunRowText {
    private let row: RunComparison.Row
    private var runs: [RunSummary] { row.runs }

    init(_ row: RunComparison.Row) { self.row = row }

    /// `0.1250 (epoch 2)`, or of several `0.1250 ± 0.0031`.
    var figure: String {
        guard let value = row.value else { return "" }
        return Figures.figure(value.mean)
            + (value.deviation.map { " ± \(Figures.figure($0))" } ?? value.epoch.map { " (epoch \(Figures.count($0)))" }
                ?? "")
    }

    /// `finished`, or of several in different states `2 finished, 1 killed`.
    var state: String {
        let counts = RunSummary.Standing.allCases.map { standing in
            (standing.rawValue, runs.count { $0.standing == standing })
        }.filter { $0.1 > 0 }
        return counts.count == 1 ? counts[0].0 : counts.map { "\($1) \($0)" }.joined(separator: ", ")
    }

    /// `3/20`, `2/5 folds`, or of several that got differently far `3/20 to 20/20`.
    var epochs: String {
        let texts = runs.map { run in
            run.folds.map { "\($0.finished)/\($0.all) folds" } ?? "\(run.state.epoch)/\(run.state.epochs)"
        }
        let sorted = Set(texts).sorted { $0.compare($1, options: .numeric) == .orderedAscending }
        return sorted.count < 2 ? sorted.first ?? "" : "\(sorted[0]) to \(sorted[sorted.count - 1])"
    }

    /// The first metric, or the loss where there is none: of the test split, or else of the validation split; of the folds
    /// of a cross-validation on both.
    var cameTo: String {
        if runs.count == 1 {
            switch runs[0].final {
            case .run(let figures):
                return Self.main(figures).map {
                    "\($0.split) \($0.figure.name) \(Figures.figure($0.figure.value)) "
                        + "(\(Figures.count($0.figure.rows, "row")))"
                } ?? ""
            case .folds(let figures):
                return figures.splits.compactMap { name, entries in
                    (entries.dropFirst().first ?? entries.first).map { Self.text(name, $0) }
                }.joined(separator: ", ")
            case nil: return ""
            }
        }
        // Those of several, where all have the same.
        let all = runs.compactMap { run in if case .run(let figures)? = run.final { Self.main(figures) } else { nil } }
        guard let first = all.first, all.count == runs.count,
            all.allSatisfy({ $0.split == first.split && $0.figure.name == first.figure.name })
        else { return "" }
        return Self.text(
            first.split, FoldFigures.Entry(first.figure.name, all.map(\.figure.value), rows: all.map(\.figure.rows)))
    }

    private static func main(_ figures: FinalFigures) -> (split: String, figure: MeasuredFigure)? {
        let (name, own) = figures.test.isEmpty ? ("validation", figures.validation) : ("test", figures.test)
        return (own.dropFirst().first ?? own.first).map { (name, $0) }
    }

    private static func text(_ split: String, _ entry: FoldFigures.Entry) -> String {
        "\(split) \(entry.name) \(Figures.figure(entry.mean)) ± \(Figures.figure(entry.deviation))"
    }

    /// `2025-01-31 12:00`, in the time zone of whoever looks.
    var updated: String {
        guard let date = runs.map(\.state.updated).max() else { return "" }
        let parts = Calendar(identifier: .gregorian).dateComponents([.year, .month, .day, .hour, .minute], from: date)
        return String(
            format: "%04d-%02d-%02d %02d:%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0, parts.hour ?? 0,
            parts.minute ?? 0)
    }

    /// Of a single run that is over without an end.
    var toGoOn: String { runs.count == 1 && runs[0].canBeResumed ? ResumeHint.command(runs[0].path) : "" }
}
