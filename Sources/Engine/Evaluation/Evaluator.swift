import Batches
import Kernels
import Metrics
import Network

/// The loss and the metrics of a model on a dataset.
public struct Evaluation: Sendable {
    /// Σ wᵢ·lossᵢ / n over the n samples, where wᵢ is the sample's weight, or 1 where the data have no weights. As in
    /// Keras, the sum is divided by the number of samples, not by the sum of the weights. Labels that the loss ignores
    /// do not count. For several outputs, the sum of their losses, each times its loss weight. NaN where no sample
    /// counts.
    public let loss: Double
    /// The metrics, in the order in which they were asked for. For several outputs, output by output, its loss and its
    /// metrics. Metrics are not weighted.
    public let metrics: [Double]
    /// The confusion matrix of each output, in the model's order; nil where none was counted.
    public let confusions: [ConfusionMatrix?]
    /// Of each output the confusion matrix of each of its several binary values; empty where none was counted.
    public let labelConfusions: [[ConfusionMatrix]]
    /// Of each output the area under the ROC curve of each of its several binary values; nil where scores were not kept.
    package let labelAreas: [[Double]?]
    /// Of each output the errors of each of its several numbers; empty where none were counted.
    package let outputErrors: [[ErrorSums.OfOutput]]
    /// The number of samples.
    public let samples: Int
    /// The loss and the metrics with what stands beside them; empty where they were not to be judged.
    public let figures: [MeasuredFigure]

    /// The confusion matrix of the first output.
    public var confusion: ConfusionMatrix? { confusions[0] }
}

/// The loss of a sample is NaN or infinite. The sentence names the row.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// Runs a model forward over a dataset on worker threads, to evaluate it or to predict.
///
/// The dataset is cut into contiguous parts, one for each shard, and each part is run in chunks. Sums are formed part
/// by part and added in order, so they do not depend on the number of workers.
///
/// `@unchecked Sendable`: a replica, and the sums of a part, are used by one worker at a time. The parameters are only
/// read, and must not be changed meanwhile.
public final class Evaluator: @unchecked Sendable {
    let objective: Objective
    let data: Dataset
    let feed: ShardFeed
    let windows: WindowReader
    let team: WorkerTeam
    let plan: ShardPlan
    let chunk: Int
    let replicas: [Replica]
    let predictsOnly: Bool
    /// For each output; nil where all samples count the same.
    private let weights: [SampleWeights?]
    /// Whether the replicas are made for chunks of pieces (`predictInPieces`), rather than of shards.
    let inPieces: Bool
    var pass = 0
    /// Looked at before each chunk.
    package var stop: StopRequest?
    // Held, since the replicas point into it.
    private let parameters: AlignedMemory

    /// - Parameters:
    ///   - parameters: of the objective's layout; read at each call.
    ///   - chunk: the samples that a worker runs at once.
    ///   - predictsOnly: no loss is wanted, so the data need no targets.
    /// - Throws: `DataError` for data that do not fit the objective, `KernelError`.
    package convenience init(
        _ objective: Objective, on data: Dataset, preprocessing: Preprocessing, parameters: AlignedMemory,
        _ parallelism: Parallelism, chunk: Int = 256, predictsOnly: Bool = false
    ) throws {
        try self.init(
            objective, on: data, preprocessing: [preprocessing], parameters: parameters, parallelism, chunk: chunk,
            predictsOnly: predictsOnly, team: WorkerTeam(parallelism.workers))
    }

