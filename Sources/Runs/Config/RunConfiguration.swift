import Batches
import Configuration
import Engine
import Foundation
import Interchange
import Kernels
import Metrics
import Network
import Optimizers

/// Everything that determines a run: the contents of a config file, with defaults filled in and relative paths
/// resolved.
public struct RunConfiguration: Sendable {
    public var name: String
    public var seed: UInt64
    public var data: DataConfiguration
    public var layers: [ModelLayer]
    /// The names of the layers whose outputs are the predictions; nil for the last layer.
    public var outputs: [String]?
    /// Losses, by output.
    public var losses: ByName<any Loss>
    /// The factor on each output's loss in the model's loss; 1 for outputs that are not named.
    public var lossWeights: [String: Double]
    /// Metrics, by output.
    public var metricsByOutput: ByName<[any Metric]>
    public var optimizer: any Optimizer
    public var schedule: any Schedule
    public var clipping: GradientClipping
    /// The parameters without weight decay; see `TrainingSettings.excludedFromWeightDecay`.
    public var excludedFromWeightDecay: [String]
    public var training: TrainingConfiguration
    public var parallel: ParallelConfiguration
    public var checkpoint: CheckpointConfiguration
    public var export: ExportConfiguration
    public var logging: LoggingConfiguration

    /// The config file as the user named it, for messages.
    public let file: String
    /// Where the sections came from, for mistakes that show only when data and model are known.
    private let origins: [String: JSONNode.Origin]

