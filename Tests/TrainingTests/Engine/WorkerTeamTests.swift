import Synchronization
import Testing

@testable import Engine

@Suite struct WorkerTeamTests {
    private struct Failure: Error, Equatable { let worker: Int }

    @Test(arguments: [1, 2, 5])
    func eachWorkerRunsOnce(count: Int) throws {
        let team = WorkerTeam(count)
        #expect(team.count == count)
        for _ in 0..<3 {
            let seen = Mutex<[Int]>([])
            try team.run { worker in seen.withLock { $0.append(worker) } }
            #expect(seen.withLock { $0.sorted() } == Array(0..<count))
        }
    }

    /// A barrier opens only when all are there at the same time.
    @Test func workersRunAtTheSameTime() throws {
        let team = WorkerTeam(4)
        let barrier = team.makeBarrier()
        let arrived = Atomic<Int>(0)
        let early = Atomic<Int>(0)
        try team.run { worker in
            arrived.add(1, ordering: .sequentiallyConsistent)
            barrier.wait(worker)
            if arrived.load(ordering: .sequentiallyConsistent) < 4 { early.add(1, ordering: .sequentiallyConsistent) }
        }
        #expect(early.load(ordering: .sequentiallyConsistent) == 0)
    }

    @Test func theFirstWorkersErrorIsThrownAfterAllHaveEnded() throws {
        let team = WorkerTeam(4)
        let ended = Atomic<Int>(0)
        let error = #expect(throws: Failure.self) {
            try team.run { worker in
                defer { ended.add(1, ordering: .sequentiallyConsistent) }
                if worker == 1 || worker == 3 { throw Failure(worker: worker) }
            }
        }
        #expect(error == Failure(worker: 1))
        #expect(ended.load(ordering: .sequentiallyConsistent) == 4)
        // The team is none the worse for it.
        try team.run { _ in ended.add(1, ordering: .sequentiallyConsistent) }
        #expect(ended.load(ordering: .sequentiallyConsistent) == 8)
    }
}
