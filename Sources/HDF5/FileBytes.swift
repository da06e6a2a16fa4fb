import Foundation
import Synchronization

/// The bytes of an open file, read beside the library and its lock, from any thread.
///
/// `@unchecked Sendable`: the descriptor is constant until `deinit`, and reading at a position shares no state.
final class FileBytes: @unchecked Sendable {
    /// The size when the file was opened.
    let size: Int
    private let descriptor: Int32
    private let isClosed = Atomic<Bool>(false)

    /// Duplicates `descriptor`, so that closing the file can't hand its number to another file during a read.
    init?(copying descriptor: Int32) {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return nil }
        self.descriptor = copy
        var status = stat()
        size = fstat(copy, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit { close(descriptor) }

    /// From now on reading throws kind `closed`.
    func markClosed() { isClosed.store(true, ordering: .relaxed) }

    func checkOpen(_ place: Place) throws(HDF5Error) {
        if isClosed.load(ordering: .relaxed) { throw place.error(.closed, "read", "the file has been closed") }
    }

    /// Reads `count` bytes from `position` on, which may be beyond the end (pread).
    func read(
        into buffer: UnsafeMutableRawPointer, count: Int, at position: Int, _ place: Place
    ) throws(HDF5Error) {
        var done = 0
        while done < count {
            let (offset, overflow) = position.addingReportingOverflow(done)
            let received = overflow || offset < 0 ? 0 : pread(descriptor, buffer + done, count - done, off_t(offset))
            if received > 0 {
                done += received
            } else if received == 0 {
                throw Self.hasShrunk(place)
            } else if errno != EINTR {
                throw place.error(.readFailed, "read", String(cString: strerror(errno)))
            }
        }
    }

    /// The library takes what is missing at the end of a file for zeros. Throws if the file has become shorter.
    func checkSize(_ place: Place) throws(HDF5Error) {
        var status = stat()
        if fstat(descriptor, &status) == 0, Int(status.st_size) < size { throw Self.hasShrunk(place) }
    }

    private static func hasShrunk(_ place: Place) -> HDF5Error {
        place.error(.readFailed, "read", "the file has become shorter since it was opened; run again with a whole one")
    }
}
