public import Kernels
public import Network

/// How many threads train, and into how many parts a batch is cut.
public struct Parallelism: Sendable, Hashable {
    public var workers: Int
    public var shards: Int

    /// - Parameter shards: as many as workers unless given. With the same number of shards, the results are the
    ///   same to the bit for any number of workers.
    public init(workers: Int, shards: Int? = nil) {
        self.workers = max(workers, 1)
        self.shards = max(shards ?? workers, 1)
        // A worker without a shard would only wait.
        self.workers = min(self.workers, self.shards)
    }
}

/// What an epoch came to.
public struct EpochResult: Sendable {
    /// The mean over the samples, each measured just before the step that it took part in.
    public let loss: Double
    public let metrics: [Double]
    /// The mean over the steps of the norm of the gradient.
    public let gradientNorm: Double
    public let samples: Int
    public let seconds: Double

    public var samplesPerSecond: Double { seconds > 0 ? Double(samples) / seconds : 0 }
}

/// Where training stands within an epoch, for a display.
public struct StepProgress: Sendable {
    public let epoch: Int
    public let step: Int
    public let stepsPerEpoch: Int
    public let samples: Int
    public let seconds: Double
    public let loss: Double
    /// Of the epoch so far; nil where they are too costly to take in between, as ROC AUC is.
    public let metrics: [Double]?
}

/// Trains a network on worker threads: mini-batches are cut into shards, each worker runs its shards on replicas,
/// and gradients are reduced and stepped by all workers, each on its slice.
///
/// One step: gather, forward and backward; barrier; reduce and optimizer on slices; barrier. The parameters are
/// shared memory, so nothing is sent round. A step allocates nothing.
///
/// `@unchecked Sendable`: in `run` each worker touches what belongs to it, as `Replica`, `Reducer` and
/// `OptimizerState` say; `lossOfShard` has a place for each shard, written before a barrier and read behind it.
public final class TrainingEngine: @unchecked Sendable {
    public let objective: Objective
    public let parallelism: Parallelism
    public let parameters: AlignedMemory
    public let optimizer: OptimizerState
    /// The number of steps taken.
    public private(set) var step = 0

    let data: Dataset
    let targets: StoredTensor
    let constants: RowConstants?
    let reader: BatchReader
    private let schedule: Schedule
    private let epochs: Int
    let seed: UInt64
    let plan: ShardPlan
    let team: WorkerTeam
    let barrier: PhaseBarrier
    let reducer: Reducer
    let replicas: [Replica]
    let metricSets: [MetricSet]
    let lossOfShard: AlignedMemory
    /// Whether steps are shared; the first worker's own during a run.
    var pace = Pace()
    /// Where the time of the steps goes, if somebody wants to know. To be changed between runs only.
    public var profile: StepProfile? { didSet { reader.profile = profile } }

    public struct Settings: Sendable {
        public var optimizer: Optimizer
        public var schedule: Schedule = .constant
        public var epochs: Int
        public var batchSize: Int
        public var shuffle = true
        public var seed: UInt64 = 0
        public var metrics: [MetricKind] = []
        public var parallelism: Parallelism

        public init(optimizer: Optimizer, epochs: Int, batchSize: Int, parallelism: Parallelism) {
            self.optimizer = optimizer
            self.epochs = epochs
            self.batchSize = batchSize
            self.parallelism = parallelism
        }
    }

    /// - Throws: `DataError` for data that do not fit the objective, `MetricError`, `KernelError`.
    public init(
        _ objective: Objective, on data: Dataset, preprocessing: Preprocessing, _ settings: Settings
    ) throws {
        try data.check(against: objective)
        guard let targets = data.targets else { throw DataError("\(data.inputsPlace) has no targets to train towards") }
        guard settings.batchSize > 0 else {
            throw DataError("a batch_size must be 1 or more, but is \(settings.batchSize)")
        }
        guard settings.batchSize <= data.count else {
            throw DataError(
                "a batch_size of \(settings.batchSize) is larger than the dataset: \(data.inputsPlace) has "
                    + "\(data.count) rows")
        }
        self.objective = objective
        self.data = data
        self.targets = targets
        parallelism = settings.parallelism
        schedule = settings.schedule
        epochs = settings.epochs
        seed = settings.seed
        constants = try preprocessing.rowConstants(data.inputs.rowShape)
        reader = BatchReader(
            rows: data.count, batchSize: settings.batchSize, shuffled: settings.shuffle, seed: settings.seed)

        let count = objective.layout.count
        let (workers, shards) = (parallelism.workers, parallelism.shards)
        parameters = try AlignedMemory(floats: count)
        objective.layout.initialise(parameters.floats, seed: seed)
        optimizer = try OptimizerState(settings.optimizer, count: count)
        plan = ShardPlan(shards: shards, workers: workers)
        team = WorkerTeam(workers)
        barrier = team.makeBarrier()
        reducer = try Reducer(count: count, shards: shards, workers: workers)
        lossOfShard = try AlignedMemory(byteCount: shards * MemoryLayout<Double>.stride)

        let layout = MetricLayout(objective)
        let perShard = (data.count + shards - 1) / shards + reader.batchesPerEpoch
        metricSets = try (0..<shards).map { _ in
            try MetricSet(kinds: settings.metrics, layout: layout, capacity: perShard)
        }
        let batches = [settings.batchSize, data.count % settings.batchSize]
        replicas = try team.makeReplicas(
            objective.training, plan,
            samples: { [plan] shard in Set(batches.map { plan.samples(of: shard, in: $0).count }) },
            parameters: parameters, gradients: { [reducer] in reducer.gradient(of: $0) })
    }

