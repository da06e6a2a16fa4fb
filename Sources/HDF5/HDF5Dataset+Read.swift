internal import CHDF5

extension HDF5Dataset {
    /// Reads values, or the rows (positions on the first axis) asked for, in C order (H5Dread).
    ///
    /// The library converts on the way. It clips what the memory type can't hold and cuts off fractions;
    /// `elementType.memoryType` holds every value as it is. Booleans and enumerations are read as their numbers.
    ///
    /// - Parameter buffer: room for the elements; what is beyond them stays as it is.
    /// - Throws: kinds `wrongType` (no numbers), `invalidArgument` (rows out of range, a buffer too short),
    ///   `unsupported` (an unknown filter), `damaged`, `readFailed`, `closed`.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, as memoryType: HDF5MemoryType, rows: Range<Int>? = nil
    ) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        guard elementType.isNumeric else {
            throw place.error(.wrongType, "read", "it holds \(elementType) values, not numbers")
        }
        let count = try elementCount(rows, "read")
        guard count > 0 else { return }
        let needed = try Extent.byteCount(count, memoryType.size, place, "read")
        guard buffer.count >= needed, let base = buffer.baseAddress else {
            throw place.error(
                .invalidArgument, "read",
                "\(count) \(memoryType) values need \(needed) bytes, the buffer has \(buffer.count)")
        }
        try checkReadable()
        if try readDirectly(into: base, as: memoryType, rows: rows ?? 0..<(shape.first ?? 0), count: count) { return }
        try readByLibrary(into: UnsafeMutableRawBufferPointer(start: base, count: needed), as: memoryType, rows: rows)
    }

    /// Reads filtered chunks beside the library, which does not look whether a chunk that it has decompressed has all
    /// of its bytes; then lets it convert the values.
    ///
    /// - Returns: false where the library has to read them.
    private func readDirectly(
        into base: UnsafeMutableRawPointer, as memoryType: HDF5MemoryType, rows: Range<Int>, count: Int
    ) throws(HDF5Error) -> Bool {
        guard case .chunked = layout, !filters.isEmpty, let storedType = elementType.memoryType else { return false }
        let reader = try HDF5RowReader(self)
        guard reader.isDirect else { return false }
        guard storedType != memoryType else {
            try reader.read(rows: rows, into: base)
            return true
        }
        let bytes = try Extent.byteCount(count, max(storedType.size, memoryType.size), place, "read")
        let buffer = try RawBuffer(byteCount: bytes, place, "read")
        guard let memory = buffer.bytes.baseAddress else { return false }
        try reader.read(rows: rows, into: memory)
        if H5Tconvert(storedType.nativeID, memoryType.nativeID, count, memory, nil, Library.defaultProperties) < 0 {
            throw place.libraryFailure("read")
        }
        base.copyMemory(from: memory, byteCount: count * memoryType.size)
        return true
    }

    /// Reads the rows by the library alone. The buffer has room for them.
    func readByLibrary(
        into buffer: UnsafeMutableRawBufferPointer, as memoryType: HDF5MemoryType, rows: Range<Int>?
    ) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        try checkReadable()
        guard let base = buffer.baseAddress else { return }
        let needed = buffer.count
        let selection = try Selection(rows, of: self, "read")
        if leavesGaps { base.initializeMemory(as: UInt8.self, repeating: 0, count: needed) }
        if case .bitField = elementType, let own = elementType.memoryType, own != memoryType {
            return try readBits(into: buffer, elementCount(rows, "read"), as: memoryType, from: own, rows: rows)
        }
        let type = try typeInMemory(memoryType)
        if H5Dread(handle.id, type.id, selection.memory, selection.file, Library.defaultProperties, base) < 0 {
            throw place.libraryFailure("read")
        }
        try confirmSources()
    }

    /// Reads bits as the numbers that they make, and converts these (H5Tconvert).
    private func readBits(
        into buffer: UnsafeMutableRawBufferPointer, _ count: Int, as memoryType: HDF5MemoryType,
        from own: HDF5MemoryType, rows: Range<Int>?
    ) throws(HDF5Error) {
        let bytes = try Extent.byteCount(count, max(own.size, memoryType.size), place, "read")
        let numbers = try RawBuffer(byteCount: bytes, place, "read")
        try read(into: numbers.bytes, as: own, rows: rows)
        let status = H5Tconvert(
            own.nativeID, memoryType.nativeID, count, numbers.bytes.baseAddress, nil, Library.defaultProperties)
        if status < 0 { throw place.libraryFailure("read") }
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: numbers.bytes.prefix(count * memoryType.size)))
    }

    /// Reads values, or the rows asked for, into a new array in C order. Converts as `read(into:as:rows:)` does.
    package func read<T: HDF5Element>(
        _ type: T.Type = T.self, rows: Range<Int>? = nil
    ) throws(HDF5Error) -> [T] {
        let count = try elementCount(rows, "read")
        let bytes = try Extent.byteCount(count, MemoryLayout<T>.stride, place, "read")
        try RawBuffer.checkRoom(byteCount: bytes, place, "read")
        var failure: HDF5Error?
        let values = [T](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            do throws(HDF5Error) {
                let room = UnsafeMutableBufferPointer(rebasing: buffer.prefix(count))
                try read(into: UnsafeMutableRawBufferPointer(room), as: T.hdf5MemoryType, rows: rows)
                initializedCount = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return values
    }

    /// Reads all strings, of fixed or variable length, in C order. What is not UTF-8 is taken for
    /// Latin-1.
    ///
    /// - Throws: kind `wrongType` if the dataset holds no strings, `tooLarge` above 1 GiB, and as `read`.
    package func readStrings() throws(HDF5Error) -> [String] { try readStrings(byteLimit: 1 << 30) }

    func readStrings(byteLimit: Int) throws(HDF5Error) -> [String] {
        Library.enter()
        defer { Library.leave() }
        _ = try file.id(for: place, "read")
        guard elementType == .string else {
            throw place.error(.wrongType, "read", "it holds \(elementType) values, not strings")
        }
        guard count > 0 else { return [] }
        try checkReadable()
        guard let whole = Handle(H5Dget_type(handle.id), closedBy: H5Tclose) else { throw place.libraryFailure("read") }
        let own = try column.map { name throws(HDF5Error) in try Self.memberType(name, in: whole, place) } ?? whole
        let type = try Self.elements(of: own, isScalar: spaceShape.isEmpty, place).base
        let memory = try stringsInMemory(type)
        let bytes = try Extent.byteCount(count, H5Tget_size(type.id), place, "read")
        let tooLarge = place.error(.tooLarge, "read", "its strings take more than \(byteLimit) bytes")
        guard bytes <= byteLimit else { throw tooLarge }
        let buffer = try RawBuffer(byteCount: bytes, place, "read")
        if H5Tis_variable_str(type.id) > 0 {
            return try readVariable(buffer.bytes, memory, StringBudget(byteLimit), tooLarge)
        }
        if H5Dread(
            handle.id, memory.id, Library.wholeSpace, Library.wholeSpace, Library.defaultProperties,
            buffer.bytes.baseAddress) < 0
        {
            throw place.libraryFailure("read")
        }
        try confirmSources()
        return StringTransfer.decodeFixed(buffer.bytes, count: count, type: type)
    }

    /// The strings as they are in the file, or a table's column of them.
    private func stringsInMemory(_ type: Handle) throws(HDF5Error) -> Handle {
        let axes = elementShape.map { hsize_t($0) }
        guard !axes.isEmpty else { return try member(type) }
        guard let array = Handle(H5Tarray_create2(type.id, UInt32(axes.count), axes), closedBy: H5Tclose) else {
            throw place.libraryFailure("read")
        }
        return try member(array)
    }

    /// A small file can name one long string a million times, so the library allocates within a budget.
    private func readVariable(
        _ bytes: UnsafeMutableRawBufferPointer, _ type: Handle, _ budget: StringBudget, _ tooLarge: HDF5Error
    ) throws(HDF5Error) -> [String] {
        guard let space = Handle(H5Dget_space(handle.id), closedBy: H5Sclose),
            let transfer = Handle(H5Pcreate(chdf5_dataset_transfer_class()), closedBy: H5Pclose)
        else { throw place.libraryFailure("read") }
        defer { withExtendedLifetime(budget) {} }
        let context = Unmanaged.passUnretained(budget).toOpaque()
        H5Pset_vlen_mem_manager(transfer.id, StringBudget.allocate, context, StringBudget.free, context)
        let status = H5Dread(
            handle.id, type.id, Library.wholeSpace, Library.wholeSpace, transfer.id, bytes.baseAddress)
        let failure = status < 0 ? (budget.isExceeded ? tooLarge : place.libraryFailure("read")) : nil
        // Also after a failure, as some strings may have been read.
        defer { H5Dvlen_reclaim(type.id, space.id, transfer.id, bytes.baseAddress) }
        if let failure { throw failure }
        try confirmSources()
        return StringTransfer.decodeVariable(bytes, count: count)
    }

    func checkReadable() throws(HDF5Error) {
        _ = try file.id(for: place, "read")
        if let filterFailure { throw filterFailure }
        try checkSources()
        try checkStorage()
    }

    /// What is said where the library lacks one of the dataset's filters, kind `unsupported`; nil where it has them all.
    package var filterFailure: HDF5Error? {
        missingFilter.map { filter in
            place.error(
                .unsupported, "read",
                "it is stored with the filter '\(filter)', which the installed HDF5 library can't undo; "
                    + "store it with gzip or without compression")
        }
    }
}
