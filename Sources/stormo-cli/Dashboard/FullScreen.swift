import Foundation
import Synchronization

/// The terminal's other screen, which has no lines of before and leaves none.
///
/// However the process ends, the terminal is to be as it was: where it ends by itself, by a signal that it waits for, or by one
/// that crashes it; and while it is stopped by Ctrl-Z. SIGKILL alone leaves no moment for that: then `reset` helps.
///
/// What a terminal is told is process-wide, and so is this: its fields are atomic, since signal handlers use them.
enum FullScreen {
    private static let isCovering = Atomic<Bool>(false)
    /// Whether the usual screen is there for a while, since the process was stopped or is in the background.
    private static let isAway = Atomic<Bool>(false)
    private static let hasSettings = Atomic<Bool>(false)
    /// The terminal's settings of before; written before `hasSettings` is set, and then only read.
    nonisolated(unsafe) private static let settings = UnsafeMutablePointer<termios>.allocate(capacity: 1)

    /// What was done about signals before, by their numbers; written by `open` alone.
    nonisolated(unsafe) private static let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

    /// The other screen, without a cursor, and lines that do not wrap; cleared.
    private static let coming: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
    private static let going: StaticString = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    /// The signals that end a process that does not wait for them.
    private static let deadly = [
        SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGALRM, SIGXCPU, SIGSYS, SIGUSR1, SIGUSR2,
    ]

    /// Shows the other screen, as soon as the process is in the foreground.
    static func open() {
        guard !isCovering.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for number in deadly { handle(number) { number, info, _ in FullScreen.leave(for: number, info) } }
        handle(SIGTSTP) { _, _, _ in FullScreen.stop() }
        // Whoever started this process may have left them blocked.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in deadly + [SIGTSTP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        isAway.store(true, ordering: .releasing)
    }

    /// Shows the usual screen again; further calls do nothing. For any thread, and for signal handlers.
    static func close() {
        guard isCovering.exchange(false, ordering: .acquiringAndReleasing) else { return }
        if !isAway.exchange(true, ordering: .acquiringAndReleasing) { show(usual: true) }
    }

    /// Comes back after the process was stopped or in the background.
    /// - Returns: whether the screen is there; and whether it is there anew, and so empty.
    static func isThere() -> (isThere: Bool, isNew: Bool) {
        guard isCovering.load(ordering: .acquiring) else { return (false, false) }
        guard isAway.load(ordering: .acquiring) else { return (true, false) }
        guard isInForeground(STDOUT_FILENO) else { return (false, false) }
        show(usual: false)
        isAway.store(false, ordering: .releasing)
        return (true, true)
    }

    private typealias Handler =
        @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void

    /// A signal that was ignored, as `nohup` does, stays so.
    private static func handle(_ number: Int32, _ handler: @escaping Handler) {
        var action = sigaction()
        let before = actions + Int(number)
        sigaction(number, nil, before)
        let old = unsafeBitCast(before.pointee.__sigaction_handler, to: Int.self)
        guard old != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
        action.__sigaction_handler.sa_sigaction = handler
        sigemptyset(&action.sa_mask)
        // On a stack of its own where there is one, as after an overflow there must be.
        action.sa_flags = Int32(SA_RESTART | SA_SIGINFO | SA_ONSTACK)
        sigaction(number, &action, nil)
    }

    /// Of a signal handler. Whoever handled the signal before, such as Swift's own reports of crashes, does so now, on the
    /// usual screen.
    private static func leave(for number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
        close()
        sigaction(number, actions + Int(number), nil)
        // What an instruction caused comes again with that instruction.
        let isFault = (info?.pointee.si_code ?? 0) > 0 && number != SIGTRAP
        if !isFault { raise(number) }
    }

    /// Of a signal handler.
    private static func stop() {
        let code = errno
        if isCovering.load(ordering: .acquiring), !isAway.exchange(true, ordering: .acquiringAndReleasing) {
            show(usual: true)
        }
        kill(getpid(), SIGSTOP)
        // Here it goes on; whoever draws next comes back.
        errno = code
    }

    private static func show(usual isUsual: Bool) {
        let text = isUsual ? going : coming
        if isUsual {
            send(text.utf8Start, text.utf8CodeUnitCount)
            restoreKeys()
        } else {
            takeKeys()
            send(text.utf8Start, text.utf8CodeUnitCount)
        }
    }

    // MARK: - Keys

    /// What is typed is not shown, and is there to be read at once.
    private static func takeKeys() {
        guard isatty(STDIN_FILENO) == 1, isInForeground(STDIN_FILENO) else { return }
        if !hasSettings.load(ordering: .acquiring) {
            guard tcgetattr(STDIN_FILENO, settings) == 0 else { return }
            hasSettings.store(true, ordering: .releasing)
        }
        var silent = settings.pointee
        silent.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    }

    private static func restoreKeys() {
        guard hasSettings.load(ordering: .acquiring), isInForeground(STDIN_FILENO) else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, settings)
    }

    /// A process in the background would be stopped if it changed the terminal. One without a terminal of its own to be in the
    /// foreground of, as under a test, may.
    private static func isInForeground(_ descriptor: Int32) -> Bool {
        let group = tcgetpgrp(descriptor)
        return group < 0 || group == getpgrp()
    }

    // MARK: - Output

    /// - Returns: whether it was sent.
    @discardableResult
    private static func send(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var sent = 0
        while sent < count {
            let more = write(STDOUT_FILENO, start + sent, count - sent)
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { return false }
            sent += more
        }
        return true
    }

    /// Sends text to the screen if it is there.
    static func send(_ text: String) {
        guard isCovering.load(ordering: .acquiring), !isAway.load(ordering: .acquiring) else { return }
        var text = text
        text.withUTF8 { bytes in if let start = bytes.baseAddress { send(start, bytes.count) } }
    }
}
