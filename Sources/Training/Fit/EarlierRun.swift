public import Configuration
import Foundation

/// A run directory whose run is to be gone on with.
public struct EarlierRun: Sendable {
    /// The config that the run was begun with, with everything written out.
    public let document: ConfigurationDocument
    private let found: CheckpointStore.Found?

    /// Reads the config and the newest checkpoint that is whole.
    /// - Throws: `ConfigurationError` where the config can't be read; `FileError` where all checkpoints are damaged.
    public init(_ directory: String) throws {
        guard FileManager.default.fileExists(atPath: directory + "/config.json") else {
            throw FileError(
                "there is no run in \(directory): it has no config.json; name the directory that stormo train wrote",
                isBadData: true)
        }
        found = try CheckpointStore(reading: directory).newestGood()
        document = try ConfigurationDocument(contentsOf: directory + "/config.json")
    }

    /// The number of steps that are done; nil where nothing was saved yet, so that the run begins anew.
    public var step: Int? { found?.checkpoint.integers["step"]?.first }
    /// Where the state was read from.
    public var path: String? { found?.path }
    /// Newer checkpoints that are damaged, and how.
    public var damaged: [(path: String, reason: String)] { found?.skipped ?? [] }

    /// A config that is given to go on with, in which what it leaves to the machine is as it was when the run was begun.
    /// - Throws: `ConfigurationError` where it has something else than an object there.
    public func completing(_ given: ConfigurationDocument) throws(ConfigurationError) -> ConfigurationDocument {
        var completed = given
        for (section, key) in [("data", "memory_limit"), ("data", "shuffle_window"), ("parallel", "shards")] {
            let value = given.root[section]?[key]
            guard value == nil || value == "workers", let own = document.root[section]?[key] else { continue }
            try completed.set("\(section).\(key)=\(own.jsonText())")
        }
        return completed
    }

    /// What a resumed run may not change.
    /// - Parameter configuration: what it is to go on with.
    /// - Throws: `ConfigurationError` that names each.
    public func check(_ configuration: ConfigurationDocument) throws(ConfigurationError) {
        let mayChange = ["training.epochs", "parallel.workers", "checkpoint", "name", "$schema"]
        let changed = configuration.root.differences(from: document.root).filter { path in
            !mayChange.contains { path == $0 || path.hasPrefix($0 + ".") }
        }
        guard !changed.isEmpty else { return }
        throw ConfigurationError(
            file: document.file,
            problems: changed.map {
                Problem(
                    path: $0, origin: .code,
                    message: "can't change when a run is resumed, since it would be another run; what may change are "
                        + "training.epochs, parallel.workers and checkpoint")
            })
    }

    /// Why a new run would not give this one again, to the byte; nil where it would.
    package func difference(from run: TrainingRun) throws -> String? {
        // Written out and read again, as the run's own was, numbers can be compared.
        let resolved = try ConfigurationDocument(text: run.resolved.jsonText(), file: document.file)
        let changed = resolved.root.differences(from: document.root)
        if !changed.isEmpty {
            let named = changed.prefix(5).joined(separator: ", ") + (changed.count > 5 ? ", …" : "")
            return "\(named) \(changed.count == 1 ? "differs" : "differ")"
        }
        guard found != nil else { return "it has no checkpoint, by which its data would be known" }
        do {
            _ = try state(for: run.trainer, rows: run.rows)
            return nil
        } catch {
            return "its data, or the stormo that trained it, were others"
        }
    }

    /// The state to go on from; nil where there is none.
    func state(for trainer: Trainer, rows: [Int]) throws -> TrainingState? {
        guard let found else { return nil }
        let (checkpoint, engine) = (found.checkpoint, trainer.engine)
        guard checkpoint.integers["rows"] == rows, checkpoint.model.preprocessing == trainer.preprocessing else {
            throw FileError(
                "\(found.path) can't be gone on from: the data are not those that the run was begun with",
                isBadData: true)
        }
        guard checkpoint.model.objective.layout.entries == trainer.objective.layout.entries,
            checkpoint.model.metrics == engine.metricSets[0].kinds
        else {
            throw FileError(
                "\(found.path) can't be gone on from: its model is not that of the run's config.json", isBadData: true)
        }
        return try TrainingState(
            checkpoint, from: found.path, moments: engine.optimizer.vectors.count, shards: engine.parallelism.shards)
    }
}
