import Foundation
import HDF5

/// A file that could not be read or written, or whose contents are invalid, as a sentence.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether the contents are at fault, rather than reading or writing them.
    public let isBadData: Bool
    public let description: String

    public init(_ description: String, isBadData: Bool = false) {
        self.description = description
        self.isBadData = isBadData
    }
}

/// Replaces files whole: whoever looks sees the old file or the new one, and after a crash too.
package enum AtomicFile {
    /// Lets `write` make a sibling of the file, then puts it in the file's place.
    ///
    /// The sibling is flushed to the disk before it is renamed, and the directory after. If anything fails, the
    /// sibling is removed and the file is as it was.
    ///
    /// A link is followed: what it leads to is replaced.
    /// - Parameters:
    ///   - removesAbandoned: siblings of the file that killed writers have left are removed too, which takes a look at the
    ///     whole directory.
    ///   - verify: looks at the sibling once it is on the disk; where it throws, nothing is replaced.
    /// - Throws: `FileError`, and what `write` throws.
    package static func replace(
        _ path: String, removesAbandoned: Bool = true, write: (_ sibling: String) throws -> Void,
        verify: ((_ sibling: String) throws -> Void)? = nil
    ) throws {
        let (target, directory) = try place(path)
        if removesAbandoned { removeAbandoned(of: target, in: directory) }
        let sibling = "\(target).\(getpid())\(leftover)"
        unlink(sibling)
        do {
            try write(sibling)
            try sync(sibling, path)
            if let verify {
                do {
                    try verify(sibling)
                } catch {
                    let sentence = "\(error)".replacingOccurrences(of: sibling, with: path)
                    throw FileError("\(path) can't be written: what was read back differs: \(sentence)")
                }
            }
            guard rename(sibling, target) == 0 else {
                throw FileError("\(path) can't be written: \(reason())")
            }
        } catch let error as HDF5Error where error.file == sibling {
            unlink(sibling)
            // The user knows nothing of the sibling.
            throw FileError("\(path) can't be written: \(error.reason)")
        } catch {
            unlink(sibling)
            throw error
        }
        try sync(directory, directory)
    }

    /// Sees that a file can be written, before long work is done for it: makes its sibling and removes it.
    /// - Throws: `FileError` where its directory is missing or takes no files, or a directory has its name.
    package static func check(_ path: String) throws {
        let sibling = "\(try place(path).file).\(getpid())\(leftover)"
        let descriptor = open(sibling, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError("\(path) can't be written: \(reason())") }
        close(descriptor)
        unlink(sibling)
    }

    /// Gives a file a second name, in place of what may have it; a copy where the file system has no hard links.
    /// - Throws: `FileError` where it can't be done; what had the name still has it.
    package static func link(_ file: String, to path: String) throws {
        let sibling = "\(path).\(getpid())\(leftover)"
        unlink(sibling)
        guard Foundation.link(file, sibling) == 0, rename(sibling, path) == 0 else {
            unlink(sibling)
            return try replace(path) { sibling in
                do {
                    try FileManager.default.copyItem(atPath: file, toPath: sibling)
                } catch {
                    throw FileError("\(path) can't be written: \(reason())")
                }
            }
        }
        // Renaming one name of a file to another of its names does nothing, and leaves both.
        unlink(sibling)
        try sync(place(path).directory, path)
    }

    /// How the names of siblings end.
    static let leftover = ".partial"

    /// Removes the siblings that killed writers have left in a directory whose own writers are known to be gone. What
    /// another program holds open as a file that it writes stays.
    package static func removeLeftovers(in directory: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        where name.hasSuffix(leftover) {
            let path = directory + "/" + name
            if !isHeld(path) { unlink(path) }
        }
    }

    /// Removes the siblings of a file whose writers have ended, as their names tell.
    private static func removeAbandoned(of target: String, in directory: String) {
        let start = (target.split(separator: "/").last.map(String.init) ?? target) + "."
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        where name.hasSuffix(leftover) {
            let path = directory + "/" + name
            let stem = name.dropLast(leftover.count)
            if name.hasPrefix(start) {
                if Writer.hasEnded(stem.dropFirst(start.count)), !isHeld(path) { unlink(path) }
            } else if let point = stem.lastIndex(of: "."), Writer.hasEnded(stem[point...].dropFirst()), isFreeHDF5(path)
            {
                // Those of other files too, where it is certain: HDF5 files that nobody holds.
                unlink(path)
            }
        }
    }

    /// Whether it is an HDF5 file of this user's, or an empty one, that its file system lets us lock: who writes one holds
    /// its lock, on another machine too.
    private static func isFreeHDF5(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return false }
        var start = [UInt8](repeating: 0, count: 4)
        return status.st_size == 0 || read(descriptor, &start, 4) == 4 && start == [0x89, 0x48, 0x44, 0x46]
    }

    /// Whether a process has locked a file, as libhdf5 does with one that it writes; also one of another machine.
    private static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// The file to be replaced, links followed, and the directory that it is in.
    private static func place(_ path: String) throws -> (file: String, directory: String) {
        var target = path
        if let whole = realpath(path, nil) {
            target = String(cString: whole)
            free(whole)
        }
        if isDirectory(target) {
            throw FileError("\(path) can't be written: it is a directory; name a file")
        }
        let parent = target.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        let directory = parent.isEmpty ? (target.hasPrefix("/") ? "/" : ".") : parent
        if !isDirectory(directory) {
            throw FileError("\(path) can't be written: there is no directory \(directory); make it first")
        }
        return (target, directory)
    }

    /// Whether the path leads to a directory.
    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Replaces a file by a text.
    /// - Throws: `FileError` where it can't be written; the file is then as it was.
    package static func replace(_ path: String, with text: String) throws {
        // Written in a moment, and often.
        try replace(path, removesAbandoned: false) { sibling in
            let descriptor = open(sibling, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw FileError("\(path) can't be written: \(reason())") }
            defer { close(descriptor) }
            var text = text
            try text.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while !rest.isEmpty {
                    let count = write(descriptor, rest.baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { throw FileError("\(path) can't be written: \(reason())") }
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                }
            }
        }
    }

    private static func sync(_ path: String, _ name: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("\(name) can't be opened: \(reason())") }
        defer { close(descriptor) }
        // Some file systems can't flush a directory, and say so.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw FileError("\(name) can't be flushed to the disk: \(reason())")
        }
        // What is read next comes from the disk, not from memory.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    package static func reason() -> String { String(cString: strerror(errno)) }
}
