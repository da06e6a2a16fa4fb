internal import CHDF5
import Synchronization

/// Gets chunks out of the file as they are stored.
///
/// Where a chunk lies is asked of the library once, then its bytes are read beside the library. But the library
/// (1.10) finds that by walking over all chunks, 5 ns for each, so that in a dataset of many it is cheaper to let it
/// read the bytes, under its lock; also where its addresses do not count a user block at the file's start.
final class ChunkSource: Sendable {
    private let dataset: HDF5Dataset
    private let bytes: FileBytes
    private let places: Mutex<Places>
    private let looksUp: Bool

    /// Where chunks lie, in two arrays because a pair would take a third more memory.
    private struct Places {
        /// The position in the file; in the upper eight bits the filters that were left out. Or a mark.
        var addresses: [UInt64]
        var sizes: [UInt32]
        static let unknown = UInt64.max
        static let missing = UInt64.max - 1
        static let positionBits: UInt64 = 1 << 56 - 1
    }

    static let mostChunksToLookUp = 4096

    /// - Parameter filters: their number, at most 8.
    init(_ dataset: HDF5Dataset, _ bytes: FileBytes, chunks: Int?, filters: Int, hasUserBlock: Bool) {
        self.dataset = dataset
        self.bytes = bytes
        let known = chunks.flatMap {
            $0 <= Self.mostChunksToLookUp && filters <= 8 && !hasUserBlock ? $0 : nil
        }
        looksUp = known != nil
        places = Mutex(
            Places(
                addresses: Array(repeating: Places.unknown, count: known ?? 0),
                sizes: Array(repeating: 0, count: known ?? 0)))
    }

    enum Result {
        /// Its size in bytes and a bit for each filter that was left out.
        case stored(size: Int, mask: UInt32)
        /// It was never written.
        case missing
        /// What is wrong with it.
        case damaged(String)
    }

    /// Reads the chunk that starts at the element `start` and is the one numbered `index` among all.
    func read(
        _ start: UnsafePointer<UInt64>, index: Int, into buffer: UnsafeMutableRawPointer, capacity: Int
    ) throws(HDF5Error) -> Result {
        try bytes.checkOpen(dataset.place)
        guard looksUp else { return try readByLibrary(start, into: buffer, capacity: capacity) }
        var (address, size) = places.withLock { ($0.addresses[index], $0.sizes[index]) }
        if address == Places.unknown {
            switch try lookUp(start) {
            case .found(let foundAddress, let foundSize): (address, size) = (foundAddress, foundSize)
            case .refused(let result): return result
            }
            // Another thread may have found it meanwhile: the same.
            places.withLock {
                $0.addresses[index] = address
                $0.sizes[index] = size
            }
        }
        if address == Places.missing { return .missing }
        if Int(size) > capacity { return Self.tooLarge(Int(size)) }
        try bytes.read(into: buffer, count: Int(size), at: Int(address & Places.positionBits), dataset.place)
        return .stored(size: Int(size), mask: UInt32(address >> 56))
    }

    private enum Lookup {
        case found(UInt64, UInt32)
        case refused(Result)
    }

    private func lookUp(_ start: UnsafePointer<UInt64>) throws(HDF5Error) -> Lookup {
        Library.enter()
        defer { Library.leave() }
        _ = try dataset.file.id(for: dataset.place, "read")
        var mask: UInt32 = 0
        var (address, size): (haddr_t, hsize_t) = (0, 0)
        guard H5Dget_chunk_info_by_coord(dataset.handle.id, start, &mask, &address, &size) >= 0 else {
            throw dataset.place.libraryFailure("read")
        }
        if address == chdf5_undefined_address() { return .found(Places.missing, 0) }
        let (fileSize, position) = (UInt64(bytes.size), UInt64(address))
        guard position <= fileSize, size <= fileSize - position, position <= Places.positionBits else {
            return .refused(.damaged("it lies beyond the end of the file"))
        }
        guard let size = UInt32(exactly: size) else { return .refused(Self.tooLarge(size)) }
        // A bit beyond the filters means nothing.
        return .found(UInt64(mask & 0xff) << 56 | position, size)
    }

    private func readByLibrary(
        _ start: UnsafePointer<UInt64>, into buffer: UnsafeMutableRawPointer, capacity: Int
    ) throws(HDF5Error) -> Result {
        Library.enter()
        defer { Library.leave() }
        _ = try dataset.file.id(for: dataset.place, "read")
        var (size, mask): (hsize_t, UInt32) = (0, 0)
        guard H5Dget_chunk_storage_size(dataset.handle.id, start, &size) >= 0 else {
            throw dataset.place.libraryFailure("read")
        }
        if size == 0 { return .missing }
        if size > capacity { return Self.tooLarge(size) }
        guard H5Dread_chunk(dataset.handle.id, Library.defaultProperties, start, &mask, buffer) >= 0 else {
            throw dataset.place.libraryFailure("read")
        }
        try bytes.checkSize(dataset.place)
        return .stored(size: Int(size), mask: mask)
    }

    private static func tooLarge(_ size: some BinaryInteger) -> Result {
        .damaged("it claims to be stored in \(size) bytes, more than its values can take")
    }
}
