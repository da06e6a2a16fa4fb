import Dispatch
import Engine
import Foundation
import Runs

/// What SIGINT, SIGTERM and SIGHUP do to a run: the first two end it after the step, with its state saved, SIGHUP only
/// saves. A second SIGINT ends the process at once.
///
/// `@unchecked Sendable`: `hasRun`, `resumed` and `made` are touched on the queue alone.
final class Signals: @unchecked Sendable {
    let request = StopRequest()
    private let queue = DispatchQueue(label: "stormo.signals")
    private var hasRun = false
    private var resumed: String?
    private var made: String?

    /// Begins to listen.
    ///
    /// The signals are blocked and a thread waits for them, so that none is lost, not even one that comes before that
    /// thread does. To be made before other threads are, since these inherit what is blocked.
    init() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        // A signal that is ignored, as a shell may have left it, could not be waited for.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        Thread.detachNewThread { [self, signals] in
            var (signals, number) = (signals, Int32(0))
            while true {
                if sigwait(&signals, &number) == 0 { queue.sync { receive(number) } }
            }
        }
    }

    /// The directory of the run that is to be gone on with, whose state is on the disk already.
    func resuming(_ directory: String) { queue.sync { resumed = directory } }

    /// Makes the directory of the run, which goes where the run does not begin: no signal comes in between.
    func making(_ make: () throws -> String) rethrows -> String {
        try queue.sync {
            let directory = try make()
            made = directory
            return directory
        }
    }

    /// From now on there is something to save.
    func begin() { queue.sync { hasRun = true } }

    private func receive(_ number: Int32) {
        guard hasRun else {
            if number == SIGHUP { return }
            if let made { RunDirectory.remove(unused: made) }
            if let resumed {
                Console.error(
                    "stormo: ended by \(Self.name(number)) before the next step; to go on:\n"
                        + "  \(ResumeHint.command(resumed))")
            } else {
                Console.error("stormo: ended by \(Self.name(number)) before the first step; there is nothing to resume")
            }
            Console.exit(128 + number)
        }
        if number == SIGHUP { return request.save() }
        if number == SIGINT, request.isStopping { Console.exit(128 + number) }
        request.stop(number)
        Console.note("\(Self.name(number)): the step is finished and the state saved…")
    }

    static func name(_ number: Int32) -> String {
        switch number {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        default: "SIGHUP"
        }
    }
}
