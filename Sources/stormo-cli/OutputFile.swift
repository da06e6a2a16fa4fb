import Files
import HDF5
import Runs

/// A file that a command is to write.
enum OutputFile {
    /// Sees, before anything is computed, that a file can be written and replaces nothing that is read, no model, and no
    /// file of a run. A dataset, predictions or figures of before are replaced, as the commands' help says.
    /// - Parameters:
    ///   - option: the one that names it.
    ///   - inputs: the files that the command reads.
    /// - Throws: `UsageError`; `FileError` where no file can be written there.
    static func check(_ path: String, _ option: String, reading inputs: [String]) throws {
        try AtomicFile.check(path)
        let target = FileIdentity(path)
        for input in inputs where target != nil && FileIdentity(input) == target {
            throw UsageError("\(option) \(path) would replace \(input), which is read; name another file")
        }
        if target != nil, let file = try? HDF5File.open(path, reading: .objects(["/stormo"])),
            (try? file.exists("/stormo")) ?? false
        {
            throw UsageError(
                "\(option) \(path) would replace a model or a checkpoint of stormo; name another file, or remove that one"
            )
        }
        if let run = RunDirectory.run(owning: path) {
            throw UsageError("\(option) \(path) is a file of the run \(run); choose another name")
        }
    }
}
