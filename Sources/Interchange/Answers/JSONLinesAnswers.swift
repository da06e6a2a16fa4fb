/// JSON Lines: the objects of `JSONAnswers`, one on each line (https://jsonlines.org), as `pandas.read_json(lines=True)` takes
/// them.
struct JSONLinesAnswers: AnswerFormat {
    let name = "jsonl"
    let endings = [".jsonl", ".ndjson"]
    let isTable = true
    let isStream = true

    func problem(with model: TrainedModel) -> String? { Answers.problemOfTable(model) }

    func write(_ answers: AnswerStream, to sink: ByteSink) throws {
        try answers.forEach { answers in
            for line in 0..<answers.lines { try sink.append(JSONAnswers.object(answers, line) + "\n") }
        }
    }
}
