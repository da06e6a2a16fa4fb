internal import CHDF5
import Foundation

/// An open file, shared by the `HDF5File` and the objects that came out of it; it closes with the last of them.
///
/// `@unchecked Sendable`: its mutable fields are touched only inside `Library.enter()`, which holds a lock.
final class OpenFile: @unchecked Sendable {
    let path: String
    let isWritable: Bool
    private var openID: hid_t?
    private var failedClose: HDF5Error?

    init(id: hid_t, path: String, isWritable: Bool) {
        self.openID = id
        self.path = path
        self.isWritable = isWritable
    }

    deinit {
        try? close()
    }

    var isOpen: Bool { openID != nil }

    /// The library's identifier, for a call made for the sake of `place`.
    func id(for place: Place, _ action: String) throws(HDF5Error) -> hid_t {
        guard let openID else { throw place.error(.closed, action, "the file has been closed") }
        return openID
    }

    /// As `id(for:_:)`, for a call that changes the file.
    func writableID(for place: Place, _ action: String) throws(HDF5Error) -> hid_t {
        let id = try id(for: place, action)
        guard isWritable else { throw place.error(.writeFailed, action, "the file was opened for reading only") }
        return id
    }

    func noteFailedClose() {
        failedClose = failedClose ?? Place(self).libraryFailure("write", isWrite: true)
    }

    func flush() throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        let place = Place(self)
        let id = try id(for: place, "write")
        // First what failed earlier: flushing what is left may well succeed.
        if let failedClose { throw failedClose }
        if isWritable, H5Fflush(id, H5F_SCOPE_GLOBAL) < 0 { throw place.libraryFailure("write", isWrite: true) }
    }

    func close() throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        guard let id = openID else { return }
        var failure: HDF5Error?
        do throws(HDF5Error) { try flush() } catch { failure = error }
        // Whatever H5Fclose answers, the identifier must not be used again: after a failed close the library has
        // freed what stands behind it.
        openID = nil
        let lock = Self.copyOfLastDescriptor(id)
        if H5Fclose(id) < 0 { failure = failure ?? Place(self).libraryFailure("close", isWrite: isWritable) }
        if let lock {
            flock(lock, LOCK_UN)
            Foundation.close(lock)
        }
        if let failure { throw failure }
    }

    /// A copy of the file's descriptor, with which to give its lock back after closing; nil where the file is open
    /// a second time.
    ///
    /// The library leaves that to the system, which does so when the last copy of the descriptor is closed. But a
    /// program that was started meanwhile has inherited one, and until its end nobody could open the file again.
    private static func copyOfLastDescriptor(_ id: hid_t) -> Int32? {
        var descriptor: UnsafeMutableRawPointer?
        guard H5Fget_obj_count(id, UInt32(H5F_OBJ_FILE)) == 1,
            H5Fget_vfd_handle(id, Library.defaultProperties, &descriptor) >= 0, let descriptor
        else { return nil }
        let copy = fcntl(descriptor.load(as: Int32.self), F_DUPFD_CLOEXEC, 0)
        return copy < 0 ? nil : copy
    }
}
