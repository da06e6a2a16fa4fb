#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
import Foundation

/// A file that could not be written or is not what it should be, as a sentence.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether the contents are at fault rather than the writing.
    public let isBadData: Bool
    public let description: String

    public init(_ description: String, isBadData: Bool = false) {
        self.description = description
        self.isBadData = isBadData
    }
}

/// Replaces files whole: whoever looks sees the old file or the new one, and after a crash too.
enum AtomicFile {
    /// Lets `write` make a sibling of the file, then puts it in the file's place.
    ///
    /// The sibling is flushed to the disk before it is renamed, and the directory after. If anything fails, the
    /// sibling is removed and the file is as it was.
    static func replace(_ path: String, write: (_ sibling: String) throws -> Void) throws {
        let sibling = "\(path).\(getpid()).partial"
        unlink(sibling)
        do {
            try write(sibling)
            try sync(sibling, "the file")
            guard rename(sibling, path) == 0 else { throw FileError("\(path) can't be put in place: \(reason())") }
        } catch {
            unlink(sibling)
            throw error
        }
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try sync(directory.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : directory, "its directory")
    }

    static func replace(_ path: String, with text: String) throws {
        try replace(path) { sibling in
            guard FileManager.default.createFile(atPath: sibling, contents: Data(text.utf8)) else {
                throw FileError("\(path) can't be written: \(reason())")
            }
        }
    }

    private static func sync(_ path: String, _ what: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw FileError("\(path) can't be opened: \(reason())") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("\(path): \(what) can't be flushed to the disk: \(reason())") }
    }

    static func reason() -> String { String(cString: strerror(errno)) }
}
