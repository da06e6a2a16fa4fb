import Foundation
import Testing

@testable import Runs
@testable import stormo_cli

struct WatchedRunTests {
    private func write(_ phase: RunState.Phase, epochs: Int, in directory: String, of workspace: Workspace) throws {
        let path = "\(workspace.path)/\(directory)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let rows = (0..<epochs).map { "\($0 + 1),\(($0 + 1) * 10),0.1,\(1.0 / Double($0 + 1)),2.5\n" }.joined()
        try workspace.write("epoch,step,learning_rate,loss,gradient_norm\n" + rows, to: directory + "/metrics.csv")
        try workspace.write(
            "epoch,seconds,samples_per_second\n" + (0..<epochs).map { "\($0 + 1),4,100\n" }.joined(),
            to: directory + "/times.csv")
        try workspace.write(#"{"name": "a", "data": {"k_fold": 2}}"#, to: directory + "/config.json")
        try RunState(
            phase: phase, name: "a", started: Date(), updated: Date(), epoch: epochs, epochs: 10, step: epochs * 10,
            process: 1
        ).write(to: path)
    }

    @Test func aRunIsAwaitedGoesOnAndIsOver() throws {
        let workspace = try Workspace()
        let path = workspace.path + "/run"
        var run = WatchedRun(path + "/")
        run.read()
        #expect(run.standing == .awaited && run.path == path)
        #expect(run.content().notice == "waiting for a run to begin in \(path)")

        try write(.running, epochs: 0, in: "run", of: workspace)
        let lock = try RunLock(path)
        run.read()
        #expect(run.standing == .going && run.history.isEmpty)
        #expect(run.content().notice == "the first epoch is not over yet")

        try write(.running, epochs: 4, in: "run", of: workspace)
        run.read()
        #expect(run.history.map(\.epoch) == [1, 2, 3, 4])
        let ended = try #require(run.lastEpoch)
        let content = run.content(now: ended + 2)
        #expect(content.epoch == 5 && content.epochs == 10 && content.notice == nil)
        #expect(abs(content.fraction - 0.45) < 1e-9, "half of the fifth epoch, as long as the others took")
        #expect(abs((content.left ?? 0) - 22) < 1e-9)
        #expect(content.samplesPerSecond == 100)

        // Training went back.
        try write(.running, epochs: 2, in: "run", of: workspace)
        run.read()
        #expect(run.history.count == 2)

        lock.release()
        run.read()
        #expect(run.standing == .over, "its process is gone")
        try workspace.write("{", to: "run/state.json")
        run.read()
        #expect(run.failure?.contains("state.json is damaged") == true && run.content().notice == run.failure)
    }

    /// Between two folds no lock is held.
    @Test func foldsFollowEachOther() throws {
        let workspace = try Workspace()
        try write(.finished, epochs: 10, in: "run/fold-1", of: workspace)
        var run = WatchedRun(workspace.path + "/run")
        let start = Date()
        run.read(now: start)
        #expect(run.standing == .going && run.directory.hasSuffix("/fold-1"))
        run.read(now: start + 20)
        #expect(run.standing == .over, "the second never began")
        try write(.running, epochs: 1, in: "run/fold-2", of: workspace)
        let lock = try RunLock(run.path + "/fold-2")
        run.read(now: start + 21)
        #expect(run.standing == .going && run.directory.hasSuffix("/fold-2") && run.history.count == 1)
        try write(.finished, epochs: 10, in: "run/fold-2", of: workspace)
        lock.release()
        run.read(now: start + 22)
        #expect(run.standing == .over)
    }
}
