public import Configuration
import Foundation
public import Kernels
public import Network

/// Everything that decides a run: what a config file says, with defaults filled in and paths made whole.
public struct RunConfiguration: Sendable {
    public var name: String
    public var seed: UInt64
    public var data: DataConfiguration
    public var layers: [ModelLayer]
    public var loss: LossConfiguration
    public var metrics: [MetricKind]
    public var optimizer: Optimizer
    public var schedule: Schedule
    public var training: TrainingConfiguration
    public var parallel: ParallelConfiguration

    /// The file, and where in it the parts stood, for mistakes that show only when data and model are at hand.
    public let file: String
    private let origins: [String: JSONNode.Origin]

    /// Reads a config.
    /// - Parameter directory: the folder against which relative paths are taken; the file's own.
    /// - Throws: `ConfigurationError` with all mistakes at once.
    public init(_ document: ConfigurationDocument, directory: String) throws(ConfigurationError) {
        let diagnostics = Diagnostics()
        let root = ObjectReader(document.root, path: "", diagnostics: diagnostics)
        name = root.string("name", default: Self.stem(document.file))
        if name.isEmpty || name.contains("/") || name == "." || name == ".." {
            root.fail("must be a name for a directory, without '/', but is '\(name)'", key: "name")
        }
        seed = UInt64(root.integer("seed", in: 0..., default: 0))
        data = DataConfiguration(reading: root.requiredObject("data"), directory: directory)
        let model = root.requiredObject("model")
        let readers = model?.requiredObjects("layers") ?? []
        layers = readers.compactMap { LayerRegistry.read($0) }
        model?.finish()
        loss = LossConfiguration(reading: root, key: "loss")
        metrics = Self.metrics(root)
        (optimizer, schedule) = OptimizerConfiguration.read(root, key: "optimizer")
        training = TrainingConfiguration(reading: root.requiredObject("training"))
        parallel = ParallelConfiguration(reading: root.object("parallel"))
        root.finish(ignoring: .annotations)

        if let problem = training.earlyStopping?.problem(metrics: metrics, hasValidation: data.validation != nil) {
            root.object("training")?.object("early_stopping")?.fail(problem, key: "monitor")
        }
        file = document.file
        var origins: [String: JSONNode.Origin] = [:]
        for key in ["data", "model", "loss", "metrics", "training"] { origins[key] = document.root[key]?.origin }
        origins["training.batch_size"] = document.root["training"]?["batch_size"]?.origin
        for (index, reader) in readers.enumerated() { origins["model.layers[\(index)]"] = reader.origin }
        self.origins = origins
        try diagnostics.throwIfAny(file: document.file)
    }

    /// `digits-mlp` for `Configs/digits-mlp.json`.
    private static func stem(_ file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? "run"
        return last.hasSuffix(".json") ? String(last.dropLast(5)) : last
    }

    private static func metrics(_ root: ObjectReader) -> [MetricKind] {
        var kinds: [MetricKind] = []
        for (index, word) in (root.strings("metrics") ?? []).enumerated() {
            guard let kind = MetricKind(name: word) else {
                let near = nearestWord(to: word, among: MetricKind.knownNames)
                let hint =
                    near.map { "did you mean '\($0)'?" } ?? "known are \(MetricKind.knownNames.joined(separator: ", "))"
                root.fail("unknown metric '\(word)'; \(hint)", key: "metrics", index: index)
                continue
            }
            if kinds.contains(kind) { root.fail("names '\(word)' twice", key: "metrics", index: index) }
            kinds.append(kind)
        }
        return kinds
    }

    /// The mistakes of a part of the config that has been read, as an error with file and line.
    func error(_ path: String, _ message: String) -> ConfigurationError {
        let top = String(path.prefix { $0 != "." })
        let origin = origins[path] ?? origins[top] ?? .code
        return ConfigurationError(file: file, problems: [Problem(path: path, origin: origin, message: message)])
    }

    func error(_ error: ModelError) -> ConfigurationError {
        let problems = error.problems.map { problem in
            let path = problem.layer.map { "model.layers[\($0)]" } ?? "model"
            return Problem(path: path, origin: origins[path] ?? .code, message: problem.message)
        }
        return ConfigurationError(file: file, problems: problems)
    }

    /// The model for samples of a shape.
    /// - Throws: `ConfigurationError` where the layers do not fit it or each other.
    public func model(input shape: Shape) throws(ConfigurationError) -> Model {
        do {
            return try Model(input: shape, layers: layers)
        } catch {
            throw self.error(error)
        }
    }

