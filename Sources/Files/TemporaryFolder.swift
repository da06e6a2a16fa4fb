import Foundation
import Synchronization

/// A folder of a process's own for files that are wanted for a while, under `TMPDIR`. It is removed with its last
/// reference; what a killed process left is removed by the next one that makes such a folder.
package final class TemporaryFolder: Sendable {
    package let path: String

    private static let prefix = "stormo-work-"
    private static let made = Mutex<Set<String>>([])

    /// - Throws: `FileError` where it can't be made.
    package init() throws {
        let parent = FileManager.default.temporaryDirectory.path
        Self.removeAbandoned(in: parent)
        let path = "\(parent)/\(Self.prefix)\(getpid())-\(UUID().uuidString)"
        self.path = path
        // Under the lock, so that who removes all does not come between its making and the note of it.
        let refusal = Self.made.withLock { made -> String? in
            guard mkdir(path, 0o700) == 0 else { return AtomicFile.reason() }
            made.insert(path)
            return nil
        }
        if let refusal {
            throw FileError(
                "the folder \(path) for temporary files can't be made: \(refusal); say by TMPDIR where there is room")
        }
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        guard made.withLock({ $0.remove(path) }) != nil else { return }
        // Where the process ends at once, another thread may just make one more file.
        for _ in 0..<10 where FileManager.default.fileExists(atPath: path) {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Removes all that are there; for a process that ends at once.
    package static func removeAll() { for path in made.withLock({ $0 }) { remove(path) } }

    private static func removeAbandoned(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            guard Writer.hasEnded(name.dropFirst(prefix.count).prefix { $0 != "-" }) else { continue }
            try? FileManager.default.removeItem(atPath: "\(parent)/\(name)")
        }
    }
}
