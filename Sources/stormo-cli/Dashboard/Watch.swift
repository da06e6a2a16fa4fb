import ArgumentParser
import Files
import Foundation
import Reports
import Runs
import Synchronization

struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow a run of another process until it ends.",
        discussion: """
            On a terminal its curves, figures, times and warnings are shown as stormo train --dashboard shows them; q or \
            Ctrl-C ends that, and the run goes on. Elsewhere each epoch is a line. A run that is yet to begin is waited for. \
            Ends with 0 where the run finished, and with 1 where it was interrupted, failed or was killed.
            """)

    @Argument(help: ArgumentHelp("The directory of the run.", valueName: "run"), completion: .directory)
    var path: String

    func run() throws {
        guard access(path, F_OK) != 0 || AtomicFile.isDirectory(path) else {
            throw FileError("\(path) is a file; name the directory of a run")
        }
        var run = WatchedRun(path)
        run.read()
        if run.standing == .over { return try conclude(run) }
        if Terminal.output.isInteractive {
            guard try show(&run) else { return Console.print("\(run.path) goes on: \(Self.progress(run))") }
        } else {
            tell(&run)
        }
        try conclude(run)
    }

    /// A line an epoch.
    private func tell(_ run: inout WatchedRun) {
        if run.standing == .awaited { Console.error("stormo: waiting for a run to begin in \(run.path)") }
        var (told, directory) = (0, run.directory)
        func tellNew(_ run: WatchedRun) {
            if run.directory != directory { (told, directory) = (0, run.directory) }
            let text = ProgressText(epochs: run.state?.epochs ?? 0, figures: run.figures, isUnicode: false)
            // Training may have gone back.
            told = min(told, run.history.last?.epoch ?? 0)
            for record in run.history where record.epoch > told {
                Console.print(text.line(record))
                told = record.epoch
            }
        }
        tellNew(run)
        while run.standing != .over {
            usleep(250_000)
            run.read()
            tellNew(run)
        }
    }

    /// The dashboard, until the run ends.
    /// - Returns: false where it was left before.
    private func show(_ run: inout WatchedRun) throws -> Bool {
        let view = DashboardView(run.content())
        view.open()
        defer { view.close() }
        while run.standing != .over {
            if Self.isLeft(within: 250) { return false }
            run.read()
            let content = run.content()
            view.change { $0 = content }
        }
        return true
    }

    /// Waits for a while.
    /// - Returns: whether `q` was typed meanwhile.
    private static func isLeft(within milliseconds: Int32) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            usleep(UInt32(milliseconds) * 1000)
            return false
        }
        var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        guard read(STDIN_FILENO, &byte, 1) == 1 else {
            // A terminal that is gone would be ready again at once.
            usleep(UInt32(milliseconds) * 1000)
            return false
        }
        return byte == UInt8(ascii: "q") || byte == UInt8(ascii: "Q")
    }

    private static func progress(_ run: WatchedRun) -> String {
        let (done, all) = (run.state?.epoch ?? 0, run.state?.epochs ?? 0)
        return "\(max(done, run.history.last?.epoch ?? 0)) of \(Figures.count(all, "epoch"))"
    }

    /// How the run ended.
    private func conclude(_ run: WatchedRun) throws {
        let summary = try RunSummary(run.path)
        if let last = run.history.last, Terminal.output.isInteractive {
            let text = ProgressText(epochs: run.state?.epochs ?? 0, figures: run.figures, isUnicode: false)
            Console.print(text.line(last, width: Terminal.output.columns))
        }
        let progress = Self.progress(run)
        switch summary?.standing {
        case .finished?, .running?:
            let best = run.state?.best.map {
                ", best \($0.monitor) \(Figures.figure($0.value)) (epoch \(Figures.count($0.epoch)))"
            }
            return Console.print("\(run.path) is finished: \(progress)\(best ?? "")")
        case .interrupted?: Console.print("\(run.path) was interrupted after \(progress)")
        case .failed?:
            Console.print("\(run.path) failed after \(progress)" + (run.state?.error.map { ": \($0)" } ?? ""))
        case .killed?: Console.print("\(run.path) was killed after \(progress): its process is gone without a word")
        case nil: Console.print("\(run.path) is gone")
        }
        if summary?.canBeResumed == true {
            Console.print("to go on:")
            Console.print("  \(ResumeHint.command(run.path))", style: .bold)
        }
        throw ExitStatus.failure
    }
}
