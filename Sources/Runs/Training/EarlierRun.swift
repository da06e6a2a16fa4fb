import Batches
import Configuration
import Engine
import Files
import Foundation
import Machine

/// A run to resume: the config and the newest intact checkpoint of a run directory.
public struct EarlierRun: Sendable {
    /// The run's resolved config, with all defaults written out.
    public let document: ConfigurationDocument
    /// What its data were when it was begun; nil of a run of before, which did not write it down.
    package let record: DataRecord?
    private let found: CheckpointStore.Found?
    private let directory: String

    /// Reads the config and the newest intact checkpoint.
    /// - Throws: `FileError` where the directory has no `config.json`, or all checkpoints are damaged;
    ///   `ConfigurationError` where the config can't be read.
    public init(_ directory: String) throws {
        guard FileManager.default.fileExists(atPath: directory + "/config.json") else {
            throw FileError(
                "there is no run in \(directory): it has no config.json; name the directory that stormo train wrote",
                isBadData: true)
        }
        self.directory = directory
        found = try CheckpointStore(reading: directory).newestGood()
        record = try DataRecord(directory: directory)
        document = try ConfigurationDocument(contentsOf: directory + "/config.json")
    }

    /// The number of steps that are done; nil where there is no checkpoint, so that the run starts from the beginning.
    public var step: Int? { found?.checkpoint.integers["step"]?.first }
    /// How many epochs the run was to have when the checkpoint was saved.
    var savedEpochs: Int? { found?.checkpoint.model.configuration?["training"]?["epochs"]?.asInteger }
    /// The path of the checkpoint; nil where there is none.
    public var path: String? { found?.path }
    /// Where its converted tables are kept.
    var cachePath: String { RunDirectory.cachePath(of: directory) }
    /// Newer checkpoints that are damaged, each with the reason.
    public var damaged: [(path: String, reason: String)] { found?.skipped ?? [] }

    /// Completes a config with which the run is to be resumed. `data.memory_limit`, `data.shuffle_window` and
    /// `parallel.shards` are taken from the run where the config leaves them to the machine.
    /// - Throws: `ConfigurationError` where `data` or `parallel` is not an object.
    public func completing(_ given: ConfigurationDocument) throws(ConfigurationError) -> ConfigurationDocument {
        var completed = given
        for (section, key) in [("data", "memory_limit"), ("data", "shuffle_window"), ("parallel", "shards")] {
            // There is nothing to take along for a config that is refused since it does not shuffle.
            if key == "shuffle_window", given.root["training"]?["shuffle"] == false { continue }
            let value = given.root[section]?[key]
            guard value == nil || value == "workers", let own = document.root[section]?[key] else { continue }
            try completed.set("\(section).\(key)=\(own.jsonText())")
        }
        return completed
    }

    /// The config with the data where they are now: what was moved or copied together with the run is found where it stood
    /// as seen from the run's directory. Where the old place has such files too, those beside the run are taken if they hold
    /// what the run was begun with.
    /// - Throws: `DataError` for files that are in neither place.
    package func moved(_ document: ConfigurationDocument) throws -> ConfigurationDocument {
        var moved = document
        // Whose files are in both places.
        var doubled: [(split: String, key: String, beside: [String])] = []
        for name in DataRecord.splitNames {
            let key = "data.\(name).file"
            guard let paths = Self.paths(document, name) else { continue }
            let isOwn = paths == Self.paths(self.document, name)
            let beside = isOwn ? record?.splits[name]?.paths.map { RelativePath.resolved($0, from: directory) } : nil
            let missing = paths.first { !Self.isThere($0) }
            if let beside, beside.allSatisfy(Self.isThere) {
                if missing != nil {
                    try moved.set("\(key)=\(Self.text(beside))")
                } else if !RelativePath.areSame(beside, paths) {
                    doubled.append((name, key, beside))
                }
                continue
            }
            guard let missing else { continue }
            var looked = ""
            if let other = beside?.first(where: { !Self.isThere($0) }), !paths.contains(other) {
                looked = ", nor is \(other), where it would be had it been moved with the run"
            }
            throw DataError(
                "\(missing), which \(key) of \(directory) names, is not there\(looked); say where it is by --set \(key)=PATH"
            )
        }
        guard let record, !doubled.isEmpty else { return moved }
        // Tables are told by their checksums, others all together by what is read of them.
        var candidate = moved
        var areSet = false
        for (split, key, beside) in doubled {
            var own = moved
            try own.set("\(key)=\(Self.text(beside))")
            let source = try? RunConfiguration(own, directory: "").data.sources.first { $0.name == split }?.source
            guard let source, let isSame = try? record.holds(split, source.paths(), of: source) else {
                try candidate.set("\(key)=\(Self.text(beside))")
                areSet = true
                continue
            }
            guard isSame else { continue }
            moved = own
            try candidate.set("\(key)=\(Self.text(beside))")
        }
        return areSet && holdsRecorded(candidate) ? candidate : moved
    }

