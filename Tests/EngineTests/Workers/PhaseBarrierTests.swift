import Synchronization
import Testing

@testable import Engine

@Suite struct PhaseBarrierTests {
    /// Nobody leaves a phase before all have entered it, whether waiters spin or park.
    /// Above 32 they arrive in groups.
    @Test(arguments: [(1, 100), (2, 4000), (2, 0), (5, 50), (7, 0), (33, 0), (40, 10), (70, 0)])
    func allMeet(workers: Int, spins: Int) throws {
        let barrier = PhaseBarrier(workers: workers, spins: spins)
        let phases = workers > 32 ? 100 : 2000
        let entered = Atomic<Int>(0)
        let early = Atomic<Int>(0)
        try WorkerTeam(workers).run { worker in
            for phase in 1...phases {
                entered.add(1, ordering: .relaxed)
                barrier.wait(worker)
                if entered.load(ordering: .relaxed) < phase * workers { early.add(1, ordering: .relaxed) }
                barrier.wait(worker)
            }
        }
        #expect(entered.load(ordering: .relaxed) == phases * workers)
        #expect(early.load(ordering: .relaxed) == 0)
    }

    /// What one worker writes before the barrier, plainly, the others read behind it.
    @Test func writesAreSeenBehindTheBarrier() throws {
        let workers = 3
        let barrier = PhaseBarrier(workers: workers, spins: 200)
        nonisolated(unsafe) let cells = UnsafeMutablePointer<Int>.allocate(capacity: workers)
        defer { cells.deallocate() }
        let wrong = Atomic<Int>(0)
        try WorkerTeam(workers).run { worker in
            for phase in 0..<3000 {
                cells[worker] = phase
                barrier.wait(worker)
                for other in 0..<workers where cells[other] != phase { wrong.add(1, ordering: .relaxed) }
                barrier.wait(worker)
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
