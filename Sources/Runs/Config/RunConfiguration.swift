import Batches
import Configuration
import Engine
import Foundation
import Interchange
import Kernels
import Metrics
import Network
import Optimizers

/// Everything that decides a run: what a config file says, with defaults filled in and paths made whole.
public struct RunConfiguration: Sendable {
    public var name: String
    public var seed: UInt64
    public var data: DataConfiguration
    public var layers: [ModelLayer]
    public var loss: any Loss
    public var metrics: [any Metric]
    public var optimizer: any Optimizer
    public var schedule: any Schedule
    public var clipping: GradientClipping
    /// What weight decay passes over; see `TrainingSettings`.
    public var excludedFromWeightDecay: [String]
    public var training: TrainingConfiguration
    public var parallel: ParallelConfiguration
    public var checkpoint: CheckpointConfiguration
    public var export: ExportConfiguration

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
        loss = LossRegistry.read(root, key: "loss") ?? .meanSquaredError(factor: 1)
        if let label = data.ignoreLabel, loss.ignoredLabel ?? label == label, let ignoring = loss.ignoring(label) {
            // From here on there is one place that says it.
            loss = ignoring
            data.ignoreLabel = nil
        }
        metrics = Self.metrics(root)
        let rule = OptimizerConfiguration(root, key: "optimizer")
        (optimizer, schedule, clipping) = (rule.optimizer, rule.schedule, rule.clipping)
        excludedFromWeightDecay = rule.excludedFromWeightDecay
        training = TrainingConfiguration(reading: root.requiredObject("training"))
        parallel = ParallelConfiguration(reading: root.object("parallel"))
        checkpoint = CheckpointConfiguration(reading: root.object("checkpoint"))
        if let shards = parallel.shards, shards * training.accumulate > Parallelism.mostShards {
            root.object("training")?.fail(
                "is \(training.accumulate), each of \(shards) shards (parallel.shards), and a batch has at most "
                    + "\(Parallelism.mostShards) in all; make one of them smaller", key: "accumulate")
        }
        export = ExportConfiguration(reading: root.object("export"))
        root.finish(ignoring: .annotations)

        if let problem = training.earlyStopping?.problem(
            metrics: metrics, hasValidation: data.validation != nil || data.folds != nil)
        {
            root.object("training")?.object("early_stopping")?.fail(problem, key: "monitor")
        }
        if data.shuffleWindow != nil, !training.shuffle {
            root.object("data")?.fail(
                "has nothing to act on, since training.shuffle is false; leave one of the two out",
                key: "shuffle_window")
        }
        file = document.file
        var origins: [String: JSONNode.Origin] = [:]
        for key in ["data", "model", "loss", "metrics", "optimizer", "training"] {
            origins[key] = document.root[key]?.origin
        }
        for (section, key) in [
            ("data", "class_weight"), ("data", "shuffle_window"), ("data", "memory_limit"), ("training", "batch_size"),
            ("training", "epochs"), ("optimizer", OptimizerConfiguration.exclusionKey),
        ] {
            origins["\(section).\(key)"] = document.root[section]?[key]?.origin
        }
        for (index, reader) in readers.enumerated() {
            origins["model.layers[\(index)]"] = reader.origin
            origins["model.layers[\(index)].weight_decay"] = reader.node("weight_decay")?.origin
        }
        self.origins = origins
        try diagnostics.throwIfAny(file: document.file)
    }

    /// `digits-mlp` for `Configs/digits-mlp.json`.
    private static func stem(_ file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? "run"
        return last.hasSuffix(".json") ? String(last.dropLast(5)) : last
    }

    private static func metrics(_ root: ObjectReader) -> [any Metric] {
        var kinds: [any Metric] = []
        for (index, word) in (root.strings("metrics") ?? []).enumerated() {
            guard let kind = MetricRegistry.metric(named: word) else {
                root.fail(MetricRegistry.kinds.unknown(word), key: "metrics", index: index)
                continue
            }
            if kinds.contains(where: { $0.name == kind.name }) {
                root.fail("names '\(word)' twice", key: "metrics", index: index)
            }
            kinds.append(kind)
        }
        return kinds
    }

    /// The mistakes of a part of the config that has been read, as an error with file and line.
    func error(_ path: String, _ message: String) -> ConfigurationError {
        let top = String(path.prefix { $0 != "." })
        // An element of a list stands where the list does.
        let list = String(path.prefix { $0 != "[" })
        let origin = origins[path] ?? origins[list] ?? origins[top] ?? .code
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
        if let label = data.ignoreLabel {
            throw error(
                "data.ignore_label",
                loss.ignoring(label) != nil
                    ? "is \(label), but the loss's ignore_class is \(loss.ignoredLabel ?? label); leave one of them out"
                    : "needs the loss sparse_categorical_crossentropy, but the loss is \(loss.typeName)")
        }
        let objective: Objective
        do {
            objective = try Objective(model, loss: loss)
        } catch let error as ObjectiveError {
            throw self.error("loss", "\(error)")
        }
        if training.accumulate > 1, let layer = objective.training.couplingLayer {
            throw error(
                "training.accumulate",
                "is \(training.accumulate), but layer '\(layer)' takes statistics over the whole batch, so that all of it "
                    + "must be in memory at once; leave accumulate out, and make batch_size smaller where memory is short"
            )
        }
        do {
            _ = try ParameterGroups(objective, optimizer, excluding: excludedFromWeightDecay)
        } catch {
            throw self.error(error.path, error.message)
        }
        let form = objective.targetForm
        for kind in metrics {
            if let problem = kind.problem(with: form) { throw error("metrics", problem) }
        }
        if data.classWeights != nil, let problem = ClassWeights.problem(with: MetricLayout(objective)) {
            throw error("data.class_weight", problem)
        }
        if !data.augmentation.transforms.isEmpty,
            let problem = data.augmentation.problem(inputShape: model.inputShape, targets: form)
        {
            throw error("data.augment[\(problem.index)]", problem.message)
        }
        return objective
    }

    /// How the config says to train; who trains adds the parallelism, which depends on the machine.
    package var trainingSettings: TrainingSettings {
        var settings = TrainingSettings()
        settings.optimizer = optimizer
        settings.schedule = schedule
        settings.clipping = clipping
        settings.excludedFromWeightDecay = excludedFromWeightDecay
        settings.epochs = training.epochs
        settings.batchSize = training.wholeBatch
        settings.shuffle = training.shuffle
        settings.seed = seed
        settings.metrics = metrics
        settings.augmentation = data.augmentation
        settings.classWeights = data.classWeights
        return settings
    }

    /// The config in full: defaults written out, paths whole. Reading it gives the same run.
    public func configuration(model: Model) -> JSONNode {
        [
            "name": JSONNode(name), "seed": JSONNode(Int(seed)), "data": data.configuration,
            "model": ["layers": model.configuration], "loss": loss.typedConfiguration,
            "metrics": JSONNode(metrics.map { JSONNode($0.name) }),
            "optimizer": OptimizerConfiguration(
                optimizer, schedule, clipping, excludedFromWeightDecay: excludedFromWeightDecay
            ).configuration,
            "training": training.configuration, "parallel": parallel.configuration,
            "checkpoint": checkpoint.configuration, "export": export.configuration,
        ]
    }
}
