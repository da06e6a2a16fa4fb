internal import CHDF5

/// Keeps the library from following links into other files, and remembers where the last one would have led.
///
/// The library asks it while it walks along a path, so that no detour over soft links gets past.
///
/// `@unchecked Sendable`: `refused` is touched only inside `Library.enter()`, which holds a lock.
final class ExternalLinkGuard: @unchecked Sendable {
    /// Link access properties, for the calls that take a path.
    let properties: Handle
    private(set) var refused: (file: String, object: String)?

    /// Called inside `Library.enter()`.
    init(_ place: Place) throws(HDF5Error) {
        guard let properties = Handle(H5Pcreate(chdf5_link_access_class()), closedBy: H5Pclose) else {
            throw place.libraryFailure("open")
        }
        self.properties = properties
        // Unretained: the properties are used by calls on the file alone, which outlives them with this object.
        let context = Unmanaged.passUnretained(self).toOpaque()
        let status = H5Pset_elink_cb(
            properties.id,
            { _, _, file, object, _, _, context in
                guard let context else { return -1 }
                let linkGuard = Unmanaged<ExternalLinkGuard>.fromOpaque(context).takeUnretainedValue()
                linkGuard.refused = (file.map { String(cString: $0) } ?? "?", object.map { String(cString: $0) } ?? "?")
                return -1
            }, context)
        if status < 0 { throw place.libraryFailure("open") }
    }

    func forget() { refused = nil }
}

extension Place {
    /// `words` say how the object leads out of its file.
    func leavesFile(_ words: String) -> HDF5Error {
        error(
            .leavesFile, "open",
            "\(words); copy the values into this file, or allow data from other files if you trust them")
    }
}
