internal import CHDF5
import Foundation

/// An open HDF5 file. It closes with the last reference to it and to the groups and datasets that came out of it;
/// a writer calls `close()`, which can say that the disk was full.
///
/// Any thread may use it. The library runs one call at a time, so threads wait for each other, but are safe.
package final class HDF5File: Sendable {
    /// The path as it was given.
    package var path: String { file.path }

    /// What whoever reads the file should know of how it was opened, a sentence; nil where it was opened as usual.
    package var notice: String? { file.notice }

    /// The group "/".
    package let root: HDF5Group

    /// The attributes of the group "/".
    package var attributes: HDF5Attributes { root.attributes }

    let file: OpenFile

    private init(_ file: OpenFile) throws(HDF5Error) {
        self.file = file
        self.root = try HDF5Group("/", in: file)
    }

    /// Opens an existing file (H5Fopen).
    ///
    /// - Parameter allowingExternal: whether links, and datasets whose values lie elsewhere, may lead into other files.
    ///   A file from a stranger could show any file of this machine's as its own; so by default meeting one throws
    ///   kind `leavesFile`.
    /// - Parameter reading: what will be read of it; a program that has started a `FileExaminer` has that much examined
    ///   by it first.
    /// - Throws: kinds `notFound`, `notHDF5`, `damaged` (truncated, too), `cannotOpen`.
    package static func open(
        _ path: String, writable: Bool = false, allowingExternal: Bool = false, reading: HDF5Reading = .everything
    ) throws(HDF5Error) -> HDF5File {
        try checkIsFile(path, Place(file: path))
        try FileExaminer.examine(path, allowsExternal: allowingExternal, reading: reading)
        return try openUnexamined(path, writable: writable, allowingExternal: allowingExternal)
    }

    /// Opens a file at once, for the examiner itself.
    static func openUnexamined(
        _ path: String, writable: Bool = false, allowingExternal: Bool = false
    ) throws(HDF5Error) -> HDF5File {
        Library.enter()
        defer { Library.leave() }
        let place = Place(file: path)
        try checkIsFile(path, place)
        try checkIsHDF5(path, place)
        let access = try accessProperties(place, writable: writable)
        let linkGuard = allowingExternal ? nil : try ExternalLinkGuard(place)
        let (id, notice) = try openID(path, writable: writable, access, place)
        return try HDF5File(
            OpenFile(id: id, path: path, isWritable: writable, linkGuard: linkGuard, notice: notice))
    }

    /// Opens the file, in another way where the usual one is barred and the other is safe for a reader.
    private static func openID(
        _ path: String, writable: Bool, _ access: Handle, _ place: Place
    ) throws(HDF5Error) -> (hid_t, notice: String?) {
        let flags = writable ? chdf5_read_write() : chdf5_read_only()
        let id = H5Fopen(path, flags, access.id)
        if id >= 0 { return (id, nil) }
        let failure = place.libraryFailure("open")
        switch OpeningObstacle(messages: failure.libraryMessages) {
        case .withoutLocks(let words) where chdf5_disable_locking(access.id) >= 0:
            let id = H5Fopen(path, flags, access.id)
            let notice =
                "\(path) was opened without a lock, since its file system gives none (\(words)); let no other program "
                + "write it meanwhile"
            if id >= 0 { return (id, notice) }
        case .openHereWithoutLock where chdf5_disable_locking(access.id) >= 0:
            // What there is to say was said the first time.
            let id = H5Fopen(path, flags, access.id)
            if id >= 0 { return (id, nil) }
        case .markedAsWritten where !writable, .openHere where !writable:
            // For one writer and many readers (SWMR) a file may be read while it is written; others answer no.
            let id = H5Fopen(path, flags | chdf5_swmr_read(), access.id)
            let notice =
                "\(path) is marked as being written by a program that lets others read (SWMR); it is read as it is now, "
                + "and what is written later is not seen"
            if id >= 0 { return (id, notice) }
        default: break
        }
        throw explainOpening(failure, place)
    }

    /// Makes a new file, empty and writable (H5Fcreate), in place of one that may be there.
    ///
    /// The same contents written in the same order make the same bytes: no times are stored. Where the file system gives
    /// no locks the file is written without one, which `notice` says.
    /// - Throws: kind `cannotOpen`.
    package static func create(_ path: String) throws(HDF5Error) -> HDF5File {
        Library.enter()
        defer { Library.leave() }
        let place = Place(file: path)
        if path.utf8.contains(0) { throw place.error(.invalidArgument, "create", "a path can't contain a NUL") }
        let access = try accessProperties(place, writable: true)
        guard let creation = Handle(H5Pcreate(chdf5_file_create_class()), closedBy: H5Pclose),
            H5Pset_obj_track_times(creation.id, false) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        let (id, notice) = try createdID(path, creation, access, place)
        return try HDF5File(
            OpenFile(id: id, path: path, isWritable: true, linkGuard: ExternalLinkGuard(place), notice: notice))
    }

    /// Makes the file, without a lock where its file system has none.
    private static func createdID(
        _ path: String, _ creation: Handle, _ access: Handle, _ place: Place
    ) throws(HDF5Error) -> (hid_t, notice: String?) {
        var id = H5Fcreate(path, chdf5_truncate(), creation.id, access.id)
        if id >= 0 { return (id, nil) }
        let failure = place.libraryFailure("create", isWrite: true)
        if case .withoutLocks(let words) = OpeningObstacle(messages: failure.libraryMessages),
            chdf5_disable_locking(access.id) >= 0
        {
            id = H5Fcreate(path, chdf5_truncate(), creation.id, access.id)
            let notice =
                "\(path) is written without a lock, since its file system gives none (\(words)); let no other program "
                + "open it meanwhile"
            if id >= 0 { return (id, notice) }
        }
        throw HDF5Error(
            kind: .cannotOpen, file: path, object: nil, action: "create",
            reason: explainOpening(failure, place).reason, libraryMessages: failure.libraryMessages)
    }

    /// Makes a file that is held in memory alone and goes with its last reference.
    static func createInMemory() throws(HDF5Error) -> HDF5File {
        Library.enter()
        defer { Library.leave() }
        let place = Place(file: "memory")
        let access = try accessProperties(place, writable: true)
        guard H5Pset_fapl_core(access.id, 1 << 20, false) >= 0 else { throw place.libraryFailure("create") }
        let id = H5Fcreate(place.file, chdf5_truncate(), Library.defaultProperties, access.id)
        guard id >= 0 else { throw place.libraryFailure("create", isWrite: true) }
        return try HDF5File(OpenFile(id: id, path: place.file, isWritable: true, linkGuard: ExternalLinkGuard(place)))
    }

    /// Writes what is still in memory, then closes the file and with it every group and dataset that came out of it.
    /// Calling it again does nothing.
    ///
    /// After a failure the file is closed all the same, but what is in it is not to be trusted, and the library may
    /// refuse to open that path again in this process.
    /// - Throws: kind `writeFailed`, also for what the library could not write earlier, in the background.
    package func close() throws(HDF5Error) { try file.close() }

    /// Hands everything to the operating system (H5Fflush), which still may hold it in memory.
    package func flush() throws(HDF5Error) { try file.flush() }

    /// The group at `path`. Throws `missingObject` with the names that are there, or `wrongType`.
    package func group(_ path: String) throws(HDF5Error) -> HDF5Group { try root.group(path) }

    /// The dataset at `path`. Throws `missingObject` with the names that are there, or `wrongType`.
    package func dataset(_ path: String) throws(HDF5Error) -> HDF5Dataset { try root.dataset(path) }

    /// Whether `path` leads to an object.
    package func exists(_ path: String) throws(HDF5Error) -> Bool {
        Library.enter()
        defer { Library.leave() }
        return try file.exists(ObjectPath.resolve(path))
    }

    private static func checkIsFile(_ path: String, _ place: Place) throws(HDF5Error) {
        if path.utf8.contains(0) { throw place.error(.invalidArgument, "open", "a path can't contain a NUL") }
        guard path.utf8.count < PATH_MAX else {
            throw Place(file: "\(path.prefix(200))…").error(
                .cannotOpen, "open", "its path has \(path.utf8.count) bytes; the system takes up to \(PATH_MAX - 1)")
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            if code == ENOENT { throw place.error(.notFound, "open", "there is no such file") }
            throw place.error(.cannotOpen, "open", String(cString: strerror(code)))
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw place.error(.notHDF5, "open", "it is a directory") }
        // Opening a pipe would wait for a writer.
        if status.st_mode & S_IFMT != S_IFREG { throw place.error(.notHDF5, "open", "it is not a regular file") }
        if status.st_size == 0 { throw place.error(.notHDF5, "open", "it is empty, not an HDF5 file") }
    }

    private static func checkIsHDF5(_ path: String, _ place: Place) throws(HDF5Error) {
        let answer = H5Fis_hdf5(path)
        if answer < 0 { throw explainOpening(place.libraryFailure("open"), place) }
        if answer == 0 {
            let foreign = ForeignFormat(of: path).map { "it is " + $0.advice(path) }
            throw place.error(.notHDF5, "open", foreign ?? "it is not an HDF5 file")
        }
    }

    private static func accessProperties(_ place: Place, writable: Bool) throws(HDF5Error) -> Handle {
        guard let access = Handle(H5Pcreate(chdf5_file_access_class()), closedBy: H5Pclose),
            // The format of 1.8 (2008): attributes beyond 64 KiB, and checksums over the metadata.
            H5Pset_libver_bounds(access.id, H5F_LIBVER_V18, chdf5_latest_format()) >= 0,
            // That with which the library itself follows links and views into other files; it refuses to have one
            // file open with two degrees. The objects are closed by `OpenFile`, as close() must close the file even
            // while a dataset of it is referred to.
            H5Pset_fclose_degree(access.id, H5F_CLOSE_WEAK) >= 0,
            // Chunks that are written in pieces wait until they are whole, up to 64 MiB of them for each dataset. A reader
            // says what it needs for each dataset of its own. 4001 slots, a prime, as the documentation advises.
            !writable || H5Pset_cache(access.id, 0, 4001, 64 << 20, 0.75) >= 0
        else { throw place.libraryFailure("open") }
        return access
    }

    private static func explainOpening(_ error: HDF5Error, _ place: Place) -> HDF5Error {
        guard let obstacle = OpeningObstacle(messages: error.libraryMessages) else {
            let kind = error.kind == .readFailed ? HDF5Error.Kind.cannotOpen : error.kind
            return HDF5Error(
                kind: kind, file: error.file, object: error.object, action: error.action, reason: error.reason,
                libraryMessages: error.libraryMessages)
        }
        return HDF5Error(
            kind: obstacle == .truncated ? .damaged : .cannotOpen, file: error.file, object: error.object,
            action: error.action, reason: obstacle.reason(path: place.file), libraryMessages: error.libraryMessages)
    }
}
