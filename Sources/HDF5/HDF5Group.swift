internal import CHDF5
import Foundation

/// A group: a folder in an HDF5 file. It keeps its file open.
package final class HDF5Group: Sendable {
    /// The absolute path in the file.
    package let path: String

    package var attributes: HDF5Attributes { HDF5Attributes(of: handle, place, in: file) }

    let file: OpenFile
    let handle: Handle
    var place: Place { Place(file, path) }

    /// Opens the group at an absolute path.
    init(_ path: String, in file: OpenFile) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        let place = Place(file, path)
        if path != "/" { try file.require(.group, at: path) }
        let id = H5Gopen2(try file.id(for: place, "open"), path, Library.defaultProperties)
        guard let handle = Handle(id, closedBy: H5Gclose, in: file) else { throw place.libraryFailure("open") }
        self.path = path
        self.file = file
        self.handle = handle
    }

    /// A group that is open.
    init(_ path: String, _ handle: Handle, in file: OpenFile) {
        self.path = path
        self.file = file
        self.handle = handle
    }

    /// A group below this one, or anywhere in the file by an absolute path.
    package func group(_ path: String) throws(HDF5Error) -> HDF5Group {
        try HDF5Group(ObjectPath.resolve(path, from: self.path), in: file)
    }

    /// A dataset below this group, or anywhere in the file by an absolute path.
    package func dataset(_ path: String) throws(HDF5Error) -> HDF5Dataset {
        try HDF5Dataset(ObjectPath.resolve(path, from: self.path), in: file)
    }

    /// What the group holds, sorted by name. A soft link counts as what it leads to.
    package func children() throws(HDF5Error) -> [(name: String, kind: HDF5ObjectKind)] {
        Library.enter()
        defer { Library.leave() }
        var children: [(name: String, kind: HDF5ObjectKind)] = []
        for (name, kind) in try links() {
            if kind == .unnameable {
                children.append((name, .unknown))
                continue
            }
            let child = ObjectPath.child(name, of: path)
            var link: Int32 = 0
            _ = chdf5_link_type(handle.id, name, file.linkAccess, &link)
            if link == H5L_TYPE_EXTERNAL.rawValue {
                children.append((name, .externalLink))
            } else if let (kind, _) = try file.object(at: child, for: place, "list") {
                children.append((name, kind))
            } else {
                children.append((name, link == H5L_TYPE_SOFT.rawValue ? .danglingLink : .unknown))
            }
        }
        return children
    }

    /// Bytes of a name, as long as a path may be for the system. The format has no limit, but a table shows names.
    static let longestName = 4096

    private struct Links {
        var links: [(name: String, link: Link)] = []
        var longest: Int?
    }

    /// What a name in a group is.
    enum Link {
        /// The object's own name.
        case hard
        case soft
        /// Leads into another file.
        case external
        /// Whatever it is, its name is not UTF-8, and it can't be asked for.
        case unnameable
        case unknown

        init(_ type: Int32) {
            switch type {
            case H5L_TYPE_HARD.rawValue: self = .hard
            case H5L_TYPE_SOFT.rawValue: self = .soft
            case H5L_TYPE_EXTERNAL.rawValue: self = .external
            default: self = .unknown
            }
        }
    }

    /// The names in the group, sorted.
    func links() throws(HDF5Error) -> [(name: String, link: Link)] {
        Library.enter()
        defer { Library.leave() }
        _ = try file.id(for: place, "list")
        var found = Links()
        let status = withUnsafeMutablePointer(to: &found) { pointer in
            chdf5_visit_links(
                handle.id,
                { name, type, context in
                    guard let name, let context else { return -1 }
                    let found = context.assumingMemoryBound(to: Links.self)
                    let length = strlen(name)
                    guard length <= HDF5Group.longestName else {
                        found.pointee.longest = length
                        return -1
                    }
                    let (text, isUTF8) = StringTransfer.name(name)
                    found.pointee.links.append((text, isUTF8 ? Link(type) : .unnameable))
                    return 0
                }, pointer)
        }
        if let length = found.longest {
            throw place.error(
                .tooLarge, "list",
                "the name of an object in it has \(length) bytes; names of up to \(Self.longestName) are read")
        }
        if status < 0 { throw place.libraryFailure("list") }
        return found.links.sorted { $0.name < $1.name }
    }
}
