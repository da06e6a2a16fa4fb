import Files
import Foundation
import HDF5

/// The model that is meant where a run's directory is named.
enum ModelPath {
    static let name = "model.h5"

    /// `runs/x/model.h5` for `runs/x`; any other path as it is.
    /// - Throws: `UsageError` for a run that has no model yet.
    static func of(_ path: String) throws -> String {
        guard AtomicFile.isDirectory(path) else { return path }
        let model = join(path, name)
        if FileManager.default.fileExists(atPath: model) { return model }
        guard FileManager.default.fileExists(atPath: join(path, "state.json")) else { return path }
        throw UsageError(
            "\(path) is a run that has no \(name) yet: it is written when training ends; stormo runs \(ShellWord.quoted(path)) "
                + "tells how it stands")
    }

    /// The model and the checkpoints of a run, in the order of their steps; any other path as it is.
    static func all(_ path: String) throws -> [String] {
        guard AtomicFile.isDirectory(path) else { return [path] }
        let folder = join(path, "checkpoints")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let checkpoints = names.filter { $0.hasSuffix(".h5") }.sorted {
            ($0.count, $0) < ($1.count, $1)
        }.map { join(folder, $0) }
        let model = join(path, name)
        let found = (FileManager.default.fileExists(atPath: model) ? [model] : []) + checkpoints
        return found.isEmpty ? [path] : found
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
