import Kernels
import Machine

/// What a split's numbers look like: whether two splits mean the same by them can be told from it in part.
struct ValueSummary: Sendable, Hashable {
    /// Where the numbers stand, for messages.
    let place: String
    let type: StoredType
    let lowest: Double
    let highest: Double
    /// Whether all are whole numbers.
    let isWhole: Bool

    /// Looks at the first rows: all of a small split, 16 MiB at most.
    /// - Throws: `HDF5Error` and `DataError` for what can't be read.
    init(_ field: Field, of data: Dataset, place: String) throws {
        let rows = min(data.count, 4096, max((16 << 20) / max(field.rowBytes, 1), 1))
        let head = try StoredTensor(field.type, rows: rows, rowShape: field.rowShape) {
            try field.read(data.selection, 0..<rows, into: $0)
        }
        var (lowest, highest, isWhole) = (Double.infinity, -Double.infinity, true)
        head.forEach { _, value in
            lowest = min(lowest, value)
            highest = max(highest, value)
            isWhole = isWhole && value == value.rounded()
        }
        self.init(place: place, type: field.type, lowest: lowest, highest: highest, isWhole: isWhole)
    }

    init(place: String, type: StoredType, lowest: Double, highest: Double, isWhole: Bool) {
        (self.place, self.type, self.lowest, self.highest, self.isWhole) = (place, type, lowest, highest, isWhole)
    }

    /// Whether the numbers are parts of one, as an image's are that was divided by 255.
    private var isWithinOne: Bool { !isWhole && max(abs(lowest), abs(highest)) <= 1 }
    private var isBeyondOne: Bool { isWhole && max(abs(lowest), abs(highest)) > 1 }

    private var words: String {
        "\(type.rawValue) from \(NumberText.short(lowest)) to \(NumberText.short(highest))"
    }

    /// Why numbers like these can't stand beside those that are trained on, or nil: whole numbers beside parts of one.
    func problem(beside training: ValueSummary) -> String? {
        guard isWithinOne && training.isBeyondOne || isBeyondOne && training.isWithinOne else { return nil }
        return "\(place) holds \(words), but \(training.place) \(training.words): one of them was scaled before it was "
            + "stored, and both are taken for the same; store them alike"
    }

    /// What is to be known where the types differ and the numbers may mean the same, or nil.
    func note(beside training: ValueSummary) -> String? {
        guard type != training.type else { return nil }
        return "\(place) holds \(words), and \(training.place) \(training.words); they are taken to mean the same"
    }
}

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
