internal import Dispatch
import Kernels
import Synchronization

/// Worker threads: long-lived blocks, each on a serial queue of its own.
final class WorkerTeam: Sendable {
    let count: Int
    private let queues: [DispatchQueue]

    init(_ count: Int) {
        self.count = count
        queues = (0..<count).map { DispatchQueue(label: "stormo.worker.\($0)", qos: .userInitiated) }
    }

    /// Runs the body once on each worker, at the same time, and waits for all.
    /// - Throws: the error of the first worker, by number, whose body throws. Bodies that wait for each other must
    ///   not throw before their last barrier.
    func run(_ body: @Sendable @escaping (_ worker: Int) throws -> Void) throws {
        let group = DispatchGroup()
        let errors = Mutex<[Int: any Error]>([:])
        for worker in 0..<count {
            queues[worker].async(group: group) {
                do {
                    try KernelContext.withPreparedThread { try body(worker) }
                } catch {
                    errors.withLock { $0[worker] = error }
                }
            }
        }
        group.wait()
        if let first = errors.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
    }

    /// A barrier for bodies that run on this team.
    func makeBarrier() -> PhaseBarrier {
        PhaseBarrier(workers: count, spins: count <= AvailableCPUs.count ? 4000 : 0)
    }
}
