import Kernels

/// Whether the splits of a run mean the same by their numbers.
package enum SplitAgreement {
    /// Compares the inputs of the splits, and targets that are numbers rather than classes.
    /// - Parameter comparesTargets: whether those of an output are numbers.
    /// - Returns: what is to be known, in sentences.
    /// - Throws: `DataError` for splits of which one was scaled and the other was not.
    package static func notes(
        training: Dataset, others: [Dataset?], comparesTargets: (_ output: String?) -> Bool
    ) throws -> [String] {
        try others.compactMap(\.self).flatMap { (data: Dataset) -> [String] in
            try training.fields.compactMap { first in
                guard first.role == .input || first.role == .target && comparesTargets(first.name),
                    let own = data.fields.first(where: { $0.role == first.role && $0.name == first.name })
                else { return nil }
                return try data.note(own.field, data.place(of: own), beside: first.field.type) {
                    try ValueSummary(first.field, of: training, place: training.place(of: first))
                }
            }
        }
    }
}

extension Dataset {
    /// Compares the numbers with those that a model was trained on, as splits are compared with each other, and notes what
    /// is to be known.
    /// - Throws: `DataError` where the one was scaled and the other was not.
    ///
    /// - Parameter trained: what a field's numbers looked like then; nil where that is not known.
    package mutating func compare(withTrained trained: (DataField) -> ValueSummary?) throws {
        for entry in fields {
            guard let expected = trained(entry) else { continue }
            let note = try note(entry.field, place(of: entry), beside: expected.type, { expected })
            if let note { notices.append(note) }
        }
    }

    /// What is to be known of a field whose numbers are of another type than those that are trained on; nil where they are
    /// of one type, as most are, which need no look.
    /// - Throws: `DataError` where the one was scaled and the other was not.
    fileprivate func note(
        _ field: Field, _ place: String, beside type: StoredType, _ training: () throws -> ValueSummary
    ) throws -> String? {
        // The columns of a table are compared one by one.
        guard field.type != type, field.encoder == nil else { return nil }
        let (own, expected) = (try ValueSummary(field, of: self, place: place), try training())
        if let problem = own.problem(beside: expected) { throw DataError(problem) }
        return own.note(beside: expected)
    }
}
