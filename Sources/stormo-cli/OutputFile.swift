import HDF5

/// A file that a command is to write.
enum OutputFile {
    /// Sees that a file to be written replaces nothing that is read, and no model. A dataset, predictions or figures of
    /// before are replaced, as the commands' help says.
    /// - Parameters:
    ///   - option: the one that names it.
    ///   - inputs: the files that the command reads.
    /// - Throws: `UsageError`.
    static func check(_ path: String, _ option: String, reading inputs: [String]) throws {
        guard let target = FileIdentity(path) else { return }
        for input in inputs where FileIdentity(input) == target {
            throw UsageError("\(option) \(path) would replace \(input), which is read; name another file")
        }
        if let file = try? HDF5File.open(path), (try? file.exists("/stormo")) ?? false {
            throw UsageError(
                "\(option) \(path) would replace a model or a checkpoint of stormo; name another file, or remove that one"
            )
        }
    }
}
