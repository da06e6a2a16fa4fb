import Foundation
import Testing

@testable import Runs

/// `stormo train --resume`: what it says, what it refuses, locks, and kills.
struct ResumeCommandTests {
    private let every = ["--set", #"checkpoint={"every": {"steps": 2}, "keep_last": 3}"#]

    private func bytes(_ workspace: Workspace, _ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/" + path))
    }

    private func expectSame(_ workspace: Workspace, _ run: String, as other: String) throws {
        for file in ["metrics.csv", "model.h5", "config.json"] {
            #expect(try bytes(workspace, "\(run)/\(file)") == bytes(workspace, "\(other)/\(file)"), "\(run)/\(file)")
        }
    }

    @Test func whatMayNotChangeIsNamed() throws {
        let workspace = try Workspace()
        #expect(try workspace.run("train", "config.json", "--output", "run").status == 0)
        let result = try workspace.run(
            "train", "--resume", "run", "--set", "optimizer.learning_rate=1", "--set", "seed=4", "--set",
            "training.epochs=3")
        #expect(result.status == 78)
        let rule =
            "can't change when a run is resumed, since it would be another run; what may change are training.epochs, "
            + "training.early_stopping.patience, parallel.workers, parallel.pin, checkpoint, export, logging, name, data.train.file, data.validation.file, data.test.file and "
            + "data.memory_limit"
        for path in ["optimizer.learning_rate", "seed"] { #expect(result.errors.contains("\(path): \(rule)")) }
        #expect(!result.errors.contains("training.epochs: "))
        #expect(try workspace.run("train", "--resume", "run", "--output", "other").status == 64)
        #expect(try workspace.run("train", "--resume", "none").status == 65)
    }

    @Test func aRunIsNotMadeShorter() throws {
        let workspace = try Workspace()
        #expect(try workspace.run("train", "config.json", "--output", "run").status == 0)
        let result = try workspace.run("train", "--resume", "run", "--set", "training.epochs=1")
        #expect(result.status == 78)
        #expect(
            result.errors.contains(
                "training.epochs: is 1, but the run is in epoch 2 already; it can only be made longer"))
    }

    @Test func theConfigMayBeGivenAgain() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "whole", "--set", "training.epochs=4")
        try workspace.run("train", "config.json", "--output", "run")
        try workspace.write(
            Workspace.config.replacingOccurrences(of: #""epochs": 2"#, with: #""epochs": 4"#), to: "config.json")
        let result = try workspace.run("train", "config.json", "--resume", "run", "--workers", "1")
        #expect(result.status == 0)
        #expect(result.errors == "")
        try expectSame(workspace, "run", as: "whole")
        try workspace.write(Workspace.config.replacingOccurrences(of: "0.05", with: "0.5"), to: "config.json")
        let refused = try workspace.run("train", "config.json", "--resume", "run", "--set", "training.epochs=4")
        #expect(refused.status == 78)
        #expect(refused.errors.contains("optimizer.learning_rate: can't change when a run is resumed"))
    }

    @Test func aDamagedCheckpointIsPassedOverAndThatIsSaid() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "whole", every[0], every[1])
        try workspace.run("train", "config.json", "--output", "run", every[0], every[1])
        let store = CheckpointStore(reading: workspace.path + "/run")
        let (before, last) = (store.steps.suffix(2)[store.steps.count - 2], try #require(store.steps.last))
        let damaged = URL(fileURLWithPath: store.path(step: last))
        try Data(contentsOf: damaged).dropLast(1000).write(to: damaged)
        let result = try workspace.run("train", "--resume", "run")
        #expect(result.status == 0)
        #expect(result.errors.hasPrefix("stormo: passed over a damaged checkpoint: "))
        #expect(result.errors.contains("run/checkpoints/step-0000000012.h5"))
        #expect(result.lines.first == "resuming run at step \(before)")
        try expectSame(workspace, "run", as: "whole")
    }

    @Test func aSecondTrainingInTheSameDirectoryIsRefused() throws {
        let workspace = try Workspace()
        let first = try RunningCommand(
            workspace, "train", "config.json", "--output", "run", "--set", "training.epochs=1000000")
        try first.wait { first.epochs >= 1 }
        let process = first.process.processIdentifier
        let sentence =
            "stormo: the run directory run is in use by process \(process); wait for it, stop it, or choose another with "
            + "--output\n"
        for arguments in [("config.json", "--output"), ("--quiet", "--resume")] {
            let second = try workspace.run("train", arguments.0, arguments.1, "run")
            // Nothing may be saved yet, of which a resumed run tells first.
            #expect(second.status == 1)
            #expect(second.errors == sentence)
        }
        // Killed, it leaves a lock that holds nobody up.
        first.send(SIGKILL)
        #expect(try first.finish().status == -SIGKILL)
        #expect(try workspace.listing().contains("run/run.lock"))
        let third = try workspace.run("train", "--resume", "run", "--set", "training.epochs=3")
        #expect(third.status == 0)
        #expect(
            third.errors == "stormo: took over the lock of process \(process), which has ended without giving it back\n"
        )
        #expect(try !workspace.listing().contains("run/run.lock"))
    }

    /// A small part of what `Tests/Faults/kill.py` does.
    @Test func aKilledRunIsTheSameRun() throws {
        let workspace = try Workspace()
        let long = ["--set", "training.epochs=150"]
        #expect(
            try workspace.run("train", "config.json", "--output", "whole", every[0], every[1], long[0], long[1]).status
                == 0)
        var generator = SystemRandomNumberGenerator()
        for kill in 0..<6 {
            let isBegun = FileManager.default.fileExists(atPath: workspace.path + "/run/config.json")
            let command =
                isBegun
                ? try RunningCommand(workspace, "train", "--resume", "run", "--workers", "\(1 + kill % 3)")
                : try RunningCommand(
                    workspace, "train", "config.json", "--output", "run", every[0], every[1], long[0], long[1])
            usleep(useconds_t.random(in: 0..<250_000, using: &generator))
            command.send(SIGKILL)
            _ = try command.finish()
            let store = CheckpointStore(reading: workspace.path + "/run")
            for step in store.steps {
                #expect(throws: Never.self) { try Checkpoint(contentsOf: store.path(step: step)) }
            }
        }
        if !FileManager.default.fileExists(atPath: workspace.path + "/run/config.json") {
            try workspace.run("train", "config.json", "--output", "run", every[0], every[1], long[0], long[1])
        }
        #expect(try workspace.run("train", "--resume", "run", "--workers", "1").status == 0)
        try expectSame(workspace, "run", as: "whole")
    }
}
