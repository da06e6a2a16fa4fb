import Charts
import Runs

/// What was warned of, and what was chosen for the user.
struct WarningsSection: ReportSection {
    let title = "Warnings"
    let anchor = "warnings"

    func html(_ source: ReportSource) throws -> String? {
        guard let record = source.record else { return nil }
        var merged: [(warning: RunRecord.Warning, count: Int)] = []
        for warning in record.warnings {
            if let index = merged.firstIndex(where: {
                ($0.warning.kind, $0.warning.layer, $0.warning.sentence) == (warning.kind, warning.layer, warning.sentence)
            }) {
                merged[index].count += warning.count
            } else {
                merged.append((warning, warning.count))
            }
        }
        var parts: [String] = []
        if merged.isEmpty {
            parts.append(ReportHTML.paragraph("There were none."))
        } else {
            let rows = merged.map { own, count in
                [
                    own.epoch == 0 ? "before" : "\(own.epoch)", own.kind.words, own.layer ?? "",
                    count == 1 ? "" : "\(count)", own.sentence,
                ]
            }
            parts.append(
                ReportHTML.table(
                    DataTable(
                        ["epoch", "kind", "layer", "times", "what"], rows,
                        remark: record.leftOut > 0 ? "\(record.leftOut) more were not kept." : nil), label: title))
        }
        if !record.notes.isEmpty {
            parts.append(ReportHTML.heading("Notes"))
            parts.append("<ul>\(record.notes.map { "<li>\(Markup.escaped($0))</li>" }.joined(separator: "\n"))</ul>")
        }
        return parts.joined(separator: "\n")
    }
}
