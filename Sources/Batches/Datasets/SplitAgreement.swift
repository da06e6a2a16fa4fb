/// Whether the splits of a run mean the same by their numbers.
package enum SplitAgreement {
    /// Compares the inputs of the splits, and targets that are numbers rather than classes.
    /// - Returns: what is to be known, in sentences.
    /// - Throws: `DataError` for splits of which one was scaled and the other was not.
    package static func notes(training: Dataset, others: [Dataset?], areClasses objectiveIsOfClasses: Bool) throws
        -> [String]
    {
        var notes: [String] = []
        func compare(_ own: Field, of data: Dataset, _ place: String, _ first: Field, _ firstPlace: String) throws {
            // Most splits are of one type, and need no second look.
            guard own.type != first.type else { return }
            let summary = try ValueSummary(own, of: data, place: place)
            let expected = try ValueSummary(first, of: training, place: firstPlace)
            if let problem = summary.problem(beside: expected) { throw DataError(problem) }
            if let note = summary.note(beside: expected) { notes.append(note) }
        }
        for data in others.compactMap({ $0 }) {
            try compare(data.inputs, of: data, data.inputsPlace, training.inputs, training.inputsPlace)
            if !objectiveIsOfClasses, let own = data.targets, let first = training.targets {
                try compare(own, of: data, data.targetsPlace, first, training.targetsPlace)
            }
        }
        return notes
    }
}

extension Dataset {
    /// Compares the numbers with those that a model was trained on, as splits are compared with each other, and notes what
    /// is to be known.
    /// - Throws: `DataError` where the one was scaled and the other was not.
    package mutating func compare(withTrained inputs: ValueSummary?, _ targets: ValueSummary?) throws {
        for (field, place, expected) in [
            (self.inputs, inputsPlace, inputs), (self.targets, targetsPlace, targets),
        ] {
            guard let field, let expected, field.type != expected.type else { continue }
            let summary = try ValueSummary(field, of: self, place: place)
            if let problem = summary.problem(beside: expected) { throw DataError(problem) }
            if let note = summary.note(beside: expected) { notices.append(note) }
        }
    }
}