    /// Reads a config.
    /// - Parameter directory: the directory that relative paths start from, normally that of the config file.
    /// - Throws: `ConfigurationError` with all mistakes at once.
    public init(_ document: ConfigurationDocument, directory: String) throws(ConfigurationError) {
        let diagnostics = Diagnostics(file: document.file)
        let root = ObjectReader(document.root, path: "", diagnostics: diagnostics)
        name = root.string("name", default: Self.stem(document.file))
        if name.isEmpty || name.contains("/") || name == "." || name == ".." {
            root.fail("must be a name for a directory, without '/', but is '\(name)'", key: "name")
        }
        if name.utf8.count > Self.longestName {
            root.fail("must be at most \(Self.longestName) bytes long, but has \(name.utf8.count)", key: "name")
        }
        seed = UInt64(root.integer("seed", in: 0..., default: 0))
        data = DataConfiguration(reading: root.requiredObject("data"), directory: directory)
        let model = root.requiredObject("model")
        let readers = model?.requiredObjects("layers") ?? []
        layers = readers.compactMap { LayerRegistry.read($0) }
        outputs = model?.strings("outputs")
        if outputs?.isEmpty == true { model?.fail("must name at least one layer", key: "outputs") }
        model?.finish()
        losses = LossRegistry.readByName(root, key: "loss")
        if let label = data.ignoreLabel, let loss = losses.only, loss.ignoredLabel ?? label == label,
            let ignoring = loss.ignoring(label)
        {
            // From here on there is one place that says it.
            losses = ByName(ignoring)
            data.ignoreLabel = nil
        }
        data.stratifiesNumbers = Self.areNumbers(losses, of: data.stratifiedOutput)
        lossWeights = Self.weights(root, losses)
        metricsByOutput = ByName(reading: root, key: "metrics", isOne: { _ in false }, Self.metrics)
        for name in outputs ?? [] where (outputs ?? []).count > 1 && name == "type" {
            model?.fail(
                "names 'type', by which a loss is told from losses by name; call the layer otherwise", key: "outputs")
        }
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
        logging = LoggingConfiguration(reading: root.object("logging"))
        root.finish(ignoring: .annotations)

        if let problem = training.earlyStopping?.problem(
            figures: Self.figures(outputs, metricsByOutput), hasValidation: data.validation != nil || data.folds != nil)
        {
            let keys = root.object("training")
            if case .object? = keys?.node("early_stopping")?.value {
                keys?.object("early_stopping")?.fail(problem, key: "monitor")
            } else {
                keys?.fail(problem, key: "early_stopping")
            }
        }
        if let word = training.thresholds.all.lazy.compactMap(\.word).first, data.validation == nil, data.folds == nil {
            root.object("training")?.fail(
                "is '\(word)', by which it is chosen on the validation split, but data.validation is missing; add it, or "
                    + "give a number", key: "threshold")
        }
        if data.shuffleWindow != nil, !training.shuffle {
            root.object("data")?.fail(
                "has nothing to act on, since training.shuffle is false; leave one of the two out",
                key: "shuffle_window")
        }
        file = document.file
        var origins: [String: JSONNode.Origin] = [:]
        for key in ["data", "model", "loss", "loss_weights", "metrics", "optimizer", "training"] {
            origins[key] = document.root[key]?.origin
        }
        for (section, key) in [
            ("data", "class_weight"), ("data", "shuffle_window"), ("data", "memory_limit"), ("training", "batch_size"),
            ("training", "epochs"), ("training", "threshold"), ("data", "normalize"), ("data", "normalize_targets"),
            ("data", "augment"),
            ("model", "outputs"),
            ("optimizer", OptimizerConfiguration.exclusionKey),
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
    /// In bytes of UTF-8, as for layers.
    private static let longestName = 1024

    private static func stem(_ file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? "run"
        return last.hasSuffix(".json") ? String(last.dropLast(5)) : last
    }

    /// Whether an output's targets are numbers by its loss; those of classes and of binary outputs are labels.
    private static func areNumbers(_ losses: ByName<any Loss>, of output: String?) -> Bool {
        let loss = losses.only ?? losses.entries.first { output == nil || $0.name == output }?.value
        return loss?.targetForm(for: [1]).isOfValues ?? false
    }

    private static func metrics(_ reader: ObjectReader, _ key: String) -> [any Metric] {
        var kinds: [any Metric] = []
        for (index, word) in (reader.strings(key) ?? []).enumerated() {
            guard let kind = MetricRegistry.metric(named: word) else {
                reader.fail(MetricRegistry.kinds.unknown(word), key: key, index: index)
                continue
            }
            if kinds.contains(where: { $0.name == kind.name }) {
                reader.fail("names '\(word)' twice", key: key, index: index)
            }
            kinds.append(kind)
        }
        return kinds
    }

    /// `loss_weights`: a number for each output by its name.
    private static func weights(_ root: ObjectReader, _ losses: ByName<any Loss>) -> [String: Double] {
        guard let reader = root.object("loss_weights") else { return [:] }
        if losses.only != nil {
            root.fail(
                "stands beside one loss, which has nothing to be weighed against; leave it out", key: "loss_weights")
        }
        var weights: [String: Double] = [:]
        for name in reader.presentKeys { weights[name] = reader.requiredNumber(name, .between(0, 1e9)) }
        reader.finish()
        return weights
    }

    /// The figures that the run reports beside the loss.
    package var figures: [any Figure] { Self.figures(outputs, metricsByOutput) }

    private static func figures(_ outputs: [String]?, _ metrics: ByName<[any Metric]>) -> [any Figure] {
        guard let outputs, outputs.count > 1 else { return metrics.first ?? [] }
        let own = outputs.map { name in metrics.entries.first { $0.name == name }?.value ?? [] }
        return FigureList(outputs: outputs, metrics: own).figures
    }

    /// The mistakes of a part of the config that has been read, as an error with file and line.
    func error(_ path: String, _ message: String) -> ConfigurationError {
        let top = String(path.prefix { $0 != "." })
        // An element of a list stands where the list does.
        let list = String(path.prefix { $0 != "[" })
        let origin = origins[path] ?? origins[list] ?? origins[top] ?? .code
        return ConfigurationError(
            file: file, problems: [ConfigurationError.Problem(path: path, origin: origin, message: message)])
    }

    func error(_ error: ModelError) -> ConfigurationError {
        let problems = error.problems.map { problem in
            let path = problem.place.map { "model.\($0)" } ?? "model"
            return ConfigurationError.Problem(path: path, origin: origins[path] ?? .code, message: problem.message)
        }
        return ConfigurationError(file: file, problems: problems)
    }

    /// The model for samples of a shape.
    /// - Throws: `ConfigurationError` where the layers do not fit the shape or each other.
    public func model(input shape: Shape) throws(ConfigurationError) -> Model {
        try model(inputs: [ModelInput(Model.inputName, shape)])
    }

    /// The model for the inputs that data have.
    package func model(for data: Dataset) throws(ConfigurationError) -> Model {
        try model(inputs: data.fields(.input).map { ModelInput($0.name ?? Model.inputName, $0.field.featureShape) })
    }

    /// The model for several inputs.
    /// - Throws: as for a single one.
    public func model(inputs: [ModelInput]) throws(ConfigurationError) -> Model {
        do {
            return try Model(inputs: inputs, outputs: outputs, layers: layers)
        } catch {
            throw self.error(error)
        }
    }

    /// The model with its loss, checked against the metrics.
    /// - Parameter data: what is trained on, to which the scales of targets are fitted; without it targets are taken as they
    ///   are.
    /// - Throws: `ConfigurationError` where loss or metrics do not fit the last layer; `DataError` and `HDF5Error` for
    ///   targets that can't be scaled.
    package func objective(_ model: Model, on data: Dataset? = nil) throws -> Objective {
        if let label = self.data.ignoreLabel {
            guard let loss = losses.only else {
                throw error(
                    "data.ignore_label",
                    "is \(label) for all outputs, but each loss has labels of its own; give those that ignore one "
                        + "\"ignore_class\": \(label)")
            }
            throw error(
                "data.ignore_label",
                loss.ignoring(label) != nil
                    ? "is \(label), but the loss's ignore_class is \(loss.ignoredLabel ?? label); leave one of them out"
                    : "needs the loss sparse_categorical_crossentropy, but the loss is \(loss.typeName)")
        }
        _ = try values(self.data.targetNormalizations, "data.normalize_targets", of: model.outputs, "output")
        let objective: Objective
        do {
            let scales =
                try data.map {
                    try Preprocessing.targetScales(self.data.targetNormalizations, fittedTo: $0, of: model.outputs)
                }
            objective = try Objective(model, losses: losses, weights: lossWeights, targetScales: scales ?? [:])
        } catch let error as TargetScaleError {
            throw self.error("data.normalize_targets", "\(error)")
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
        let outputs = objective.outputs
        let metrics = try values(metricsByOutput, "metrics", of: model.outputs, "output")
        for (output, kinds) in zip(outputs, metrics) {
            for kind in kinds ?? [] {
                if let problem = kind.problem(with: output.targetForm) {
                    throw error(path("metrics", output.name, metricsByOutput), problem)
                }
            }
        }
        if let problem = FigureList(outputs: model.outputs, metrics: metrics.map { $0 ?? [] }).problem {
            throw error("metrics", problem)
        }
        for (output, rule) in zip(
            outputs, try values(training.thresholds, "training.threshold", of: model.outputs, "output"))
        where rule != nil {
            if let problem = ThresholdRule.problem(with: output) {
                throw error(path("training.threshold", output.name, training.thresholds), problem)
            }
        }
        let weights = try values(self.data.classWeightsByOutput, "data.class_weight", of: model.outputs, "output")
        for (output, weights) in zip(outputs, weights) where weights != nil {
            if let problem = ClassWeights.problem(with: MetricLayout(output)) {
                throw error(path("data.class_weight", output.name, self.data.classWeightsByOutput), problem)
            }
        }
        let inputs = model.inputs.map(\.name)
        _ = try values(self.data.normalizations, "data.normalize", of: inputs, "input")
        let augmentations = try values(self.data.augmentations, "data.augment", of: inputs, "input")
        for (input, augmentation) in augmentations.enumerated() {
            guard let problem = augmentation?.problem(in: objective, input: input) else { continue }
            throw error(
                path("data.augment", inputs[input], self.data.augmentations) + "[\(problem.index)]", problem.message)
        }
        return objective
    }

    /// Where the value of an input or output stands.
    private func path<T>(_ key: String, _ name: String, _ values: ByName<T>) -> String {
        values.only == nil ? "\(key).\(name)" : key
    }

    /// The values of these inputs or outputs.
    private func values<T>(
        _ values: ByName<T>, _ path: String, of names: [String], _ noun: String
    ) throws(ConfigurationError) -> [T?] {
        do { return try values.values(of: names, noun) } catch { throw self.error(path, "\(error)") }
    }

    /// Sees that as many rows are shuffled together as batches of this size need.
    /// - Throws: `ConfigurationError` where there are fewer.
    package func checkShuffleWindow(_ data: Dataset, batch: Int) throws(ConfigurationError) {
        if training.shuffle, let problem = data.shuffleWindowProblem(batch: batch) {
            throw error("data.shuffle_window", problem)
        }
    }

    /// What normalisation comes to for each input of the model.
    /// - Throws: `DataError`, `HDF5Error` for data to which it can't be fitted.
    package func preprocessings(fittedTo data: Dataset, for objective: Objective) throws -> [Preprocessing] {
        try Preprocessing.all(self.data.normalizations, fittedTo: data, of: objective.model.inputs.map(\.name)).values
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
        settings.metricsByOutput = metricsByOutput
        settings.augmentations = data.augmentations
        settings.classWeightsByOutput = data.classWeightsByOutput
        return settings
    }

    /// The config in full: defaults written out, paths whole. Reading it gives the same run.
    package func configuration(model: Model) -> JSONNode {
        var layers: JSONNode = ["layers": model.configuration]
        if let outputs = model.outputsConfiguration { layers["outputs"] = outputs }
        let weights = model.outputs.compactMap { name in
            lossWeights[name].map { JSONNode.Member(key: name, value: JSONNode($0)) }
        }
        var node: JSONNode = [
            "name": JSONNode(name), "seed": JSONNode(Int(seed)), "data": data.configuration,
            "model": layers, "loss": losses.configuration { $0.typedConfiguration } ?? .init(.null),
        ]
        if !weights.isEmpty { node["loss_weights"] = JSONNode(.object(weights)) }
        node["metrics"] =
            metricsByOutput.configuration { metrics in JSONNode(metrics.map { JSONNode($0.name) }) } ?? []
        node["optimizer"] =
            OptimizerConfiguration(
                optimizer, schedule, clipping, excludedFromWeightDecay: excludedFromWeightDecay
            ).configuration
        node["training"] = training.configuration
        node["parallel"] = parallel.configuration
        node["checkpoint"] = checkpoint.configuration
        node["export"] = export.configuration
        if logging != LoggingConfiguration() { node["logging"] = logging.configuration }
        return node
    }
}

/// Where there is one output.
extension RunConfiguration {
    public var loss: any Loss {
        get { losses.first ?? .meanSquaredError(factor: 1) }
        set { losses = ByName(newValue) }
    }

    public var metrics: [any Metric] {
        get { metricsByOutput.first ?? [] }
        set { metricsByOutput = ByName(newValue) }
    }
}
