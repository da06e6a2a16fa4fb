internal import CHDF5

extension HDF5Dataset {
    /// Reads the positions `range` of one axis, all of the others, in C order (H5Dread of a hyperslab). Converts as
    /// `read(into:as:rows:)` does.
    ///
    /// - Throws: kinds `invalidArgument` (no such axis or positions, a buffer too short), and as `read(into:as:rows:)`.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, as memoryType: HDF5MemoryType, along axis: Int, _ range: Range<Int>
    ) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        guard elementType.isNumeric else {
            throw place.error(.wrongType, "read", "it holds \(elementType) values, not numbers")
        }
        guard spaceShape.indices.contains(axis), range.lowerBound >= 0, range.upperBound <= spaceShape[axis] else {
            throw place.error(
                .invalidArgument, "read", "positions \(range) of axis \(axis) were asked for; its shape is \(shape)")
        }
        if case .bitField = elementType, elementType.memoryType != memoryType {
            throw place.error(.invalidArgument, "read", "a \(elementType) is read as \(elementType.memoryType!)")
        }
        let needed = try Extent.byteCount(
            count / max(spaceShape[axis], 1) * range.count, memoryType.size, place, "read")
        guard needed > 0 else { return }
        guard buffer.count >= needed, let base = buffer.baseAddress else {
            throw place.error(.invalidArgument, "read", "\(needed) bytes are needed, the buffer has \(buffer.count)")
        }
        try checkReadable()
        var (start, sizes) = (spaceShape.map { _ in hsize_t(0) }, spaceShape)
        start[axis] = hsize_t(range.lowerBound)
        sizes[axis] = range.count
        let memory = try Extent(sizes, place, "read").makeSpace(place, "read")
        let type = try typeInMemory(memoryType)
        guard let space = Handle(H5Dget_space(handle.id), closedBy: H5Sclose),
            H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, sizes.map { hsize_t($0) }, nil) >= 0
        else { throw place.libraryFailure("read") }
        if leavesGaps { base.initializeMemory(as: UInt8.self, repeating: 0, count: needed) }
        if H5Dread(handle.id, type.id, memory.id, space.id, Library.defaultProperties, base) < 0 {
            throw place.libraryFailure("read")
        }
        try confirmSources()
    }
}
