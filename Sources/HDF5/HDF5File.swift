internal import CHDF5
import Foundation

/// An open HDF5 file. It closes with the last reference to it and to the groups and datasets that came out of it;
/// a writer calls `close()`, which can say that the disk was full.
///
/// Any thread may use it. The library runs one call at a time, so threads wait for each other, but are safe.
public final class HDF5File: Sendable {
    /// The path as it was given.
    public var path: String { file.path }

    /// The group "/".
    public let root: HDF5Group

    /// The attributes of the group "/".
    public var attributes: HDF5Attributes { root.attributes }

    private let file: OpenFile

    private init(_ file: OpenFile) throws(HDF5Error) {
        self.file = file
        self.root = try HDF5Group("/", in: file)
    }

    /// Opens an existing file (H5Fopen).
    ///
    /// - Parameter allowingExternal: whether links, and datasets whose values lie elsewhere, may lead into other files.
    ///   A file from a stranger could show any file of this machine's as its own; so by default meeting one throws
    ///   kind `leavesFile`.
    /// - Throws: kinds `notFound`, `notHDF5`, `damaged` (truncated, too), `cannotOpen`.
    public static func open(
        _ path: String, writable: Bool = false, allowingExternal: Bool = false
    ) throws(HDF5Error) -> HDF5File {
        Library.enter()
        defer { Library.leave() }
        let place = Place(file: path)
        try checkIsHDF5(path, place)
        let access = try accessProperties(place)
        let id = H5Fopen(path, writable ? chdf5_read_write() : chdf5_read_only(), access.id)
        guard id >= 0 else { throw explainOpening(place.libraryFailure("open"), place) }
        let linkGuard = allowingExternal ? nil : try ExternalLinkGuard(place)
        return try HDF5File(OpenFile(id: id, path: path, isWritable: writable, linkGuard: linkGuard))
    }

    /// Makes a new file, empty and writable (H5Fcreate), in place of one that may be there.
    ///
    /// The same contents written in the same order make the same bytes: no times are stored.
    /// - Throws: kind `cannotOpen`.
    public static func create(_ path: String) throws(HDF5Error) -> HDF5File {
        Library.enter()
        defer { Library.leave() }
        let place = Place(file: path)
        if path.utf8.contains(0) { throw place.error(.invalidArgument, "create", "a path can't contain a NUL") }
        let access = try accessProperties(place)
        guard let creation = Handle(H5Pcreate(chdf5_file_create_class()), closedBy: H5Pclose),
            H5Pset_obj_track_times(creation.id, false) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        let id = H5Fcreate(path, chdf5_truncate(), creation.id, access.id)
        guard id >= 0 else {
            let failure = explainOpening(place.libraryFailure("create", isWrite: true), place)
            throw HDF5Error(
                kind: .cannotOpen, file: path, object: nil, action: "create", reason: failure.reason,
                libraryMessages: failure.libraryMessages)
        }
        return try HDF5File(OpenFile(id: id, path: path, isWritable: true, linkGuard: ExternalLinkGuard(place)))
    }

    /// Writes what is still in memory, then closes the file and with it every group and dataset that came out of it.
    /// Calling it again does nothing.
    ///
    /// After a failure the file is closed all the same, but what is in it is not to be trusted, and the library may
    /// refuse to open that path again in this process.
    /// - Throws: kind `writeFailed`, also for what the library could not write earlier, in the background.
    public func close() throws(HDF5Error) { try file.close() }

    /// Hands everything to the operating system (H5Fflush), which still may hold it in memory.
    public func flush() throws(HDF5Error) { try file.flush() }

    /// The group at `path`. Throws `missingObject` with the names that are there, or `wrongType`.
    public func group(_ path: String) throws(HDF5Error) -> HDF5Group { try root.group(path) }

    /// The dataset at `path`. Throws `missingObject` with the names that are there, or `wrongType`.
    public func dataset(_ path: String) throws(HDF5Error) -> HDF5Dataset { try root.dataset(path) }

