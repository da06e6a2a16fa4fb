import Configuration

/// A JSON array with an object for each line of the table, by the columns' names, as `pandas.read_json` takes it. Numbers have
/// the fewest digits that give the same 32-bit float back; JSON has no NaN and no infinity, so null stands for them, and for
/// a class that can't be told.
struct JSONAnswers: AnswerFormat {
    let name = "json"
    let endings = [".json"]
    let isTable = true
    let isStream = true

    func problem(with model: TrainedModel) -> String? { Answers.problemOfTable(model) }

    func write(_ answers: AnswerStream, to sink: ByteSink) throws {
        try sink.append("[")
        var isFirst = true
        try answers.forEach { answers in
            for line in 0..<answers.lines {
                try sink.append((isFirst ? "" : ",") + "\n" + Self.object(answers, line))
                isFirst = false
            }
        }
        try sink.append("\n]\n")
    }

    /// The object of a line, on one line.
    static func object(_ answers: Answers, _ line: Int) -> String {
        var text = "{"
        for (index, (name, cell)) in zip(answers.columns, answers.cells(ofLine: line)).enumerated() {
            if index > 0 { text += ", " }
            text += JSONNode.quoted(name) + ": "
            switch cell {
            case .missing: text += "null"
            case .integer(let value): text += "\(value)"
            case .number(let value), .probability(let value): text += value.isFinite ? "\(value)" : "null"
            case .text(let own): text += JSONNode.quoted(own)
            }
        }
        return text + "}"
    }
}
