/// Rows of a dataset in chunks whose filters are undone here.
///
/// Its parts are constant or guard themselves, so that any thread may read.
struct ChunkedRows: Sendable {
    private let dataset: HDF5Dataset
    private let layout: DirectLayout
    private let grid: ChunkGrid
    private let source: ChunkSource
    private let pool: ChunkScratchPool
    private let rowBytes: Int

    var scratchBytes: Int { ChunkScratch.byteCount(chunkBytes: grid.chunkBytes) }

    /// Nil where the chunks' shape makes no sense.
    init?(_ dataset: HDF5Dataset, _ layout: DirectLayout, chunk: [Int], rowBytes: Int) {
        let elementSize = dataset.elementType.size
        guard let grid = ChunkGrid(shape: dataset.shape, chunk: chunk, elementSize: elementSize) else { return nil }
        self.dataset = dataset
        self.layout = layout
        self.grid = grid
        self.rowBytes = rowBytes
        source = ChunkSource(
            dataset, layout.bytes, chunks: grid.count, filters: layout.pipeline.filters.count,
            hasUserBlock: layout.hasUserBlock)
        pool = ChunkScratchPool(chunkBytes: grid.chunkBytes, rank: dataset.shape.count)
    }

    func read(_ rows: Range<Int>, into destination: UnsafeMutableRawPointer) throws(HDF5Error) {
        let scratch = try pool.take(dataset.place)
        defer { pool.giveBack(scratch) }
        let start = scratch.start
        start.update(repeating: 0, count: grid.shape.count)
        for chunkRow in rows.lowerBound / grid.chunk[0]...(rows.upperBound - 1) / grid.chunk[0] {
            start[0] = UInt64(chunkRow * grid.chunk[0])
            repeat {
                let wanted = grid.rows(of: start).clamped(to: rows)
                if grid.holdsWholeRows, wanted.count == grid.chunk[0] {
                    try decode(scratch, into: destination + (wanted.lowerBound - rows.lowerBound) * rowBytes)
                } else {
                    try decode(scratch, into: scratch.values)
                    grid.copy(wanted, of: scratch.values, at: start, into: destination, firstRow: rows.lowerBound)
                }
            } while grid.advanceWithinRows(start)
        }
    }

    /// All values of the chunk at `scratch.start`.
    private func decode(_ scratch: ChunkScratch, into target: UnsafeMutableRawPointer) throws(HDF5Error) {
        // Unfiltered bytes need no stop on the way.
        let isPlain = layout.pipeline.filters.isEmpty
        let buffer = isPlain ? target : scratch.stored
        let stored = try source.read(
            scratch.start, index: grid.index(of: scratch.start), into: buffer,
            capacity: isPlain ? grid.chunkBytes : scratch.capacity)
        switch stored {
        case .missing: layout.writeFill(target, byteCount: grid.chunkBytes)
        case .damaged(let words): throw damaged(scratch.start, words)
        case .stored(let size, let mask):
            do throws(ChunkPipeline.Fault) {
                try layout.pipeline.undo(
                    buffer, size, mask: mask, scratch, into: target, chunkBytes: grid.chunkBytes,
                    elementSize: grid.elementSize, swapped: layout.isSwapped)
            } catch {
                throw damaged(scratch.start, error.words)
            }
        }
    }

    /// Such as "the chunk of rows 128 to 191 is damaged: it does not inflate to its 50176 bytes".
    private func damaged(_ start: UnsafePointer<UInt64>, _ words: String) -> HDF5Error {
        let rows = grid.rows(of: start)
        let named = rows.count == 1 ? "row \(rows.lowerBound)" : "rows \(rows.lowerBound) to \(rows.upperBound - 1)"
        let corner = grid.shape.indices.map { String(start[$0]) }.joined(separator: ", ")
        let chunk = grid.holdsWholeRows ? "the chunk of \(named)" : "the chunk of \(named) that starts at [\(corner)]"
        return dataset.place.error(.damaged, "read", "\(chunk) is damaged: \(words)")
    }
}
