internal import CHDF5
import Foundation

/// An open file, shared by the `HDF5File` and the objects that came out of it; it closes with the last of them.
///
/// `@unchecked Sendable`: its mutable fields are touched only inside `Library.enter()`, which holds a lock.
final class OpenFile: @unchecked Sendable {
    let path: String
    let isWritable: Bool
    /// Nil where links that leave the file are followed.
    let linkGuard: ExternalLinkGuard?
    /// What was unusual in opening it, for the user.
    let notice: String?
    private var openID: hid_t?
    private var failedClose: HDF5Error?
    private var fileBytes: FileBytes?
    /// The groups and datasets that came out of the file and are open, and how each is closed.
    private var objects: [hid_t: (hid_t) -> herr_t] = [:]

    init(id: hid_t, path: String, isWritable: Bool, linkGuard: ExternalLinkGuard?, notice: String? = nil) {
        self.openID = id
        self.path = path
        self.isWritable = isWritable
        self.linkGuard = linkGuard
        self.notice = notice
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

    /// To be closed with the file, since the library itself closes a file last of all.
    func note(_ object: hid_t, closedBy close: @escaping (hid_t) -> herr_t) { objects[object] = close }

    /// - Returns: whether the object is still to be closed.
    func forget(_ object: hid_t) -> Bool { objects.removeValue(forKey: object) != nil }

    func noteFailedClose() {
        failedClose = failedClose ?? Place(self).libraryFailure("write", isWrite: true)
    }

    /// What to give the library wherever it walks along a path.
    var linkAccess: hid_t { linkGuard?.properties.id ?? Library.defaultProperties }

    /// The bytes of the file in which a dataset lies, to be read beside the library; nil where they may not be what
    /// the library would read: it may have changes in memory, another way to the bytes, or the dataset from another
    /// file. Called inside `Library.enter()`.
    func bytes(of dataset: Handle) -> FileBytes? {
        guard let openID else { return nil }
        var intent: UInt32 = 0
        guard H5Fget_intent(openID, &intent) >= 0, intent & chdf5_read_write() == 0,
            let access = Handle(H5Fget_access_plist(openID), closedBy: H5Pclose),
            H5Pget_driver(access.id) == chdf5_posix_driver(),
            let datasetFile = Handle(H5Iget_file_id(dataset.id), closedBy: H5Fclose),
            let descriptor = Self.descriptor(openID), Self.descriptor(datasetFile.id) == descriptor
        else { return nil }
        fileBytes = fileBytes ?? FileBytes(copying: descriptor)
        return fileBytes
    }

    /// Throws if the file has become shorter under the library, which would not notice.
    func checkSize(_ place: Place) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        if fileBytes == nil, let openID, !isWritable, let descriptor = Self.descriptor(openID) {
            fileBytes = FileBytes(copying: descriptor)
        }
        if !isWritable { try fileBytes?.checkSize(place) }
    }

    /// Whether the file begins with bytes of another kind. Called inside `Library.enter()`.
    var hasUserBlock: Bool {
        guard let openID, let creation = Handle(H5Fget_create_plist(openID), closedBy: H5Pclose) else { return true }
        var size: hsize_t = 0
        return H5Pget_userblock(creation.id, &size) < 0 || size > 0
    }

    private static func descriptor(_ id: hid_t) -> Int32? {
        var descriptor: UnsafeMutableRawPointer?
        guard H5Fget_vfd_handle(id, Library.defaultProperties, &descriptor) >= 0 else { return nil }
        return descriptor?.load(as: Int32.self)
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
        fileBytes?.markClosed()
        for (object, close) in objects where close(object) < 0 {
            failure = failure ?? Place(self).libraryFailure("close", isWrite: isWritable)
        }
        objects.removeAll()
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
        guard H5Fget_obj_count(id, UInt32(H5F_OBJ_FILE)) == 1, let descriptor = descriptor(id) else { return nil }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy < 0 ? nil : copy
    }
}
