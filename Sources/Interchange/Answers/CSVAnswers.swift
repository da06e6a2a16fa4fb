/// Comma-separated values, in UTF-8: a heading, and a line for each line of the table. What holds a comma, a quote or a line
/// break is quoted, a quote within it doubled (RFC 4180); lines end with a line feed alone. Numbers have a decimal point and
/// the fewest digits that give the same 32-bit float back; `NaN`, `inf` and `-inf` stand for what is none. A class that can't
/// be told is left empty.
struct CSVAnswers: AnswerFormat {
    let name = "csv"
    let endings = [".csv"]
    let isTable = true
    let isStream = true

    func problem(with model: TrainedModel) -> String? { Answers.problemOfTable(model) }

    func write(_ answers: AnswerStream, to sink: ByteSink) throws {
        try sink.append(answers.columns.map(CSVText.field).joined(separator: ",") + "\n")
        try answers.forEach { answers in
            for line in 0..<answers.lines {
                var text = ""
                for (index, cell) in answers.cells(ofLine: line).enumerated() {
                    if index > 0 { text += "," }
                    text += Self.text(cell)
                }
                try sink.append(text + "\n")
            }
        }
    }

    private static func text(_ cell: AnswerCell) -> String {
        switch cell {
        case .missing: ""
        case .integer(let value): "\(value)"
        case .number(let value), .probability(let value): value.isNaN ? "NaN" : "\(value)"
        case .text(let text): CSVText.field(text)
        }
    }
}
