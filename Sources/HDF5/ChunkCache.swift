internal import CHDF5

/// The library's cache of decompressed chunks, which each dataset that is open has for itself.
///
/// A reader of blocks of rows that are not whole chunks would have them decompressed again for each block. The chunks
/// that share their rows are enough for it: the library's default of 1 MiB may hold none of them, and a large one would
/// take memory in the course of reading that nobody has use for.
enum ChunkCache {
    /// Chunks of which a band takes more are not kept: they are decompressed again where a block cuts them.
    static let mostBytes = 8 << 20

    /// Bytes of the chunks that hold the same rows; 0 without chunks, or where they are too large.
    static func byteCount(_ layout: HDF5Layout, shape: [Int], elementSize: Int) -> Int {
        guard case .chunked(let chunk) = layout, let first = chunk.first, chunk.count == shape.count else { return 0 }
        var bytes = first.multipliedReportingOverflow(by: elementSize)
        for (size, chunkSize) in zip(shape, chunk).dropFirst() where chunkSize > 0 && !bytes.overflow {
            let chunks = max(0, size - 1) / chunkSize + 1
            let (length, overflow) = chunks.multipliedReportingOverflow(by: chunkSize)
            bytes = bytes.partialValue.multipliedReportingOverflow(by: length)
            if overflow { return 0 }
        }
        return bytes.overflow || bytes.partialValue > mostBytes ? 0 : bytes.partialValue
    }

    /// Dataset access properties with a cache of so many bytes.
    static func properties(_ byteCount: Int, _ place: Place) throws(HDF5Error) -> Handle {
        guard let access = Handle(H5Pcreate(chdf5_dataset_access_class()), closedBy: H5Pclose),
            // A prime number of slots, as the library's documentation advises.
            H5Pset_chunk_cache(access.id, 521, byteCount, 0.75) >= 0
        else { throw place.libraryFailure("open") }
        return access
    }
}
