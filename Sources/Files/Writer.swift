import Foundation

/// The process whose number stands in the name of a file that it has begun.
enum Writer {
    /// Whether it has ended, so that nobody will finish what it began.
    /// - Parameter number: as it stands in the name; what is no number tells nothing.
    static func hasEnded(_ number: some StringProtocol) -> Bool {
        guard let process = pid_t(number), process > 0, process != getpid() else { return false }
        return kill(process, 0) != 0 && errno == ESRCH
    }
}
