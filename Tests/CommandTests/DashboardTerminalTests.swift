import Foundation
import Testing

/// The dashboard of `train` and of `watch`, seen through a pseudo-terminal.
@Suite(.serialized) struct DashboardTerminalTests {
    private static let environment = ["TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"]
    private static let long = ["config.json", "--output", "run", "--set", "training.epochs=1000000"]

    private func start(
        _ workspace: Workspace, _ arguments: [String], columns: Int = 80, rows: Int = 24,
        environment: [String: String] = [:], takesKeys: Bool = false
    ) throws -> (PseudoTerminal, Process) {
        let terminal = try PseudoTerminal(columns: columns, rows: rows)
        let process = try workspace.process(arguments, Self.environment.merging(environment) { $1 })
        if environment["NO_COLOR"] == nil { process.environment?["NO_COLOR"] = nil }
        try terminal.start(process, takesKeys: takesKeys)
        return (terminal, process)
    }

    /// Nothing of the dashboard is left.
    private func expectUsual(_ terminal: PseudoTerminal, sourceLocation: SourceLocation = #_sourceLocation) {
        let screen = terminal.screen
        #expect(!screen.isOther && screen.hasCursor, "\(screen.lines)", sourceLocation: sourceLocation)
        #expect(terminal.text.contains("\u{1B}[?7h"), sourceLocation: sourceLocation)
        #expect(
            !screen.lines.contains { $0.contains("│") || $0.contains("┄") }, "\(screen.lines)",
            sourceLocation: sourceLocation)
    }

    @Test func followsTheTerminalsSizeAndLeavesTheUsualLastLines() throws {
        let workspace = try Workspace()
        let (terminal, process) = try start(workspace, ["train", "--dashboard"] + Self.long)
        try terminal.wait { screen in screen.isOther && screen.lines.contains { $0.hasPrefix("accuracy  ") } }
        #expect(!terminal.screen.hasCursor)
        #expect(terminal.screen.lines[0].hasPrefix("run  epoch "))
        #expect(terminal.screen.lines.contains { $0.contains("│") })
        terminal.resize(columns: 40, rows: 12)
        try terminal.wait { $0.lines[0] == "run" && $0.lines[1].hasPrefix("epoch ") && $0.lines[1].count <= 40 }
        terminal.resize(columns: 120, rows: 40)
        try terminal.wait { $0.lines[0].count > 100 }
        kill(process.processIdentifier, SIGINT)
        try terminal.finish(process)
        #expect(process.terminationStatus == 130)
        expectUsual(terminal)
        let text = terminal.screen.lines.filter { !$0.isEmpty }.joined(separator: "\n")
        #expect(text.hasPrefix("three: 48 samples of 4 from data.h5\n"), "\(text)")
        #expect(text.contains("\nepoch ") && text.contains("SIGINT: the step is finished and the state saved…"))
        #expect(text.hasSuffix("ended by SIGINT; to go on:\n  stormo train --resume run"), "\(text)")
    }

    /// Few bytes a second, also where epochs take a moment alone.
    @Test func sendsLittle() throws {
        let workspace = try Workspace()
        let (terminal, process) = try start(
            workspace, ["train", "--dashboard"] + Self.long, environment: ["NO_COLOR": "1", "LC_ALL": "C"])
        try terminal.wait { $0.isOther && $0.lines.contains { $0.hasPrefix("accuracy") } }
        let before = terminal.text.utf8.count
        usleep(2_000_000)
        let sent = terminal.text.utf8.count - before
        #expect(sent > 0 && sent < 2 * 4 * 24 * 90, "\(sent) bytes in 2 s")
        kill(process.processIdentifier, SIGTERM)
        try terminal.finish(process)
        #expect(process.terminationStatus == 143)
        expectUsual(terminal)
        #expect(!terminal.text.contains("\u{1B}[1m") && !terminal.text.contains("\u{1B}[36m"))
        #expect(terminal.text.contains(" |") && !terminal.text.contains("│"))
    }

    /// A crash, and signals that nobody waits for.
    @Test(arguments: [SIGABRT, SIGQUIT, SIGSEGV]) func isTakenAwayWhereTheProcessIsKilled(signal: Int32) throws {
        let workspace = try Workspace()
        // Swift's report of a crash takes minutes to find its lines in a debug build.
        let (terminal, process) = try start(
            workspace, ["train", "--dashboard"] + Self.long, environment: ["SWIFT_BACKTRACE": "enable=no"])
        try terminal.wait { $0.isOther && $0.lines[0].hasPrefix("run") }
        kill(process.processIdentifier, signal)
        try terminal.finish(process)
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
        expectUsual(terminal)
    }

    /// Twice in a row, so that no state is waited for.
    @Test func isTakenAwayAtOnceByASecondInterrupt() throws {
        let workspace = try Workspace()
        let (terminal, process) = try start(workspace, ["train", "--dashboard"] + Self.long)
        try terminal.wait { $0.isOther && $0.lines[0].hasPrefix("run") }
        for _ in 0..<2 { kill(process.processIdentifier, SIGINT) }
        try terminal.finish(process)
        #expect(process.terminationStatus == 130)
        expectUsual(terminal)
    }

    @Test func givesTheTerminalBackWhileItIsStopped() throws {
        let workspace = try Workspace()
        let (terminal, process) = try start(workspace, ["train", "--dashboard"] + Self.long, takesKeys: true)
        try terminal.wait { $0.isOther && $0.lines[0].hasPrefix("run") }
        #expect(!terminal.echoes)
        kill(process.processIdentifier, SIGTSTP)
        try terminal.wait { !$0.isOther && $0.hasCursor }
        #expect(terminal.echoes)
        kill(process.processIdentifier, SIGCONT)
        try terminal.wait { $0.isOther && $0.lines[0].hasPrefix("run") }
        #expect(!terminal.echoes)
        kill(process.processIdentifier, SIGINT)
        try terminal.finish(process)
        expectUsual(terminal)
        #expect(terminal.echoes)
    }

    @Test func withoutATerminalLinesAreTold() throws {
        let workspace = try Workspace()
        let result = try workspace.run("train", "config.json", "--dashboard")
        #expect(result.status == 0 && result.errors == "")
        #expect(
            result.lines.first
                == "note: --dashboard needs a terminal, and the standard output is none; so each epoch is told in a line"
        )
        #expect(result.lines.contains { $0.hasPrefix("epoch 2/2  loss ") })
        let refused = try workspace.run("train", "config.json", "--dashboard", "--quiet")
        #expect(refused.status == 64)
        #expect(
            refused.errors.hasPrefix("stormo: --dashboard shows what --quiet hides; leave out one of the two\n"))
    }

    // MARK: - watch

    @Test func watchEndsByAKeyAndTheRunGoesOn() throws {
        let workspace = try Workspace()
        let (terminal, process) = try start(workspace, ["watch", "run/"], takesKeys: true)
        try terminal.wait { $0.isOther && $0.lines.contains("waiting for a run to begin in run") }
        let run = try RunningCommand(workspace, ["train", "--quiet"] + Self.long)
        try terminal.wait { screen in screen.lines.contains { $0.hasPrefix("accuracy  ") } }
        #expect(!terminal.echoes)
        terminal.type("q")
        try terminal.finish(process)
        #expect(process.terminationStatus == 0)
        expectUsual(terminal)
        #expect(terminal.echoes)
        let last = terminal.screen.lines.last { !$0.isEmpty } ?? ""
        #expect(last.hasPrefix("run goes on: ") && last.hasSuffix(" of 1,000,000 epochs"), "\(last)")
        #expect(run.process.isRunning)
        run.send(SIGKILL)
        _ = try run.finish()
    }

    @Test func watchTellsThatARunDied() throws {
        let workspace = try Workspace()
        let run = try RunningCommand(workspace, ["train", "--quiet"] + Self.long)
        let (terminal, process) = try start(workspace, ["watch", "run"], columns: 100)
        try terminal.wait { screen in screen.lines.contains { $0.hasPrefix("accuracy") } }
        run.send(SIGKILL)
        _ = try run.finish()
        try terminal.finish(process)
        #expect(process.terminationStatus == 1)
        expectUsual(terminal)
        let text = terminal.screen.lines.joined(separator: "\n")
        #expect(
            text.contains("run was killed after ") && text.contains(": its process is gone without a word"), "\(text)")
    }

    @Test func watchWithoutATerminal() throws {
        let workspace = try Workspace()
        let watch = try RunningCommand(workspace, ["watch", "run"])
        try watch.wait { watch.text() == "stormo: waiting for a run to begin in run\n" }
        #expect(try workspace.run("train", "config.json", "--output", "run", "--quiet").status == 0)
        let result = try watch.finish()
        #expect(result.status == 0)
        #expect(result.lines.map { $0.prefix(15) } == ["epoch 1/2  loss", "epoch 2/2  loss", "run is finished"])
        #expect(result.lines.last?.hasPrefix("run is finished: 2 of 2 epochs, best validation_loss ") == true)
        #expect(try workspace.run("watch", "run").lines.count == 1)
        try workspace.expectFailure(1, "config.json is a file; name the directory of a run", "watch", "config.json")
    }
}
