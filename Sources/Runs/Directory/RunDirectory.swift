import Configuration
import Files
import Foundation
import Metrics

/// The directory of a run. It holds the resolved `config.json`, `metrics.csv` with a row for each epoch, `metrics.json` with
/// the final figures, `times.csv` with the duration of each epoch, `model.h5`, checkpoints, `sources.json` with what its data were, and in `cache` the tables
/// of text that it was trained on, converted to HDF5.
///
/// Every run of the same resolved config on the same data writes the same `metrics.csv`, byte for byte. Times differ,
/// so they have a file of their own.
public final class RunDirectory {
    public let path: String
    private var metrics: AppendedFile?
    private var times: AppendedFile?

    /// Creates the directory, and checks that it can be written to.
    /// - Throws: `FileError` where it can't be created or written to.
    public init(_ path: String) throws {
        self.path = path
        if let reason = Self.make(path) {
            throw FileError(
                "the output directory \(path) can't be made: \(reason); choose another with --output")
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw FileError(
                "the output directory \(path) can't be written to: \(AtomicFile.reason()); choose another with --output"
            )
        }
    }

    /// Makes a directory and those above it.
    /// - Returns: why it can't be made; nil where it is there.
    private static func make(_ path: String) -> String? {
        if AtomicFile.isDirectory(path) { return nil }
        if access(path, F_OK) == 0 { return "\(path) is a file" }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex,
            let reason = make(String(path[..<slash]))
        {
            return reason
        }
        if mkdir(path, 0o777) == 0 { return nil }
        // Taken at once, before another call replaces it.
        let reason = AtomicFile.reason()
        return AtomicFile.isDirectory(path) ? nil : reason
    }

    /// Makes the first of `runs/name`, `runs/name-2`, `runs/name-3` … that does not exist: of runs that begin at once each has
    /// its own.
    /// - Throws: `FileError` where it can't be made.
    public static func unused(_ name: String, in parent: String = "runs") throws -> String {
        var path = "\(parent)/\(name)"
        var reason = make(parent)
        var number = 2
        while reason == nil {
            if mkdir(path, 0o777) == 0 { return path }
            // Taken at once, before another call replaces it; and looked at anew, since a sanitizer's calls may have done so.
            let refusal = AtomicFile.reason()
            var there = stat()
            if lstat(path, &there) == 0 {
                path = "\(parent)/\(name)-\(number)"
                number += 1
            } else {
                reason = refusal
            }
        }
        throw FileError(
            "the output directory \(path) can't be made: \(reason ?? ""); choose another with --output")
    }

    /// Removes the directory of a run that could not begin, and the folder around it, unless there is something in them.
    package static func remove(unused path: String) {
        guard rmdir(path) == 0, let slash = path.lastIndex(of: "/") else { return }
        rmdir(String(path[..<slash]))
    }

    /// The path of the model file.
    public var modelPath: String { Self.modelPath(of: path) }

    package static func modelPath(of directory: String) -> String { directory + "/model.h5" }

    /// Where converted tables are kept.
    package var cachePath: String { Self.cachePath(of: path) }

    package static func cachePath(of directory: String) -> String { "\(directory)/cache" }

    /// Removes `metrics.json`, which says what a run came to that is over.
    /// - Throws: `FileError` where it can't be removed.
    package func removeFigures() throws {
        let path = FinalFigures.path(path)
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw FileError("\(path) of an earlier run can't be removed: \(AtomicFile.reason())")
    }

    package func write(_ configuration: JSONNode) throws {
        try AtomicFile.replace(path + "/config.json", with: configuration.jsonText())
    }

    /// Removes what killed writers have left; for who holds the directory's lock.
    package func removeLeftovers() { for folder in [path, cachePath] { AtomicFile.removeLeftovers(in: folder) } }

    /// What runs write into a directory beside `state.json` and checkpoints, a cross-validation's summary included.
    package static let fileNames = [
        "config.json", "model.h5", "metrics.csv", "times.csv", "folds.csv", FinalFigures.fileName, DataRecord.fileName,
    ]

