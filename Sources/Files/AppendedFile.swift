import Foundation

/// A file that grows line by line, or record by record, so that whoever looks at it sees whole ones only.
///
/// What could not be written is kept and goes before the next one: after a full disk has been cleared nothing is missing.
package final class AppendedFile {
    package let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []

    /// Opens a file, made if need be; what is in it stays.
    /// - Throws: `FileError` where it can't be opened.
    package init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError("\(path) can't be written: \(AtomicFile.reason())") }
    }

    deinit { close(descriptor) }

    /// - Throws: `FileError` where it can't be written, or has been removed; the file is then as it was.
    package func append(_ line: String) throws { try append(bytes: Array("\(line)\n".utf8)) }

    /// - Throws: as `append(_:)`.
    package func append(bytes: [UInt8]) throws {
        pending += bytes
        var (own, there) = (stat(), stat())
        guard fstat(descriptor, &own) == 0 else { throw FileError("\(path) can't be written: \(AtomicFile.reason())") }
        // The system would go on writing to a file that nobody can find any more.
        guard stat(path, &there) == 0, there.st_ino == own.st_ino, there.st_dev == own.st_dev else {
            throw FileError("\(path) can't be written: it has been removed or replaced")
        }
        var written = 0
        while written < pending.count {
            let count = pending.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = AtomicFile.reason()
                ftruncate(descriptor, own.st_size)
                throw FileError("\(path) can't be written: \(reason)")
            }
            written += count
        }
        pending = []
    }
}
