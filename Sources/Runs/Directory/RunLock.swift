import Files
import Foundation

/// Locks a run directory for one process, with `flock` on the file `run.lock`, which names the process.
///
/// The system releases the lock when the process ends, even if it is killed. A file that it leaves behind therefore
/// locks nobody out. On a file system without locks, the directory counts as locked while the named process runs, if
/// that is on this machine.
///
/// `@unchecked Sendable`: its one mutable field is guarded by a lock.
public final class RunLock: @unchecked Sendable {
    package let directory: String
    /// The process of which a lock was left and has been taken over, as it had ended.
    package let replacedStale: Int?
    private let guardian = NSLock()
    private var descriptor: Int32?

    /// Takes the lock.
    /// - Throws: `FileError` where another process holds it, or the file can't be created.
    public init(_ directory: String) throws {
        self.directory = directory
        let (descriptor, stale) = try Self.take(directory)
        self.descriptor = descriptor
        replacedStale = stale
    }

    deinit { release() }

    /// Releases the lock and removes the file. Further calls do nothing.
    public func release() {
        guardian.lock()
        defer { guardian.unlock() }
        guard let descriptor else { return }
        self.descriptor = nil
        // While the lock is held; if the file there is another one now, it is not ours to remove.
        if Self.isFile(descriptor, at: Self.path(directory)) { unlink(Self.path(directory)) }
        close(descriptor)
    }

    private static func path(_ directory: String) -> String { directory + "/run.lock" }

    private static func take(_ directory: String) throws -> (descriptor: Int32, stale: Int?) {
        let path = path(directory)
        var attempts = 0
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
            guard descriptor >= 0 else {
                throw FileError(
                    "the run directory \(directory) can't be locked: \(path): \(AtomicFile.reason()); choose another "
                        + "with --output")
            }
            do {
                let isLocked = try lock(descriptor)
                let owner = owner(descriptor)
                if !isLocked {
                    // Who lists the runs holds it for a moment.
                    attempts += 1
                    if attempts < 10 {
                        close(descriptor)
                        usleep(20_000)
                        continue
                    }
                    throw inUse(directory, owner)
                }
                // Between opening and locking the one before may have removed the file.
                if !isFile(descriptor, at: path) {
                    close(descriptor)
                    continue
                }
                try write(descriptor, path)
                return (descriptor, owner?.process)
            } catch {
                close(descriptor)
                throw error
            }
        }
    }

    /// - Returns: false where another process has the lock.
    private static func lock(_ descriptor: Int32) throws -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            default:
                // No locks here.
                guard let owner = owner(descriptor), owner.host == host else { return true }
                return !isAlive(owner.process)
            }
        }
        return true
    }

    private static func isAlive(_ process: Int) -> Bool {
        guard let process = pid_t(exactly: process), process > 0 else { return false }
        return kill(process, 0) == 0 || errno == EPERM
    }

    private static func inUse(_ directory: String, _ owner: Owner?) -> FileError {
        var name = "another process"
        if let owner { name = "process \(owner.process)" + (owner.host == host ? "" : " on \(owner.host)") }
        return FileError(
            "the run directory \(directory) is in use by \(name); wait for it, stop it, or choose another with "
                + "--output")
    }

    private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
        var (own, there) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && lstat(path, &there) == 0 && own.st_ino == there.st_ino
            && own.st_dev == there.st_dev
    }

    private struct Owner {
        let process: Int
        let host: String
    }

    private static func owner(_ descriptor: Int32) -> Owner? {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let words = String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let first = words.first, let process = Int(first), process > 0 else { return nil }
        return Owner(process: process, host: words.count > 1 ? String(words[1]) : "")
    }

    private static func write(_ descriptor: Int32, _ path: String) throws {
        let text = Array("\(getpid()) \(host)\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            throw FileError("\(path) can't be written: \(AtomicFile.reason())")
        }
    }

    private static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// Whether a process has the run directory now.
    package static func isHeld(_ directory: String) -> Bool {
        let descriptor = open(path(directory), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
        if errno == EWOULDBLOCK { return true }
        guard let owner = owner(descriptor), owner.host == host else { return false }
        return isAlive(owner.process)
    }
}
