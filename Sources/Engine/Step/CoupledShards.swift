import Kernels
import Network

/// What it takes to train a program that couples the samples of a mini-batch: all shards end a segment before any begins the
/// next one, so each keeps its activations until its backward pass has ended.
///
/// Each shard has a replica with an arena of its own; the kernels are shared by the shards of a worker. Gradients are folded
/// as elsewhere, for each segment those that it finishes, so that they need not be held for each shard.
///
/// `@unchecked Sendable`: a shard's replica is touched by who runs the shard, `BatchSums` says itself who writes what, and
/// states are computed and put in place by the first worker, the one before a barrier and the other behind it.
final class CoupledShards: @unchecked Sendable {
    let coupling: Coupling
    let sums: BatchSums
    /// By shard.
    let replicas: [Replica]
    /// What the state parameters become if the step is taken, one after another.
    private let next: AlignedMemory
    /// The first state that would not be finite.
    private(set) var failedState: Coupling.StateMove?

    /// - Parameters:
    ///   - batches: the numbers of samples that mini-batches have.
    ///   - gradient: where a shard's gradient goes.
    /// - Throws: `KernelError` where a kernel can't be made.
    init(
        _ program: Program, _ plan: ShardPlan, batches: [Int], team: WorkerTeam, parameters: AlignedMemory,
        gradient: @Sendable @escaping (_ shard: Int, _ worker: Int) -> AlignedMemory
    ) throws {
        coupling = program.coupling
        let sums = try BatchSums(count: coupling.sumCount, shards: plan.shards)
        self.sums = sums
        next = try AlignedMemory(floats: coupling.moves.reduce(0) { $0 + $1.range.count })
        // On the workers' threads, which thereby are the first to touch the arenas.
        replicas = try team.run { worker in
            let shards = plan.shards(of: worker)
            let sizes = shards.map { shard in Set(batches.map { plan.samples(of: shard, in: $0).count }) }
            let first = try Replica(
                program, samples: sizes.reduce(into: []) { $0.formUnion($1) }, sharesKernels: true)
            return try zip(shards, sizes).map { shard, sizes in
                let replica = Replica(sharingKernelsOf: first, samples: sizes)
                replica.bind(
                    arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
                    gradients: gradient(shard, worker), sums: sums.combined)
                return replica
            }
        }.flatMap { $0 }
    }

    /// Computes what the state parameters become by a step, once its forward pass has ended. By the first worker.
    /// - Parameter samples: those of the first shard, which is never empty.
    func computeStates(samples: Int) {
        failedState = nil
        var place = next.floats
        for index in 0..<coupling.moves.count {
            let move = coupling.moves[index]
            replicas[0].nextState(move, samples: samples, into: place)
            if failedState == nil, VectorLoops.firstNonFinite(place, count: move.range.count) != nil {
                failedState = move
            }
            place += move.range.count
        }
    }

    /// Puts in place what was computed. By the first worker, while nobody else reads the states.
    func moveStates(of parameters: UnsafeMutablePointer<Float>) {
        var place = next.floats
        for index in 0..<coupling.moves.count {
            let range = coupling.moves[index].range
            (parameters + range.lowerBound).update(from: place, count: range.count)
            place += range.count
        }
    }
}
