import Batches
import Configuration
import Kernels
import Machine
import Metrics
import Network
import Optimizers

/// The number of worker threads, and the number of shards into which a batch is cut.
public struct Parallelism: Sendable, Hashable {
    /// The calling thread included.
    public var workers: Int
    public var shards: Int
    /// Whether each worker except the calling thread is pinned to one CPU.
    public var isPinned = false
    /// A batch has no more shards than this, all of its parts together.
    package static let mostShards = 4096

    /// The numbers are at least 1. There are at most as many workers as shards, since others would have nothing to do.
    /// - Parameter shards: nil for as many as workers. For the same number of shards, the results are the same to the
    ///   bit for any number of workers.
    public init(workers: Int, shards: Int? = nil) {
        self.workers = max(workers, 1)
        self.shards = max(shards ?? workers, 1)
        // A worker without a shard would only wait.
        self.workers = min(self.workers, self.shards)
    }
}

/// What an epoch came to.
package struct EpochResult: Sendable {
    /// The mean over the samples, each measured just before the step that it took part in; of several outputs the sum of
    /// the means, each times its weight.
    package let loss: Double
    /// In the order of `FigureList`: the metrics; of several outputs each one's loss and metrics.
    package let metrics: [Double]
    /// The mean over the steps of the norm of the gradient.
    package let gradientNorm: Double
    package let samples: Int
    /// Of these, those since the epoch began, or was resumed by this process.
    package let ownSamples: Int
    /// The steps that were dropped since they were not finite.
    package let skipped: Int
    /// Since the epoch began, or was resumed.
    package let seconds: Double

    package var samplesPerSecond: Double { seconds > 0 ? Double(ownSamples) / seconds : 0 }
}

/// The progress of training within an epoch, for a display.
public struct StepProgress: Sendable {
    /// Counted from 0.
    public let epoch: Int
    /// The number of steps of the epoch that are done.
    public let step: Int
    public let stepsPerEpoch: Int
    /// The number of samples that were trained on in the epoch.
    public let samples: Int
    /// Of these, those since the epoch began, or was resumed by this process.
    public let ownSamples: Int
    /// The time since the epoch began, or was resumed.
    public let seconds: Double
    /// Over that time.
    public var samplesPerSecond: Double? { seconds > 0 ? Double(ownSamples) / seconds : nil }
    /// The mean loss of the epoch so far.
    public let loss: Double
    /// The metrics of the epoch so far; nil where one is too costly to compute after a step, as ROC AUC is.
    public let metrics: [Double]?
}

