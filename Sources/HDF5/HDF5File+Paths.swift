internal import CHDF5

/// What is not among the datasets and groups of a file that are listed.
package struct HDF5Omission: Sendable, Hashable {
    package let path: String
    package let reason: String
    /// A link that is not followed or leads nowhere, not an object that can't be read.
    package let isLink: Bool
}

extension HDF5File {
    /// Groups below more groups than this are refused. The paths of all alone would take memory with its square.
    static let deepestGroup = 4096

    /// The paths of all datasets in the file, sorted. A dataset with several names is listed under each that lies in
    /// a group met for the first time; soft links, which are second names, are not followed, and external links only in a
    /// file that was opened for that.
    ///
    /// - Complexity: linear in the number of links and in the lengths of the paths.
    /// - Throws: also where an object can't be read at all.
    package func allDatasetPaths() throws(HDF5Error) -> [String] {
        var paths: [String] = []
        try walk(group: { _ throws(HDF5Error) in }, dataset: { path throws(HDF5Error) in paths.append(path) })
        return paths.sorted()
    }

    /// The paths of all groups in the file, "/" among them, sorted, so that each comes before those below it. Soft
    /// links are not followed, and a group with several names is listed once.
    package func allGroupPaths() throws(HDF5Error) -> [String] {
        var paths: [String] = []
        try walk(group: { group throws(HDF5Error) in paths.append(group.path) }, dataset: { _ throws(HDF5Error) in })
        return paths.sorted()
    }

    /// What the lists of datasets and groups leave out, sorted by path, and why: links that are not followed or lead
    /// nowhere, and objects that the library can't read.
    package func omittedPaths() throws(HDF5Error) -> [HDF5Omission] { try allPaths().omitted }

    /// All datasets that can be opened, sorted by path, and what is left out, with those that can't be opened.
    package func allDatasets() throws(HDF5Error) -> (datasets: [HDF5Dataset], omitted: [HDF5Omission]) {
        var (datasets, (paths, omitted)) = ([HDF5Dataset](), try allPaths())
        for path in paths {
            do throws(HDF5Error) {
                datasets.append(try dataset(path))
            } catch {
                omitted.append(HDF5Omission(path: path, reason: error.reason, isLink: false))
            }
        }
        return (datasets, omitted.sorted { $0.path < $1.path })
    }

    private func allPaths() throws(HDF5Error) -> (datasets: [String], omitted: [HDF5Omission]) {
        var (datasets, omitted) = ([String](), [HDF5Omission]())
        try walk(
            group: { _ throws(HDF5Error) in }, dataset: { path throws(HDF5Error) in datasets.append(path) },
            link: { path, reason throws(HDF5Error) in
                omitted.append(HDF5Omission(path: path, reason: reason, isLink: true))
            },
            unreadable: { path, error throws(HDF5Error) in
                omitted.append(HDF5Omission(path: path, reason: error.reason, isLink: false))
            })
        return (datasets.sorted(), omitted.sorted { $0.path < $1.path })
    }

    /// Visits all groups, and the paths of all datasets, in no order to rely on. Each group is opened from the one that
    /// holds it, as from the file's root the way to it would be as long as its path.
    ///
    /// - Parameters:
    ///   - link: told the path of a link that is not followed or leads nowhere, and why.
    ///   - unreadable: told the path of an object whose header makes no sense, and why; it is damage unless this goes on
    ///     without it.
    func walk(
        group visitGroup: (HDF5Group) throws(HDF5Error) -> Void,
        dataset visitDataset: (String) throws(HDF5Error) -> Void,
        link omit: (String, String) throws(HDF5Error) -> Void = { (_, _) throws(HDF5Error) in },
        unreadable: (String, HDF5Error) throws(HDF5Error) -> Void = { (_, error) throws(HDF5Error) in throw error }
    ) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        var waiting: [(path: String, name: String, parent: Handle, depth: Int)] = [("/", "/", root.handle, 0)]
        // Hard links can make a group its own descendant: enter each one once.
        var visited: Set<OpenFile.Identity> = []
        while let (path, name, parent, depth) = waiting.popLast() {
            let place = Place(file, path)
            guard let (_, identity) = try file.object(name, in: parent, for: place, "list") else {
                throw place.libraryFailure("list")
            }
            guard visited.insert(identity).inserted else { continue }
            guard depth <= Self.deepestGroup else {
                throw Place(file, path.count > 200 ? "\(path.prefix(200))…" : path).error(
                    .tooLarge, "list", "its groups lie within each other more than \(Self.deepestGroup) deep")
            }
            guard
                let handle = Handle(H5Gopen2(parent.id, name, file.linkAccess), closedBy: H5Gclose, in: file)
            else { throw place.libraryFailure("list") }
            let group = HDF5Group(path, handle, in: file)
            try visitGroup(group)
            for (name, link) in try group.links() {
                let child = ObjectPath.child(name, of: path)
                if link == .external, file.linkGuard != nil {
                    try omit(child, "a link into another file, which is not followed")
                    continue
                }
                if link == .unnameable {
                    let error = Place(file, child).error(
                        .unsupported, "open", "its name is not UTF-8; give it another one, as by h5py's move")
                    try unreadable(child, error)
                    continue
                }
                let kind = try file.object(name, in: handle, for: place, "list")?.0
                switch (kind, link) {
                // A second name of what is listed, or of nothing.
                case (nil, .soft): try omit(child, "a link that leads nowhere, or into another file")
                case (_, .soft): break
                case (nil, .external): try omit(child, "a link to an object in another file that is not there")
                case (.dataset, _): try visitDataset(child)
                case (.group, _): waiting.append((child, name, handle, depth + 1))
                case (.namedType, _): break
                case (nil, _): try unreadable(child, Place(file, child).libraryFailure("open"))
                default:
                    try unreadable(
                        child, Place(file, child).error(.wrongType, "open", "an object of a kind that is not known"))
                }
            }
        }
    }
}
