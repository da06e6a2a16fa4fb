internal import CHDF5

/// What an object in a file is.
package enum HDF5ObjectKind: String, Sendable, CustomStringConvertible {
    case group
    case dataset
    case namedType = "named type"
    /// A link into another file, which is not followed.
    case externalLink = "external link"
    /// A soft link to something that is not there.
    case danglingLink = "dangling link"
    case unknown

    package var description: String { rawValue }

    init(objectType: Int32) {
        switch objectType {
        case H5O_TYPE_GROUP.rawValue: self = .group
        case H5O_TYPE_DATASET.rawValue: self = .dataset
        case H5O_TYPE_NAMED_DATATYPE.rawValue: self = .namedType
        default: self = .unknown
        }
    }
}

/// Paths are absolute and plain: "/train/inputs".
enum ObjectPath {
    /// `name` seen from the group at `base`; an absolute `name` stands for itself.
    static func resolve(_ name: String, from base: String = "/") -> String {
        let joined = name.hasPrefix("/") ? name : base + "/" + name
        return "/" + joined.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    static func child(_ name: String, of group: String) -> String {
        group == "/" ? "/" + name : group + "/" + name
    }

    /// "/", "/a", "/a/b" of "/a/b".
    static func ancestorsAndSelf(of path: String) -> [String] {
        path.split(separator: "/").reduce(into: ["/"]) { $0.append(child(String($1), of: $0[$0.count - 1])) }
    }
}

/// Lists names in a sentence, the first twenty of them.
func sentenceList(_ names: [String]) -> String {
    let shown = names.prefix(20).joined(separator: ", ")
    return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
}

extension OpenFile {
    struct Identity: Hashable {
        let file: UInt
        let address: UInt64
    }

    /// Kind and identity of the object at `path`; nil when there is none, or its header can't be read.
    func object(at path: String, for place: Place, _ action: String) throws(HDF5Error) -> (HDF5ObjectKind, Identity)? {
        object(path, at: try id(for: place, action))
    }

    /// The same of an object in a group that is open.
    func object(
        _ name: String, in group: Handle, for place: Place, _ action: String
    ) throws(HDF5Error) -> (HDF5ObjectKind, Identity)? {
        _ = try id(for: place, action)
        return object(name, at: group.id)
    }

    private func object(_ path: String, at location: hid_t) -> (HDF5ObjectKind, Identity)? {
        linkGuard?.forget()
        var type: Int32 = 0
        var file: UInt = 0
        var address: UInt64 = 0
        guard chdf5_object_info(location, path, linkAccess, &type, &file, &address) >= 0 else { return nil }
        return (HDF5ObjectKind(objectType: type), Identity(file: file, address: address))
    }

    /// How far `path` leads: the deepest object that is there, and the first step that is not, if any.
    ///
    /// - Throws: kind `leavesFile` for a link into another file, unless the file was opened for that.
    func follow(_ path: String, _ place: Place) throws(HDF5Error) -> (reached: String, missing: String?) {
        if try object(at: path, for: place, "open") != nil { return (path, nil) }
        // Name by name only where the way has to be explained, each from the group before it: from the root the whole way
        // would be walked as often as it has names.
        let names = path.split(separator: "/")
        guard names.count <= HDF5File.deepestGroup + 1 else {
            throw Place(self, "\(path.prefix(200))…").error(
                .tooLarge, "open", "its path has \(names.count) names; up to \(HDF5File.deepestGroup + 1) are followed")
        }
        let root = try id(for: place, "open")
        var (reached, group): (Substring, Handle?) = ("/", nil)
        for (index, name) in names.enumerated() {
            let location = group?.id ?? root
            let step = String(path[..<name.endIndex])
            guard H5Lexists(location, String(name), linkAccess) > 0 else { return (String(reached), step) }
            guard let (kind, _) = object(String(name), at: location) else {
                let failure = place.libraryFailure("open")
                if let target = linkGuard?.refused {
                    throw place.leavesFile(
                        "the link '\(step)' leads to '\(target.object)' in another file, \(target.file)")
                }
                var link: Int32 = 0
                let isHard =
                    chdf5_link_type(location, String(name), linkAccess, &link) < 0 || link == H5L_TYPE_HARD.rawValue
                // A hard link always leads somewhere, so an unreadable target is damage, not absence.
                if isHard { throw failure }
                return (String(reached), step)
            }
            reached = path[..<name.endIndex]
            guard index + 1 < names.count else { break }
            guard kind == .group else { return (String(reached), String(path[..<names[index + 1].endIndex])) }
            guard let next = Handle(H5Gopen2(location, String(name), linkAccess), closedBy: H5Gclose, in: self) else {
                throw place.libraryFailure("open")
            }
            group = next
        }
        return (String(reached), nil)
    }

