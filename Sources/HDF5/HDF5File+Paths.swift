internal import CHDF5

extension HDF5File {
    /// Groups below more groups than this are refused. The paths of all alone would take memory with its square.
    static let deepestGroup = 4096

    /// The paths of all datasets in the file, sorted. A dataset with several names is listed under each that lies in
    /// a group met for the first time; soft and external links, which are second names, are not followed.
    ///
    /// - Complexity: linear in the number of links and in the lengths of the paths.
    public func allDatasetPaths() throws(HDF5Error) -> [String] {
        var paths: [String] = []
        try walk(group: { _ throws(HDF5Error) in }, dataset: { path throws(HDF5Error) in paths.append(path) })
        return paths.sorted()
    }

    /// The paths of all groups in the file, "/" among them, sorted, so that each comes before those below it. Soft and
    /// external links are not followed, and a group with several names is listed once.
    public func allGroupPaths() throws(HDF5Error) -> [String] {
        var paths: [String] = []
        try walk(group: { group throws(HDF5Error) in paths.append(group.path) }, dataset: { _ throws(HDF5Error) in })
        return paths.sorted()
    }

    /// Visits all groups, and the paths of all datasets, in no order to rely on. Each group is opened from the one that
    /// holds it, as from the file's root the way to it would be as long as its path.
    ///
    /// - Parameter unreadable: told the path of an object whose header makes no sense, and why; it is damage unless this
    ///   goes on without it.
    func walk(
        group visitGroup: (HDF5Group) throws(HDF5Error) -> Void,
        dataset visitDataset: (String) throws(HDF5Error) -> Void,
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
                let handle = Handle(H5Gopen2(parent.id, name, Library.defaultProperties), closedBy: H5Gclose, in: file)
            else { throw place.libraryFailure("list") }
            let group = HDF5Group(path, handle, in: file)
            try visitGroup(group)
            for (name, isHard) in try group.links() where isHard {
                let child = ObjectPath.child(name, of: path)
                switch try file.object(name, in: handle, for: place, "list")?.0 {
                case .dataset: try visitDataset(child)
                case .group: waiting.append((child, name, handle, depth + 1))
                case nil: try unreadable(child, Place(file, child).libraryFailure("open"))
                default: break
                }
            }
        }
    }
}
