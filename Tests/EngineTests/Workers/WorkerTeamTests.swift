import Foundation
import Machine
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

    /// The caller's thread is not pinned, nor is what it starts later.
    @Test func pinnedWorkersStayOnTheirCPU() throws {
        let cpus = AvailableCPUs.allowed()
        @Sendable func own() -> String {
            let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
            return line?.split(separator: "\t").last.map(String.init) ?? ""
        }
        let before = own()
        let masks = try WorkerTeam(3, isPinned: true).run { _ in own() }
        #expect(masks == [before, "\(cpus[1 % cpus.count])", "\(cpus[2 % cpus.count])"])
        #expect(try WorkerTeam(2).run { _ in own() } == [before, before])
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
