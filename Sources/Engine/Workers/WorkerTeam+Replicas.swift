import Kernels
import Network

extension WorkerTeam {
    /// Makes a replica for each worker, on its thread, which thereby is the first to touch its memory.
    /// - Parameters:
    ///   - samples: the numbers of samples that the replicas will meet.
    ///   - gradients: where a worker's gradients go to begin with; nil for a program without a loss.
    /// - Throws: `KernelError` where a kernel can't be made.
    func makeReplicas(
        _ program: Program, samples: Set<Int>, parameters: AlignedMemory,
        gradients: @Sendable @escaping (_ worker: Int) -> AlignedMemory? = { _ in nil }
    ) throws -> [Replica] {
        try run { worker in
            let replica = try Replica(program, samples: samples)
            let arena = try AlignedMemory(byteCount: replica.arenaBytes)
            replica.bind(arena: arena, parameters: parameters, gradients: gradients(worker))
            return replica
        }
    }
}