    /// The learning rate of the step before; of the first one, if there was none.
    public var lastLearningRate: Double { rate(at: max(step - 1, 0)) }

    func rate(at step: Int) -> Double {
        optimizer.optimizer.learningRate
            * schedule.factor(step: step, stepsPerEpoch: reader.batchesPerEpoch, epochs: epochs)
    }

    /// Trains for one epoch.
    /// - Parameters:
    ///   - epoch: counted from 0; decides the order of the rows.
    ///   - limit: an end after so many steps.
    ///   - progress: called now and then on a worker's thread.
    /// - Throws: `Divergence` where the loss or a gradient is no longer finite. The parameters then are finite: those
    ///   before that step, or, where only a gradient was at fault, those with its finite blocks stepped.
    public func run(
        epoch: Int, limit: Int? = nil, progress: (@Sendable (StepProgress) -> Void)? = nil
    ) throws -> EpochResult {
        let order = try reader.epoch(epoch)
        return try run(epoch: epoch, order: order, limit: limit, progress: progress)
    }

    func run(
        epoch: Int, order: EpochOrder, limit: Int? = nil, progress: (@Sendable (StepProgress) -> Void)? = nil
    ) throws -> EpochResult {
        for set in metricSets { set.reset() }
        let batches = (order.count + reader.batchSize - 1) / reader.batchSize
        let epoch = EpochUnderWay(
            number: epoch, order: order, steps: min(batches, limit ?? batches), firstStep: step, progress: progress,
            chunk: pace.remaining)
        try team.run { [self] worker in work(worker, on: epoch) }
        let totals = epoch.totals
        step += totals.steps
        if let failed = totals.failedStep {
            throw diagnose(
                epoch: epoch.number, step: failed, BatchReader.batch(failed, of: order, size: reader.batchSize))
        }
        let metrics = metricSets[0]
        for set in metricSets.dropFirst() { metrics.merge(set) }
        return EpochResult(
            loss: totals.loss / Double(max(totals.samples, 1)), metrics: metrics.values(),
            gradientNorm: totals.norm / Double(max(totals.steps, 1)), samples: totals.samples,
            seconds: (ContinuousClock.now - epoch.start).seconds)
    }

    /// Runs the failed step's shards once more, keeping everything, and finds the first tensor that is not finite.
    private func diagnose(epoch: Int, step: Int, _ batch: Batch) -> Divergence {
        for shard in 0..<plan.shards {
            let range = plan.samples(of: shard, in: batch.count)
            let rows = Array(UnsafeBufferPointer(start: batch.rows + range.lowerBound, count: range.count))
            var pass = Pass(isTraining: true, seed: seed, step: self.step)
            pass.firstSample = range.lowerBound
            guard !rows.isEmpty,
                let inspection = try? Inspection(
                    objective, parameters: parameters, data: data, constants: constants, rows: rows, pass),
                let tensor = inspection.firstNonFinite
            else { continue }
            return Divergence(epoch: epoch, step: step, tensor: tensor, rows: rows.map(Int.init))
        }
        return Divergence(epoch: epoch, step: step, tensor: "the loss", rows: [])
    }
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

extension MetricLayout {
    init(_ objective: Objective) {
        let isRowwise = objective.loss.isRowwise
        let shape = objective.outputShape
        self.init(
            form: Dataset.targetForm(objective), rowsPerSample: isRowwise ? shape.count / shape.last : 1,
            predictionsAreLogits: objective.predictsLogits)
    }
}