/// Trains a network on worker threads: mini-batches are cut into shards, each worker runs its shards on replicas,
/// and gradients are reduced and stepped by all workers, each on its slice.
///
/// One step: gather, forward and backward; barrier; reduce and optimizer on slices; barrier. The parameters are
/// shared memory, so nothing is sent round. A step allocates nothing.
///
/// Where a layer couples the samples of a batch, the passes are run in segments with barriers in between; see `CoupledShards`.
///
/// `@unchecked Sendable`: in `run` each worker touches what belongs to it, as `Replica`, `Reducer` and
/// `OptimizerState` say; `lossOfShard` has a place for each shard, written before a barrier and read behind it.
package final class TrainingEngine: @unchecked Sendable {
    package let objective: Objective
    package let parallelism: Parallelism
    package let parameters: AlignedMemory
    package let optimizer: OptimizerState
    /// The number of steps taken.
    package private(set) var step = 0
    /// Whether the last step was taken, so that its gradient is there.
    var hasGradient = false

    package let data: Dataset
    let feed: ShardFeed
    package let reader: BatchReader
    private let schedule: any Schedule
    private let epochs: Int
    package let seed: UInt64
    package let plan: ShardPlan
    package let team: WorkerTeam
    let barrier: PhaseBarrier
    let reducer: Reducer
    /// One for each worker, bound to the gradient of each of its shards in turn; none where samples are coupled.
    let replicas: [Replica]
    /// Only where samples are coupled.
    let coupled: CoupledShards?
    /// For each shard, one for each output.
    package let metricSets: [[MetricSet]]
    /// What is reported beside the loss.
    package let figures: FigureList
    /// Shards × outputs.
    let lossOfShard: AlignedMemory
    /// For each input, one for each worker; nil where samples are taken as they are.
    let augmenters: [[Augmenter]?]
    /// For each output; nil where all samples count the same.
    package let weights: [SampleWeights?]
    /// For each output, room for a batch's targets where some labels are ignored, to be counted; nil where none are.
    package let labels: [AlignedMemory?]
    package let skipsNonFinite: Bool
    package var health = HealthWatch()
    /// Along which the watch compares layers.
    let layerPaths: LayerPaths
    package var spikes = LossSpikeWatch()
    /// A factor on the learning rate, which is below 1 after training has been taken back.
    package var rateFactor = 1.0
    /// Whether steps are shared; the first worker's own during a run.
    var pace = Pace()
    /// Where the time of the steps goes, if somebody wants to know. To be changed between runs only.
    package var profile: StepProfile? { didSet { reader.profile = profile } }
    /// What helps first where the numbers grow beyond bounds: an imperative, with its reason.
    package var remedy: String?

    /// - Throws: `DataError` for data that do not fit the objective, `MetricError`, `KernelError`; an error that says which
    ///   layer or word of `excludedFromWeightDecay` does not fit.
    package convenience init(
        _ objective: Objective, on data: Dataset, preprocessing: Preprocessing, _ settings: TrainingSettings
    ) throws {
        try self.init(objective, on: data, preprocessing: [preprocessing], settings)
    }

    /// - Parameter preprocessing: of each of the model's inputs, in their order.
    package init(
        _ objective: Objective, on data: Dataset, preprocessing: [Preprocessing], _ settings: TrainingSettings
    ) throws {
        try data.check(against: objective)
        guard data.hasTargets else { throw DataError("\(data.inputsPlace) has no targets to train towards") }
        guard settings.batchSize > 0 else {
            throw DataError("a batch_size must be 1 or more, but is \(settings.batchSize)")
        }
        // A batch larger than the data is one of them all, as in Keras and PyTorch.
        var settings = settings
        settings.batchSize = min(settings.batchSize, data.count)
        guard !objective.layout.trained.isEmpty || objective.layout.frozen.isEmpty else {
            throw ObjectiveError(
                "every layer that has parameters is frozen (\"trainable\": false), so that nothing is left to train; "
                    + "leave it out of at least one of them")
        }
        self.objective = objective
        layerPaths = LayerPaths(objective.model)
        self.data = data
        parallelism =
            settings.parallelism
            ?? ParallelConfiguration(reading: nil).resolved(
                batchSize: settings.batchSize, for: objective)
        guard parallelism.shards <= Parallelism.mostShards else {
            throw DataError(
                "a batch has at most \(Parallelism.mostShards) shards, but there are to be \(parallelism.shards); make "
                    + "them fewer")
        }
        schedule = settings.schedule
        epochs = settings.epochs
        seed = settings.seed
        feed = try ShardFeed(objective, on: data, preprocessing: preprocessing)
        reader = try BatchReader(
            data, batchSize: settings.batchSize, isShuffled: settings.shuffle, seed: settings.seed)

        let count = objective.layout.trained.count
        let (workers, shards) = (parallelism.workers, parallelism.shards)
        parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: seed)
        let groups = try ParameterGroups(
            objective, settings.optimizer, excluding: settings.excludedFromWeightDecay)
        optimizer = try OptimizerState(settings.optimizer, count: count, segments: groups.segments)
        plan = ShardPlan(shards: shards, workers: workers)
        team = WorkerTeam(workers, isPinned: parallelism.isPinned)
        barrier = team.makeBarrier()
        skipsNonFinite = settings.skipsNonFinite
        reducer = try Reducer(
            count: count, tensors: Array(objective.layout.trainedEntries), shards: shards, workers: workers,
            clipping: settings.clipping, isAllOrNothing: settings.skipsNonFinite, team: team)
        lossOfShard = try AlignedMemory(doubles: shards * objective.outputs.count)

        augmenters = try settings.augmenters(for: objective, preprocessing, workers: workers)
        weights = try settings.weights(for: objective, on: data, feed, workers: workers, shards: shards)
        labels = try objective.outputs.map { output in
            output.ignoredLabel == nil
                ? nil
                : try AlignedMemory(
                    byteCount: settings.batchSize * output.targetShape.count * output.targetForm.element.byteCount)
        }
        let metrics = try settings.metrics(for: objective)
        figures = FigureList(outputs: objective.outputs.map(\.name), metrics: metrics)
        if let problem = figures.problem { throw ObjectiveError(problem) }
        let perShard = (data.count + shards - 1) / shards + reader.batchesPerEpoch
        metricSets = try (0..<shards).map { _ in
            try zip(objective.outputs, metrics).map { output, kinds in
                try MetricSet(kinds: kinds, layout: MetricLayout(output), capacity: perShard)
            }
        }
        let batches = [settings.batchSize, data.count % settings.batchSize]
        guard objective.training.coupling.isEmpty else {
            replicas = []
            coupled = try CoupledShards(
                objective.training, plan, batches: batches, team: team, parameters: parameters,
                gradient: { [reducer] shard, worker in reducer.folder(of: worker).gradient(of: shard) })
            return
        }
        coupled = nil
        let sizes = batches.flatMap(plan.sizes)
        replicas = try team.makeReplicas(
            objective.training, samples: Set(sizes), parameters: parameters,
            gradients: { [reducer] in reducer.folder(of: $0).first })
    }

    /// What the watch over the gradients has told, to be kept with a run.
    package var healthState: [Int] {
        get { health.state(layers: trainedLayers) }
        set { health = HealthWatch(state: newValue, layers: trainedLayers) }
    }

    /// The layers that have trained parameters, each once.
    private var trainedLayers: [Int] {
        objective.layout.trainedEntries.reduce(into: []) { layers, entry in
            if let layer = entry.layer?.index, layers.last != layer { layers.append(layer) }
        }
    }

    /// The gradient of the last step's mean loss, before clipping, in the order of the layout's trained parameters. To be called
    /// between epochs.
    /// - Returns: nil where no step was taken yet, and after one that was dropped.
    /// - Throws: `KernelError.outOfMemory`.
    package func lastGradient() throws(KernelError) -> AlignedMemory? {
        guard hasGradient else { return nil }
        let gradient = try AlignedMemory(floats: objective.layout.trained.count)
        reducer.gradient(into: gradient.floats)
        return gradient
    }

    /// The learning rate of the step before; of the first one, if there was none.
    package var lastLearningRate: Double { rate(at: max(step - 1, 0)) }

    /// The schedule of the whole run as Keras has it; nil for a constant rate, and where Keras has none of the kind.
    package var kerasSchedule: JSONNode? {
        schedule.keras(
            learningRate: optimizer.optimizer.learningRate, stepsPerEpoch: reader.batchesPerEpoch, epochs: epochs)
    }

    /// - Parameter epochs: of a run of another length; this one's unless given.
    package func rate(at step: Int, epochs: Int? = nil) -> Double {
        optimizer.optimizer.learningRate * rateFactor
            * schedule.factor(step: step, stepsPerEpoch: reader.batchesPerEpoch, epochs: epochs ?? self.epochs)
    }

    /// Trains for one epoch.
    /// - Parameters:
    ///   - epoch: counted from 0; decides the order of the rows.
    ///   - limit: an end after so many steps.
    ///   - progress: called now and then on a worker's thread.
    /// - Throws: `Divergence` where the loss or a gradient is no longer finite; it says which parameters are left, all of
    ///   them finite. `HDF5Error`
    ///   and `DataError` where the next rows can't be read.
    package func run(
        epoch: Int, limit: Int? = nil, progress: (@Sendable (StepProgress) -> Void)? = nil
    ) throws -> EpochResult {
        guard case .finished(let result, _) = try run(epoch: epoch, limit: limit, hooks: EpochHooks(progress: progress))
        else { preconditionFailure("nobody asked for an end") }
        return result
    }

    /// How an epoch ended.
    package enum EpochEnd: Sendable {
        /// With where it ended, if states are saved.
        case finished(EpochResult, EpochPosition?)
        /// Before its last step, since a verdict said so.
        case stopped
    }

    /// Trains for one epoch, or for the rest of one.
    /// - Parameter position: where it stopped before; that state must have been restored.
    package func run(
        epoch: Int, from position: EpochPosition? = nil, limit: Int? = nil, hooks: EpochHooks
    ) throws -> EpochEnd {
        for set in metricSets.joined() { set.reset() }
        let totals = position?.totals ?? EpochTotals(outputs: objective.outputs.count)
        if let position {
            for (set, state) in zip(metricSets.joined(), position.metrics) { try set.restore(state) }
        }
        try reader.begin(epoch: epoch, at: totals.steps)
        let steps = min(limit ?? reader.batchesPerEpoch, reader.batchesPerEpoch)
        if totals.steps >= steps { return .finished(result(totals, since: totals, seconds: 0), position) }
        let batch = try reader.next()
        let counted = try AlignedMemory(doubles: objective.outputs.count)
        count(batch, into: counted.doubles)
        let state = EpochUnderWay(
            number: epoch, steps: steps, firstStep: step - totals.steps, batch: batch, counted: counted,
            totals: totals, hooks: hooks, chunk: pace.remaining)
        // At an epoch's first step, and not wherever it is gone on with.
        reducer.wantsTensorNorms = hooks.warning != nil && totals.steps == 0
        try team.run { [self] worker in work(worker, on: state) }
        step += state.totals.steps - totals.steps
        switch state.end {
        case nil where state.totals.samples == 0:
            throw Divergence(
                epoch: epoch, step: steps - 1, tensor: "the loss or a gradient of each of the epoch's steps", rows: [],
                isPartlyStepped: false, remedy: remedy)
        case nil:
            // Before the metrics of the shards are joined.
            let position = hooks.save == nil ? nil : self.position(in: state)
            let seconds = (ContinuousClock.now - state.start).seconds
            return .finished(result(state.totals, since: totals, seconds: seconds), position)
        case .stopped: return .stopped
        case .failed(let error): throw error
        case .diverged(let index, let what): throw diagnose(epoch: epoch, step: index, what)
        }
    }

    /// - Parameter start: what was done of the epoch before this process went on with it.
    private func result(_ totals: EpochTotals, since start: EpochTotals, seconds: Double) -> EpochResult {
        let metrics = metricSets[0]
        for sets in metricSets.dropFirst() { for (sum, set) in zip(metrics, sets) { sum.merge(set) } }
        return EpochResult(
            loss: loss(totals),
            metrics: figures.values(losses: totals.outputs.map(\.mean), metrics: metrics.map { $0.values() }),
            gradientNorm: totals.norm / Double(max(totals.steps - totals.skipped, 1)), samples: totals.samples,
            ownSamples: totals.samples - start.samples, skipped: totals.skipped, seconds: seconds)
    }

    /// Puts parameters and moments back to what they were at a position.
    package func restore(parameters source: AlignedMemory, moments: [AlignedMemory], step: Int) {
        parameters.base.copyMemory(from: source.base, byteCount: parameters.byteCount)
        for (own, source) in zip(optimizer.vectors, moments) {
            own.base.copyMemory(from: source.base, byteCount: own.byteCount)
        }
        self.step = step
        hasGradient = false
    }

    /// Runs the failed step's shards once more, keeping everything, and finds the first tensor that is not finite.
    ///
    /// Its batch is fetched anew: the one after it was taken already, and with it windows may have been given back that
    /// the failed batch ended in.
    private func diagnose(epoch: Int, step: Int, _ what: EpochUnderWay.NotFinite) -> Divergence {
        let isPartlyStepped = what == .gradient && !reducer.isAllOrNothing
        func divergence(_ tensor: String, _ rows: [Int] = []) -> Divergence {
            Divergence(
                epoch: epoch, step: step, tensor: tensor, rows: rows, isPartlyStepped: isPartlyStepped, remedy: remedy)
        }
        let place =
            switch what {
            case .loss: "the loss"
            case .gradient: "the gradient of a parameter"
            case .state: "what the step makes of '\(coupled?.failedState?.name ?? "")'"
            }
        let unknown = divergence(place)
        let batch: Batch
        do {
            try reader.begin(epoch: epoch, at: step)
            batch = try reader.next()
        } catch {
            // That training has diverged is the more important news.
            return unknown
        }
        // Where samples are coupled, a shard alone would compute something else.
        let ranges =
            coupled == nil ? (0..<plan.shards).map { plan.samples(of: $0, in: batch.count) } : [0..<batch.count]
        for range in ranges {
            let rows = Array(UnsafeBufferPointer(start: batch.rows + range.lowerBound, count: range.count))
            var pass = KernelPass(isTraining: true, seed: seed, step: self.step)
            pass.firstSample = range.lowerBound
            guard !rows.isEmpty,
                let inspection = try? Inspection(
                    objective, parameters: parameters, pool: reader.pool, feed: feed, rows: rows, pass),
                let tensor = inspection.firstNonFinite
            else { continue }
            return divergence(tensor, data.isInMemory ? rows.map(Int.init) : [])
        }
        return unknown
    }
}

extension Duration {
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

extension MetricLayout {
    /// Rows are what all dimensions of an output but the last count: one, or positions, or pixels, which metrics pool.
    package init(_ output: Objective.Output) {
        self.init(
            form: output.targetForm, rowsPerSample: output.shape.count / output.shape.last,
            predictionsAreLogits: output.predictsLogits, ignoredLabel: output.ignoredLabel)
        thresholds = output.thresholds
    }

    package init(_ objective: Objective) { self.init(objective.outputs[0]) }
}

extension MetricSet {
    /// Takes in what a replica predicts for the samples that it has run forward.
    @inline(__always)
    func update(from replica: Replica, _ objective: Objective, _ output: Int, _ samples: Int) {
        var logits: UnsafePointer<Float>?
        if let node = objective.outputs[output].logits {
            logits = UnsafePointer(replica.value(of: node, samples: samples).baseAddress!)
        }
        update(
            predictions: replica.value(of: objective.outputs[output].prediction, samples: samples).baseAddress!,
            logits: logits,
            targets: replica.tensor(of: objective.outputs[output].target, samples: samples),
            samples: samples)
    }
}
