import Files
import Foundation
import Interchange

/// Where `predict` writes its answers, and how.
struct AnswerTarget {
    /// Nil for the standard output.
    let path: String?
    /// Nil for a table for people.
    private let format: (any AnswerFormat)?

    /// Sees, before anything is computed, that answers can be written there.
    /// - Parameters:
    ///   - output: what the command line names; `-`, or nil, for the standard output.
    ///   - format: as `--format` calls it.
    ///   - inputs: the files that are read.
    /// - Throws: `UsageError` for a format that is not known; `FileError` where no file can be written there.
    init(_ output: String?, _ format: String?, reading inputs: [String]) throws {
        let named = try format.map { name in
            guard let format = AnswerFormats.named(name) else {
                throw UsageError("--format \(name) is not known; there are \(AnswerFormats.names)")
            }
            return format
        }
        guard let output, output != "-" else {
            path = nil
            let isTable = output == nil && named == nil && Terminal.output.isInteractive
            self.format = isTable ? nil : named ?? AnswerFormats.named("csv")
            if let own = self.format, !own.isStream {
                throw UsageError(
                    "--format \(own.name) can't go to the standard output, since such a file is not written from its "
                        + "beginning to its end; name a file by --output")
            }
            return
        }
        // A path that can't be written is told first, whatever its name.
        try OutputFile.check(output, "--output", reading: inputs)
        guard let known = named ?? AnswerFormats.of(output) else {
            throw UsageError(
                "--output \(output): how it is to be written is told by the end of its name, \(AnswerFormats.endings), or by "
                    + "--format")
        }
        (path, self.format) = (output, known)
    }

    /// Whether answers are written as a table, rather than as the arrays that the model gives.
    var isTable: Bool { format?.isTable ?? true }

    /// Sees that what a model answers can be written so.
    /// - Throws: `UsageError`.
    func check(_ model: TrainedModel, _ modelPath: String, top: Int?, hasTargets: Bool) throws {
        if let problem = format.map({ $0.problem(with: model) }) ?? Answers.problemOfTable(model) {
            let others = AnswerFormats.all.filter { $0.problem(with: model) == nil }.map(\.endings[0])
            throw UsageError(
                "\(modelPath) \(problem); write \(others.joined(separator: " or ")) by --output")
        }
        for (option, isGiven) in [("--top", top != nil), ("--targets", hasTargets)] where isGiven && !isTable {
            throw UsageError(
                "\(option) is for tables, csv, json and jsonl, and .\(format?.name ?? "") holds what the model gives; leave it out"
            )
        }
        if let top, let problem = Answers.problem(top: top, model) { throw UsageError("--top \(top) \(problem)") }
    }

    /// - Throws: `FileError` or `HDF5Error` where it can't be written.
    func write(_ answers: AnswerStream, of model: TrainedModel, top: Int?) throws {
        guard let format else {
            return try AnswerText(columns: Terminal.output.columns ?? 80).print(answers, of: model, top: top)
        }
        if let path { return try format.write(answers, to: path) }
        let sink = ByteSink { bytes in
            // A reader that has seen enough ends the writing, not with an error.
            guard Console.write(bytes) else { throw OutputClosed() }
        }
        do {
            try format.write(answers, to: sink)
            try sink.flush()
        } catch is OutputClosed {}
    }

    private struct OutputClosed: Error {}
}
