import Files
import Foundation

/// Bytes that go to a file or to the standard output in blocks.
package final class ByteSink {
    private var bytes: [UInt8] = []
    private let emit: (UnsafeRawBufferPointer) throws -> Void
    private static let block = 1 << 16

    /// - Parameter emit: takes a block; may throw where it can't be written.
    package init(_ emit: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.emit = emit
        bytes.reserveCapacity(Self.block + 1024)
    }

    package func append(_ text: String) throws {
        bytes.append(contentsOf: text.utf8)
        if bytes.count >= Self.block { try flush() }
    }

    package func append(_ raw: UnsafeRawBufferPointer) throws {
        try flush()
        try emit(raw)
    }

    /// To be called at the end.
    package func flush() throws {
        guard !bytes.isEmpty else { return }
        try bytes.withUnsafeBytes { try emit($0) }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Replaces a file by what the body appends; where it throws, the file stays as it was.
    /// - Throws: `FileError` where it can't be written, and what the body throws.
    static func replace(_ path: String, _ body: (ByteSink) throws -> Void) throws {
        try AtomicFile.replace(path) { sibling in
            let descriptor = open(sibling, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw FileError("\(path) can't be written: \(AtomicFile.reason())") }
            defer { close(descriptor) }
            let sink = ByteSink { raw in
                var rest = raw
                while !rest.isEmpty {
                    let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { throw FileError("\(path) can't be written: \(AtomicFile.reason())") }
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                }
            }
            try body(sink)
            try sink.flush()
        }
    }
}
