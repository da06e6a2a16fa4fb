import Batches
import Configuration
import Kernels
import Metrics
import Network
import Optimizers

/// How a model is trained: optimizer, schedule, batches, metrics and parallelism. A run from a config and a `Trainer`
/// use the same settings.
public struct TrainingSettings: Sendable {
    // A new setting is a line here, beside where it is read and where it is used.
    public var optimizer: any Optimizer = .adam(learningRate: 0.001)
    public var schedule: any Schedule = .constant
    public var clipping = GradientClipping.none
    /// The parameters without weight decay: kinds (`bias`, `normalization`, `kernel`), names of layers, names of
    /// parameters such as `logits/bias`, and patterns of such names with `*`. A layer's own learning rate factor and
    /// weight decay are in its `LayerTraining`.
    public var excludedFromWeightDecay: [String] = []
    /// The number of epochs of the run. A schedule spans all of them.
    public var epochs = 10
    /// The number of samples of an optimizer step.
    public var batchSize = 32
    public var shuffle = true
    /// The seed of the initial parameters, the shuffle, dropout and augmentation.
    public var seed: UInt64 = 0
    /// Metrics, by output.
    public var metricsByOutput = ByName<[any Metric]>()
    /// Augmentation of the training samples, by input.
    public var augmentations = ByName<Augmentation>()
    /// Class weights of the loss, by output.
    public var classWeightsByOutput = ByName<ClassWeights>()
    /// Whether a step whose loss or gradient is not finite is dropped, rather than the end.
    package var skipsNonFinite = false
    /// The numbers of workers and shards. Nil for the defaults of a config: a worker for each available CPU, and a
    /// number of shards that follows from the model and the batch size.
    public var parallelism: Parallelism?

    public init() {}

    public init(optimizer: any Optimizer, epochs: Int, batchSize: Int, parallelism: Parallelism) {
        self.optimizer = optimizer
        self.epochs = epochs
        self.batchSize = batchSize
        self.parallelism = parallelism
    }
}

/// Where there is one output, or one input.
extension TrainingSettings {
    public var metrics: [any Metric] {
        get { metricsByOutput.first ?? [] }
        set { metricsByOutput = newValue.isEmpty ? ByName() : ByName(newValue) }
    }

    public var augmentation: Augmentation {
        get { augmentations.first ?? Augmentation() }
        set { augmentations = newValue.transforms.isEmpty ? ByName() : ByName(newValue) }
    }

    public var classWeights: ClassWeights? {
        get { classWeightsByOutput.first }
        set { classWeightsByOutput = newValue.map { ByName($0) } ?? ByName() }
    }
}

/// What the settings come to for the inputs and outputs of a model, in their order.
extension TrainingSettings {
    /// - Throws: `ObjectiveError` for metrics of what is no output.
    package func metrics(for objective: Objective) throws -> [[any Metric]] {
        try Self.values(metricsByOutput, "metrics", of: objective.outputs.map(\.name), "output").map { $0 ?? [] }
    }

    /// - Returns: for each input one for each worker; nil where samples are taken as they are.
    func augmenters(
        for objective: Objective, _ preprocessing: [Preprocessing], workers: Int
    ) throws -> [[Augmenter]?] {
        let inputs = objective.model.inputs
        let all = try Self.values(augmentations, "augmentation", of: inputs.map(\.name), "input")
        var before = 0
        return try all.enumerated().map { place, augmentation in
            guard let augmentation, !augmentation.transforms.isEmpty else { return nil }
            if let problem = augmentation.problem(in: objective, input: place) {
                throw ObjectiveError("augmentation[\(problem.index)]: \(problem.message)")
            }
            let shape = inputs[place].shape
            defer { before += augmentation.transforms.count }
            return try (0..<workers).map { _ in
                try Augmenter(
                    augmentation, shape: shape, targetWidth: objective.outputs[0].targetShape.count, seed: seed,
                    black: preprocessing[place].black(shape), firstTransform: before)
            }
        }
    }

    /// - Returns: for each output; nil where all samples count the same.
    func weights(
        for objective: Objective, on data: Dataset, _ feed: ShardFeed, workers: Int, shards: Int
    ) throws -> [SampleWeights?] {
        let names = objective.outputs.map(\.name)
        let classes = try Self.values(classWeightsByOutput, "class weights", of: names, "output")
        return try zip(classes, data.weightPlaces(of: names)).enumerated().map { output, pair in
            let layout = MetricLayout(objective.outputs[output])
            let table = try pair.0.map { weights in
                if let problem = ClassWeights.problem(with: layout) {
                    throw ClassWeightsError(problem + objective.words(ofOutput: output))
                }
                return ClassWeightTable(
                    try weights.weights(counts: feed.labelCounts(of: output, in: data)), layout: layout)
            }
            return try SampleWeights(
                classes: table, place: pair.1, workers: workers, capacity: (batchSize + shards - 1) / shards)
        }
    }

    private static func values<T>(
        _ values: ByName<T>, _ what: String, of names: [String], _ noun: String
    ) throws(ObjectiveError) -> [T?] {
        do { return try values.values(of: names, noun) } catch { throw ObjectiveError("\(what): \(error)") }
    }
}

extension Augmentation {
    /// The first transform that can't be applied to an input of a model, and why; nil if all can.
    package func problem(in objective: Objective, input: Int) -> (index: Int, message: String)? {
        if objective.inputs.count > 1 || objective.outputs.count > 1,
            let index = transforms.firstIndex(where: { $0.mixesSamples })
        {
            return (
                index,
                "\(transforms[index].typeName) mixes samples with their targets, for one input and one output; the model has several, so leave it "
                    + "out"
            )
        }
        let taken = objective.model.inputs[input]
        let element = objective.model.element(of: taken)
        if element != .float32, !transforms.isEmpty {
            return (
                0,
                "changes values, but the model takes whole numbers (\(element)), which stand for themselves; leave it out"
            )
        }
        return problem(inputShape: taken.shape, targets: objective.outputs[0].targetForm)
    }
}
