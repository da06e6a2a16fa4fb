import Files
import Interchange

/// What is to be said of a model or checkpoint file after every part of it has been looked at.
package struct FileVerification: Sendable {
    package enum Kind: String, Sendable {
        case model
        case checkpoint
    }
    package let kind: Kind
    /// Of the config; nil where it has none.
    package internal(set) var name: String?
    /// Nil where the description of the model is damaged.
    package internal(set) var parameters: Int?
    /// Of a checkpoint.
    package internal(set) var step: Int?
    package internal(set) var epoch: Int?
    /// Whether all parts had a checksum; files of the first version have none.
    package internal(set) var hasChecksums = true
    /// A sentence for each thing that is wrong; none for a good file.
    package internal(set) var problems: [String] = []

    /// Looks at checksums, shapes and whether values are finite.
    /// - Throws: `HDF5Error` for a file that can't be opened, `FileError` for one that is no file of ours.
    package init(of path: String) throws {
        let source = try CheckedFile(path, gathers: true)
        kind = (try? source.file.exists(CheckpointFile.group)) == true ? .checkpoint : .model
        var model: TrainedModel?
        switch kind {
        case .model: model = try source.attempt { try ModelFile.read(source) } ?? nil
        case .checkpoint:
            let checkpoint = try source.attempt { try CheckpointFile.read(source) } ?? nil
            model = checkpoint?.model
            step = checkpoint?.integers["step"]?.first
            epoch = checkpoint?.integers["epoch"]?.first
        }
        parameters = model?.objective.layout.parameterCount
        if case .string(let name)? = model?.configuration?["name"]?.value { self.name = name }
        hasChecksums = source.hasChecksums
        problems = source.problems
        if problems.isEmpty, model == nil { problems = ["\(path) is damaged"] }
    }
}
