import Foundation
import Testing

/// A sample of `Tests/Faults/random_runs.py`: random configs, killed, resumed, and trained from their resolved configs.
struct RandomRunsTests {
    private static let python = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: python != nil, "there is no python3"), arguments: [1, 1001])
    func aSampleHolds(seed: Int) throws {
        let workspace = try Workspace()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Faults/random_runs.py").path
        let process = try workspace.process(
            [script, "--count", "6", "--seed", "\(seed)", "--stormo", try #require(Workspace.executable).path], [:])
        process.executableURL = URL(fileURLWithPath: try #require(Self.python))
        let log = workspace.path + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = process.standardOutput
        try Workspace.finish(process)
        let text = try workspace.read("log")
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.hasPrefix("6 configs from seed \(seed): "), "\(text)")
    }
}
