internal import CHDF5

extension HDF5Dataset {
    /// Writes all values, or the rows (positions on the first axis) given, in C order (H5Dwrite).
    ///
    /// The library converts on the way and clips what the file's type can't hold. A `bool` dataset takes int8, an
    /// enumeration the memory type of its base. Values of a chunked dataset may stay in memory until `flush()`.
    ///
    /// - Parameter buffer: the elements; bytes beyond them are not used.
    /// - Throws: kinds `wrongType`, `invalidArgument` (rows out of range, a buffer too short), `writeFailed`, `closed`.
    package func write(
        from buffer: UnsafeRawBufferPointer, as memoryType: HDF5MemoryType, rows: Range<Int>? = nil
    ) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        _ = try file.writableID(for: place, "write")
        if column != nil { throw place.error(.unsupported, "write", "a column of a table is read, but not written") }
        guard elementType.isNumeric else {
            throw place.error(.wrongType, "write", "it holds \(elementType) values, not numbers")
        }
        if case .bitField = elementType {
            throw place.error(.unsupported, "write", "a \(elementType) is read, but not written")
        }
        guard elementShape.isEmpty else {
            throw place.error(.unsupported, "write", "elements that are arrays are read, but not written")
        }
        let count = try elementCount(rows, "write")
        guard count > 0 else { return }
        let needed = try Extent.byteCount(count, memoryType.size, place, "write")
        guard buffer.count >= needed, let base = buffer.baseAddress else {
            throw place.error(
                .invalidArgument, "write",
                "\(count) \(memoryType) values need \(needed) bytes, the buffer has \(buffer.count)")
        }
        let enumeration = try enumerationType(memoryType)
        let selection = try Selection(rows, of: self, "write")
        let status = H5Dwrite(
            handle.id, enumeration?.id ?? memoryType.nativeID, selection.memory, selection.file,
            Library.defaultProperties, base)
        if status < 0 { throw place.libraryFailure("write", isWrite: true) }
    }

    /// Writes all values, or the rows given, in C order; there must be exactly as many.
    package func write<T: HDF5Element>(_ values: [T], rows: Range<Int>? = nil) throws(HDF5Error) {
        let count = try elementCount(rows, "write")
        try checkCount(values.count, expected: count)
        var failure: HDF5Error?
        values.withUnsafeBytes { bytes in
            do throws(HDF5Error) { try write(from: bytes, as: T.hdf5MemoryType, rows: rows) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Writes all strings of a dataset made with the element type `string`; there must be exactly as many.
    package func writeStrings(_ strings: [String]) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        _ = try file.writableID(for: place, "write")
        if column != nil { throw place.error(.unsupported, "write", "a column of a table is read, but not written") }
        guard elementType == .string else {
            throw place.error(.wrongType, "write", "it holds \(elementType) values, not strings")
        }
        try checkCount(strings.count, expected: count)
        guard let type = Handle(H5Dget_type(handle.id), closedBy: H5Tclose) else { throw place.libraryFailure("write") }
        guard H5Tis_variable_str(type.id) > 0 else {
            throw place.error(
                .unsupported, "write", "it holds strings of fixed length, which can be read, but not written")
        }
        try StringTransfer.withCStrings(strings, place, "write") { pointers in
            H5Dwrite(handle.id, type.id, Library.wholeSpace, Library.wholeSpace, Library.defaultProperties, pointers)
        }
    }

    /// Writes all strings of a dataset that was made with this length.
    func writeFixed(_ strings: [String], length: Int) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        try StringTransfer.checkNoNUL(strings, place, "write")
        try checkCount(strings.count, expected: count)
        guard !strings.isEmpty else { return }
        let buffer = try RawBuffer(
            byteCount: Extent.byteCount(strings.count, length, place, "write"), place, "write")
        for (index, string) in strings.enumerated() {
            UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[(index * length)..<((index + 1) * length)])
                .copyBytes(from: string.utf8)
        }
        let type = try HDF5ElementType.makeStringType(place, length: length)
        let status = H5Dwrite(
            handle.id, type.id, Library.wholeSpace, Library.wholeSpace, Library.defaultProperties,
            buffer.bytes.baseAddress)
        if status < 0 { throw place.libraryFailure("write", isWrite: true) }
    }

    private func checkCount(_ count: Int, expected: Int) throws(HDF5Error) {
        guard count == expected else {
            throw place.error(.invalidArgument, "write", "\(count) values were given for \(expected) elements")
        }
    }

    /// The library converts enumerations to numbers, but not numbers to enumerations: write as the enumeration itself.
    private func enumerationType(_ memoryType: HDF5MemoryType) throws(HDF5Error) -> Handle? {
        switch elementType {
        case .bool, .enumeration: break
        default: return nil
        }
        guard memoryType == elementType.memoryType else {
            let needed = elementType.memoryType.map(\.description) ?? "other"
            throw place.error(
                .wrongType, "write", "it holds \(elementType) values, which are written as \(needed), not \(memoryType)"
            )
        }
        guard let fileType = Handle(H5Dget_type(handle.id), closedBy: H5Tclose) else {
            throw place.libraryFailure("write", isWrite: true)
        }
        guard let native = Handle(H5Tget_native_type(fileType.id, H5T_DIR_DEFAULT), closedBy: H5Tclose) else {
            throw place.libraryFailure("write", isWrite: true)
        }
        return native
    }
}
