import Kernels
import Network

extension WorkerTeam {
    /// Makes a replica for each shard, on the thread that will run it and thereby is the first to touch its memory.
    ///
    /// A worker runs its shards one after another, so they share one arena.
    /// - Parameters:
    ///   - samples: the numbers of samples that a shard's replica will meet.
    ///   - gradients: where a shard's gradients go; nil for a program without a loss.
    /// - Throws: `KernelError` where a kernel can't be made.
    func makeReplicas(
        _ program: Program, _ plan: ShardPlan, samples: @Sendable @escaping (_ shard: Int) -> Set<Int>,
        parameters: AlignedMemory,
        gradients: @Sendable @escaping (_ shard: Int) -> AlignedMemory? = { _ in nil }
    ) throws -> [Replica] {
        try run { worker in
            let shards = plan.shards(of: worker)
            let replicas = try shards.map { try Replica(program, samples: samples($0)) }
            let arena = try AlignedMemory(byteCount: replicas.map(\.arenaBytes).max() ?? 0)
            for (shard, replica) in zip(shards, replicas) {
                replica.bind(arena: arena, parameters: parameters, gradients: gradients(shard))
            }
            return replicas
        }.flatMap { $0 }
    }
}