    /// The directory of a run that a path is a file of, by its name; nil where it is none. No file need be there yet.
    package static func run(owning path: String) -> String? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard fileNames.contains(name) || name == "state.json" else { return nil }
        let parent = path.dropLast(name.count)
        let directory = parent.isEmpty ? "." : parent == "/" ? "/" : String(parent.dropLast())
        func has(_ name: String) -> Bool { access("\(directory)/\(name)", F_OK) == 0 }
        let isRun = has("state.json") || has("config.json") && has("metrics.csv")
        return isRun || !FoldDirectory.names(in: directory).isEmpty ? directory : nil
    }

    /// Removes what runs write into a directory, a cross-validation's summary included; for who holds its lock. What
    /// else is there stays.
    /// - Throws: `FileError` where something can't be removed.
    package static func clear(_ path: String) throws {
        let store = CheckpointStore(reading: path)
        try store.removeAll()
        AtomicFile.removeLeftovers(in: store.directory)
        // The state last: where this is cut short, it still tells that a run stands here.
        for name in fileNames + ["state.json"]
        where unlink("\(path)/\(name)") != 0 && errno != ENOENT {
            throw FileError("\(path)/\(name) of an earlier run can't be removed: \(AtomicFile.reason())")
        }
        rmdir(store.directory)
        try TensorBoardLog.remove(from: path)
        clearCache(cachePath(of: path))
    }

    /// Removes converted tables; what else is there stays.
    private static func clearCache(_ cache: String) {
        AtomicFile.removeLeftovers(in: cache)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] {
            let stem = name.prefix { $0 != "." && $0 != "-" }
            guard ["train", "validation", "test"].contains(stem), name.hasSuffix(".h5") || name.hasSuffix(".json")
            else {
                continue
            }
            unlink("\(cache)/\(name)")
        }
        rmdir(cache)
    }

    /// Begins `metrics.csv` and `times.csv` anew.
    /// - Throws: `FileError` where they can't be written.
    package func beginMetrics(_ figures: [any Figure], hasValidation: Bool) throws {
        try AtomicFile.replace(path + "/times.csv", with: Self.timesHeader)
        try resumeMetrics(figures, hasValidation: hasValidation, history: [])
    }

    /// Makes `metrics.csv` what it was after these epochs; what was written after them goes. `times.csv` is left as it
    /// is and goes on.
    /// - Throws: `FileError` where they can't be written.
    package func resumeMetrics(_ figures: [any Figure], hasValidation: Bool, history: [EpochRecord]) throws {
        let names = ["loss"] + figures.map(\.name)
        let columns =
            ["epoch", "step", "learning_rate"] + names + (hasValidation ? names.map { "validation_" + $0 } : [])
            + ["gradient_norm"]
        let lines = [columns.joined(separator: ",")] + history.map(Self.row)
        try AtomicFile.replace(path + "/metrics.csv", with: lines.map { $0 + "\n" }.joined())
        if access(path + "/times.csv", F_OK) != 0 {
            try AtomicFile.replace(path + "/times.csv", with: Self.timesHeader)
        }
        metrics = try AppendedFile(path + "/metrics.csv")
        times = try AppendedFile(path + "/times.csv")
    }

    private static let timesHeader = "epoch,seconds,samples_per_second\n"

    /// Adds a row to both files, and sees that it reaches them. A row that could not be written is written before the
    /// next one.
    /// - Parameter seconds: how long the epoch took; nil where that is not known.
    /// - Throws: `FileError` where they can't be written, as when the disk is full or the directory was removed; the
    ///   files then still hold whole rows.
    package func append(_ record: EpochRecord, seconds: Double? = nil) throws {
        let took = seconds.map { String(format: "%.3f", $0) } ?? ""
        let pace = record.samplesPerSecond > 0 ? String(format: "%.1f", record.samplesPerSecond) : ""
        let failure = Result { try times?.append("\(record.epoch),\(took),\(pace)") }
        try metrics?.append(Self.row(record))
        try failure.get()
    }

    private static func row(_ record: EpochRecord) -> String {
        let figures =
            [record.loss ?? .nan] + (record.metrics ?? [])
            + (record.validationLoss.map { [$0] } ?? []) + (record.validationMetrics ?? [])
        let fields =
            ["\(record.epoch)", "\(record.step)", "\(record.learningRate)"] + figures.map { $0.isNaN ? "" : "\($0)" }
            + ["\(record.gradientNorm)"]
        return fields.joined(separator: ",")
    }
}
