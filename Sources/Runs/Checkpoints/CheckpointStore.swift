import Files
import Foundation

/// The checkpoints of a run: `checkpoints/step-0000001234.h5`, and the best of them as `checkpoints/best.h5`.
///
/// It keeps no state but the directory's, so any thread may save; one at a time.
package struct CheckpointStore: Sendable {
    /// The folder of the checkpoints.
    package let directory: String
    private let keepLast: Int
    private let keepBest: Bool

    /// Makes the folder where it is missing, and removes what killed writers have left in it.
    /// - Parameters:
    ///   - run: the run directory, whose lock the caller holds.
    ///   - keepLast: how many of the newest checkpoints stay; at least 1.
    ///   - keepBest: whether the best one stays too.
    /// - Throws: `FileError` where the folder can't be made.
    package init(_ run: String, keepLast: Int, keepBest: Bool) throws {
        self.init(reading: run, keepLast: keepLast, keepBest: keepBest)
        if mkdir(directory, 0o777) != 0, errno != EEXIST || !AtomicFile.isDirectory(directory) {
            throw FileError("the folder \(directory) can't be made: \(AtomicFile.reason())")
        }
        AtomicFile.removeLeftovers(in: directory)
    }

    /// For looking alone: nothing is made or removed.
    package init(reading run: String) { self.init(reading: run, keepLast: 1, keepBest: true) }

    private init(reading run: String, keepLast: Int, keepBest: Bool) {
        directory = run + "/checkpoints"
        self.keepLast = max(keepLast, 1)
        self.keepBest = keepBest
    }

    package var bestPath: String { directory + "/best.h5" }

    /// Where the checkpoint of a step stands; the names sort as the steps do.
    package func path(step: Int) -> String { "\(directory)/\(Self.prefix)\(Self.padded(step)).h5" }

    private static let prefix = "step-"

    private static func padded(_ step: Int) -> String {
        let digits = String(step)
        return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    /// The steps of which there are checkpoints, good or not, ascending.
    package var steps: [Int] { (try? listed()) ?? [] }

    /// - Throws: `FileError` where the folder is there and can't be read.
    private func listed() throws -> [Int] {
        guard let folder = opendir(directory) else {
            if errno == ENOENT { return [] }
            throw FileError(
                "the checkpoints in \(directory) can't be read: \(AtomicFile.reason()); without them the run would begin "
                    + "anew, so make the folder readable, or remove it", isBadData: true)
        }
        closedir(folder)
        return try FileManager.default.contentsOfDirectory(atPath: directory).compactMap { name in
            guard name.hasPrefix(Self.prefix), name.hasSuffix(".h5"),
                let step = Int(name.dropFirst(Self.prefix.count).dropLast(3)), step >= 0,
                name == "\(Self.prefix)\(Self.padded(step)).h5"
            else { return nil }
            return step
        }.sorted()
    }

    /// Whether there is a checkpoint, good or not.
    package var hasAny: Bool { !steps.isEmpty || access(bestPath, F_OK) == 0 }

    /// Writes a checkpoint durably, then removes those that are no longer to be kept.
    ///
    /// Nothing is removed before the new one is on the disk and has been read back, and the new one is kept in any
    /// case.
    /// - Parameter isBest: it is the best so far, and becomes `best.h5`.
    /// - Throws: `FileError` where it can't be written; all earlier ones then still stand.
    package func save(_ checkpoint: Checkpoint, step: Int, isBest: Bool) throws {
        let path = path(step: step)
        try CheckpointFile.write(checkpoint, to: path)
        if isBest, keepBest { try AtomicFile.link(path, to: bestPath) }
        // One of a later step is of a run that went on from an earlier checkpoint, since that one was damaged.
        let outdated = steps.filter { $0 < step }.dropLast(keepLast - 1)
        for step in outdated { unlink(self.path(step: step)) }
    }

    /// Removes the checkpoints of an earlier run, as another one begins in its directory.
    /// - Throws: `FileError` where one can't be removed.
    package func removeAll() throws {
        for path in steps.map({ path(step: $0) }) + [bestPath] where unlink(path) != 0 && errno != ENOENT {
            throw FileError("\(path) of an earlier run can't be removed: \(AtomicFile.reason())")
        }
    }

    /// What was found, and what had to be passed over.
    package struct Found: Sendable {
        package let checkpoint: Checkpoint
        package let path: String
        /// Newer ones that are damaged, and the sentences that say how.
        package let skipped: [(path: String, reason: String)]
    }

    /// The newest checkpoint that is whole; nil where there is none at all.
    /// - Throws: `FileError` where there are some, but every one is damaged.
    package func newestGood() throws -> Found? {
        var skipped: [(path: String, reason: String)] = []
        let candidates =
            try listed().reversed().map { path(step: $0) } + (access(bestPath, F_OK) == 0 ? [bestPath] : [])
        for path in candidates {
            do {
                return Found(checkpoint: try CheckpointFile.read(path), path: path, skipped: skipped)
            } catch {
                skipped.append((path, "\(error)"))
            }
        }
        guard !skipped.isEmpty else { return nil }
        throw FileError(
            "none of the checkpoints in \(directory) can be gone on from:\n"
                + skipped.map(\.reason).joined(separator: "\n"), isBadData: true)
    }
}
