import Kernels
import Network

/// What the workers share of an epoch while it runs.
///
/// `@unchecked Sendable`: the first worker alone writes `totals`, `lastReport` and `chunk`; the others read the chunk
/// and whether a step has failed, behind a barrier.
final class EpochUnderWay: @unchecked Sendable {
    let number: Int
    let order: EpochOrder
    let steps: Int
    /// The number of steps that the run took before this epoch.
    let firstStep: Int
    let progress: (@Sendable (StepProgress) -> Void)?
    let start = ContinuousClock.now

    var totals = Totals()
    var lastReport = ContinuousClock.now
    var chunk: Pace.Chunk

    struct Totals {
        var loss = 0.0
        var norm = 0.0
        var samples = 0
        var steps = 0
        var failedStep: Int?
    }

    init(
        number: Int, order: EpochOrder, steps: Int, firstStep: Int,
        progress: (@Sendable (StepProgress) -> Void)?, chunk: Pace.Chunk
    ) {
        self.number = number
        self.order = order
        self.steps = steps
        self.firstStep = firstStep
        self.progress = progress
        self.chunk = chunk
    }
}

/// The inner loop of training.
extension TrainingEngine {
    /// A worker's part of an epoch.
    func work(_ worker: Int, on epoch: EpochUnderWay) {
        profile?.start(worker)
        var index = 0
        while index < epoch.steps {
            let isShared = epoch.chunk.isShared
            let end = min(index + epoch.chunk.steps, epoch.steps)
            let begin = ContinuousClock.now
            let first = index
            var isWell = true
            if isShared {
                while index < end, isWell {
                    isWell = step(index, of: epoch, worker, parts: worker..<worker + 1)
                    index += 1
                }
            } else if worker == 0 {
                while index < end, isWell {
                    isWell = step(index, of: epoch, worker, parts: 0..<plan.workers)
                    index += 1
                }
            }
            if plan.workers > 1 {
                // Here wait those who had nothing to do.
                barrier.wait(worker)
                if worker == 0 {
                    pace.note(steps: index - first, seconds: (ContinuousClock.now - begin).seconds)
                    epoch.chunk = pace.remaining
                }
                barrier.wait(worker)
                profile?.mark(worker, .wait, step: epoch.firstStep + end - 1)
            }
            if epoch.totals.failedStep != nil { break }
            index = end
        }
    }

    /// One step of the epoch: shards, reduction, optimizer.
    /// - Parameter parts: the workers whose parts the calling thread takes: its own of a shared step, or all.
    /// - Returns: whether the loss and the gradients are finite.
    private func step(_ index: Int, of epoch: EpochUnderWay, _ worker: Int, parts: Range<Int>) -> Bool {
        let isShared = parts.count < plan.workers
        let batch = BatchReader.batch(index, of: epoch.order, size: reader.batchSize)
        let number = epoch.firstStep + index
        let pass = Pass(isTraining: true, seed: seed, step: number)
        for part in parts { for shard in plan.shards(of: part) { compute(shard, of: batch, pass, worker) } }
        if isShared {
            barrier.wait(worker)
            profile?.mark(worker, .wait, step: number)
        }

        let sum = lossSum()
        guard sum.isFinite else {
            if worker == 0 { epoch.totals.failedStep = index }
            return false
        }
        // Between the barriers nobody touches the metrics, so that the first worker may look at all of them.
        let now = worker == 0 && epoch.progress != nil ? ContinuousClock.now : epoch.start
        let isDue = worker == 0 && now - epoch.lastReport > .milliseconds(50)
        let metrics = isDue ? runningMetrics() : nil
        for part in parts {
            reducer.step(
                worker: part, optimizer, parameters.floats, rate: rate(at: number), step: number + 1)
        }
        profile?.mark(worker, .reduce, step: number)
        if isShared {
            barrier.wait(worker)
            profile?.mark(worker, .wait, step: number)
        }
        if reducer.hasFailed {
            if worker == 0 { epoch.totals.failedStep = index }
            return false
        }
        guard worker == 0 else { return true }
        epoch.totals.loss += sum
        epoch.totals.samples += batch.count
        epoch.totals.steps += 1
        epoch.totals.norm += reducer.norm
        if isDue, let progress = epoch.progress {
            epoch.lastReport = now
            progress(
                StepProgress(
                    epoch: epoch.number, step: index + 1, stepsPerEpoch: epoch.steps, samples: epoch.totals.samples,
                    seconds: (now - epoch.start).seconds, loss: epoch.totals.loss / Double(epoch.totals.samples),
                    metrics: metrics))
        }
        return true
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
}