    func exists(_ path: String) throws(HDF5Error) -> Bool {
        let place = Place(self, path)
        let (reached, missing) = try follow(path, place)
        guard missing != nil, let (table, column) = try table(at: reached, before: path) else { return missing == nil }
        return table.names.contains(column)
    }

    /// Throws the error that helps: what is missing, and what is there instead.
    func require(_ kind: HDF5ObjectKind, at path: String) throws(HDF5Error) {
        let place = Place(self, path)
        if path.utf8.contains(0) { throw place.error(.invalidArgument, "open", "a name can't contain a NUL") }
        let (reached, missing) = try follow(path, place)
        guard let (found, _) = try object(at: reached, for: place, "open") else { throw place.libraryFailure("open") }
        guard let missing else {
            if found == kind { return }
            let contents = found == .group ? "; it has: \(sentenceList(try childPaths(of: reached)))" : ""
            throw place.error(.wrongType, "open", "it is a \(found), not a \(kind)\(contents)")
        }
        let available = found == .group ? try childPaths(of: reached) : []
        var reason = "no \(kind) '\(path)' in \(self.path)"
        if let target = try linkTarget(missing, place) {
            throw HDF5Error(
                kind: .missingObject(available: available), file: self.path, object: path, action: "open",
                reason: "\(reason): the link '\(missing)' leads to \(target)", libraryMessages: [])
        }
        if missing != path { reason += ": there is no '\(missing)'" }
        if found != .group {
            reason += "; '\(reached)' is a \(found)"
        } else if available.isEmpty {
            reason += "; '\(reached)' is empty"
        } else {
            reason += "; it has: \(sentenceList(available))"
        }
        throw HDF5Error(
            kind: .missingObject(available: available), file: self.path, object: path, action: "open", reason: reason,
            libraryMessages: [])
    }

    /// Where a link leads that leads nowhere, in words; nil where there is no such link.
    private func linkTarget(_ path: String, _ place: Place) throws(HDF5Error) -> String? {
        let id = try id(for: place, "open")
        var (link, size): (Int32, Int) = (0, 0)
        guard chdf5_link_type(id, path, linkAccess, &link) >= 0, link != H5L_TYPE_HARD.rawValue,
            chdf5_link_value_size(id, path, linkAccess, &size) >= 0, (1...1 << 20).contains(size)
        else { return nil }
        var value = [CChar](repeating: 0, count: size + 1)
        guard H5Lget_val(id, path, &value, size, linkAccess) >= 0 else { return nil }
        if link == H5L_TYPE_SOFT.rawValue { return "'\(HDF5Dataset.text(value))', which is not there" }
        var (file, object): (UnsafePointer<CChar>?, UnsafePointer<CChar>?) = (nil, nil)
        guard link == H5L_TYPE_EXTERNAL.rawValue, H5Lunpack_elink_val(value, size, nil, &file, &object) >= 0,
            let file, let object
        else { return nil }
        return
            "'\(String(cString: object))' in another file, \(String(cString: file)), and that file or object is not there"
    }

    private func childPaths(of path: String) throws(HDF5Error) -> [String] {
        try HDF5Group(path, in: self).children().map { ObjectPath.child($0.name, of: path) }
    }
}
