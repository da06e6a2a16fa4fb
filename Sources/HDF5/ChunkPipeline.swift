internal import CHDF5

/// The filters of a dataset, where they are among those that are undone here: each of shuffle, deflate (gzip) and
/// fletcher32 at most once, in any order.
struct ChunkPipeline: Sendable {
    enum Filter: Sendable {
        case deflate, fletcher32
        case shuffle(elementSize: Int)
    }

    /// In the order in which they were applied when writing.
    let filters: [Filter]

    /// Nil where another filter is among them, or one twice.
    init?(_ creation: Handle) {
        let count = H5Pget_nfilters(creation.id)
        guard count >= 0 else { return nil }
        var filters: [Filter] = []
        var seen: Set<H5Z_filter_t> = []
        for index in 0..<UInt32(count) {
            var (flags, configuration): (UInt32, UInt32) = (0, 0)
            var values = [UInt32](repeating: 0, count: 8)
            var valueCount = values.count
            let filter = H5Pget_filter2(creation.id, index, &flags, &valueCount, &values, 0, nil, &configuration)
            guard seen.insert(filter).inserted else { return nil }
            switch filter {
            case H5Z_FILTER_DEFLATE: filters.append(.deflate)
            case H5Z_FILTER_FLETCHER32: filters.append(.fletcher32)
            case H5Z_FILTER_SHUFFLE:
                guard valueCount == 1, values[0] > 0 else { return nil }
                filters.append(.shuffle(elementSize: Int(values[0])))
            default: return nil
            }
        }
        self.filters = filters
    }

    /// What is wrong with a chunk's bytes, to follow "the chunk ... is damaged: ".
    struct Fault: Error {
        let words: String
    }

    /// A chunk's stored bytes to the values in it.
    ///
    /// - Parameters:
    ///   - stored: the chunk's `size` bytes, in `scratch.stored` or, if there are no filters, in `target`.
    ///   - mask: a bit for each filter that was left out.
    ///   - elementSize: of the values, whose bytes are reversed if `swapped`.
    ///   - target: receives `chunkBytes` bytes.
    func undo(
        _ stored: UnsafeMutableRawPointer, _ size: Int, mask: UInt32, _ scratch: ChunkScratch,
        into target: UnsafeMutableRawPointer, chunkBytes: Int, elementSize: Int, swapped: Bool
    ) throws(Fault) {
        var (bytes, count) = (stored, size)
        var swapped = swapped && elementSize > 1
        // The last step that moves bytes writes straight to where the values belong.
        var moves = 0
        // A checksum that was added before another filter's turn goes through that one with the values.
        var checksumBytes = 0
        for (index, filter) in filters.enumerated() where mask & 1 << index == 0 {
            if filter.moves { moves += 1 }
            if filter.isChecksum { checksumBytes = 4 }
        }
        for (index, filter) in filters.enumerated().reversed() where mask & 1 << index == 0 {
            switch filter {
            case .fletcher32:
                guard Fletcher32.isIntact(bytes, count) else {
                    throw Fault(words: "its checksum does not match its bytes")
                }
                count -= 4
                checksumBytes = 0
            case .deflate:
                let expected = chunkBytes + checksumBytes
                let isLast = moves == 1 && expected == chunkBytes
                let output = isLast ? target : scratch.spare(besides: bytes)
                guard scratch.inflater.inflate(bytes, count, into: output, expected) else {
                    throw Fault(words: "it does not inflate to its \(expected) bytes")
                }
                (bytes, count) = (output, expected)
                moves -= 1
            case .shuffle(let size) where filter.moves:
                guard count <= scratch.capacity else { throw Self.wrongSize(count, chunkBytes) }
                let isLast = moves == 1 && count == chunkBytes
                let output = isLast ? target : scratch.spare(besides: bytes)
                let swaps = isLast && swapped && size == elementSize
                ByteOrder.unshuffle(bytes, into: output, byteCount: count, elementSize: size, swapped: swaps)
                if swaps { swapped = false }
                bytes = output
                moves -= 1
            case .shuffle: break
            }
        }
        guard count == chunkBytes else { throw Self.wrongSize(count, chunkBytes) }
        if bytes != target { target.copyMemory(from: bytes, byteCount: count) }
        if swapped { ByteOrder.swap(target, byteCount: count, elementSize: elementSize) }
    }

    private static func wrongSize(_ count: Int, _ expected: Int) -> Fault {
        Fault(words: "it has \(count) bytes instead of \(expected)")
    }
}

extension ChunkPipeline.Filter {
    /// Whether undoing it needs another place for the result.
    fileprivate var moves: Bool {
        switch self {
        case .deflate: true
        case .fletcher32: false
        case .shuffle(let elementSize): elementSize > 1
        }
    }

    fileprivate var isChecksum: Bool { if case .fletcher32 = self { true } else { false } }
}