    /// The model with its loss, checked against the metrics.
    /// - Throws: `ConfigurationError` where loss or metrics do not fit the last layer.
    public func objective(_ model: Model) throws -> Objective {
        let objective: Objective
        do {
            objective = try Objective(model, loss: loss.function, fromLogits: loss.fromLogits)
        } catch let error as ObjectiveError {
            throw self.error("loss", "\(error)")
        }
        let form = Dataset.targetForm(objective)
        for kind in metrics {
            if let problem = kind.problem(with: form) { throw error("metrics", problem) }
        }
        return objective
    }

    /// The config in full: defaults written out, paths whole. Reading it gives the same run.
    public func configuration(model: Model) -> JSONNode {
        [
            "name": JSONNode(name), "seed": JSONNode(Int(seed)), "data": data.configuration,
            "model": ["layers": model.configuration], "loss": loss.configuration,
            "metrics": JSONNode(metrics.map { JSONNode($0.name) }),
            "optimizer": OptimizerConfiguration.configuration(optimizer, schedule),
            "training": training.configuration, "parallel": parallel.configuration,
        ]
    }
}

/// `data`: the splits, and how inputs are normalised.
public struct DataConfiguration: Sendable {
    public var train: DataSource
    public var validation: DataSource?
    public var test: DataSource?
    public var normalize: Normalization

    init(reading reader: ObjectReader?, directory: String) {
        func source(_ reader: ObjectReader?, _ split: String) -> DataSource? {
            guard let reader else { return nil }
            let file = reader.requiredString("file") ?? ""
            let source = DataSource(
                file: Self.join(directory, file),
                inputs: reader.string("inputs", default: "/\(split)/inputs"),
                targets: reader.string("targets", default: "/\(split)/targets"))
            reader.finish()
            return source
        }
        train = source(reader?.requiredObject("train"), "train") ?? DataSource(file: "", inputs: "", targets: nil)
        validation = source(reader?.object("validation"), "validation")
        test = source(reader?.object("test"), "test")
        normalize = reader?.choice("normalize", default: Normalization.none) ?? .none
        reader?.finish()
    }

    /// `a/b` and `../c` make `a/c`: the shortest spelling, which is the one that messages show.
    static func join(_ directory: String, _ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var parts = directory.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        for part in path.split(separator: "/").map(String.init) where part != "." {
            if part == "..", let last = parts.last, last != "..", last != "." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        let joined = parts.filter { $0 != "." }.joined(separator: "/")
        return directory.hasPrefix("/") ? "/" + joined : joined
    }

    var configuration: JSONNode {
        func source(_ source: DataSource) -> JSONNode {
            [
                // Whole, since this is read in another directory than the one that the run was started in.
                "file": JSONNode(Self.join(FileManager.default.currentDirectoryPath, source.file)),
                "inputs": JSONNode(source.inputs),
                "targets": source.targets.map { JSONNode($0) } ?? .init(.null),
            ]
        }
        var members: [JSONNode.Member] = [.init(key: "train", value: source(train))]
        if let validation { members.append(.init(key: "validation", value: source(validation))) }
        if let test { members.append(.init(key: "test", value: source(test))) }
        members.append(.init(key: "normalize", value: JSONNode(normalize.rawValue)))
        return JSONNode(.object(members))
    }
}

/// `parallel`: workers and shards, each a number or a word.
public struct ParallelConfiguration: Sendable, Hashable {
    /// Nil for `"auto"`: as many as the CPUs that the process may use.
    public var workers: Int?
    /// Nil for `"workers"`: as many as workers.
    public var shards: Int?

    init(reading reader: ObjectReader?) {
        let limit = 1...4096
        if case .integer(let count) = reader?.integerOrWord(
            "workers", in: limit, words: ["auto"], default: .word("auto"))
        {
            workers = count
        }
        if case .integer(let count) = reader?.integerOrWord(
            "shards", in: limit, words: ["workers"], default: .word("workers"))
        {
            shards = count
        }
        reader?.finish()
    }

    /// The numbers for this machine, and for batches of this size: more shards than samples would stay empty.
    public func resolved(batchSize: Int) -> Parallelism {
        let workers = self.workers ?? min(AvailableCPUs.count, shards ?? batchSize)
        return Parallelism(workers: workers, shards: shards)
    }

    var configuration: JSONNode {
        [
            "workers": workers.map { JSONNode($0) } ?? "auto",
            "shards": shards.map { JSONNode($0) } ?? "workers",
        ]
    }
}
