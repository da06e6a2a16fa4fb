import Configuration
import Foundation
import Testing

@testable import Runs

struct RunsTests {
    private let zone = ["TZ": "UTC"]

    private func state(_ phase: RunState.Phase, epoch: Int, best: Double? = nil, error: String? = nil) -> RunState {
        RunState(
            phase: phase, name: "digits", started: Date(timeIntervalSince1970: 1_750_000_000),
            updated: Date(timeIntervalSince1970: 1_750_000_065), epoch: epoch, epochs: 20, step: epoch * 10,
            best: best.map { .init(monitor: "validation_loss", value: $0, epoch: 2) }, process: 4711, error: error)
    }

    private func add(_ state: RunState?, _ name: String, to workspace: Workspace, hasCheckpoint: Bool = false) throws {
        let directory = try RunDirectory(workspace.path + "/runs/" + name)
        try state?.write(to: directory.path)
        if hasCheckpoint {
            _ = try CheckpointStore(directory.path, keepLast: 1, keepBest: true)
            try workspace.write("", to: "runs/\(name)/checkpoints/step-0000000010.h5")
        }
    }

    @Test func eachRunIsARow() throws {
        let workspace = try Workspace()
        try add(state(.finished, epoch: 20, best: 0.125), "digits", to: workspace, hasCheckpoint: true)
        try add(state(.interrupted, epoch: 3), "digits-2", to: workspace, hasCheckpoint: true)
        try add(state(.failed, epoch: 1, error: "the disk is full"), "digits-10", to: workspace)
        try add(state(.running, epoch: 4, best: 12), "it's mine", to: workspace, hasCheckpoint: true)
        try add(state(.running, epoch: 5), "now", to: workspace, hasCheckpoint: true)
        try add(nil, "other", to: workspace)
        let lock = try RunLock(workspace.path + "/runs/now")
        let result = try workspace.run("runs", environment: zone)
        lock.release()
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(
            result.lines == [
                "run             state        epochs  best                               updated           to go on",
                "runs/digits     finished      20/20  validation_loss 0.1250 (epoch 2)   2025-06-15 15:07",
                "runs/digits-2   interrupted    3/20                                     2025-06-15 15:07  "
                    + "stormo train --resume runs/digits-2",
                "runs/digits-10  failed         1/20                                     2025-06-15 15:07",
                "runs/it's mine  killed         4/20  validation_loss 12.0000 (epoch 2)  2025-06-15 15:07  "
                    + "stormo train --resume 'runs/it'\\''s mine'",
                "runs/now        running        5/20                                     2025-06-15 15:07",
                "runs/digits-10: the disk is full",
            ])
    }

    @Test func aDamagedStateIsALineAndTheOthersAreShown() throws {
        let workspace = try Workspace()
        try add(state(.finished, epoch: 20), "a", to: workspace)
        try add(nil, "b", to: workspace)
        try workspace.write("{\"state\": ", to: "runs/b/state.json")
        let result = try workspace.run("runs", environment: zone)
        #expect(result.status == 0)
        #expect(result.lines.count == 2)
        #expect(result.errors.hasPrefix("stormo: runs/b/state.json is damaged: runs/b/state.json:1: not valid JSON"))
    }

    @Test func oneRunAlone() throws {
        let workspace = try Workspace()
        try add(state(.finished, epoch: 20), "a", to: workspace)
        let result = try workspace.run("runs", "runs/a", environment: zone)
        #expect(result.lines.last == "runs/a  finished   20/20  2025-06-15 15:07")
    }

    /// A project's folder, from within it or beside it.
    @Test func runsOfAProject() throws {
        let workspace = try Workspace()
        try add(state(.finished, epoch: 20), "a", to: workspace)
        for (folder, row) in [(".", "runs/a"), (workspace.path, "\(workspace.path)/runs/a"), ("runs/", "runs/a")] {
            #expect(try workspace.run("runs", folder).lines.last?.hasPrefix(row + " ") == true)
        }
    }

    @Test func theListAsJSON() throws {
        let workspace = try Workspace()
        try add(state(.running, epoch: 4, best: 0.5), "a", to: workspace, hasCheckpoint: true)
        let result = try workspace.run("runs", "--json")
        let list = try ConfigurationDocument(text: "{\"runs\": \(result.output)}", file: "output").root
        #expect(
            list == [
                "runs": [
                    [
                        "path": "runs/a", "state": "killed", "name": "digits", "started": "2025-06-15T15:06:40Z",
                        "updated": "2025-06-15T15:07:45Z", "epoch": 4, "epochs": 20, "step": 40,
                        "best": ["monitor": "validation_loss", "value": 0.5, "epoch": 2], "pid": 4711,
                        "resume": "stormo train --resume runs/a",
                    ]
                ]
            ])
    }

    /// What a run came to, out of its `metrics.json`.
    @Test func finalFigures() throws {
        let workspace = try Workspace()
        #expect(try workspace.run("train", "config.json", "--output", "run", "--quiet").status == 0)
        let figures = try #require(try FinalFigures(directory: workspace.path + "/run"))
        let value = figures.test[1].value
        let row = try workspace.run("runs", "run").lines.last
        #expect(row?.contains("test accuracy \(String(format: "%.4f", value)) (12 rows)") == true, "\(row ?? "")")
    }

    @Test func whereThereAreNone() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            1, "there is no directory runs; name the one that holds your runs", "runs")
        try FileManager.default.createDirectory(atPath: workspace.path + "/runs", withIntermediateDirectories: false)
        #expect(try workspace.run("runs").lines == ["no runs in runs"])
        #expect(try workspace.run("runs", "--json").lines == ["[]"])
    }
}
