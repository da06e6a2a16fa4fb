public import Kernels
public import Network

/// What happens during a fit, for those who want to see it.
public protocol TrainingObserver: Sendable {
    /// Now and then within an epoch, on a worker's thread.
    func progressed(_ progress: StepProgress)
    /// After each epoch and its validation, on the thread that called `fit`.
    func finished(_ record: EpochRecord) throws
}

/// Fits a model to data.
///
/// ```swift
/// let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: data) {
///     $0.optimizer = .adam(learningRate: 0.05)
///     $0.epochs = 300
///     $0.batchSize = 4
/// }
/// let history = try trainer.fit()
/// let probabilities = try trainer.predict(data)
/// ```
public final class Trainer {
    public struct Settings {
        public var optimizer = Optimizer.adam(learningRate: 0.001)
        public var schedule = Schedule.constant
        public var epochs = 10
        public var batchSize = 32
        public var shuffle = true
        public var seed: UInt64 = 0
        public var metrics: [MetricKind] = []
        public var normalization = Normalization.none
        public var validation: Dataset?
        public var earlyStopping: EarlyStopping?
        /// Workers, and shards a batch; as many workers as the process has CPUs unless given.
        public var parallelism: Parallelism?
        /// The last layer gives logits for a cross-entropy.
        public var fromLogits = false

        public init() {}
    }

    public let objective: Objective
    public let preprocessing: Preprocessing
    public let engine: TrainingEngine
    private let settings: Settings
    private let validator: Evaluator?
    private let classNames: [String]?
    /// The epoch whose parameters the trainer holds, if early stopping has gone back to it.
    public private(set) var restoredEpoch: Int?
    public private(set) var stoppedEarly = false

    /// - Throws: `DataError` for data that do not fit, `ModelError`, `ObjectiveError`, `MetricError`, `KernelError`.
    public convenience init(
        _ model: Model, loss: LossFunction, on data: Dataset, _ configure: (inout Settings) -> Void = { _ in }
    ) throws {
        var settings = Settings()
        configure(&settings)
        try self.init(Objective(model, loss: loss, fromLogits: settings.fromLogits), on: data, settings)
    }

    init(_ objective: Objective, on data: Dataset, _ settings: Settings) throws {
        if let problem = settings.earlyStopping?.problem(
            metrics: settings.metrics, hasValidation: settings.validation != nil)
        {
            throw ObjectiveError("earlyStopping.monitor: \(problem)")
        }
        self.objective = objective
        self.settings = settings
        classNames = data.classNames
        preprocessing = Preprocessing(fitting: settings.normalization, to: data.inputs)
        let parallelism =
            settings.parallelism ?? Parallelism(workers: min(AvailableCPUs.count, max(settings.batchSize, 1)))
        var engineSettings = TrainingEngine.Settings(
            optimizer: settings.optimizer, epochs: settings.epochs, batchSize: settings.batchSize,
            parallelism: parallelism)
        engineSettings.schedule = settings.schedule
        engineSettings.shuffle = settings.shuffle
        engineSettings.seed = settings.seed
        engineSettings.metrics = settings.metrics
        engine = try TrainingEngine(objective, on: data, preprocessing: preprocessing, engineSettings)
        let chunk = max(1, settings.batchSize / engine.parallelism.shards)
        validator = try settings.validation.map { [engine, preprocessing] validation in
            try Evaluator(
                objective, on: validation, preprocessing: preprocessing, parameters: engine.parameters,
                engine.parallelism, chunk: max(chunk, 32), team: engine.team)
        }
    }

    /// Trains until the last epoch or until early stopping ends it.
    /// - Returns: the epochs' figures.
    /// - Throws: `Divergence` where training leaves the finite numbers, and what the observer throws.
    @discardableResult
    public func fit(observer: (any TrainingObserver)? = nil) throws -> [EpochRecord] {
        var history: [EpochRecord] = []
        var rule = settings.earlyStopping.map { StoppingRule($0, metrics: settings.metrics) }
        let keepsBest = settings.earlyStopping?.restoreBest == true
        let count = objective.layout.count
        let best = keepsBest ? try AlignedMemory(floats: count) : nil
        for epoch in 0..<settings.epochs {
            let result = try engine.run(epoch: epoch) { observer?.progressed($0) }
            let validation = try validator?.evaluate(settings.metrics)
            let record = EpochRecord(
                epoch: epoch + 1, step: engine.step, learningRate: engine.lastLearningRate, loss: result.loss,
                metrics: result.metrics, validationLoss: validation?.loss, validationMetrics: validation?.metrics,
                samplesPerSecond: result.samplesPerSecond, gradientNorm: result.gradientNorm)
            history.append(record)
            let verdict = rule?.judge(record)
            if verdict == .improved { best?.floats.update(from: engine.parameters.floats, count: count) }
            try observer?.finished(record)
            if verdict == .stops {
                stoppedEarly = true
                break
            }
        }
        if let best, let epoch = rule?.best?.epoch, epoch != history.last?.epoch {
            engine.parameters.floats.update(from: best.floats, count: count)
            restoredEpoch = epoch
        }
        return history
    }

    /// Measures a dataset with the parameters as they are.
    public func evaluate(_ data: Dataset) throws -> Evaluation {
        try Evaluator(
            objective, on: data, preprocessing: preprocessing, parameters: engine.parameters, engine.parallelism,
            chunk: 256, team: engine.team
        ).evaluate(settings.metrics)
    }

    /// The model's result for each sample.
    public func predict(_ data: Dataset) throws -> [[Float]] {
        let width = objective.outputShape.count
        let flat = try Evaluator(
            objective, on: data, preprocessing: preprocessing, parameters: engine.parameters, engine.parallelism,
            chunk: 256, predictsOnly: true, team: engine.team
        ).predict()
        return stride(from: 0, to: flat.count, by: width).map { Array(flat[$0..<$0 + width]) }
    }

    /// The model as it stands, to be saved or used elsewhere; it stays so when training goes on.
    /// - Throws: `KernelError.outOfMemory`.
    public func trainedModel() throws -> TrainedModel {
        let parameters = try AlignedMemory(floats: objective.layout.count)
        parameters.floats.update(from: engine.parameters.floats, count: objective.layout.count)
        return TrainedModel(
            objective: objective, metrics: settings.metrics, preprocessing: preprocessing, classNames: classNames,
            parameters: parameters)
    }

    /// Writes the model as a Keras HDF5 file.
    /// - Throws: `FileError` where it can't be written; the file is then as it was.
    public func save(_ path: String) throws { try trainedModel().save(path) }
}
