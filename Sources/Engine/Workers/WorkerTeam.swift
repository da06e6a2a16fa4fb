import Foundation
import Kernels
import Machine

/// Worker threads: the caller's own, and others that live as long as the team.
///
/// Between two jobs the workers wait at a barrier, spinning for a moment and then parked, because waking a thread costs
/// as much as many steps of a small network.
package final class WorkerTeam: Sendable {
    package let count: Int
    private let crew: Crew

    /// - Parameter isPinned: each thread but the caller's stays on one of the CPUs that the process may use.
    package init(_ count: Int, isPinned: Bool = false) {
        self.count = count
        crew = Crew(count, isPinned: isPinned)
    }

    deinit { crew.dismiss() }

    /// Runs the body once on each worker, at the same time, and waits for all; the caller is worker 0. One caller at a
    /// time: others wait, and a body must not call it.
    /// - Returns: what the bodies return, by worker.
    /// - Throws: `ThreadError` where the threads can't be started; the error of the first worker, by number, whose body
    ///   throws. Bodies that wait for each other must
    ///   not throw before their last barrier.
    @discardableResult
    package func run<T: Sendable>(_ body: @Sendable @escaping (_ worker: Int) throws -> T) throws -> [T] {
        let results = ResultList<Result<T, any Error>>(count)
        try crew.perform { worker in
            KernelContext.withPreparedThread { results[worker] = Result { try body(worker) } }
        }
        return try results.all.map { try $0.get() }
    }

    /// A barrier for bodies that run on this team.
    func makeBarrier() -> PhaseBarrier { PhaseBarrier(workers: count, spins: Self.spins(count, 4000)) }

    /// Who spins where there are more workers than CPUs keeps others from arriving.
    private static func spins(_ count: Int, _ wanted: Int) -> Int { count <= AvailableCPUs.count ? wanted : 0 }

    /// The threads behind a team. They refer to the crew alone, so that a team can end while they wait.
    ///
    /// `@unchecked Sendable`: `job` is written by the caller before a barrier and read by the workers behind it;
    /// `isWorking` is touched under the lock.
    private final class Crew: @unchecked Sendable {
        private let count: Int
        private let isPinned: Bool
        private let barrier: PhaseBarrier
        private let turn = NSLock()
        private var job: (@Sendable (Int) -> Void)?
        private var isWorking = false

        init(_ count: Int, isPinned: Bool) {
            self.count = count
            self.isPinned = isPinned
            barrier = PhaseBarrier(workers: count, spins: WorkerTeam.spins(count, 20_000))
        }

        func perform(_ job: @Sendable @escaping (Int) -> Void) throws(ThreadError) {
            turn.lock()
            defer { turn.unlock() }
            if !isWorking { try start() }
            self.job = job
            barrier.wait(0)
            job(0)
            barrier.wait(0)
            self.job = nil
        }

        private func start() throws(ThreadError) {
            guard count > 1 else {
                isWorking = true
                return
            }
            let cpus = isPinned ? AvailableCPUs.allowed() : []
            try ThreadRoom.start(
                count - 1, spare: ThreadRoom.others, for: "\(count) workers, reading and saving"
            ) { index in
                { [self] in
                    if !cpus.isEmpty { AvailableCPUs.pinThread(to: cpus[(index + 1) % cpus.count]) }
                    repeat { barrier.wait(index + 1) } while work(index + 1)
                }
            }
            isWorking = true
        }

        /// Does the job and waits for the others.
        /// - Returns: false where there is no job, which means the end.
        private func work(_ worker: Int) -> Bool {
            // The job must be let go before the caller goes on: it may hold the last reference to the team, whose end
            // waits for this thread.
            guard doJob(worker) else { return false }
            barrier.wait(worker)
            return true
        }

        @inline(never)
        private func doJob(_ worker: Int) -> Bool {
            guard let job else { return false }
            job(worker)
            return true
        }

        func dismiss() {
            turn.withLock { if isWorking { barrier.wait(0) } }
        }
    }
}
