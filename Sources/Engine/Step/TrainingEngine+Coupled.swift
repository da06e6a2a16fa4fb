import Kernels
import Network

/// The shards' passes where samples are coupled: segment by segment, with the sums combined in between.
///
/// A segment: each worker runs its shards; barrier; each worker combines its slice of the sums; barrier. The last segment
/// forward and the first one backward follow each other without a barrier.
extension TrainingEngine {
    func runCoupled(
        _ coupled: CoupledShards, of parts: Range<Int>, _ epoch: EpochUnderWay, _ number: Int, _ worker: Int
    ) {
        let (forward, backward) = (coupled.coupling.forward, coupled.coupling.backward)
        for segment in 0..<forward.count {
            for part in parts {
                for shard in plan.shards(of: part) { runForward(shard, segment, coupled, epoch, number, worker) }
            }
            combine(forward[segment], coupled, parts, number, worker)
        }
        for part in parts {
            let folder = reducer.folder(of: part)
            for shard in plan.shards(of: part) {
                runForward(shard, forward.count, coupled, epoch, number, worker)
                turn(shard, coupled, epoch, number, worker)
                runBackward(shard, 0, coupled, folder, epoch, number, worker)
            }
        }
        for segment in 0..<backward.count {
            combine(backward[segment], coupled, parts, number, worker)
            for part in parts {
                let folder = reducer.folder(of: part)
                for shard in plan.shards(of: part) {
                    runBackward(shard, segment + 1, coupled, folder, epoch, number, worker)
                }
            }
        }
        if worker == 0 { coupled.computeStates(samples: plan.samples(of: 0, in: epoch.batch.count).count) }
    }

    private func combine(
        _ round: Coupling.Round, _ coupled: CoupledShards, _ parts: Range<Int>, _ number: Int, _ worker: Int
    ) {
        meet(worker, parts, number)
        for part in parts { coupled.sums.combine(round, worker: part, of: plan.workers) }
        profile?.mark(worker, .reduce, step: number)
        meet(worker, parts, number)
    }

    /// The number of step and sample by which a shard's random numbers are keyed.
    private func pass(_ samples: Range<Int>, _ number: Int) -> KernelPass {
        KernelPass(isTraining: true, seed: seed, step: number, firstSample: samples.lowerBound)
    }

    private func runForward(
        _ shard: Int, _ segment: Int, _ coupled: CoupledShards, _ epoch: EpochUnderWay, _ number: Int, _ worker: Int
    ) {
        let samples = plan.samples(of: shard, in: epoch.batch.count)
        let rounds = coupled.coupling.forward
        guard !samples.isEmpty else {
            if segment < rounds.count { coupled.sums.clear(shard, rounds[segment]) }
            return
        }
        let (replica, pass) = (coupled.replicas[shard], pass(samples, number))
        if segment == 0 {
            gather(epoch.batch.rows + samples.lowerBound, samples.count, pass, replica, worker)
            profile?.mark(worker, .gather, step: number)
        }
        replica.forward(segment: segment, samples: samples.count, partial: coupled.sums.partial(of: shard), pass)
        profile?.mark(worker, .forward, step: number)
    }

    /// What is done between a shard's forward and backward pass.
    private func turn(
        _ shard: Int, _ coupled: CoupledShards, _ epoch: EpochUnderWay, _ number: Int, _ worker: Int
    ) {
        let samples = plan.samples(of: shard, in: epoch.batch.count)
        guard !samples.isEmpty else {
            losses(of: shard).update(repeating: 0, count: objective.outputs.count)
            return
        }
        let replica = coupled.replicas[shard]
        gatherWeights(epoch.batch.rows + samples.lowerBound, samples.count, replica, worker)
        measure(shard, samples.count, replica, worker)
        seedLosses(samples.count, epoch.counted.doubles, replica, worker)
        replica.beginBackward(samples: samples.count)
        profile?.mark(worker, .other, step: number)
    }

    private func runBackward(
        _ shard: Int, _ segment: Int, _ coupled: CoupledShards, _ folder: GradientFolder, _ epoch: EpochUnderWay,
        _ number: Int, _ worker: Int
    ) {
        let samples = plan.samples(of: shard, in: epoch.batch.count)
        let (rounds, finished) = (coupled.coupling.backward, coupled.coupling.gradients[segment])
        if samples.isEmpty {
            if segment < rounds.count { coupled.sums.clear(shard, rounds[segment]) }
            folder.clearGradient(of: shard, in: finished)
        } else {
            coupled.replicas[shard].backward(
                segment: segment, samples: samples.count, partial: coupled.sums.partial(of: shard),
                pass(samples, number))
            profile?.mark(worker, .backward, step: number)
        }
        if folder.finish(shard, in: finished) { profile?.mark(worker, .reduce, step: number) }
    }
}
