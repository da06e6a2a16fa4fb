import Foundation
import Synchronization

/// The memory in which one call undoes the filters of one chunk after another.
///
/// `@unchecked Sendable`: between `take` and `giveBack` it belongs to one call; while it waits in the pool nobody
/// touches it.
final class ChunkScratch: @unchecked Sendable {
    /// The bytes that `stored` and `spare` can hold.
    let capacity: Int
    /// A chunk as it is stored.
    let stored: UnsafeMutableRawPointer
    /// A chunk's values, on the way to rows that have only a part of them.
    let values: UnsafeMutableRawPointer
    /// The element with which the chunk in hand starts, one number for each axis.
    let start: UnsafeMutablePointer<UInt64>
    let inflater: Inflater
    private let work: UnsafeMutableRawPointer

    /// Nil where memory is short.
    init?(chunkBytes: Int, rank: Int) {
        capacity = Self.capacity(chunkBytes: chunkBytes)
        guard let inflater = Inflater(), let memory = malloc(2 * capacity + chunkBytes) else { return nil }
        self.inflater = inflater
        stored = memory
        work = memory + capacity
        values = memory + 2 * capacity
        start = .allocate(capacity: rank)
        start.initialize(repeating: 0, count: rank)
    }

    deinit {
        free(stored)
        start.deallocate()
    }

    /// A place for a filter's result: not where its input is.
    func spare(besides input: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { input == work ? stored : work }

    /// Bytes of a chunk that does not compress, with what gzip and checksums may add.
    static func capacity(chunkBytes: Int) -> Int { chunkBytes + chunkBytes / 8 + 4096 }

    static func byteCount(chunkBytes: Int) -> Int {
        // The last is what libdeflate takes for its tables.
        2 * capacity(chunkBytes: chunkBytes) + chunkBytes + 16384
    }
}

/// Scratch memory for as many calls as there are at a time.
final class ChunkScratchPool: Sendable {
    private let free = Mutex<[ChunkScratch]>([])
    private let chunkBytes: Int
    private let rank: Int

    init(chunkBytes: Int, rank: Int) {
        self.chunkBytes = chunkBytes
        self.rank = rank
    }

    func take(_ place: Place) throws(HDF5Error) -> ChunkScratch {
        if let scratch = free.withLock({ $0.popLast() }) { return scratch }
        guard let scratch = ChunkScratch(chunkBytes: chunkBytes, rank: rank) else {
            let bytes = ChunkScratch.byteCount(chunkBytes: chunkBytes)
            throw place.error(.tooLarge, "read", "\(bytes) bytes for undoing its compression do not fit into memory")
        }
        return scratch
    }

    func giveBack(_ scratch: ChunkScratch) { free.withLock { $0.append(scratch) } }
}
