internal import CHDF5

/// What has to be known of a dataset whose bytes are read beside the library.
struct DirectLayout {
    let bytes: FileBytes
    /// The elements' bytes stand in the other order than this machine's.
    let isSwapped: Bool
    /// One element's bytes in memory, for chunks that were never written; nil for zeros.
    let fill: [UInt8]?
    let pipeline: ChunkPipeline
    let hasUserBlock: Bool

    /// Nil where only the library can read it. Called inside `Library.enter()`.
    init?(_ dataset: HDF5Dataset, _ memoryType: HDF5MemoryType) throws(HDF5Error) {
        let place = dataset.place
        _ = try dataset.file.id(for: place, "open")
        guard dataset.column == nil, dataset.count > 0, let bytes = dataset.file.bytes(of: dataset.handle),
            let type = Handle(H5Dget_type(dataset.handle.id), closedBy: H5Tclose),
            let isSwapped = Self.isSwapped(type, memoryType)
        else { return nil }
        guard let creation = Handle(H5Dget_create_plist(dataset.handle.id), closedBy: H5Pclose) else {
            throw place.libraryFailure("open")
        }
        guard let pipeline = ChunkPipeline(creation) else { return nil }
        if case .chunked = dataset.layout {
            // Chunks over the edge may be left without filters.
            var options: UInt32 = 0
            guard H5Pget_chunk_opts(creation.id, &options) >= 0, options == 0 else { return nil }
        } else {
            guard pipeline.filters.isEmpty, H5Pget_external_count(creation.id) == 0 else { return nil }
        }
        self.bytes = bytes
        self.isSwapped = isSwapped
        self.pipeline = pipeline
        fill = Self.fill(creation, memoryType)
        hasUserBlock = dataset.file.hasUserBlock
    }

    /// Whether the type is `memoryType` with its bytes reversed, or false if it is that very type; nil if neither.
    private static func isSwapped(_ type: Handle, _ memoryType: HDF5MemoryType) -> Bool? {
        let isEnumeration = H5Tget_class(type.id) == H5T_ENUM
        guard let number = isEnumeration ? Handle(H5Tget_super(type.id), closedBy: H5Tclose) : type,
            let twin = Handle(H5Tcopy(memoryType.nativeID), closedBy: H5Tclose)
        else { return nil }
        if H5Tequal(number.id, twin.id) > 0 { return false }
        let other = H5Tget_order(twin.id) == H5T_ORDER_LE ? H5T_ORDER_BE : H5T_ORDER_LE
        guard H5Tset_order(twin.id, other) >= 0, H5Tequal(number.id, twin.id) > 0 else { return nil }
        return true
    }

    private static func fill(_ creation: Handle, _ memoryType: HDF5MemoryType) -> [UInt8]? {
        guard HDF5Dataset.hasFillValue(creation) else { return nil }
        var bytes = [UInt8](repeating: 0, count: memoryType.size)
        guard H5Pget_fill_value(creation.id, memoryType.nativeID, &bytes) >= 0, bytes.contains(where: { $0 != 0 })
        else { return nil }
        return bytes
    }

    /// Writes the fill value `byteCount / fill.count` times.
    func writeFill(_ target: UnsafeMutableRawPointer, byteCount: Int) {
        guard let fill else {
            target.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            return
        }
        fill.withUnsafeBytes { element in
            guard let base = element.baseAddress else { return }
            for position in stride(from: 0, to: byteCount, by: element.count) {
                (target + position).copyMemory(from: base, byteCount: element.count)
            }
        }
    }
}