    /// - Parameters:
    ///   - preprocessing: of each of the model's inputs, in their order.
    ///   - inPieces: whether it is made for `predictInPieces` alone.
    package init(
        _ objective: Objective, on data: Dataset, preprocessing: [Preprocessing], parameters: AlignedMemory,
        _ parallelism: Parallelism, chunk: Int, predictsOnly: Bool = false, inPieces: Bool = false, team: WorkerTeam
    ) throws {
        try data.check(against: objective)
        if !predictsOnly && !data.hasTargets {
            throw DataError("\(data.inputsPlace) has no targets to measure against")
        }
        self.objective = objective
        self.data = data
        self.team = team
        (self.predictsOnly, self.inPieces) = (predictsOnly, inPieces)
        self.parameters = parameters
        self.chunk = max(1, min(chunk, (data.count + parallelism.shards - 1) / parallelism.shards))
        feed = try ShardFeed(objective, on: data, preprocessing: preprocessing)
        windows = try WindowReader(data, isShuffled: false, seed: 0)
        plan = ShardPlan(shards: parallelism.shards, workers: parallelism.workers)
        let chunk = self.chunk
        weights = try data.weightPlaces(of: objective.outputs.map(\.name)).map { place in
            try SampleWeights(
                classes: nil, place: predictsOnly ? nil : place, workers: parallelism.workers, capacity: chunk)
        }

        let program = predictsOnly ? objective.inference : objective.evaluation
        var sizes: Set<Int> = []
        for window in windows.order.windows(epoch: 0) {
            if inPieces {
                sizes.formUnion([min(self.chunk, window.count), window.count % self.chunk])
                continue
            }
            let part = window.first..<window.first + window.count
            for shard in 0..<plan.shards {
                let count = plan.samples(of: shard, in: data.count).clamped(to: part).count
                sizes.formUnion([min(self.chunk, count), count % self.chunk])
            }
        }
        replicas = try team.makeReplicas(program, samples: sizes, parameters: parameters)
    }

    /// Computes the loss and the metrics of a model with one output.
    /// - Parameter countsConfusion: whether to count a confusion matrix, for classes.
    /// - Throws: `MetricError` where a metric does not fit the targets, `EvaluationError` where the loss of a sample is
    ///   NaN or infinite, `HDF5Error` and `DataError` where rows can't be read.
    public func evaluate(_ metrics: [any Metric], countsConfusion: Bool = false) throws -> Evaluation {
        try evaluate(byOutput: [metrics], countsConfusion: countsConfusion)
    }

    /// Computes the losses and the metrics of each output.
    /// - Parameters:
    ///   - metrics: for each output, in the model's order.
    ///   - judges: whether `figures` are wanted: beside each figure what the simplest answer gets, and an interval.
    /// - Throws: as for one output.
    public func evaluate(
        byOutput metrics: [[any Metric]], countsConfusion: Bool = false, judges: Bool = false
    ) throws -> Evaluation {
        try evaluate(byOutput: metrics, countsConfusion: countsConfusion, countsOutputs: false, judges: judges)
    }

    /// Scores of several binary values are kept in memory for their ranks; beyond so many only where a metric asks for it.
    private static let mostScores = 1 << 24

