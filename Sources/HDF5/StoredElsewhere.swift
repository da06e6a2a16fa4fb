internal import CHDF5
import Foundation

extension HDF5Dataset {
    /// Checks, before values are read, that they are all there: the sources of a virtual dataset, and raw files.
    ///
    /// The library reads what is missing there as fill values or zeros, without a word.
    /// - Parameter depth: how many virtual datasets lead to this one.
    /// - Throws: kinds `notFound`, `damaged` (a source that is too small), `cannotOpen`.
    func checkSources(depth: Int = 0) throws(HDF5Error) {
        guard sources.withLock({ $0 == nil }) else { return try confirmSources() }
        guard let creation = Handle(H5Dget_create_plist(handle.id), closedBy: H5Pclose) else {
            throw place.libraryFailure("read")
        }
        try checkRawFiles(creation)
        let opened = layout == .virtual ? try VirtualSources(self, creation, depth: depth).check() : []
        sources.withLock { $0 = opened }
    }

    /// Checks that the sources are the files that they were. The library opens them when it reads, so this is asked before
    /// and after.
    func confirmSources() throws(HDF5Error) {
        for source in sources.withLock({ $0 ?? [] }) {
            guard source.isThere else {
                throw place.error(
                    .notFound, "read",
                    "it is a virtual dataset, and a file that its values come from, \(source.path), went missing or was "
                        + "replaced while it was read; put it back and begin again")
            }
        }
    }

    /// Raw bytes beside the file (H5Pset_external): each file must hold what is said to be in it.
    private func checkRawFiles(_ creation: Handle) throws(HDF5Error) {
        let count = H5Pget_external_count(creation.id)
        guard count > 0 else { return }
        guard let type = Handle(H5Dget_type(handle.id), closedBy: H5Tclose) else { throw place.libraryFailure("read") }
        var rest = try Extent.byteCount(spaceShape.reduce(1, *), H5Tget_size(type.id), place, "read")
        for index in 0..<UInt32(count) where rest > 0 {
            var name = [CChar](repeating: 0, count: 4096)
            var (offset, size): (off_t, hsize_t) = (0, 0)
            guard H5Pget_external(creation.id, index, name.count - 1, &name, &offset, &size) >= 0 else {
                throw place.libraryFailure("read")
            }
            let needed = min(Int(clamping: size), rest)
            rest -= needed
            let path = SourceFile.rawPath(Self.text(name), of: file.path)
            let words = "its values lie in the raw file \(path)"
            var status = stat()
            guard stat(path, &status) == 0 else {
                let code = errno
                let advice =
                    path.hasPrefix("/")
                    ? "" : "; a name without a folder is sought in the working directory, or in HDF5_EXTFILE_PREFIX"
                throw place.error(
                    code == ENOENT ? .notFound : .cannotOpen, "read",
                    "\(words), which can't be opened (\(String(cString: strerror(code))))\(advice)")
            }
            let (end, overflow) = needed.addingReportingOverflow(Int(offset))
            guard !overflow, Int(status.st_size) >= end else {
                throw place.error(
                    .damaged, "read",
                    "\(words), which is too short: it has \(status.st_size) bytes where \(end) are needed")
            }
        }
    }

    static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Where the library seeks files that a file names.
enum SourceFile {
    /// Which file stands at a path.
    struct Identity: Sendable {
        let path: String
        private let device: UInt64
        private let inode: UInt64

        init(_ path: String) throws(HDF5Error) {
            var status = stat()
            guard stat(path, &status) == 0 else {
                throw Place(file: path).error(.notFound, "open", String(cString: strerror(errno)))
            }
            (self.path, device, inode) = (path, UInt64(status.st_dev), UInt64(status.st_ino))
        }

        var isThere: Bool {
            var status = stat()
            return stat(path, &status) == 0 && (device, inode) == (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }

    /// A raw file's path (H5D__build_file_prefix): beside the working directory, unless the environment names a folder.
    static func rawPath(_ name: String, of file: String) -> String {
        let prefix = environment("HDF5_EXTFILE_PREFIX").map { expand($0, of: file) } ?? ""
        return name.hasPrefix("/") || prefix.isEmpty || prefix == "." ? name : join(prefix, name)
    }

    /// The paths that a virtual dataset's source may have, in the order in which the library tries them
    /// (H5F_prefix_open_file).
    static func candidates(_ name: String, of file: String) -> [String] {
        var candidates: [String] = []
        var name = name
        if name.hasPrefix("/") {
            candidates.append(name)
            name = String(name.split(separator: "/").last ?? "")
        }
        for prefix in (environment("HDF5_VDS_PREFIX") ?? "").split(separator: ":") {
            candidates.append(join(expand(String(prefix), of: file), name))
        }
        candidates.append(join(folder(file), name))
        candidates.append(name)
        // Where the file itself is a link.
        let own = URL(filePath: file).standardizedFileURL.path
        let target = URL(filePath: file).resolvingSymlinksInPath().path
        if folder(target) != folder(own) { candidates.append(join(folder(target), name)) }
        return candidates.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    private static func expand(_ prefix: String, of file: String) -> String {
        prefix.hasPrefix("${ORIGIN}") ? join(folder(file), String(prefix.dropFirst("${ORIGIN}".count))) : prefix
    }
}
