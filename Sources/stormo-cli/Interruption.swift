import Files
import Foundation

/// What SIGINT, SIGTERM and SIGHUP do to a command that has no run to save (`Signals` is for those): they end it, as they do
/// without this, but its folders for temporary files are removed first.
enum Interruption {
    /// Begins to listen.
    ///
    /// The signals are blocked and a thread waits for them: in a handler nothing of this could be done. To be called before
    /// other threads are there, since these inherit what is blocked.
    static func begin() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // What a shell ignores for its background jobs, or `nohup` for all, stays ignored.
            let ignored = signal(number, SIG_DFL)
            if unsafeBitCast(ignored, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                signal(number, SIG_IGN)
            } else {
                sigaddset(&signals, number)
            }
        }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        Thread.detachNewThread { [signals] in
            var (signals, number) = (signals, Int32(0))
            while sigwait(&signals, &number) != 0 {}
            FullScreen.close()
            Console.release()
            TemporaryFolder.removeAll()
            // Now it ends as whoever waits for it expects.
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            kill(getpid(), number)
        }
    }
}
