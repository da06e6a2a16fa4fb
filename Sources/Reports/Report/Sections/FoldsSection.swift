import Charts
import Runs

/// What the folds of a cross-validation came to, each and together; each has a report of its own in its directory.
struct FoldsSection: ReportSection {
    let title = "Folds"
    let anchor = "folds"

    func html(_ source: ReportSource) throws -> String? {
        guard !source.folds.isEmpty else { return nil }
        let runs = source.folds.map(\.figures)
        let columns = ["validation", "test"].flatMap { split in
            (runs.compactMap { $0 }.first.map { Self.figures($0, split) } ?? []).map { (split: split, name: $0.name) }
        }
        func value(_ fold: Int, _ column: (split: String, name: String)) -> Double? {
            runs[fold].flatMap { Self.figures($0, column.split).first { $0.name == column.name }?.value }
        }
        var rows = source.folds.indices.map { fold in
            ["\(source.folds[fold].fold.map { $0 + 1 } ?? fold + 1)", source.folds[fold].state.map(SummarySection.words) ?? ""]
                + columns.map { value(fold, $0).map { AxisText.value($0) } ?? "" }
        }
        if let folds = source.foldFigures {
            let entries = folds.splits.flatMap(\.entries)
            rows.append(
                ["mean", ""] + entries.map { "\(AxisText.value($0.mean)) ± \(AxisText.value($0.deviation, digits: 2))" })
        }
        let table = DataTable(["fold", "state"] + columns.map { "\($0.split) \($0.name)" }, rows)
        let links = source.folds.compactMap { own -> String? in
            guard let fold = own.fold else { return nil }
            return "<a href=\"fold-\(fold + 1)/report.html\">fold \(fold + 1)</a>"
        }
        guard source.linksFolds else { return ReportHTML.table(table, label: title) }
        return ReportHTML.table(table, label: title) + "\n<p>Reports of the folds: \(links.joined(separator: ", "))</p>"
    }

    private static func figures(_ figures: FinalFigures, _ split: String) -> [(name: String, value: Double)] {
        (split == "test" ? figures.test : figures.validation).map { ($0.name, $0.value) }
    }
}
