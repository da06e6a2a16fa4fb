import Engine

/// Answers in pieces, in the order of the rows, so that not all of them are in memory at once.
package struct AnswerStream {
    let model: TrainedModel
    package let rows: AnswerRows
    /// The names of the columns of the table.
    package let columns: [String]
    /// The lines of the table below its heading.
    package let lines: Int

    private let run: ((Answers) throws -> Void) throws -> Void

    /// - Parameters:
    ///   - hasTruths: whether the pieces have targets, which are to stand beside.
    ///   - top: how many classes are told; nil for the probabilities of all.
    ///   - predict: hands over the predictions for all rows, in their order; called once for each time that they are written.
    package init(
        of model: TrainedModel, rows: AnswerRows, hasTruths: Bool = false, top: Int? = nil,
        _ predict: @escaping ((PredictedRows) throws -> Void) throws -> Void
    ) {
        // What does not depend on the values.
        let none = model.objective.outputs.map { _ in [Float]() }
        let empty = Answers(none, of: model, rows: rows, truths: hasTruths ? none : nil, top: top)
        (self.model, self.rows, columns, lines) = (model, rows, empty.columns, empty.lines)
        run = { body in
            var first = 0
            try predict { piece in
                try body(
                    Answers(
                        piece.values, of: model, rows: rows, truths: piece.targets, top: top,
                        samples: first..<first + piece.count))
                first += piece.count
            }
        }
    }

    /// Answers that are in memory, as one piece.
    package init(_ answers: Answers) {
        (model, rows, columns, lines) = (answers.model, answers.rows, answers.columns, answers.lines)
        run = { try $0(answers) }
    }

    /// - Throws: what the predicting throws, and what the body throws.
    package func forEach(_ body: (Answers) throws -> Void) throws { try run(body) }
}
