/// A format of the files that answers are written to. Each is a file here and one entry of `AnswerFormats.all`.
package protocol AnswerFormat: Sendable {
    /// What `--format` calls it.
    var name: String { get }
    /// How the names of its files end, the usual one first.
    var endings: [String] { get }
    /// Whether it is a table, as `Answers` makes it, rather than the arrays that the model gives.
    var isTable: Bool { get }
    /// Whether it is written from its beginning to its end, so that it may go to the standard output.
    var isStream: Bool { get }

    /// Why what a model answers can't be written so, or nil: the rest of a sentence that begins with the model.
    func problem(with model: TrainedModel) -> String?

    /// Writes answers to a stream, piece by piece.
    /// - Throws: what the sink and the answers throw.
    func write(_ answers: AnswerStream, to sink: ByteSink) throws

    /// Writes answers to a file, which is replaced as a whole.
    /// - Throws: `FileError` or `HDF5Error` where it can't be written, and what the answers throw; a file that was there stays as
    ///   it was.
    func write(_ answers: AnswerStream, to path: String) throws
}

extension AnswerFormat {
    package func write(_ answers: AnswerStream, to path: String) throws {
        try ByteSink.replace(path) { try write(answers, to: $0) }
    }
}

/// The formats that there are.
package enum AnswerFormats {
    package static let all: [any AnswerFormat] = [
        CSVAnswers(), JSONAnswers(), JSONLinesAnswers(), NPYAnswers(), HDF5Answers(),
    ]

    package static func named(_ name: String) -> (any AnswerFormat)? { all.first { $0.name == name } }

    /// By the end of a file's name.
    package static func of(_ path: String) -> (any AnswerFormat)? {
        let path = path.lowercased()
        return all.first { format in format.endings.contains { path.hasSuffix($0) } }
    }

    /// `.csv, .json, .jsonl, .npy and .h5`.
    package static var endings: String { listed(all.map { $0.endings[0] }) }
    package static var names: String { listed(all.map(\.name)) }

    private static func listed(_ words: [String]) -> String {
        words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
    }
}
