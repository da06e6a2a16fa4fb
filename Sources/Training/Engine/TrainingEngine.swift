public import Kernels
public import Network
import Synchronization

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

    private let data: Dataset
    private let targets: StoredTensor
    private let constants: RowConstants?
    private let reader: BatchReader
    private let schedule: Schedule
    private let epochs: Int
    private let seed: UInt64
    private let plan: ShardPlan
    let team: WorkerTeam
    private let barrier: PhaseBarrier
    private let reducer: Reducer
    private let replicas: [Replica]
    private let metricSets: [MetricSet]
    private let lossOfShard: AlignedMemory
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
        replicas = try Self.makeReplicas(
            objective.training, plan, team,
            batches: [settings.batchSize, data.count % settings.batchSize], parameters, reducer)
    }

    /// Makes each replica on the thread that will run it, which thereby is the first to touch its memory.
    private static func makeReplicas(
        _ program: Program, _ plan: ShardPlan, _ team: WorkerTeam, batches: [Int], _ parameters: AlignedMemory,
        _ reducer: Reducer
    ) throws -> [Replica] {
        let made = Mutex<[Int: Replica]>([:])
        try team.run { worker in
            let own = try plan.shards(of: worker).map { shard in
                let sizes = Set(batches.map { plan.samples(of: shard, in: $0).count })
                return (shard, try Replica(program, samples: sizes))
            }
            // A worker runs its shards one after another, so they share one arena.
            let arena = try AlignedMemory(byteCount: own.map(\.1.arenaBytes).max() ?? 0)
            for (shard, replica) in own {
                replica.bind(
                    arena: arena, parameters: parameters.floats, gradients: reducer.gradient(of: shard))
                made.withLock { $0[shard] = replica }
            }
        }
        return made.withLock { made in (0..<plan.shards).compactMap { made[$0] } }
    }

    /// The learning rate of the step before; of the first one, if there was none.
    public var lastLearningRate: Double { rate(at: max(step - 1, 0)) }

    private func rate(at step: Int) -> Double {
        optimizer.optimizer.learningRate
            * schedule.factor(step: step, stepsPerEpoch: reader.batchesPerEpoch, epochs: epochs)
    }

    /// Trains for one epoch.
    /// - Parameters:
    ///   - epoch: counted from 0; decides the order of the rows.
    ///   - limit: an end after so many steps.
    ///   - progress: called now and then on a worker's thread.
    /// - Throws: `Divergence` where the loss or a gradient is no longer finite; the parameters then are those before
    ///   that step.
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
        let steps = min(batches, limit ?? batches)
        let first = step
        let start = ContinuousClock.now
        let totals = Mutex<Totals>(Totals())

        try team.run { [self] worker in
            // The first worker keeps the books; it alone writes these.
            var own = Totals()
            var lastReport = start
            profile?.start(worker)
            for index in 0..<steps {
                let batch = BatchReader.batch(index, of: order, size: reader.batchSize)
                let pass = Pass(isTraining: true, seed: seed, step: first + index)
                for shard in plan.shards(of: worker) { compute(shard, of: batch, pass, worker) }
                barrier.wait(worker)
                profile?.mark(worker, .wait, step: pass.step)

                let sum = lossSum()
                guard sum.isFinite else {
                    own.failedStep = index
                    break
                }
                // Between the barriers nobody touches the metrics, so that the first worker may look at all of them.
                let now = worker == 0 && progress != nil ? ContinuousClock.now : start
                let isDue = now - lastReport > .milliseconds(50)
                let metrics = isDue ? runningMetrics() : nil
                reducer.step(
                    worker: worker, optimizer, parameters.floats, rate: rate(at: first + index),
                    step: first + index + 1)
                profile?.mark(worker, .reduce, step: pass.step)
                barrier.wait(worker)
                profile?.mark(worker, .wait, step: pass.step)
                if reducer.hasFailed {
                    own.failedStep = index
                    break
                }
                guard worker == 0 else { continue }
                own.loss += sum
                own.samples += batch.count
                own.steps += 1
                own.norm += reducer.norm
                if isDue, let progress {
                    lastReport = now
                    progress(
                        StepProgress(
                            epoch: epoch, step: index + 1, stepsPerEpoch: steps, samples: own.samples,
                            seconds: (now - start).seconds, loss: own.loss / Double(own.samples), metrics: metrics))
                }
            }
            if worker == 0 { totals.withLock { $0 = own } }
        }
        let total = totals.withLock { $0 }
        step = first + total.steps
        if let failed = total.failedStep {
            throw diagnose(epoch: epoch, step: failed, BatchReader.batch(failed, of: order, size: reader.batchSize))
        }
        let metrics = metricSets[0]
        for set in metricSets.dropFirst() { metrics.merge(set) }
        return EpochResult(
            loss: total.loss / Double(max(total.samples, 1)), metrics: metrics.values(),
            gradientNorm: total.norm / Double(max(total.steps, 1)), samples: total.samples,
            seconds: (ContinuousClock.now - start).seconds)
    }

    private struct Totals {
        var loss = 0.0
        var norm = 0.0
        var samples = 0
        var steps = 0
        var failedStep: Int?
    }

    /// A shard's part of a step: gather, forward, backward.
    private func compute(_ shard: Int, of batch: Batch, _ pass: Pass, _ worker: Int) {
        let losses = lossOfShard.base.assumingMemoryBound(to: Double.self)
        let range = plan.samples(of: shard, in: batch.count)
        let count = range.count
        profile?.mark(worker, .other, step: pass.step)
        guard count > 0 else {
            losses[shard] = 0
            reducer.clearGradient(of: shard)
            return
        }
        let replica = replicas[shard]
        let input = replica.value(of: objective.input, samples: count)
        let target = replica.value(of: objective.target, samples: count)
        let rows = batch.rows + range.lowerBound
        data.inputs.gather(
            into: input.baseAddress!, rows: rows, count: count, offset: constants?.offset, scale: constants?.scale)
        targets.gather(into: target.baseAddress!, rows: rows, count: count)
        profile?.mark(worker, .gather, step: pass.step)
        var pass = pass
        pass.firstSample = range.lowerBound
        replica.forward(samples: count, pass)
        profile?.mark(worker, .forward, step: pass.step)

        let sampleLosses = replica.value(of: objective.sampleLoss, samples: count)
        var sum = 0.0
        for sample in 0..<count { sum += Double(sampleLosses[sample]) }
        losses[shard] = sum
        metricSets[shard].update(
            predictions: replica.value(of: objective.prediction, samples: count).baseAddress!,
            targets: target.baseAddress!, samples: count)
        profile?.mark(worker, .other, step: pass.step)
        // The gradient is that of the mean over the batch, so a shard weighs by its number of samples.
        replica.backward(samples: count, scale: 1 / Float(batch.count), pass)
        profile?.mark(worker, .backward, step: pass.step)
    }

    /// The metrics of the epoch so far; nil where that means to sort all scores.
    private func runningMetrics() -> [Double]? {
        let kinds = metricSets[0].kinds
        guard !kinds.contains(.rocAUC),
            let sum = try? MetricSet(kinds: kinds, layout: metricSets[0].layout, capacity: 0)
        else { return nil }
        for set in metricSets { sum.merge(set) }
        return sum.values()
    }

    private func lossSum() -> Double {
        let losses = lossOfShard.base.assumingMemoryBound(to: Double.self)
        var sum = 0.0
        for shard in 0..<plan.shards { sum += losses[shard] }
        return sum
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
