import Foundation

/// Looks at a disk before a large file is written to it: a disk that is full to the brim harms other programs too.
package enum FreeSpace {
    /// - Throws: `FileError` where the file system of a file has fewer free bytes than that.
    package static func require(_ bytes: Int, for path: String) throws {
        let directory = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        guard let free = free(at: directory.isEmpty ? "/" : directory), free < bytes else { return }
        throw FileError(
            "\(path) can't be written: it takes \(bytes) bytes, and its disk has \(free) free; make room")
    }

    /// The bytes that the user may still write there; nil where the system does not say.
    static func free(at directory: String) -> Int? {
        var status = statvfs()
        // Some file systems have no size.
        guard statvfs(directory, &status) == 0, status.f_blocks > 0 else { return nil }
        let (free, overflows) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        return overflows ? nil : free
    }
}
