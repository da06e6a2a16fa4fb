import Files
import Foundation

/// The event files of one line of a run in TensorBoard, such as what is measured on the validation split: a folder of
/// `events.out.tfevents.STEP.stormo`, one for each time that the run was begun or resumed.
///
/// A run that goes on from a step begins another file, and what the earlier ones have of later steps is cut off. So the curves are
/// those of a run that was never stopped, and a TensorBoard that is looking on finds the new file.
package final class EventFiles {
    package let directory: String
    private var file: AppendedFile

    /// - Parameters:
    ///   - step: after which the run goes on; nil for one that begins, which removes the event files that are there.
    ///   - time: now.
    /// - Throws: `FileError` where the folder can't be made, read or written.
    package init(_ directory: String, after step: Int?, at time: Date) throws {
        self.directory = directory
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw FileError("\(directory) can't be made: \((error as NSError).localizedDescription)")
        }
        file = try Self.begin(directory, after: step, at: time)
    }

    /// Goes on after an earlier step.
    /// - Throws: as `init`.
    package func goBack(to step: Int, at time: Date) throws {
        file = try Self.begin(directory, after: step, at: time)
    }

    /// Writes events, so that they reach the file.
    /// - Throws: `FileError` where it can't be written; they are kept, and written before the next ones.
    func append(_ events: [Event]) throws {
        try file.append(bytes: events.flatMap { RecordFrame.around($0.wireBytes) })
    }

    private static func begin(_ directory: String, after step: Int?, at time: Date) throws -> AppendedFile {
        for name in names(in: directory) {
            let path = "\(directory)/\(name)"
            if let step {
                try cut(path, through: step)
            } else {
                try remove(path)
            }
        }
        let number = String(step ?? 0)
        let padded = String(repeating: "0", count: max(0, 12 - number.count)) + number
        let path = "\(directory)/events.out.tfevents.\(padded).stormo"
        if access(path, F_OK) == 0 { try remove(path) }
        let file = try AppendedFile(path)
        var first = Event()
        first.wallTime = time.timeIntervalSince1970
        first.fileVersion = "brain.Event:2"
        try file.append(bytes: RecordFrame.around(first.wireBytes))
        return file
    }

    /// Removes the event files of a run, and the folder where nothing else is in it.
    package static func remove(in directory: String) throws {
        for name in names(in: directory) { try remove("\(directory)/\(name)") }
        rmdir(directory)
    }

    private static func names(in directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
            .filter { $0.hasPrefix("events.out.tfevents.") && $0.hasSuffix(".stormo") }.sorted()
    }

    private static func remove(_ path: String) throws {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw FileError("\(path) of an earlier run can't be removed: \(AtomicFile.reason())")
    }

    /// Cuts off what comes after a step, and what a writer that was killed has left of a record.
    private static func cut(_ path: String, through step: Int) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileError("\(path) can't be read: \(AtomicFile.reason())")
        }
        let bytes = Array(data)
        var (end, count) = (0, 0)
        while let (record, next) = RecordFrame.record(in: bytes, at: end) {
            guard let event = try? Event(serializedBytes: Array(record)), event.step <= step else { break }
            (end, count) = (next, count + 1)
        }
        // The first record alone says nothing.
        if count <= 1 { return try remove(path) }
        guard end == bytes.count || truncate(path, off_t(end)) == 0 else {
            throw FileError("\(path) can't be cut: \(AtomicFile.reason())")
        }
    }
}

extension Event {
    /// As they are written: without fields that can't fail, so that nothing is thrown.
    var wireBytes: [UInt8] {
        // Only a message with required fields, or one beyond 2 GiB, can't be written.
        (try? serializedBytes()) ?? []
    }
}
