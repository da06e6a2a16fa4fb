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
    private let arrived = Atomic<Int>(0)
    private let phase = Atomic<UInt>(0)
    private let parking: [Parking]

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
    }

    /// Returns when all workers have called it. What each did before is seen by all afterwards.
    func wait(_ worker: Int) {
        if workers == 1 { return }
        let current = phase.load(ordering: .relaxed)
        if arrived.add(1, ordering: .acquiringAndReleasing).newValue == workers {
            arrived.store(0, ordering: .relaxed)
            phase.store(current &+ 1, ordering: .sequentiallyConsistent)
            for other in 0..<workers where other != worker {
                let place = parking[other]
                if place.isParked.exchange(false, ordering: .sequentiallyConsistent) { place.wake.signal() }
            }
            return
        }
        for _ in 0..<spins {
            if phase.load(ordering: .acquiring) != current { return }
            VectorLoops.pause()
        }
        let place = parking[worker]
        while true {
            place.isParked.store(true, ordering: .sequentiallyConsistent)
            if phase.load(ordering: .sequentiallyConsistent) != current {
                // Either the flag is taken back, or somebody has taken it and the signal is on the way.
                if !place.isParked.exchange(false, ordering: .sequentiallyConsistent) { place.wake.wait() }
                return
            }
            place.wake.wait()
            // The signal may come late from the phase before, whose last arrival was still waking the others when
            // this worker was through already and came round again.
            if phase.load(ordering: .acquiring) != current { return }
        }
    }
}
