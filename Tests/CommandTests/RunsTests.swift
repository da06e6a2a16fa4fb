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
                "run             lowest validation_loss  state        epochs  updated           to go on",
                "runs/digits     0.1250 (epoch 2)        finished      20/20  2025-06-15 15:07",
                "runs/it's mine  12.0000 (epoch 2)       killed         4/20  2025-06-15 15:07  "
                    + "stormo train --resume 'runs/it'\\''s mine'",
                "runs/digits-2                           interrupted    3/20  2025-06-15 15:07  "
                    + "stormo train --resume runs/digits-2",
                "runs/digits-10                          failed         1/20  2025-06-15 15:07",
                "runs/now                                running        5/20  2025-06-15 15:07",
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

    private func add(
        _ name: String, rate: Double, seed: Int = 1, best: Double, accuracies: [Double] = [], to workspace: Workspace
    ) throws {
        try add(state(.finished, epoch: 20, best: best), name, to: workspace)
        try workspace.write(
            """
            {"name": "\(name)", "seed": \(seed), "optimizer": {"type": "adam", "learning_rate": \(rate)},
              "training": {"epochs": 20}}
            """, to: "runs/\(name)/config.json")
        let rows = accuracies.enumerated().map { "\($0 + 1),\($0 + 1),0.1,\($1)\n" }.joined()
        try workspace.write("epoch,step,learning_rate,validation_accuracy\n" + rows, to: "runs/\(name)/metrics.csv")
    }

    @Test func keysThatDifferAreColumns() throws {
        let workspace = try Workspace()
        try add("a", rate: 0.1, best: 0.5, accuracies: [0.5, 0.75, 0.7], to: workspace)
        try add("b", rate: 0.01, best: 0.25, accuracies: [0.5, 0.625], to: workspace)
        try add("c", rate: 0.01, seed: 2, best: 0.75, to: workspace)
        func rows(_ arguments: String...) throws -> [String] {
            let result = try workspace.run(["runs"] + arguments, environment: zone)
            #expect(result.status == 0 && result.errors == "")
            return result.lines
        }
        #expect(
            try rows() == [
                "run     lowest validation_loss  seed  learning_rate  state     epochs  updated",
                "runs/b  0.2500 (epoch 2)        1     0.01           finished   20/20  2025-06-15 15:07",
                "runs/a  0.5000 (epoch 2)        1     0.1            finished   20/20  2025-06-15 15:07",
                "runs/c  0.7500 (epoch 2)        2     0.01           finished   20/20  2025-06-15 15:07",
            ])
        #expect(
            try rows("--metric", "accuracy", "--key", "learning_rate") == [
                "run     highest validation_accuracy  learning_rate  state     epochs  updated",
                "runs/a  0.7500 (epoch 2)             0.1            finished   20/20  2025-06-15 15:07",
                "runs/b  0.6250 (epoch 2)             0.01           finished   20/20  2025-06-15 15:07",
                "runs/c                               0.01           finished   20/20  2025-06-15 15:07",
            ])
        #expect(
            try rows("--group", "--sort", "optimizer.learning_rate", "--reverse") == [
                "run              lowest validation_loss  learning_rate  state     epochs  updated",
                "runs/a           0.5000 (epoch 2)        0.1            finished   20/20  2025-06-15 15:07",
                "runs/b, 2 seeds  0.5000 ± 0.3536         0.01           finished   20/20  2025-06-15 15:07",
            ])
        #expect(try rows("--name", "[ab]", "--sort", "name").map { $0.prefix(6) } == ["run   ", "runs/a", "runs/b"])
        #expect(
            try rows("--csv", "--sort", "name") == [
                "run,runs,state,epochs,validation_loss,validation_loss_deviation,validation_loss_epoch,seed,"
                    + "optimizer.learning_rate,updated",
                "runs/a,1,finished,20/20,0.5,,2,1,0.1,2025-06-15T15:07:45Z",
                "runs/b,1,finished,20/20,0.25,,2,1,0.01,2025-06-15T15:07:45Z",
                "runs/c,1,finished,20/20,0.75,,2,2,0.01,2025-06-15T15:07:45Z",
            ])
        #expect(try rows("runs/a", "runs/c/").count == 3)
        #expect(try rows("--name", "x*") == ["no runs in runs that are called like x*"])
        func expect(_ sentence: String, _ arguments: String...) throws {
            let result = try workspace.run(["runs"] + arguments)
            #expect(result.status == 64 && result.errors.hasPrefix("stormo: " + sentence), "\(result.errors)")
        }
        try expect("no run has the figure 'acuracy'; there are: ", "--metric", "acuracy")
        try expect("the runs' configs do not differ in 'seeed'; did you mean 'seed'?\n", "--sort", "seeed")
        try expect("--json and --csv are two ways to print one list; give one\n", "--json", "--csv")
        try expect("--all-keys shows every key; leave out --key, or --all-keys\n", "--all-keys", "--key", "seed")
    }

    @Test func damagedFilesOfARunAreTold() throws {
        let workspace = try Workspace()
        try add("a", rate: 0.1, best: 0.5, accuracies: [0.5], to: workspace)
        try add("b", rate: 0.2, best: 0.5, to: workspace)
        try workspace.write("epoch,step,loss,validation_accuracy\n1,2\n", to: "runs/b/metrics.csv")
        try add("c", rate: 0.2, best: 0.5, to: workspace)
        try workspace.write("{", to: "runs/c/config.json")
        let result = try workspace.run("runs", "--metric", "validation_accuracy", environment: zone)
        #expect(result.status == 0)
        #expect(result.lines.map { $0.prefix(6) } == ["run   ", "runs/a", "runs/b"])
        let errors = result.errors.split(separator: "\n")
        #expect(errors.count == 2 && errors[0].hasPrefix("stormo: runs/c/config.json is damaged: "), "\(result.errors)")
        #expect(errors.last?.hasPrefix("stormo: runs/b/metrics.csv:2: has 2 values") == true, "\(result.errors)")
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
                        "figure": ["name": "validation_loss", "value": 0.5, "epoch": 2, "best": "lowest"],
                        "settings": [:],
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
