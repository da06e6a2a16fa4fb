import Foundation
import HDF5
import Testing

@testable import Runs

/// SIGINT, SIGTERM and SIGHUP at a run that has long to go.
struct SignalsTests {
    /// As for a shell's background jobs: the command leaves such a signal ignored.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        return sigaction(number, nil, &action) == 0
            && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private func start(_ workspace: Workspace, _ assignment: String = "name=three") throws -> RunningCommand {
        try RunningCommand(
            workspace, "train", "config.json", "--output", "run", "--set", "training.epochs=1000000", "--set",
            assignment)
    }

    private func checkpoints(_ workspace: Workspace) -> CheckpointStore {
        CheckpointStore(reading: workspace.path + "/run")
    }

    @Test(arguments: [(SIGINT, 130, "SIGINT"), (SIGTERM, 143, "SIGTERM")])
    func theStateIsSavedAndHowToGoOnIsSaid(signal: Int32, status: Int32, name: String) throws {
        let workspace = try Workspace()
        let command = try start(workspace)
        try command.wait { command.epochs >= 3 }
        command.send(signal)
        let result = try command.finish()
        #expect(result.status == status)
        #expect(result.errors == "\(name): the step is finished and the state saved…\n")
        #expect(result.lines.suffix(2) == ["ended by \(name); to go on:", "  stormo train --resume run"])
        let files = try workspace.listing()
        #expect(!files.contains { $0.hasSuffix(".lock") || $0.hasSuffix(".partial") })
        #expect(!files.contains("run/model.h5"))
        #expect(try RunState(directory: workspace.path + "/run")?.phase == .interrupted)
        // Nothing that was done is lost.
        let step = try #require(checkpoints(workspace).steps.last)
        let rows = try workspace.read("run/metrics.csv").split(separator: "\n").count - 1
        #expect(rows >= 3)
        #expect(step >= 6 * rows)
        let verified = try workspace.run("verify", "run/checkpoints/step-\(String(format: "%010d", step)).h5")
        #expect(verified.status == 0)
        let resumed = try workspace.run("train", "--resume", "run", "--set", "training.epochs=\(rows + 2)")
        #expect(resumed.status == 0)
        #expect(resumed.errors == "")
        #expect(resumed.lines.first == "resuming run at step \(step)")
        #expect(try workspace.read("run/metrics.csv").split(separator: "\n").count == rows + 3)
    }

