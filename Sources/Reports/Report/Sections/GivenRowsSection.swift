import Charts
import Engine
import Files

/// What the network was given: the first rows of training, as the first thing to look at where a run learns nothing.
struct GivenRowsSection: ReportSection {
    let title = "What the network was given"
    let anchor = "given"

    /// The most numbers of a row that has no columns.
    private static let mostValues = 16

    func html(_ source: ReportSource) throws -> String? {
        guard source.showsRows, let given = try source.given, given.count > 0 else { return nil }
        let labels = (0..<given.count).map { row in given.targets.map { Self.label(row, $0) }.joined(separator: "; ") }
        let isAugmented = given.inputs.contains(where: \.isAugmented)
        var parts = [
            ReportHTML.paragraph(
                "The first \(ReportText.count(given.count, "row")) of training, in the order of the first epoch"
                    + (isAugmented ? ", augmented as they were there" : "") + ", each with what it is to be answered.")
        ]
        for input in given.inputs {
            if let name = input.name { parts.append(ReportHTML.heading("input \(name)")) }
            parts.append(RowPicture.isImage(input.shape) && input.field.field.recipe == nil ? pictures(input, labels) : table(input, labels))
        }
        return parts.joined(separator: "\n")
    }

    /// `7`, and of several outputs `digit 7`.
    private static func label(_ row: Int, _ part: GivenRows.Part) -> String {
        let text = RowText.target(
            part.stored[row], of: part.field.field, form: part.form, classNames: part.classNames,
            columns: part.columnNames)
        return part.name.map { "\($0) \(text)" } ?? text
    }

    private func pictures(_ part: GivenRows.Part, _ labels: [String]) -> String {
        let range = RowPicture.range(of: part.values, areBytes: part.field.field.type == .uint8)
        let items = zip(part.values, labels).map { values, label in
            "<figure>\(RowPicture.html(values, shape: part.shape, range: range, label: "row labelled \(label)"))"
                + "<figcaption>\(Markup.escaped(label))</figcaption></figure>"
        }
        return "<div class=\"pictures\">\(items.joined(separator: "\n"))</div>"
    }

    /// The values by their columns: as they stood in a table, else as the network got them.
    private func table(_ part: GivenRows.Part, _ labels: [String]) -> String {
        let field = part.field.field
        let width = field.rowShape.count
        let names = RowText.names(of: field, in: part.columnNames)
        let shown = min(width, names == nil ? Self.mostValues : RowText.mostColumns)
        let rows = part.stored.indices.map { row in
            [labels[row]]
                + (0..<shown).map { column in
                    field.recipe == nil && part.values[row].indices.contains(column)
                        ? AxisText.value(Double(part.values[row][column]))
                        : RowText.value(part.stored[row][column], at: column, of: field)
                }
        }
        let columns = ["answer"] + (0..<shown).map { names?[$0] ?? "\($0)" }
        return ReportHTML.table(
            DataTable(
                columns, rows,
                remark: shown < width ? "The first \(shown) of \(width) values (rows of \(field.rowShape)) are shown." : nil),
            label: title)
    }
}
