import Batches
import Charts
import Interchange

/// The rows that are mistaken with the greatest confidence, or whose numbers are furthest off.
struct MistakesSection: ReportSection {
    let title = "Mistakes"
    let anchor = "mistakes"

    static let most = 16

    func html(_ source: ReportSource) throws -> String? {
        guard source.showsRows, let answers = try source.answers else { return nil }
        let parts = try answers.outputs.compactMap { output -> String? in
            let mistakes = Mistakes(
                Self.most, output.predictions, output.targets, of: output.output, answers.model,
                areLogits: output.areLogits)
            let heading = output.name.map { ReportHTML.heading($0) + "\n" } ?? ""
            guard !mistakes.worst.isEmpty else {
                return mistakes.total > 0 ? heading + ReportHTML.paragraph("None is wrong.") : nil
            }
            return try heading + ReportHTML.paragraph(Self.sentence(mistakes)) + "\n" + Self.rows(mistakes, answers)
        }
        guard !parts.isEmpty else { return nil }
        return ([ReportHTML.remark(answers.sentence)] + parts).joined(separator: "\n")
    }

    static func sentence(_ mistakes: Mistakes) -> String {
        if mistakes.areNumbers { return "The predictions that are furthest from the truth." }
        return "\(ReportText.count(mistakes.count, "answer")) of \(AxisText.value(Double(mistakes.total))) "
            + "\(mistakes.count == 1 ? "is" : "are") wrong"
            + (mistakes.worst.count > 1 ? "; below are those of which the model is the surest." : ".")
    }

    /// The rows with what they hold: images, else values by their names.
    private static func rows(_ mistakes: Mistakes, _ answers: ReportAnswers) throws -> String {
        let field = answers.data.inputs
        let numbers = mistakes.worst.map { answers.rows.row($0.sample) }
        let stored = try numbers.map { row -> [Double] in
            var values: [Double] = []
            try field.stored(ofRow: row).forEach { values.append($1) }
            return values
        }
        if field.recipe == nil, RowPicture.isImage(field.rowShape) {
            let values = stored.map { $0.map { Float($0) } }
            let range = RowPicture.range(of: values, areBytes: field.type == .uint8)
            let items = zip(mistakes.worst, values).map { mistake, values in
                let words = place(mistake, mistakes, answers)
                let label = "\(AnswerWords.text(mistake.answer)), but \(AnswerWords.text(mistake.truth))"
                return "<figure>\(RowPicture.html(values, shape: field.rowShape, range: range, label: "\(words): \(label)"))"
                    + "<figcaption>\(Markup.escaped(label))<br><span>\(Markup.escaped("\(size(mistake, mistakes)), \(words)"))</span>"
                    + "</figcaption></figure>"
            }
            return "<div class=\"pictures\">\(items.joined(separator: "\n"))</div>"
        }
        let width = field.rowShape.count
        let names = RowText.names(of: field, in: answers.model.columnLists[CodeNames.inputColumns])
        let shown = min(width, names == nil ? 8 : RowText.mostColumns)
        let columns =
            ["row", "true", "predicted", mistakes.areNumbers ? "error" : "probability"]
            + (0..<shown).map { names?[$0] ?? "value \($0)" }
        let rows = zip(mistakes.worst, stored).map { mistake, values in
            [
                place(mistake, mistakes, answers), AnswerWords.text(mistake.truth), AnswerWords.text(mistake.answer),
                AxisText.value(mistake.size),
            ] + (0..<shown).map { values.indices.contains($0) ? RowText.value(values[$0], at: $0, of: field) : "" }
        }
        return ReportHTML.table(
            DataTable(
                columns, rows,
                remark: shown < width ? "The first \(shown) of \(width) values of a row are shown." : nil),
            label: "Mistakes")
    }

    private static func size(_ mistake: Mistakes.Mistake, _ mistakes: Mistakes) -> String {
        mistakes.areNumbers
            ? "off by \(AxisText.value(mistake.size))"
            : mistake.size.isNaN ? "no probability" : "p \(AxisText.value(mistake.size, digits: 3))"
    }

    /// `row 12`, `cats/7.png`, with position and label where a row has several.
    private static func place(_ mistake: Mistakes.Mistake, _ mistakes: Mistakes, _ answers: ReportAnswers) -> String {
        let (file, row) = answers.rows.place(ofRow: answers.rows.row(mistake.sample))
        return [
            file, answers.rows.areFiles ? nil : "row \(row)",
            mistakes.hasPositions ? "position \(mistake.position)" : nil, mistakes.columns?[mistake.column],
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

/// A cell of answers in words.
enum AnswerWords {
    static func text(_ cell: AnswerCell) -> String {
        switch cell {
        case .missing: "none"
        case .integer(let value): "\(value)"
        case .probability(let value), .number(let value): AxisText.value(Double(value))
        case .text(let text): text
        }
    }
}
