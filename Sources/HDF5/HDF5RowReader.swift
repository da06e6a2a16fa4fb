internal import CHDF5

/// Reads ranges of a dataset's rows (positions on its first axis), from any number of threads at the same time.
///
/// Uncompressed values, and chunks that were filtered by shuffle, gzip and fletcher32, are read and decoded beside
/// the library, whose one lock would let a single thread work at a time. Everything else goes through
/// `HDF5Dataset.read`. It keeps its file open.
package final class HDF5RowReader: Sendable {
    package let rows: Int
    /// The shape of one row.
    package let rowShape: [Int]
    /// The type in which values are delivered: every value fits.
    package let memoryType: HDF5MemoryType
    /// Bytes of one row in `memoryType`.
    package let rowBytes: Int
    /// The number of rows that are best read together, from a multiple of it on: those of a chunk, or without chunks
    /// as many as make about 256 KiB.
    package let blockRows: Int
    /// Memory in bytes that one call of `read` may use beside its destination, at most. It is kept for later calls, for
    /// as many as there are at the same time.
    package let scratchBytes: Int
    /// Memory in bytes that all calls of `read` use together beside it, at most: where the library reads, one call at a
    /// time does so.
    package let sharedScratchBytes: Int

    /// Whether values are decoded beside the library's lock.
    package var isDirect: Bool {
        if case .library = route { false } else { true }
    }

    private enum Route {
        case library
        case contiguous(ContiguousRows)
        case chunked(ChunkedRows)
    }

    private let dataset: HDF5Dataset
    private let route: Route

    /// - Throws: kinds `wrongType` (no numbers, or a single value without rows), `tooLarge`, `damaged`, `closed`, and
    ///   what is said of sources in other files that are not there.
    package init(_ dataset: HDF5Dataset) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        let place = dataset.place
        guard let memoryType = dataset.elementType.memoryType else {
            throw place.error(.wrongType, "read", "it holds \(dataset.elementType) values, not numbers")
        }
        guard let rows = dataset.shape.first else {
            throw place.error(.wrongType, "read", "it is a single value, without rows")
        }
        // So that neither all rows nor one of them is more than can be counted.
        let bytes = try Extent.byteCount(dataset.count, memoryType.size, place, "read")
        let rowShape = Array(dataset.shape.dropFirst())
        let rowCount = try Extent(rowShape, place, "read").count
        self.dataset = dataset
        self.rows = rows
        self.rowShape = rowShape
        self.memoryType = memoryType
        rowBytes = try Extent.byteCount(rowCount, memoryType.size, place, "read")
        try dataset.checkSources()
        try dataset.checkStorage()
        let layout = try DirectLayout(dataset, memoryType)
        switch (dataset.layout, layout) {
        case (.contiguous, let layout?):
            let contiguous = try ContiguousRows(dataset, layout, byteCount: bytes, rowBytes: rowBytes)
            route = contiguous.map { .contiguous($0) } ?? .library
        case (.chunked(let chunk), let layout?):
            let chunked = ChunkedRows(dataset, layout, chunk: chunk, rowBytes: rowBytes)
            route = chunked.map { .chunked($0) } ?? .library
        default: route = .library
        }
        if case .chunked(let chunk) = dataset.layout, let first = chunk.first {
            blockRows = max(1, min(first, rows))
        } else {
            blockRows = max(1, min(rows, (256 << 10) / max(rowBytes, 1)))
        }
        switch route {
        case .contiguous: scratchBytes = 0
        case .chunked(let chunked): scratchBytes = chunked.scratchBytes
        case .library: scratchBytes = 0
        }
        if case .library = route {
            sharedScratchBytes = Self.libraryBytes(dataset, memoryType)
        } else {
            sharedScratchBytes = 0
        }
    }

    /// What the library takes: its buffer for converting, its cache, and a chunk before and after each filter.
    private static func libraryBytes(_ dataset: HDF5Dataset, _ memoryType: HDF5MemoryType) -> Int {
        let type = Handle(H5Dget_type(dataset.handle.id), closedBy: H5Tclose)
        let converts = type.map { H5Tequal($0.id, memoryType.nativeID) <= 0 } ?? true
        // H5Pset_buffer's default, or all elements where they are fewer.
        let typeBytes = type.map { H5Tget_size($0.id) } ?? memoryType.size
        let elementBytes = max(typeBytes, memoryType.size)
        let all = dataset.count.multipliedReportingOverflow(by: elementBytes)
        let conversion = converts ? min(1 << 20, all.overflow ? .max : all.partialValue) : 0
        guard case .chunked(let chunk) = dataset.layout else { return conversion }
        // `checkStorage` has looked whether it makes sense.
        // More than the format allows is met as damage when it is read.
        let most = 1 << 32
        let chunkBytes = chunk.reduce(typeBytes) { bytes, size in
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            return overflow ? most : min(product, most)
        }
        return conversion + max(dataset.cacheBytes, min(chunkBytes, 1 << 20)) + 2 * chunkBytes
    }

    /// Reads rows into `destination`, in C order; it needs room for `rows.count * rowBytes` bytes at any alignment
    /// that suits `memoryType`.
    ///
    /// Chunks that were never written give the dataset's fill value, zero if it has none.
    /// - Throws: kinds `invalidArgument` (rows out of range), `damaged` (the chunk is named), `unsupported` (an
    ///   unknown filter), `readFailed` (also for a file that has become shorter), `tooLarge`, `closed`.
    package func read(rows range: Range<Int>, into destination: UnsafeMutableRawPointer) throws(HDF5Error) {
        guard range.lowerBound >= 0, range.upperBound <= rows else {
            throw dataset.place.error(
                .invalidArgument, "read",
                "rows \(range.lowerBound)..<\(range.upperBound) were asked for; it has \(rows) rows, counted from 0")
        }
        guard !range.isEmpty, rowBytes > 0 else { return }
        switch route {
        case .contiguous(let contiguous): try contiguous.read(range, into: destination)
        case .chunked(let chunked): try chunked.read(range, into: destination)
        case .library:
            let buffer = UnsafeMutableRawBufferPointer(start: destination, count: range.count * rowBytes)
            try dataset.readByLibrary(into: buffer, as: memoryType, rows: range)
            try dataset.file.checkSize(dataset.place)
        }
    }
}
