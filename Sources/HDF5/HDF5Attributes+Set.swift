internal import CHDF5

/// Setting an attribute replaces one of that name, whatever its type. All throw kinds `writeFailed`,
/// `invalidArgument` (a NUL in a name or string) and `closed`.
extension HDF5Attributes {
    /// A single string of fixed length, UTF-8, which h5py reads as `bytes`. Its length is not limited.
    ///
    /// Strings of variable length lie in a part of the file of their own, whose damage the library (1.10) meets with
    /// a crash; a fixed length keeps our files clear of that.
    package func set(_ name: String, _ value: String) throws(HDF5Error) {
        try setStrings(name, [value], shape: [])
    }

    /// A list of strings of fixed length, that of the longest, UTF-8; it may be empty.
    package func set(_ name: String, _ values: [String]) throws(HDF5Error) {
        try setStrings(name, values, shape: [values.count])
    }

    /// A single int64.
    package func set(_ name: String, _ value: Int) throws(HDF5Error) {
        try setNumbers(name, [value], shape: [], .int64)
    }

    /// A list of int64; it may be empty.
    package func set(_ name: String, _ values: [Int]) throws(HDF5Error) {
        try setNumbers(name, values, shape: [values.count], .int64)
    }

    /// A single float64.
    package func set(_ name: String, _ value: Double) throws(HDF5Error) {
        try setNumbers(name, [value], shape: [], .float64)
    }

    /// A list of float64; it may be empty.
    package func set(_ name: String, _ values: [Double]) throws(HDF5Error) {
        try setNumbers(name, values, shape: [values.count], .float64)
    }

    private func setStrings(_ name: String, _ values: [String], shape: [Int]) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        let action = Self.action("write", name)
        // Before anything is replaced, so that a string which can't be written leaves the old value in place.
        try StringTransfer.checkNoNUL(values, place, action)
        let length = max(1, values.reduce(0) { max($0, $1.utf8.count) })
        let type = try HDF5ElementType.makeStringType(place, length: length)
        guard !values.isEmpty else { return try replace(name, type, shape, with: nil) }
        let byteCount = try Extent.byteCount(values.count, length, place, action)
        let buffer = try RawBuffer(byteCount: byteCount, place, action)
        for (index, value) in values.enumerated() {
            UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[(index * length)...]).copyBytes(from: value.utf8)
        }
        try replace(name, type, shape, with: buffer.bytes.baseAddress)
    }

    private func setNumbers<T: HDF5Element>(
        _ name: String, _ values: [T], shape: [Int], _ elementType: HDF5ElementType
    ) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        let type = try elementType.makeType(place)
        var failure: HDF5Error?
        values.withUnsafeBytes { bytes in
            do throws(HDF5Error) {
                try replace(name, type, shape, with: bytes.isEmpty ? nil : bytes.baseAddress, T.hdf5MemoryType.nativeID)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Makes the attribute and writes its values; `memoryType` is the file's type where it is not given.
    private func replace(
        _ name: String, _ type: Handle, _ shape: [Int], with values: UnsafeRawPointer?, _ memoryType: hid_t? = nil
    ) throws(HDF5Error) {
        let action = Self.action("write", name)
        _ = try file.writableID(for: place, action)
        if name.utf8.contains(0) { throw place.error(.invalidArgument, action, "a name can't contain a NUL") }
        if name.isEmpty { throw place.error(.invalidArgument, action, "an attribute needs a name") }
        let space = try Extent(shape, place, action).makeSpace(place, action)
        guard let creation = Handle(H5Pcreate(chdf5_attribute_create_class()), closedBy: H5Pclose) else {
            throw place.libraryFailure(action, isWrite: true)
        }
        H5Pset_char_encoding(creation.id, H5T_CSET_UTF8)
        if try contains(name), H5Adelete(owner.id, name) < 0 { throw place.libraryFailure(action, isWrite: true) }
        let id = H5Acreate2(owner.id, name, type.id, space.id, creation.id, Library.defaultProperties)
        guard let attribute = Handle(id, closedBy: H5Aclose) else { throw place.libraryFailure(action, isWrite: true) }
        if let values, H5Awrite(attribute.id, memoryType ?? type.id, values) < 0 {
            throw place.libraryFailure(action, isWrite: true)
        }
    }
}
