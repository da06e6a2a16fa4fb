import Files
import Foundation
package import HDF5

/// Writes a new HDF5 dataset file: a sibling that takes the path's place when it is whole.
package enum DatasetFile {
    /// Makes the file at `path` from what `fill` writes. Where anything fails, a full disk included, nothing of it is
    /// left, and a file that was there stays as it was.
    ///
    /// - Parameter estimatedBytes: what the file will surely take; it is refused before anything is written where the
    ///   disk has less room.
    /// - Throws: `FileError` where the file can't be written, and what `fill` throws.
    package static func write(
        _ path: String, estimatedBytes: Int? = nil, fill: (HDF5File) throws -> Void
    ) throws {
        try AtomicFile.replace(path) { sibling in
            if let estimatedBytes { try checkRoom(estimatedBytes, beside: sibling, path) }
            let file = try HDF5File.create(sibling)
            do {
                try fill(file)
            } catch {
                // The first failure is the one to tell.
                try? file.close()
                throw error
            }
            try file.close()
        }
    }

    /// Rows of a chunk for rows of so many bytes: about 64 rows, but between 16 KiB and 1 MiB a chunk, and never
    /// less than one row or more than there are.
    package static func chunkRows(rowBytes: Int, rows: Int) -> Int {
        let rowBytes = max(rowBytes, 1)
        let (least, most) = (16 << 10, 1 << 20)
        let wanted = max(64, (least + rowBytes - 1) / rowBytes)
        return max(1, min(wanted, most / rowBytes, max(rows, 1)))
    }

    private static func checkRoom(_ bytes: Int, beside sibling: String, _ path: String) throws {
        let parent = sibling.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        var status = statvfs()
        guard statvfs(parent.isEmpty ? (sibling.hasPrefix("/") ? "/" : ".") : parent, &status) == 0 else { return }
        let (free, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        guard overflow || free >= bytes else {
            throw FileError(
                "\(path) can't be written: it needs \(mebibytes(bytes)), and the disk has \(mebibytes(free)) free; "
                    + "make room or write to another disk")
        }
    }

    private static func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
}