    /// Whether `path` leads to an object.
    public func exists(_ path: String) throws(HDF5Error) -> Bool {
        Library.enter()
        defer { Library.leave() }
        return try file.exists(ObjectPath.resolve(path))
    }

    /// The paths of all datasets in the file, sorted. A dataset with several names is listed under each that lies in
    /// a group met for the first time; soft and external links, which are second names, are not followed.
    public func allDatasetPaths() throws(HDF5Error) -> [String] { try allPaths().datasets }

    /// The paths of all groups in the file, "/" among them, sorted, so that each comes before those below it. Soft and
    /// external links are not followed, and a group with several names is listed once.
    public func allGroupPaths() throws(HDF5Error) -> [String] { try allPaths().groups }

    private func allPaths() throws(HDF5Error) -> (groups: [String], datasets: [String]) {
        Library.enter()
        defer { Library.leave() }
        var (groups, datasets): ([String], [String]) = ([], [])
        var waiting = ["/"]
        // Hard links can make a group its own descendant: enter each one once.
        var visited: Set<OpenFile.Identity> = []
        while let path = waiting.popLast() {
            let place = Place(file, path)
            guard let (_, identity) = try file.object(at: path, for: place, "list") else {
                throw place.libraryFailure("list")
            }
            guard visited.insert(identity).inserted else { continue }
            groups.append(path)
            for (name, isHard) in try HDF5Group(path, in: file).links() where isHard {
                let child = ObjectPath.child(name, of: path)
                switch try file.object(at: child, for: place, "list")?.0 {
                case .dataset: datasets.append(child)
                case .group: waiting.append(child)
                default: break
                }
            }
        }
        return (groups.sorted(), datasets.sorted())
    }

    private static func checkIsHDF5(_ path: String, _ place: Place) throws(HDF5Error) {
        if path.utf8.contains(0) { throw place.error(.invalidArgument, "open", "a path can't contain a NUL") }
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
        let answer = H5Fis_hdf5(path)
        if answer < 0 { throw explainOpening(place.libraryFailure("open"), place) }
        if answer == 0 { throw place.error(.notHDF5, "open", "it is not an HDF5 file") }
    }

    private static func accessProperties(_ place: Place) throws(HDF5Error) -> Handle {
        guard let access = Handle(H5Pcreate(chdf5_file_access_class()), closedBy: H5Pclose),
            // The format of 1.8 (2008): attributes beyond 64 KiB, and checksums over the metadata.
            H5Pset_libver_bounds(access.id, H5F_LIBVER_V18, chdf5_latest_format()) >= 0,
            // close() must close the file even while a dataset of it is referred to.
            H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG) >= 0,
            // Room for 64 MiB of decompressed chunks per dataset; the default of 1 MiB makes a reader of row blocks
            // decompress a larger chunk again for each block. 4001 slots, a prime, as its documentation advises.
            H5Pset_cache(access.id, 0, 4001, OpenFile.chunkCacheBytes, 0.75) >= 0
        else { throw place.libraryFailure("open") }
        return access
    }

    private static func explainOpening(_ error: HDF5Error, _ place: Place) -> HDF5Error {
        let messages = error.libraryMessages.joined(separator: "\n")
        var kind = error.kind == .readFailed ? HDF5Error.Kind.cannotOpen : error.kind
        var reason = error.reason
        if messages.contains("truncated file") {
            reason = "the file is truncated, its end is missing; copy, download or make it again"
        } else if messages.contains("unable to lock file") {
            kind = .cannotOpen
            reason = "another program has the file open (\(error.reason))"
        } else if messages.contains("already open") || messages.contains("already opened") {
            kind = .cannotOpen
            reason = "this program has the file open already"
        }
        return HDF5Error(
            kind: kind, file: error.file, object: error.object, action: error.action, reason: reason,
            libraryMessages: error.libraryMessages)
    }
}
