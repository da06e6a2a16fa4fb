import Foundation
import Testing

@testable import Runs

/// Checkpoints that can't be written: training goes on, it is said once, and the status tells. The cases that need a
/// disk of their own are in `Tests/Faults/disk.py`.
struct DiskFaultTests {
    private let arguments = [
        "train", "config.json", "--output", "run", "--set", "training.epochs=60", "--set",
        #"checkpoint={"every": {"steps": 5}}"#,
    ]

    /// Begins a run and waits for its first checkpoint.
    private func start(_ workspace: Workspace) throws -> RunningCommand {
        let a = arguments
        let command = try RunningCommand(
            workspace, a[0], a[1], a[2], a[3], a[4], "training.epochs=3000", a[6], a[7])
        try command.wait { !CheckpointStore(reading: workspace.path + "/run").steps.isEmpty }
        return command
    }

    @Test func aLimitOnTheSizeOfFiles() throws {
        let workspace = try Workspace()
        let stormo = try #require(Workspace.executable).path
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        // In blocks of 512 bytes: figures and state fit, a checkpoint does not.
        try workspace.write("ulimit -f 16; exec '\(stormo)' \(words)", to: "limited.sh")
        let process = try workspace.process(["limited.sh"], [:])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let (output, errors) = (workspace.path + "/out", workspace.path + "/err")
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try Workspace.finish(process)
        #expect(process.terminationStatus == 1)
        let said = try workspace.read("err").split(separator: "\n")
        #expect(said.filter { $0.contains("checkpoints/step-") }.count == 1, "\(said)")
        #expect(said.contains { $0.hasSuffix("can't be written: File too large") }, "\(said)")
        #expect(try workspace.read("run/metrics.csv").split(separator: "\n").count == 61)
        #expect(try !workspace.listing().contains { $0.hasSuffix(".partial") })
    }

    @Test func aDirectoryThatIsRemovedDuringTheRun() throws {
        let workspace = try Workspace()
        let command = try start(workspace)
        try FileManager.default.moveItem(atPath: workspace.path + "/run", toPath: workspace.path + "/moved")
        let result = try command.finish()
        #expect(result.status == 1)
        #expect(result.lines.contains { $0.hasPrefix("epoch 3000/3000") })
        let said = result.errors.split(separator: "\n")
        #expect(said.filter { $0.contains("run/checkpoints") }.count == 1, "\(said)")
        #expect(said.filter { $0.contains("metrics.csv can't be written") }.count == 1, "\(said)")
        #expect(
            said.last == "stormo: run/model.h5 can't be written: there is no directory run; make it first", "\(said)")
        let store = CheckpointStore(reading: workspace.path + "/moved")
        #expect(!store.steps.isEmpty)
        for step in store.steps { #expect(throws: Never.self) { try Checkpoint(contentsOf: store.path(step: step)) } }
    }
}