    /// Warnings of data that stand beside the run, as after a project was copied, but are not read, since they are not what
    /// it was begun with and the old place still has that.
    /// - Parameter data: those that are read.
    func warningsOfOthersBeside(_ data: DataConfiguration) -> [String] {
        guard let record else { return [] }
        var told: Set<String> = []
        return data.sources.compactMap { split, source -> String? in
            guard let known = record.splits[split]?.paths, source.files == Self.paths(document, split) else {
                return nil
            }
            let beside = known.map { RelativePath.resolved($0, from: directory) }
            guard beside.allSatisfy(Self.isThere), !RelativePath.areSame(beside, source.files) else { return nil }
            let changed = beside.filter { !record.hasFile($0, in: split, source) }
            let others = changed.isEmpty ? beside : changed
            let areMany = others.count > 1
            // Splits of one file are told of once.
            let sentence =
                "\(others.joined(separator: ", ")) \(areMany ? "stand" : "stands") beside the run but "
                + "\(areMany ? "hold" : "holds") other contents than it was begun with, so "
                + "\(source.files.joined(separator: ", ")) \(source.files.count > 1 ? "are" : "is") read"
            return told.insert(sentence).inserted ? sentence : nil
        }
    }

    /// Whether what a config's HDF5 files hold is what the run was begun with.
    private func holdsRecorded(_ document: ConfigurationDocument) -> Bool {
        guard let record, let configuration = try? RunConfiguration(document, directory: "") else { return false }
        // Tables would have to be converted first; so it is said later, where the rest differs.
        if configuration.data.hasTables { return true }
        guard
            let data = try? RunData(
                configuration.data, seed: configuration.seed, fold: FoldDirectory.number(of: directory))
        else { return false }
        let splits: [Dataset?] = [data.training, data.validation, data.test]
        guard let fingerprint = try? DataFingerprint(splits) else { return false }
        return splits.map { $0?.count ?? 0 } == record.rows
            && fingerprint.firstDifference(from: DataFingerprint(sums: record.values)) == nil
    }

    /// Paths as a config's value.
    private static func text(_ paths: [String]) -> String {
        (paths.count == 1 ? JSONNode(paths[0]) : JSONNode(paths.map { JSONNode($0) })).jsonText(pretty: false)
    }

    /// The files of a split; nil where it has none of its own.
    private static func paths(_ document: ConfigurationDocument, _ split: String) -> [String]? {
        switch document.root["data"]?[split]?["file"]?.value {
        case .string(let path)?: return [path]
        case .array(let nodes)?:
            return nodes.compactMap { if case .string(let path) = $0.value { path } else { nil } }
        default: return nil
        }
    }

    private static func isThere(_ path: String) -> Bool {
        access(path, F_OK) == 0
            || (try? DataSource(file: path, inputs: "", targets: nil).paths()).map { $0 != [path] } ?? false
    }

    /// Checks that a config changes only what may change when the run is resumed.
    /// - Parameter configuration: the config, written out in full like `TrainingRun.resolved`.
    /// - Throws: `ConfigurationError` that names each key that must not change.
    public func check(_ configuration: ConfigurationDocument) throws(ConfigurationError) {
        var mayChange = [
            "training.epochs", "training.early_stopping.patience", "parallel.workers", "parallel.pin", "checkpoint", "export", "logging", "name",
        ]
        // Where the data are; that they are the same ones is seen when they are read.
        if found != nil || record != nil { mayChange += DataRecord.splitNames.map { "data.\($0).file" } }
        // A run whose data were in memory may be told what it takes to have them there again.
        if document.root["data"]?["memory_limit"] == nil { mayChange.append("data.memory_limit") }
        let changed = configuration.root.differences(from: document.root).filter { path in
            path != "$schema"
                && !mayChange.contains { path == $0 || path.hasPrefix($0 + ".") || path.hasPrefix($0 + "[") }
        }
        let named = mayChange.dropLast().joined(separator: ", ") + " and " + (mayChange.last ?? "")
        guard !changed.isEmpty else { return }
        let hadStopping = document.root["training"]?["early_stopping"]?["patience"] != nil
        func isEndOfStopping(_ path: String) -> Bool { hadStopping && path == "training.early_stopping" }
        throw ConfigurationError(
            file: document.file,
            problems: changed.map {
                ConfigurationError.Problem(
                    path: $0, origin: .code,
                    message: "can't change when a run is resumed, since it would be another run; what may change are "
                        + named + (isEndOfStopping($0) ? Self.withoutStopping : ""))
            })
    }

