import Kernels

/// Whether the splits of a run mean the same by their numbers.
package enum SplitAgreement {
    /// Compares the inputs of the splits, and targets that are numbers rather than classes.
    /// - Returns: what is to be known, in sentences.
    /// - Throws: `DataError` for splits of which one was scaled and the other was not.
    package static func notes(training: Dataset, others: [Dataset?], areClasses objectiveIsOfClasses: Bool) throws
        -> [String]
    {
        try others.compactMap(\.self).flatMap { (data: Dataset) -> [String] in
            var notes = [
                try data.note(data.inputs, data.inputsPlace, beside: training.inputs.type) {
                    try ValueSummary(training.inputs, of: training, place: training.inputsPlace)
                }
            ]
            if !objectiveIsOfClasses, let own = data.targets, let first = training.targets {
                notes.append(
                    try data.note(own, data.targetsPlace, beside: first.type) {
                        try ValueSummary(first, of: training, place: training.targetsPlace)
                    })
            }
            return notes.compactMap { $0 }
        }
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
            guard let field, let expected else { continue }
            if let note = try note(field, place, beside: expected.type, { expected }) { notices.append(note) }
        }
    }

    /// What is to be known of a field whose numbers are of another type than those that are trained on; nil where they are
    /// of one type, as most are, which need no look.
    /// - Throws: `DataError` where the one was scaled and the other was not.
    fileprivate func note(
        _ field: Field, _ place: String, beside type: StoredType, _ training: () throws -> ValueSummary
    ) throws -> String? {
        guard field.type != type else { return nil }
        let (own, expected) = (try ValueSummary(field, of: self, place: place), try training())
        if let problem = own.problem(beside: expected) { throw DataError(problem) }
        return own.note(beside: expected)
    }
}
