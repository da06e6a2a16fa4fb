import Batches
import Files
import Foundation

/// The bytes of a source: a file, a part of one, or what was decompressed out of one.
///
/// A file is read piece by piece, never mapped: one that shrinks meanwhile is an error, not a crash.
final class ByteSource {
    /// What messages call it.
    let name: String
    let count: Int

    private enum Storage {
        /// A descriptor, and where the bytes begin in it.
        case file(OpenDescriptor, start: Int)
        case memory(ByteBuffer)
    }
    private let storage: Storage

    private final class OpenDescriptor {
        let number: Int32
        init(_ number: Int32) { self.number = number }
        deinit { close(number) }
    }

    private init(name: String, count: Int, _ storage: Storage) {
        self.name = name
        self.count = count
        self.storage = storage
    }

    /// - Parameter count: how many of the bytes it has; all unless given.
    convenience init(name: String, _ bytes: ByteBuffer, count: Int? = nil) {
        self.init(name: name, count: count ?? bytes.count, .memory(bytes))
    }

    /// Opens a file.
    /// - Throws: `FileError` where there is none, or where it is no regular file.
    convenience init(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw FileError(
                "cannot open \(path): \(errno == ENOENT ? "there is no such file" : Self.reason())", isBadData: true)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw FileError("cannot open \(path): it is a directory", isBadData: true)
        }
        // Opening a pipe would wait for a writer, and it could not be read twice.
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("cannot open \(path): it is not a regular file", isBadData: true)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("cannot open \(path): \(Self.reason())", isBadData: true) }
        self.init(name: path, count: Int(status.st_size), .file(OpenDescriptor(descriptor), start: 0))
    }

    /// A part of the source. The range must lie within it.
    func part(_ range: Range<Int>, name: String) throws -> ByteSource {
        switch storage {
        case .file(let descriptor, let start):
            return ByteSource(name: name, count: range.count, .file(descriptor, start: start + range.lowerBound))
        case .memory:
            let bytes = try ByteBuffer(range.count, for: name)
            try read(at: range.lowerBound, into: bytes.bytes)
            return ByteSource(name: name, bytes)
        }
    }

    /// Fills a buffer from an offset on.
    /// - Throws: `DataError` where the source ends before, `FileError` where it can't be read.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        guard offset >= 0, buffer.count <= count - offset else { throw endsEarly() }
        var rest = buffer
        switch storage {
        case .memory(let bytes):
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.bytes[offset..<offset + buffer.count]))
        case .file(let descriptor, let start):
            while !rest.isEmpty {
                let position = start + offset + (buffer.count - rest.count)
                let read = pread(descriptor.number, rest.baseAddress, rest.count, off_t(position))
                if read < 0, errno == EINTR { continue }
                guard read >= 0 else { throw FileError("\(name) can't be read: \(Self.reason())", isBadData: true) }
                // It has become shorter since it was opened.
                guard read > 0 else { throw endsEarly() }
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[read...])
            }
        }
    }

    /// The bytes of a range, for headers.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw endsEarly() }
        var bytes = [UInt8](repeating: 0, count: range.count)
        try bytes.withUnsafeMutableBytes { try read(at: range.lowerBound, into: $0) }
        return bytes
    }

    /// All bytes in memory.
    func whole() throws -> ByteBuffer {
        if case .memory(let bytes) = storage, bytes.count == count { return bytes }
        let bytes = try ByteBuffer(count, for: name)
        try read(at: 0, into: bytes.bytes)
        return bytes
    }

    func endsEarly() -> DataError { DataError("\(name) ends early: it is cut off; copy, download or make it again") }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

/// Memory of a fixed size, released with the last reference.
final class ByteBuffer {
    let bytes: UnsafeMutableRawBufferPointer
    var count: Int { bytes.count }

    /// - Throws: `DataError` where it is more than the machine has.
    init(_ count: Int, for name: String) throws {
        let pages = (Int(sysconf(Int32(_SC_PHYS_PAGES))), Int(sysconf(Int32(_SC_PAGESIZE))))
        guard pages.0 <= 0 || count / max(pages.1, 1) < pages.0, let base = malloc(max(count, 1)) else {
            throw DataError("\(name) needs \(count >> 20) MiB of memory at once, more than this machine has")
        }
        bytes = UnsafeMutableRawBufferPointer(start: base, count: count)
    }

    deinit { free(bytes.baseAddress) }
}