    /// - Parameters:
    ///   - countsOutputs: whether to measure each of several values of an output by itself.
    ///   - room: where predictions and targets are kept beside; nil for none.
    package func evaluate(
        byOutput metrics: [[any Metric]], countsConfusion: Bool, countsOutputs: Bool, judges: Bool,
        keeping room: AnswerRoom? = nil
    ) throws -> Evaluation {
        precondition(!predictsOnly && !inPieces, "an evaluator made for prediction measures nothing")
        let outputs = objective.outputs.count
        guard metrics.count == outputs || metrics.allSatisfy(\.isEmpty) else {
            throw MetricError(
                description:
                    "There are metrics for \(metrics.count) output, but the model has \(outputs); give each its own.")
        }
        let kinds = metrics.count == outputs ? metrics : Array(repeating: [], count: outputs)
        let sets = try (0..<plan.shards).map { shard in
            try zip(objective.outputs, kinds).map { output, kinds in
                let layout = MetricLayout(output)
                let scores = data.count * output.shape.count
                return try MetricSet(
                    kinds: kinds, layout: layout,
                    capacity: shard == 0 ? data.count : plan.samples(of: shard, in: data.count).count,
                    countsConfusion: countsConfusion,
                    countsOutputs: countsOutputs && (layout.form.isOfValues || scores <= Self.mostScores))
            }
        }
        let measured =
            judges
            ? (0..<plan.shards).map { _ in
                objective.outputs.map { MeasuredRows(MetricLayout($0), samples: data.count) }
            } : []
        // Three places for each shard and output, which the worker that runs it writes alone: the loss, the samples that it
        // is divided by, and of these those whose weight is not 0.
        let sums = try AlignedMemory(doubles: 3 * plan.shards * outputs)
        // And one for the first sample whose loss is no finite number, from 1.
        let culprits = try AlignedMemory(byteCount: plan.shards * MemoryLayout<Int>.stride)
        try eachChunk { [objective, weights, windows] worker, shard, replica, rows, start, count in
            room?.take(replica, start, count)
            for output in 0..<outputs {
                sets[shard][output].update(from: replica, objective, output, count)
                let target = replica.tensor(of: objective.outputs[output].target, samples: count)
                let losses = replica.value(of: objective.outputs[output].sampleLoss, samples: count)
                let sum = sums.doubles + 3 * (shard * outputs + output)
                let counted = objective.outputs[output].countedSamples(targets: target, samples: count)
                let ownWeights = weights[output]?.fill(
                    worker: worker, from: windows.pool, rows: rows, targets: target, count: count)
                if judges {
                    let own = objective.outputs[output]
                    measured[shard][output].update(
                        predictions: replica.value(of: own.prediction, samples: count).baseAddress!, targets: target,
                        start: start, samples: count
                    ) { sample in
                        (
                            Double(losses[sample]) * (ownWeights.map { Double($0[sample]) } ?? 1),
                            own.ignoredLabel == nil ? 1 : own.countedSamples(targets: target, at: sample)
                        )
                    }
                }
                if let weights = ownWeights {
                    for sample in 0..<count { sum[0] += Double(weights[sample]) * Double(losses[sample]) }
                    // One that counts is enough, and mostly the first is such a one.
                    for sample in 0..<count where sum[2] == 0 && weights[sample] > 0 {
                        sum[2] = objective.outputs[output].countedSamples(targets: target, at: sample)
                    }
                } else {
                    for loss in losses { sum[0] += Double(loss) }
                    sum[2] += counted
                }
                let culprit = culprits.integers + shard
                if !sum[0].isFinite, culprit.pointee == 0 {
                    culprit.pointee = 1 + start + (losses.firstIndex { !$0.isFinite } ?? 0)
                }
                sum[1] += counted
            }
        }
        let first = (0..<plan.shards).map { culprits.integers[$0] }.filter { $0 > 0 }
            .min()
        if let first { throw try notFinite(first - 1) }
        for others in sets.dropFirst() { for (sum, set) in zip(sets[0], others) { sum.merge(set) } }
        let losses = (0..<outputs).map { output -> Double in
            let parts = (0..<plan.shards).map { sums.doubles + 3 * ($0 * outputs + output) }
            guard parts.contains(where: { $0[2] > 0 }) else { return .nan }
            return parts.reduce(0.0) { $0 + $1[0] } / parts.reduce(0.0) { $0 + $1[1] }
        }
        for others in measured.dropFirst() { for (rows, other) in zip(measured[0], others) { rows.merge(other) } }
        if judges, outputs == 1, case .values(let width) = objective.targetForm, objective.outputShape.rank == 1,
            let last = try data.lastValues(of: width)
        {
            measured[0][0].compare(withLast: last)
        }
        let list = FigureList(outputs: objective.outputs.map(\.name), metrics: kinds)
        let values = list.values(losses: losses, metrics: sets[0].map { $0.values() })
        return Evaluation(
            loss: objective.total(of: losses), metrics: values,
            confusions: sets[0].map(\.confusion), labelConfusions: sets[0].map(\.labelConfusions),
            labelAreas: sets[0].map(\.labelAreas), outputErrors: sets[0].map(\.outputErrors), samples: data.count,
            figures: judges ? judged(objective.total(of: losses), values, list, sets[0], measured[0]) : [])
    }

