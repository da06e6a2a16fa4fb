import Batches
import Configuration
import Files
import Foundation
import HDF5
import Runs

/// The model that is meant where a run's directory is named.
enum ModelPath {
    static let name = "model.h5"

    /// `runs/x/model.h5` for `runs/x`; any other path as it is.
    /// - Throws: `UsageError` for a run that has no model yet; `FileError` for a cross-validation, and where nothing is.
    static func of(_ path: String) throws -> String {
        try checkThatThereIs(path)
        guard AtomicFile.isDirectory(path) else { return path }
        if let sentence = FoldDirectory.sentence(path) { throw FileError(sentence, isBadData: true) }
        let model = join(path, name)
        if FileManager.default.fileExists(atPath: model) { return model }
        guard FileManager.default.fileExists(atPath: join(path, "state.json")) else { return path }
        throw UsageError(
            "\(path) is a run that has no \(name) yet: it is written when training ends; stormo runs \(ShellWord.quoted(path)) "
                + "tells how it stands")
    }

    /// Sees that a file which is to be a model is neither a config nor data, as where a new user names what was trained.
    /// - Throws: `UsageError` that says what is wanted.
    static func checkThatItIsNoSource(_ path: String) throws {
        guard !AtomicFile.isDirectory(path), access(path, F_OK) == 0, !Inspect.looksLikeHDF5(path) else { return }
        let isConfig = path.hasSuffix(".json")
        guard isConfig || TableSource.isTable(path) else { return }
        let stem = String(path.split(separator: "/").last ?? "").prefix { $0 != "." }
        let run = AtomicFile.isDirectory("runs/\(stem)") ? "runs/\(stem)" : "runs/NAME"
        throw UsageError(
            "\(path) is a \(isConfig ? "config" : "table"), and a run or its model.h5 is wanted here, such as "
                + ShellWord.quoted(run))
    }

    /// Sees that a path which is to be a run or a model is there.
    /// - Throws: `FileError` with what was probably meant. Of what is named as a file and is like no other nothing is said here:
    ///   whoever opens it says so.
    static func checkThatThereIs(_ path: String) throws {
        guard access(path, F_OK) != 0 else { return }
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let name = parts.last ?? ""
        let parent = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
        func inside(_ folder: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }
        // A run by its bare name.
        var near = parts.count == 1 && inside("runs").contains(name) ? "runs/\(name)" : nil
        // An ending that is alike is no likeness.
        let ending = name.lastIndex(of: ".").map { String(name[$0...]) } ?? ""
        func nearest(in folder: String) -> String? {
            let stems = inside(folder).filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
            return nearestWord(to: String(name.dropLast(ending.count)), among: stems.sorted()).map { $0 + ending }
        }
        if near == nil, let sibling = nearest(in: parent) { near = parent == "." ? sibling : join(parent, sibling) }
        if near == nil, parts.count == 1, let run = nearest(in: "runs") { near = "runs/\(run)" }
        let list =
            AtomicFile.isDirectory("runs") ? "stormo runs lists the runs that there are" : "stormo train makes runs, in the folder runs"
        if let near {
            throw FileError(
                "there is no \(path); did you mean \(ShellWord.quoted(near))?" + (ending.isEmpty ? " \(list)" : ""),
                isBadData: true)
        }
        guard ending.isEmpty else { return }
        throw FileError("there is no \(path), neither a run nor a model; \(list)", isBadData: true)
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
