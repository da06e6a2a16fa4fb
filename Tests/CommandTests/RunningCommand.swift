import Foundation
import Testing

/// A `stormo` that runs while a test does something to it.
final class RunningCommand {
    let process: Process
    private let ended = DispatchSemaphore(value: 0)
    private let output: String
    private let errors: String

    convenience init(_ workspace: Workspace, _ arguments: String..., environment: [String: String] = [:]) throws {
        try self.init(workspace, arguments, environment: environment)
    }

    init(_ workspace: Workspace, _ arguments: [String], environment: [String: String] = [:]) throws {
        let scratch = FileManager.default.temporaryDirectory.path + "/stormo-running-\(UUID().uuidString)"
        (output, errors) = (scratch + ".out", scratch + ".err")
        process = try workspace.process(arguments, environment)
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.start()
    }

    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        for path in [output, errors] { try? FileManager.default.removeItem(atPath: path) }
    }

    func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

    /// Waits until something is so.
    func wait(_ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let end = Date() + 20
        while !condition() {
            try #require(process.isRunning && Date() < end, "\(text())", sourceLocation: sourceLocation)
            usleep(1000)
        }
    }

    /// What has been written so far, the standard error after the standard output.
    func text() -> String {
        [output, errors].map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" }.joined()
    }

    /// How many epochs it has told of.
    var epochs: Int { text().split(separator: "\n").filter { $0.hasPrefix("epoch") }.count }

    /// Waits for the end.
    /// - Parameter seconds: after which the process is killed.
    func finish(within seconds: Double = 60) throws -> Workspace.Result {
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            Foundation.kill(process.processIdentifier, SIGKILL)
            ended.wait()
            Issue.record("it did not end within \(seconds) s")
        }
        return Workspace.Result(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}