    /// The loss and the metrics with what stands beside them.
    private func judged(
        _ loss: Double, _ values: [Double], _ list: FigureList, _ sets: [MetricSet], _ measured: [MeasuredRows]
    ) -> [MeasuredFigure] {
        let outputs = objective.outputs
        // By weights a loss is another one than that which the simplest answer would have.
        let simplest = outputs.indices.map { weights[$0] == nil ? measured[$0].lossOfSimplest(outputs[$0]) : nil }
        func losses(_ places: [Int], _ weight: (Objective.Output) -> Double) -> ConfidenceInterval? {
            MeasuredRows.lossInterval(places.map { (measured[$0], weight(outputs[$0])) })
        }
        var judged = zip(sets, measured).map { $0.judged(by: $1) }
        if outputs.count > 1 {
            judged = outputs.indices.map { [(data.count, simplest[$0], losses([$0]) { _ in 1 })] + judged[$0] }
        }
        let total = MeasuredFigure(
            name: "loss", value: loss, rows: data.count, baseline: outputs.count == 1 ? simplest[0] : nil,
            interval: loss.isNaN
                ? nil : losses(Array(outputs.indices)) { outputs.count > 1 ? $0.weight : 1 })
        return [total]
            + zip(zip(list.figures, values), judged.joined()).map { figure, judged in
                MeasuredFigure(
                    name: figure.0.name, value: figure.1, rows: judged.rows,
                    baseline: figure.1.isNaN ? nil : judged.baseline,
                    interval: figure.1.isNaN ? nil : judged.interval)
            }
    }

    /// What is said where the loss of a sample is no finite number: which, and which of its inputs is the largest.
    private func notFinite(_ position: Int) throws -> EvaluationError {
        let row = data.selection[position]
        let (place, number) = data.inputs.place(ofRow: row)
        return EvaluationError(
            "the loss of \(number) of \(place) is no finite number; the largest of its inputs is "
                + "\(try feed.largestInput(ofRow: row, in: data)). Look at this row and its target; if they are right, the parameters have "
                + "become too large: try a smaller learning_rate")
    }

    /// The predictions of the first output for all samples, row-major: samples × the elements of its shape.
    /// - Throws: `HDF5Error` and `DataError` where rows can't be read.
    public func predict() throws -> [Float] { try predictAll()[0] }

    /// The predictions of each output for all samples, row-major, in the model's order.
    /// - Throws: `HDF5Error` and `DataError` where rows can't be read.
    public func predictAll() throws -> [[Float]] {
        let widths = objective.outputs.map(\.shape.count)
        let results = try widths.map { try AlignedMemory(floats: data.count * $0) }
        try eachChunk { [objective] _, _, replica, _, start, count in
            for (output, width) in widths.enumerated() {
                let prediction = replica.value(of: objective.outputs[output].prediction, samples: count)
                (results[output].floats + start * width).update(from: prediction.baseAddress!, count: count * width)
            }
        }
        return zip(results, widths).map { results, width in
            Array(UnsafeBufferPointer(start: results.floats, count: data.count * width))
        }
    }

    /// Runs all chunks forward; the body sees each on its worker, with the places of its rows in the pool, its first row
    /// and its number of rows.
    private func eachChunk(
        _ body:
            @Sendable @escaping (
                _ worker: Int, _ shard: Int, _ replica: Replica, _ rows: UnsafePointer<Int64>, _ start: Int,
                _ count: Int
            ) -> Void
    ) throws {
        precondition(!inPieces, "an evaluator made for pieces predicts in pieces")
        windows.begin(epoch: pass)
        pass += 1
        var position = 0
        while position < data.count {
            let loaded = try windows.take()
            let part = position..<position + loaded.count
            try team.run { [self] worker in
                for shard in plan.shards(of: worker) {
                    let range = plan.samples(of: shard, in: data.count).clamped(to: part)
                    for start in stride(from: range.lowerBound, to: range.upperBound, by: chunk) {
                        if let stop, stop.isStopping { return }
                        let count = min(chunk, range.upperBound - start)
                        let replica = replicas[worker]
                        let rows = loaded.rows + (start - part.lowerBound)
                        feed.load(replica, from: windows.pool, rows: rows, count: count, wantsTargets: !predictsOnly)
                        replica.forward(samples: count, KernelPass())
                        body(worker, shard, replica, rows, start, count)
                    }
                }
            }
            windows.release()
            if let stop, stop.isStopping { throw EvaluationStopped() }
            position = part.upperBound
        }
    }
}
