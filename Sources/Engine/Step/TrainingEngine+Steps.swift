import Batches
import Kernels
import Metrics
import Network

/// The inner loop of training.
extension TrainingEngine {
    /// A worker's part of an epoch.
    func work(_ worker: Int, on epoch: EpochUnderWay) {
        profile?.start(worker)
        var index = epoch.firstIndex
        while index < epoch.steps {
            let isShared = epoch.chunk.isShared
            let end = min(index + epoch.chunk.steps, epoch.steps)
            let begin = ContinuousClock.now
            let first = index
            var goesOn = true
            if isShared {
                while index < end, goesOn {
                    goesOn = takeStep(index, of: epoch, worker, parts: worker..<worker + 1)
                    index += 1
                }
            } else if worker == 0 {
                while index < end, goesOn {
                    goesOn = takeStep(index, of: epoch, worker, parts: 0..<plan.workers)
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
            if epoch.end != nil { break }
            index = end
        }
    }

    /// One step of the epoch: gather, forward and backward of each shard; reduce; update; then the bookkeeping.
    /// - Parameter parts: the workers whose parts the calling thread takes: its own of a shared step, or all.
    /// - Returns: whether the epoch goes on.
    private func takeStep(_ index: Int, of epoch: EpochUnderWay, _ worker: Int, parts: Range<Int>) -> Bool {
        let number = epoch.firstStep + index
        runShards(of: parts, epoch, number, worker)
        meet(worker, parts, number)

        var lossIsFinite = true
        for output in objective.outputs.indices where !lossSum(of: output).isFinite { lossIsFinite = false }
        let isFinite = lossIsFinite && coupled?.failedState == nil
        guard isFinite || skipsNonFinite else {
            if worker == 0 { epoch.end = .diverged(step: index, lossIsFinite ? .state : .loss) }
            return false
        }
        let isTaken = isFinite && reduceAndUpdate(parts, number, worker)
        profile?.mark(worker, .reduce, step: number)

        // Between the barriers nobody touches the metrics nor reads the batch: the first worker has them to itself.
        if worker == 0 {
            if isTaken { coupled?.moveStates(of: parameters.floats) }
            finish(index, of: epoch, isTaken: isTaken)
        }
        meet(worker, parts, number)
        if isTaken, reducer.hasFailed {
            if worker == 0 {
                epoch.end = .diverged(step: index, .gradient)
                epoch.totals.steps -= 1
            }
            return false
        }
        if worker == 0 { conclude(index, of: epoch, isFinite: isTaken) }
        return epoch.end == nil
    }

    /// Waits for the other workers of a shared step.
    func meet(_ worker: Int, _ parts: Range<Int>, _ step: Int) {
        guard parts.count < plan.workers else { return }
        barrier.wait(worker)
        profile?.mark(worker, .wait, step: step)
    }

    /// The gradients of all shards of the parts.
    private func runShards(of parts: Range<Int>, _ epoch: EpochUnderWay, _ number: Int, _ worker: Int) {
        if let coupled { return runCoupled(coupled, of: parts, epoch, number, worker) }
        let pass = KernelPass(isTraining: true, seed: seed, step: number)
        for part in parts {
            let folder = reducer.folder(of: part)
            for shard in plan.shards(of: part) {
                run(shard, of: epoch.batch, counted: epoch.counted.doubles, pass, worker, folder)
                if folder.finish(shard) { profile?.mark(worker, .reduce, step: number) }
            }
        }
    }

    /// - Returns: whether the step was taken; false where its gradient is not finite and it is dropped.
    private func reduceAndUpdate(_ parts: Range<Int>, _ number: Int, _ worker: Int) -> Bool {
        if reducer.needsTwoPasses {
            for part in parts { reducer.reduce(worker: part) }
            profile?.mark(worker, .reduce, step: number)
            meet(worker, parts, number)
            if skipsNonFinite, reducer.hasFailed { return false }
        }
        for part in parts {
            reducer.step(worker: part, optimizer, parameters.floats, rate: rate(at: number), step: number + 1)
        }
        return true
    }

    /// What the first worker does before the last barrier of a step: counts, fetches the next batch, tells and asks.
    /// - Parameter isTaken: false for a step that is dropped.
    private func finish(_ index: Int, of epoch: EpochUnderWay, isTaken: Bool) {
        if isTaken {
            epoch.totals.samples += epoch.batch.count
            var (mean, most) = (0.0, 0.0)
            for output in objective.outputs.indices {
                let (loss, counted) = (lossSum(of: output), epoch.counted.doubles[output])
                epoch.totals.outputs[output].loss += loss
                epoch.totals.outputs[output].counted += counted
                mean += counted > 0 ? objective.outputs[output].weight * (loss / counted) : 0
                most = max(most, counted)
            }
            let samples = Int(most.rounded(.up))
            if let spike = spikes.note(loss: mean, samples: samples, epoch: epoch.number, step: index) {
                epoch.hooks.warning?("\(spike)")
            }
        } else {
            epoch.totals.skipped += 1
        }
        epoch.totals.steps += 1
        if index + 1 < epoch.steps {
            do {
                epoch.batch = try reader.next()
                count(epoch.batch, into: epoch.counted.doubles)
            } catch {
                epoch.end = .failed(error)
            }
        }
        let hooks = epoch.hooks
        if let verdict = hooks.verdict?(epoch.firstStep + index + 1), verdict != .continue {
            epoch.position = position(in: epoch)
            if verdict == .stop, epoch.end == nil { epoch.end = .stopped }
        }
        guard let progress = hooks.progress else { return }
        let now = ContinuousClock.now
        guard now - epoch.lastReport > .milliseconds(50) else { return }
        epoch.lastReport = now
        progress(
            StepProgress(
                epoch: epoch.number, step: index + 1, stepsPerEpoch: epoch.steps, samples: epoch.totals.samples,
                ownSamples: epoch.totals.samples - epoch.firstSamples, seconds: (now - epoch.start).seconds,
                loss: loss(epoch.totals),
                metrics: runningMetrics(epoch.totals)))
    }

    /// What the first worker does behind the last barrier of a step. The others may be at the next one already, but
    /// they can't reduce before this worker comes.
    private func conclude(_ index: Int, of epoch: EpochUnderWay, isFinite: Bool) {
        if isFinite { epoch.totals.norm += reducer.norm }
        hasGradient = isFinite
        if reducer.wantsTensorNorms {
            if isFinite {
                for warning in health.examine(reducer.tensorNorms(), along: layerPaths) {
                    epoch.hooks.warning?(Self.text(of: warning, remedy: remedy))
                }
            }
            reducer.wantsTensorNorms = false
        }
        guard var position = epoch.position else { return }
        position.totals.norm = epoch.totals.norm
        epoch.hooks.save?(position)
        epoch.position = nil
    }

    /// A warning, with what helps first where that is known.
    private static func text(of warning: HealthWarning, remedy: String?) -> String {
        guard warning.kind == .exploding, let remedy else { return "\(warning)" }
        return "\(warning); but first \(remedy)"
    }

    /// The samples of a batch that each output's loss is a mean of: all but the share of each whose labels are ignored.
    /// Taken over the whole batch before its backward passes, so that the gradient does not depend on how it is cut into
    /// shards.
    func count(_ batch: Batch, into counted: UnsafeMutablePointer<Double>) {
        for index in objective.outputs.indices {
            guard let labels = labels[index] else {
                counted[index] = Double(batch.count)
                continue
            }
            let output = objective.outputs[index]
            let targets = TensorPointer(labels.base, output.targetForm.element)
            feed.loadTargets(of: index, targets, from: reader.pool, rows: batch.rows, count: batch.count)
            counted[index] = output.countedSamples(targets: targets, samples: batch.count)
        }
    }

    /// The mean loss of an epoch so far.
    func loss(_ totals: EpochTotals) -> Double { objective.total(of: totals.outputs.lazy.map(\.mean)) }

    /// Where the epoch stands; to be asked by the first worker between the barriers.
    func position(in epoch: EpochUnderWay) -> EpochPosition {
        EpochPosition(
            epoch: epoch.number, step: epoch.firstStep + epoch.totals.steps, totals: epoch.totals,
            metrics: metricSets.flatMap { $0.map { $0.state() } })
    }

    /// A shard's part of a step: gather, forward, backward.
    /// - Parameters:
    ///   - counted: for each output the number of samples that the batch's loss is a mean of.
    ///   - worker: whose replica runs it; not always the worker whose shard it is.
    ///   - folder: where the gradient goes.
    private func run(
        _ shard: Int, of batch: Batch, counted: UnsafePointer<Double>, _ pass: KernelPass, _ worker: Int,
        _ folder: GradientFolder
    ) {
        profile?.mark(worker, .other, step: pass.step)
        let samples = plan.samples(of: shard, in: batch.count)
        guard !samples.isEmpty else {
            losses(of: shard).update(repeating: 0, count: objective.outputs.count)
            folder.clearGradient(of: shard)
            return
        }
        let (replica, count) = (replicas[worker], samples.count)
        var pass = pass
        pass.firstSample = samples.lowerBound
        gather(batch.rows + samples.lowerBound, count, pass, replica, worker)
        gatherWeights(batch.rows + samples.lowerBound, count, replica, worker)
        profile?.mark(worker, .gather, step: pass.step)

        replica.forward(samples: count, pass)
        profile?.mark(worker, .forward, step: pass.step)
        measure(shard, count, replica, worker)
        profile?.mark(worker, .other, step: pass.step)

        // The gradient is that of the mean over the batch, so a shard weighs by its number of samples.
        replica.rebind(gradients: folder.gradient(of: shard))
        seedLosses(count, counted, replica, worker)
        replica.backward(samples: count, pass)
        profile?.mark(worker, .backward, step: pass.step)
    }

    /// Brings a shard's samples and targets to the replica, augmented.
    func gather(_ rows: UnsafePointer<Int64>, _ count: Int, _ pass: KernelPass, _ replica: Replica, _ worker: Int) {
        feed.load(replica, from: reader.pool, rows: rows, count: count)
        for input in objective.inputs.indices {
            guard let augmenter = augmenters[input]?[worker] else { continue }
            // Targets are changed by mixup alone, which there is for one input and one output; labels can't be mixed.
            var targets: UnsafeMutablePointer<Float>?
            if case .float32(let values) = replica.tensor(of: objective.outputs[0].target, samples: count) {
                targets = values
            }
            augmenter.apply(
                to: replica.value(of: objective.inputs[input], samples: count).baseAddress!, targets: targets,
                count: count, step: pass.step, firstSample: pass.firstSample)
        }
    }

    /// Gathers the weights of a shard's samples, once their targets have been gathered. They stand until the worker asks for
    /// another shard's.
    func gatherWeights(_ rows: UnsafePointer<Int64>, _ count: Int, _ replica: Replica, _ worker: Int) {
        for output in objective.outputs.indices {
            weights[output]?.fill(
                worker: worker, from: reader.pool, rows: rows,
                targets: replica.tensor(of: objective.outputs[output].target, samples: count), count: count)
        }
    }

    /// Begins a shard's backward pass at each output's loss.
    func seedLosses(_ count: Int, _ counted: UnsafePointer<Double>, _ replica: Replica, _ worker: Int) {
        for output in objective.outputs.indices {
            let share = counted[output] > 0 ? 1 / Float(counted[output]) : 0
            replica.seed(
                output, samples: count, scale: Float(objective.outputs[output].weight) * share,
                weights: weights[output]?.weights(of: worker))
        }
    }

    /// Adds up a shard's losses, and takes its predictions into the metrics.
    func measure(_ shard: Int, _ count: Int, _ replica: Replica, _ worker: Int) {
        let sums = losses(of: shard)
        for output in objective.outputs.indices {
            let losses = replica.value(of: objective.outputs[output].sampleLoss, samples: count)
            var sum = 0.0
            if let weights = weights[output]?.weights(of: worker) {
                for sample in 0..<count { sum += Double(weights[sample]) * Double(losses[sample]) }
            } else {
                for sample in 0..<count { sum += Double(losses[sample]) }
            }
            sums[output] = sum
        }
        for output in objective.outputs.indices {
            guard sums[output].isFinite || !skipsNonFinite else { return }
        }
        for output in objective.outputs.indices {
            metricSets[shard][output].update(from: replica, objective, output, count)
        }
    }

    /// Where a shard's losses stand, one for each output.
    func losses(of shard: Int) -> UnsafeMutablePointer<Double> {
        lossOfShard.doubles + shard * objective.outputs.count
    }

    /// The figures of the epoch so far; nil where that means to sort all scores.
    private func runningMetrics(_ totals: EpochTotals) -> [Double]? {
        var values: [[Double]] = []
        for output in objective.outputs.indices {
            let own = metricSets[0][output]
            guard !own.kinds.contains(where: \.isCostly),
                let sum = try? MetricSet(kinds: own.kinds, layout: own.layout, capacity: 0)
            else { return nil }
            for sets in metricSets { sum.merge(sets[output]) }
            values.append(sum.values())
        }
        return figures.values(losses: totals.outputs.map(\.mean), metrics: values)
    }

    /// The sum of an output's losses over the batch.
    private func lossSum(of output: Int) -> Double {
        var sum = 0.0
        for shard in 0..<plan.shards { sum += losses(of: shard)[output] }
        return sum
    }
}