    @Test func duringEvaluation() throws {
        // Measuring takes far longer than the epoch's six steps.
        let workspace = try Workspace { rows in
            rows.targets["validation"] = (0..<300_000).map { Int32($0 % 3) }
            rows.inputs["validation"] = (0..<1_200_000).map { Float($0 % 7) }
        }
        let command = try start(workspace, "model.layers[0].units=64")
        try command.wait { command.epochs >= 1 }
        // Time for the next six steps.
        usleep(60_000)
        command.send(SIGTERM)
        let result = try command.finish(within: 20)
        #expect(result.status == 143)
        let store = checkpoints(workspace)
        let checkpoint = try Checkpoint(contentsOf: store.path(step: try #require(store.steps.last)))
        let (epoch, step) = (checkpoint.integers["epoch"]?.first ?? 0, checkpoint.integers["step"]?.first ?? 0)
        #expect(step == 6 * (epoch + 1), "the steps of an epoch are kept whose evaluation is not done")
        #expect(checkpoint.integers["position_epoch"] != nil)
    }

    /// While the data are read, or just after; whatever it is, the status and a sentence tell.
    @Test(arguments: [SIGINT, SIGTERM])
    func beforeTheFirstStep(signal: Int32) throws {
        let workspace = try Workspace { rows in
            rows.targets["train"] = (0..<600_000).map { Int32($0 % 3) }
            rows.inputs["train"] = (0..<2_400_000).map { Float($0 % 7) }
        }
        let command = try start(workspace)
        // As soon as it listens, which shows in what becomes of the signal.
        let mask = "/proc/\(command.process.processIdentifier)/status"
        try command.wait {
            let lines = (try? String(contentsOfFile: mask, encoding: .utf8))?.split(separator: "\n") ?? []
            return lines.filter { $0.hasPrefix("SigIgn:") || $0.hasPrefix("SigCgt:") || $0.hasPrefix("SigBlk:") }
                .compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
                .contains { $0 & 1 << UInt64(signal - 1) != 0 }
        }
        command.send(signal)
        let result = try command.finish(within: 20)
        #expect(result.status == 128 + signal)
        let name = signal == SIGINT ? "SIGINT" : "SIGTERM"
        let isEarly = result.errors.hasPrefix(
            "stormo: ended by \(name) before the first step; there is nothing to resume\n")
        #expect(isEarly || result.errors == "\(name): the step is finished and the state saved…\n")
    }

    /// The directory that was made for it goes, so that the next run has the name.
    @Test func aRunThatDoesNotBeginLeavesNoDirectory() throws {
        let workspace = try Workspace { rows in
            rows.targets["train"] = (0..<600_000).map { Int32($0 % 3) }
            rows.inputs["train"] = (0..<2_400_000).map { Float($0 % 7) }
        }
        let command = try RunningCommand(
            workspace, "train", "config.json", "--set", "training.epochs=1000000", "--set", "name=own")
        try command.wait { FileManager.default.fileExists(atPath: workspace.path + "/runs/own") }
        command.send(SIGINT)
        let result = try command.finish(within: 20)
        guard result.errors.contains("before the first step") else { return }
        let left = try workspace.listing().filter { $0.hasPrefix("runs") }
        #expect(left == [] || left.contains("runs/own/run.lock"), "\(left)")
    }

    @Test func aSecondSIGINTEndsAtOnceAndHarmsNothing() throws {
        // One step of all rows, which takes a while.
        let workspace = try Workspace { rows in
            rows.targets["train"] = (0..<60_000).map { Int32($0 % 3) }
            rows.inputs["train"] = (0..<240_000).map { Float($0 % 7) }
        }
        let config = Workspace.config
            .replacingOccurrences(of: #""units": 8"#, with: #""units": 1500"#)
            .replacingOccurrences(of: #""batch_size": 8"#, with: #""batch_size": 60000"#)
            .replacingOccurrences(
                of: #"{"type": "dense", "name": "logits""#,
                with: #"{"type": "dense", "units": 500}, {"type": "dense", "name": "logits""#)
        try workspace.write(config, to: "config.json")
        let command = try start(workspace, "checkpoint.every={\"steps\": 1}")
        try command.wait { !checkpoints(workspace).steps.isEmpty }
        command.send(SIGINT)
        usleep(30_000)
        let second = Date()
        command.send(SIGINT)
        let result = try command.finish(within: 20)
        #expect(result.status == 130)
        #expect(Date().timeIntervalSince(second) < 2)
        for step in checkpoints(workspace).steps {
            let path = "run/checkpoints/step-\(String(format: "%010d", step)).h5"
            #expect(try workspace.run("verify", path).status == 0)
        }
    }

    @Test("A command without a run leaves no temporary files", arguments: [SIGINT, SIGTERM].filter { !isIgnored($0) })
    func temporaryFilesAreRemoved(signal: Int32) throws {
        let workspace = try Workspace()
        let rows = (0..<400_000).map { "\($0 % 97),\($0 % 89).5,\($0 % 3)\n" }.joined()
        try workspace.write("a,b,c\n" + rows, to: "large.csv")
        try FileManager.default.createDirectory(atPath: workspace.path + "/tmp", withIntermediateDirectories: true)
        let command = try RunningCommand(
            workspace, "init", "large.csv", "--target", "c", environment: ["TMPDIR": workspace.path + "/tmp"])
        func folders() -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: workspace.path + "/tmp")) ?? [])
                .filter { $0.hasPrefix("stormo-work-") }
        }
        try command.wait { !folders().isEmpty }
        command.send(signal)
        let result = try command.finish(within: 20)
        #expect(result.status == -signal)
        #expect(result.errors == "")
        #expect(folders() == [])
    }

    @Test func sighupSavesAndGoesOn() throws {
        let workspace = try Workspace()
        let command = try start(workspace)
        try command.wait { command.epochs >= 2 }
        #expect(checkpoints(workspace).steps.isEmpty)
        command.send(SIGHUP)
        try command.wait { checkpoints(workspace).steps.count == 1 }
        let epochs = command.epochs
        try command.wait { command.epochs > epochs + 2 }
        command.send(SIGTERM)
        let result = try command.finish()
        #expect(result.status == 143)
        #expect(result.errors == "SIGTERM: the step is finished and the state saved…\n")
        #expect(checkpoints(workspace).steps.count == 2)
    }
}
