internal import CHDF5

/// An attribute opened for reading. Lives inside one call.
struct OpenAttribute {
    let handle: Handle
    let type: Handle
    let space: Handle
    let extent: Extent
    let elementType: HDF5ElementType
    private let place: Place
    private let action: String
    private let byteLimit: Int

    init(_ name: String, of owner: Handle, _ place: Place, byteLimit: Int) throws(HDF5Error) {
        let action = HDF5Attributes.action("read", name)
        guard
            let handle = Handle(
                H5Aopen(owner.id, Self.storedName(name, of: owner), Library.defaultProperties), closedBy: H5Aclose)
        else {
            throw place.libraryFailure(action)
        }
        guard let type = Handle(H5Aget_type(handle.id), closedBy: H5Tclose) else { throw place.libraryFailure(action) }
        guard let space = Handle(H5Aget_space(handle.id), closedBy: H5Sclose) else {
            throw place.libraryFailure(action)
        }
        self.handle = handle
        self.type = type
        self.space = space
        self.extent = try Extent(ofSpace: space, place, action)
        self.elementType = HDF5ElementType(ofType: type)
        self.place = place
        self.action = action
        self.byteLimit = byteLimit
    }

    /// The bytes of a name: UTF-8, or Latin-1 where it stands so in the file.
    static func storedName(_ name: String, of owner: Handle) -> [CChar] {
        let own = Array(name.utf8CString)
        guard name.utf8.contains(where: { $0 >= 0x80 }), H5Aexists(owner.id, own) == 0,
            name.unicodeScalars.allSatisfy({ $0.value <= 0xFF })
        else { return own }
        let latin = name.unicodeScalars.map { CChar(truncatingIfNeeded: $0.value) } + [0]
        return H5Aexists(owner.id, latin) > 0 ? latin : own
    }

    func wrongType(_ expected: String) -> HDF5Error {
        place.error(.wrongType, action, "it holds \(elementType) values, not \(expected)")
    }

    func read(as memoryType: hid_t, elementSize: Int) throws(HDF5Error) -> RawBuffer {
        let bytes = try Extent.byteCount(extent.count, elementSize, place, action)
        guard bytes <= byteLimit else {
            throw place.error(
                .tooLarge, action, "it takes \(bytes) bytes; attributes up to \(byteLimit >> 20) MiB are read")
        }
        let buffer = try RawBuffer(byteCount: bytes, place, action)
        if bytes > 0, H5Aread(handle.id, memoryType, buffer.bytes.baseAddress) < 0 {
            throw place.libraryFailure(action)
        }
        return buffer
    }

    func numbers<T: HDF5Element>(_: T.Type) throws(HDF5Error) -> [T] {
        let buffer = try read(as: T.hdf5MemoryType.nativeID, elementSize: T.hdf5MemoryType.size)
        return Array(buffer.bytes.bindMemory(to: T.self))
    }
}
