import Foundation

/// Why the library could not open a file, as its messages tell.
///
/// What was seen is kept apart from what is likely: `reason` says both, and what to do.
enum OpeningObstacle: Equatable {
    case truncated
    /// Another process holds a lock (flock answers EWOULDBLOCK); the system's words.
    case locked(String)
    /// The file system gives no locks (ENOLCK, EOPNOTSUPP, ENOSYS); the system's words.
    case withoutLocks(String)
    /// Opened by this process without a lock, where its file system gives none.
    case openHereWithoutLock
    /// The superblock's flags say that a program writes the file, or has ended without closing it.
    case markedAsWritten
    /// Opened by this process in another mode.
    case openHere
    /// EMFILE or ENFILE; the system's words.
    case tooManyFiles(String)

    /// Nil for another reason, which the messages tell well enough.
    init?(messages: [String]) {
        let text = messages.joined(separator: "\n")
        let code = messages.lazy.compactMap(Self.errorNumber).first
        let words = code.map { String(cString: strerror($0)) } ?? ""
        if text.contains("truncated file") {
            self = .truncated
        } else if let code, code == EMFILE || code == ENFILE {
            self = .tooManyFiles(words)
        } else if text.contains("unable to lock file") {
            let isUnknown = [ENOLCK, EOPNOTSUPP, ENOTSUP, ENOSYS].contains(code ?? 0)
            self = isUnknown ? .withoutLocks(words) : .locked(words)
        } else if text.contains("file locking flag values don't match") {
            self = .openHereWithoutLock
        } else if text.contains("file consistency flags") || text.contains("not already open for SWMR writing") {
            self = .markedAsWritten
        } else if text.contains("already open") {
            self = .openHere
        } else {
            return nil
        }
    }

    /// What was seen, what is likely, and what to do about it.
    func reason(path: String) -> String {
        switch self {
        case .truncated: "the file is truncated, its end is missing; copy, download or make it again"
        case .locked(let words):
            "it is locked by another process (\(words)), most likely a program that is writing it; close it there, or "
                + "wait for it to end"
        case .withoutLocks(let words):
            "its file system gives no locks (\(words)); if no program writes the file, set HDF5_USE_FILE_LOCKING=FALSE "
                + "in the environment"
        case .markedAsWritten:
            "it is marked as being written: a program is writing it now, or ended without closing it; close it there, or, "
                + "if no program writes it any more, clear the mark with h5clear -s \(path)"
        case .openHere, .openHereWithoutLock: "this process has it open already, for another use; close it there first"
        case .tooManyFiles(let words):
            "this process may not open more files (\(words)); raise its limit, which ulimit -n shows"
        }
    }

    /// 11 of "unable to lock file, errno = 11, error message = …".
    private static func errorNumber(in message: String) -> Int32? {
        guard let start = message.range(of: "errno = ") else { return nil }
        return Int32(message[start.upperBound...].prefix { $0.isNumber })
    }
}
