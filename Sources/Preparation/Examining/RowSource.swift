import Batches
internal import Dispatch
internal import HDF5
internal import Kernels
import Machine
import Synchronization

/// The rows of a dataset of numbers, read in blocks.
struct RowSource: Sendable {
    let dataset: HDF5Dataset
    private let reader: HDF5RowReader
    let rows: Int
    /// The shape of one row; no dimensions where a row is one number.
    let rowShape: Shape
    let type: HDF5MemoryType
    let rowBytes: Int
    /// Rows that are read at once: whole chunks, a few mebibytes.
    let blockRows: Int

    /// Elements of a row.
    var width: Int { rowShape.count }
    var blocks: Int { (rows + blockRows - 1) / blockRows }
    var place: String { "\(dataset.filePath): \(dataset.path)" }

    private static let blockBytes = 4 << 20
    /// A row beyond this is a mistake or malice.
    private static let largestRow = 1 << 30
    private static let largestChunk = 256 << 20

    /// - Throws: `DataError` where the dataset has no rows of numbers, or rows too large to be held.
    init(_ dataset: HDF5Dataset) throws {
        let place = "\(dataset.filePath): \(dataset.path)"
        guard let type = dataset.elementType.memoryType else {
            throw DataError("\(place) holds \(dataset.elementType) values, not numbers")
        }
        guard let rows = dataset.shape.first else {
            throw DataError("\(place) is a single value; it has no rows")
        }
        rowShape = Shape(Array(dataset.shape.dropFirst()))
        let (bytes, overflow) = rowShape.count.multipliedReportingOverflow(by: type.size)
        guard !overflow, bytes <= Self.largestRow else {
            throw DataError("\(place) has rows of \(rowShape) elements, more than 1 GiB each")
        }
        self.dataset = dataset
        reader = try HDF5RowReader(dataset)
        self.rows = rows
        self.type = type
        rowBytes = bytes
        var block = max(1, Self.blockBytes / max(rowBytes, 1))
        if case .chunked(let chunk) = dataset.layout, let chunkRows = chunk.first, chunkRows > 1 {
            // A chunk that is cut would be decompressed for each of its parts.
            if block >= chunkRows {
                block -= block % chunkRows
            } else if chunkRows.multipliedReportingOverflow(by: rowBytes).partialValue <= Self.largestChunk {
                block = chunkRows
            }
        }
        blockRows = min(block, max(rows, 1))
    }

    /// The rows of a block.
    func range(ofBlock block: Int) -> Range<Int> { block * blockRows..<min(rows, (block + 1) * blockRows) }

    /// Reads rows in the memory type, row-major. Any thread may call it.
    func read(_ range: Range<Int>, into memory: UnsafeMutableRawPointer) throws {
        try reader.read(rows: range, into: memory)
    }

    /// Hands every block to one of several workers, each with a state of its own: worker `w` of `n` takes the blocks
    /// `w`, `w + n` and so on, so that the states, in order, are the same in every run.
    ///
    /// - Parameter progress: called now and then with the rows read so far, from one thread at a time.
    /// - Returns: the workers' states, the first worker's first.
    func scan<State: Sendable>(
        workers: Int = AvailableCPUs.count, make: @Sendable () -> State, progress: ((Int) throws -> Void)? = nil,
        _ body: @Sendable (inout State, _ rows: Range<Int>, UnsafeRawPointer) -> Void
    ) throws -> [State] {
        let workers = max(1, min(workers, blocks))
        var states = (0..<workers).map { _ in make() }
        let memories = try states.map { _ in try AlignedMemory(byteCount: blockRows * rowBytes) }
        // In waves, so that progress is told on the caller's thread, which may also end the scan.
        var first = 0
        while first < blocks {
            let count = min(workers, blocks - first)
            let failure = Mutex<(block: Int, error: any Error)?>(nil)
            states.withUnsafeMutableBufferPointer { states in
                // Safe, since each iteration has its own element and its own memory.
                nonisolated(unsafe) let states = states
                let start = first
                DispatchQueue.concurrentPerform(iterations: count) { worker in
                    let range = range(ofBlock: start + worker)
                    do {
                        try read(range, into: memories[worker].base)
                        body(&states[worker], range, UnsafeRawPointer(memories[worker].base))
                    } catch {
                        failure.withLock { failure in
                            if failure.map({ $0.block > worker }) ?? true { failure = (worker, error) }
                        }
                    }
                }
            }
            if let error = failure.withLock({ $0?.error }) { throw error }
            first += count
            try progress?(min(rows, first * blockRows))
        }
        return states
    }
}
