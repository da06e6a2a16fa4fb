import Batches
import Configuration
import Interchange
import Kernels
import Preparation

/// The worst mistakes of an output, as lines and as JSON, with the rows' numbers in the data.
struct MistakeText {
    /// Nil for the only one.
    let output: String?
    let mistakes: Mistakes
    let rows: AnswerRows

    private func place(_ mistake: Mistakes.Mistake) -> (file: String?, row: Int) {
        rows.place(ofRow: rows.row(mistake.sample))
    }

    var heading: String {
        let name = output.map { "\($0): " } ?? ""
        if mistakes.areNumbers { return name + "the greatest errors" }
        return name + "\(Figures.count(mistakes.count)) of \(Figures.count(mistakes.total, "answer")) "
            + "\(mistakes.count == 1 ? "is" : "are") wrong"
            + (mistakes.worst.count > 1 ? "; those of which the model is the surest" : "")
    }

    var table: TextTable {
        var columns: [(String, TextTable.Alignment)] = [
            ("file", .left), ("row", .right), ("position", .right), ("of", .left), ("true", .left),
            ("predicted", .left), (mistakes.areNumbers ? "error" : "p", .right),
        ]
        if mistakes.areNumbers { (columns[4].1, columns[5].1) = (.right, .right) }
        var table = TextTable(columns)
        for mistake in mistakes.worst {
            let (file, row) = place(mistake)
            table.append([
                file ?? "", rows.areFiles ? "" : "\(row)", mistakes.hasPositions ? "\(mistake.position)" : "",
                mistakes.columns?[mistake.column] ?? "", AnswerText.text(mistake.truth),
                AnswerText.text(mistake.answer), Figures.figure(mistake.size),
            ])
        }
        return table
    }

    /// A list with an object for each.
    var json: JSONNode {
        func node(_ cell: AnswerCell) -> JSONNode {
            switch cell {
            case .missing: JSONNode(.null)
            case .integer(let value): JSONNode(value)
            case .number(let value), .probability(let value): value.isFinite ? JSONNode(Double(value)) : JSONNode(.null)
            case .text(let text): JSONNode(text)
            }
        }
        return JSONNode(
            mistakes.worst.map { mistake in
                let (file, row) = place(mistake)
                var members: [JSONNode.Member] = []
                func add(_ key: String, _ value: JSONNode?) {
                    if let value { members.append(.init(key: key, value: value)) }
                }
                add("file", file.map { JSONNode($0) })
                add("row", JSONNode(row))
                add("position", mistakes.hasPositions ? JSONNode(mistake.position) : Optional.none)
                add("of", mistakes.columns.map { JSONNode($0[mistake.column]) })
                add("true", node(mistake.truth))
                add("predicted", node(mistake.answer))
                add(
                    mistakes.areNumbers ? "error" : "p",
                    mistake.size.isFinite ? JSONNode(mistake.size) : JSONNode(.null))
                return JSONNode(.object(members))
            })
    }

    func print(_ data: Dataset) throws {
        Console.print("\n" + heading)
        guard !mistakes.worst.isEmpty else { return }
        table.print()
        try draw(data)
    }

    /// Draws the rows, where they are images.
    private func draw(_ data: Dataset) throws {
        let field = data.inputs
        guard field.recipe == nil, data.fields(.input).count == 1, CharacterPicture.isImage(field.rowShape),
            !mistakes.worst.isEmpty
        else { return }
        let numbers = mistakes.worst.map { rows.row($0.sample) }
        let values = try numbers.map { row -> [Float] in
            var values: [Float] = []
            try field.features(ofRow: row).forEach { values.append(Float($1)) }
            return values
        }
        let range = CharacterPicture.range(of: values.joined(), areBytes: field.type == .uint8)
        let grid = PictureGrid(
            pictures: values.map { CharacterPicture($0, shape: field.rowShape, range: range) },
            captions: mistakes.worst.map { mistake in
                let (file, row) = place(mistake)
                let name = rows.areFiles ? file ?? "" : "\(row)"
                return "\(name): \(AnswerText.text(mistake.truth)) as \(AnswerText.text(mistake.answer))"
            }, columns: Terminal.output.columns ?? 100)
        Console.print()
        let isColored = Terminal.output.isColored && Terminal.output.isUnicode
        // As they are, since the colours are meant for the terminal.
        for line in grid.lines(isColored ? .colors : .ramp) { Console.write(line + "\n") }
    }
}
