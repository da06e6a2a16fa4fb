import Dispatch
import Kernels
import Synchronization

/// A place where workers wait for each other, many thousand times a second.
///
/// A waiter spins for about as long as a phase lasts, because waking a thread costs microseconds, which a tiny
/// network cannot afford; then it parks, so that a long phase costs no power.
final class PhaseBarrier: Sendable {
    private let workers: Int
    private let spins: Int
    /// Those who have arrived: of each group of workers, of each group of groups, and so on. So few write to one place.
    private let levels: [[Counter]]
    private let group: Int
    private let phase = Counter()
    private let parking: [Parking]

    /// Up to so many workers arrive at one place; more arrive in groups of `groupSize`.
    private static let flat = 32
    private static let groupSize = 8

    /// A number on a cache line of its own: whoever spins on it is not disturbed by what others write beside it.
    private final class Counter: Sendable {
        private struct Line: Sendable { let words: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0) }
        private let before = Line()
        let value = Atomic<Int>(0)
        private let behind = Line()
    }

    /// A waiter's own place to sleep.
    private final class Parking: Sendable {
        let isParked = Atomic<Bool>(false)
        let wake = DispatchSemaphore(value: 0)
    }

    /// - Parameters:
    ///   - spins: how often a waiter looks before it parks; 0 where there are more workers than CPUs, since one that
    ///     spins would then keep another from arriving.
    init(workers: Int, spins: Int) {
        self.workers = workers
        self.spins = spins
        parking = (0..<workers).map { _ in Parking() }
        group = workers <= Self.flat ? max(workers, 1) : Self.groupSize
        var levels: [[Counter]] = []
        var members = workers
        repeat {
            members = (members + group - 1) / group
            levels.append((0..<members).map { _ in Counter() })
        } while members > 1
        self.levels = levels
    }

    /// Returns when all workers have called it. What each did before is seen by all afterwards.
    func wait(_ worker: Int) {
        if workers == 1 { return }
        let current = phase.value.load(ordering: .relaxed)
        if isLast(worker) {
            phase.value.store(current &+ 1, ordering: .sequentiallyConsistent)
            for other in 0..<workers where other != worker {
                let place = parking[other]
                if place.isParked.exchange(false, ordering: .sequentiallyConsistent) { place.wake.signal() }
            }
            return
        }
        for _ in 0..<spins {
            if phase.value.load(ordering: .acquiring) != current { return }
            VectorLoops.pause()
        }
        let place = parking[worker]
        while true {
            place.isParked.store(true, ordering: .sequentiallyConsistent)
            if phase.value.load(ordering: .sequentiallyConsistent) != current {
                // Either the flag is taken back, or somebody has taken it and the signal is on the way.
                if !place.isParked.exchange(false, ordering: .sequentiallyConsistent) { place.wake.wait() }
                return
            }
            place.wake.wait()
            // The signal may come late from the phase before, whose last arrival was still waking the others when
            // this worker was through already and came round again.
            if phase.value.load(ordering: .acquiring) != current { return }
        }
    }

    /// Counts a worker in.
    /// - Returns: whether all others were there before.
    private func isLast(_ worker: Int) -> Bool {
        var (index, members) = (worker, workers)
        for level in 0..<levels.count {
            index /= group
            let size = min(group, members - index * group)
            let counter = levels[level][index]
            guard counter.value.add(1, ordering: .acquiringAndReleasing).newValue == size else { return false }
            counter.value.store(0, ordering: .relaxed)
            members = levels[level].count
        }
        return true
    }
}
