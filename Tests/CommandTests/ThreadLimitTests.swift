import Foundation
import Testing

/// A run that may not start the threads that it needs is refused; it does not wait for them.
struct ThreadLimitTests {
    private static let canSwitchUser =
        geteuid() == 0 && ["/usr/bin/setpriv", "/usr/bin/prlimit"].allSatisfy(FileManager.default.isExecutableFile)

    /// Runs a command as a user of its own who may have so many threads.
    private func run(_ workspace: Workspace, threads: Int, _ arguments: String...) throws -> Workspace.Result {
        let stormo = try #require(Workspace.executable).path
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: workspace.path)
        let user = 60_000 + Int(getpid()) % 5000
        try workspace.write(
            "exec setpriv --reuid \(user) --clear-groups prlimit --nproc=\(threads) '\(stormo)' \(words) "
                + ">'\(workspace.path)/out' 2>'\(workspace.path)/err'", to: "limited.sh")
        let process = try workspace.process(["limited.sh"], [:])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        try process.run()
        let end = Date() + 60
        while process.isRunning, Date() < end { usleep(10_000) }
        if process.isRunning {
            Foundation.kill(process.processIdentifier, SIGKILL)
            Issue.record("it waits for ever")
        }
        process.waitUntilExit()
        return Workspace.Result(
            status: process.terminationStatus, output: try workspace.read("out"), errors: try workspace.read("err"))
    }

    @Test(.enabled(if: canSwitchUser, "only root can be another user, with setpriv and prlimit"))
    func aLimitOnProcessesIsSaid() throws {
        let workspace = try Workspace()
        let result = try run(workspace, threads: 2, "train", "config.json", "--output", "run")
        #expect(result.status == 1)
        #expect(
            result.errors.range(
                of:
                    #"^stormo: no more than [012] of the \d+ threads that reading and saving take can be started: Resource "#
                    + #"temporarily unavailable\. Of limits there are: this user may have 2 processes and threads "#
                    + #"\(ulimit -u\)[^.]*\. Raise the limit, or use fewer workers\n$"#, options: .regularExpression)
                != nil, "\(result.errors)")
        #expect(try !workspace.listing().contains("run"))
        let many = try run(
            workspace, threads: 60, "train", "config.json", "--output", "run", "--set", "parallel.workers=100", "--set",
            "parallel.shards=100", "--set", "training.batch_size=48")
        #expect(many.status == 1)
        #expect(
            many.errors.contains("threads that 100 workers, reading and saving take can be started: "), "\(many.errors)"
        )
    }

    /// More than libdispatch would start.
    @Test func threeHundredWorkers() throws {
        let workspace = try Workspace { rows in
            rows.targets["train"] = (0..<300).map { Int32($0 % 3) }
            rows.inputs["train"] = (0..<1200).map { Float($0 % 7) }
        }
        let command = try RunningCommand(
            workspace, "train", "config.json", "--output", "run", "--set", "parallel.workers=300", "--set",
            "parallel.shards=300", "--set", "training.batch_size=300")
        let result = try command.finish(within: 60)
        #expect(result.status == 0, "\(result.errors)")
    }
}