    /// What helps who takes early stopping away.
    private static let withoutStopping =
        "; to train all epochs, give training.early_stopping.patience as many as training.epochs"

    /// Why a new run would not give this one again, to the byte; nil where it would.
    package func difference(from run: TrainingRun) throws -> String? {
        // Written out and read again, as the run's own was, numbers can be compared.
        let resolved = try ConfigurationDocument(text: run.resolved.jsonText(), file: document.file)
        let changed = resolved.root.differences(from: ((try? moved(document)) ?? document).root)
        if !changed.isEmpty {
            let named = changed.prefix(5).joined(separator: ", ") + (changed.count > 5 ? ", …" : "")
            return "\(named) \(changed.count == 1 ? "differs" : "differ")"
        }
        guard let found else { return "it has no checkpoint, by which its data would be known" }
        if found.checkpoint.integers["waits_from"] != nil {
            return "it was made longer after early stopping had ended it"
        }
        do {
            _ = try state(for: run.trainer, rows: run.rows, run.fingerprint)
            return nil
        } catch {
            return "its data, or the stormo that trained it, were others"
        }
    }

    /// Why the run can't go on with data that do not fit into memory; nil where it began with such. The rest of a
    /// sentence that begins with `data.memory_limit`.
    /// - Parameter bytes: what the training data take.
    func problem(ofStreaming bytes: Int) -> String? {
        // A run that streams writes its limit down.
        guard found != nil, document.root["data"]?["memory_limit"] == nil else { return nil }
        return
            "the run was begun with its data in memory, which take \(ByteCount(bytes)); here they do not fit, and rows "
            + "that are read as they are wanted come in another order. Go on where there is more memory, or set a larger "
            + "data.memory_limit"
    }

    /// What a longer run does to a schedule that had fallen; nil where the rate does not rise.
    func rateWarning(step: Int, epochs: Int, lastRate: Double?, _ engine: TrainingEngine) -> String? {
        guard case .integer(let before)? = document.root["training"]?["epochs"]?.value, before != epochs, step > 0,
            let lastRate
        else { return nil }
        let (next, usual) = (engine.rate(at: step), engine.rate(at: step, epochs: before))
        guard next > lastRate, next > usual * 1.000_001 else { return nil }
        return
            "training.epochs was \(before) and is \(epochs), and the schedule is that of the longer run: the learning "
            + "rate, which had come to \(NumberText.rough(lastRate)), goes up to \(NumberText.rough(next)) again"
    }

    /// The state to go on from; nil where there is none.
    func state(
        for trainer: Trainer, rows: [Int], _ fingerprint: DataFingerprint
    ) throws -> TrainingState? {
        guard let found else {
            // It begins anew, but on the same data.
            try record?.check(rows: rows, fingerprint)
            return nil
        }
        let (checkpoint, engine) = (found.checkpoint, trainer.engine)
        guard checkpoint.integers["rows"] == rows, checkpoint.model.preprocessings == trainer.preprocessings,
            checkpoint.model.tables == trainer.tables
        else {
            throw FileError(
                "\(found.path) can't be gone on from: the data are not those that the run was begun with",
                isBadData: true)
        }
        if let sums = checkpoint.integers["data"],
            let place = fingerprint.placeOfFirstDifference(from: DataFingerprint(sums: sums))
        {
            throw FileError(
                "\(found.path) can't be gone on from: \(place) holds other values than when the run was "
                    + "begun; give it the data as they were, or begin another run", isBadData: true)
        }
        guard checkpoint.model.objective.layout.entries == trainer.objective.layout.entries,
            checkpoint.model.figures.map(\.name) == engine.figures.figures.map(\.name)
        else {
            throw FileError(
                "\(found.path) can't be gone on from: its model is not that of the run's config.json", isBadData: true)
        }
        let state = try TrainingState(
            checkpoint, from: found.path, moments: engine.optimizer.vectors.count, shards: engine.parallelism.shards)
        guard state.position.map({ $0.totals.steps <= engine.reader.batchesPerEpoch }) ?? true else {
            throw FileError(
                "\(found.path) is damaged: it is further in its epoch than the epoch is long", isBadData: true)
        }
        return state
    }
}
