import Batches
package import HDF5

/// How the values of a new dataset lie in its file.
package struct DatasetStorage: Sendable, Hashable {
    /// The level of compression, 1 to 9; 0 for none.
    package var gzip: Int
    /// Rows of a chunk; nil for what `DatasetFile.chunkRows` says.
    package var chunkRows: Int?
    /// Whether each chunk has a checksum.
    package var fletcher32: Bool

    package init(gzip: Int = 4, chunkRows: Int? = nil, fletcher32: Bool = false) {
        self.gzip = gzip
        self.chunkRows = chunkRows
        self.fletcher32 = fletcher32
    }
}

/// Writes the rows of a new dataset one after the other, in whole chunks, so that each is compressed once.
///
/// The number of rows is known from the start. Compressed values are shuffled, where they have several bytes.
package final class RowWriter {
    package let dataset: HDF5Dataset
    package let rows: Int
    /// Bytes of a row in the memory type.
    package let rowBytes: Int
    /// The type in which rows are given: the dataset's own (`HDF5ElementType.memoryType`).
    package let memoryType: HDF5MemoryType
    /// Rows taken so far.
    package private(set) var count = 0

    private let buffer: UnsafeMutableRawBufferPointer
    private var filled = 0

    /// Makes the dataset, and the groups on the way to it.
    /// - Parameter type: a type of numbers.
    /// - Throws: `HDF5Error`, and `DataError` where the type is none of numbers.
    package init(
        _ file: HDF5File, _ path: String, _ type: HDF5ElementType, rowShape: [Int], rows: Int,
        storage: DatasetStorage = DatasetStorage()
    ) throws {
        guard let memoryType = type.memoryType else {
            throw DataError("\(path) can't be written: its values are \(type), not numbers")
        }
        var rowBytes = memoryType.size
        for size in rowShape {
            let (product, overflow) = rowBytes.multipliedReportingOverflow(by: size)
            guard !overflow else {
                throw DataError("\(path) can't be written: a row of \(rowShape) is more than a computer can count")
            }
            rowBytes = product
        }
        self.memoryType = memoryType
        self.rowBytes = rowBytes
        self.rows = rows
        let chunkRows = min(
            max(storage.chunkRows ?? DatasetFile.chunkRows(rowBytes: rowBytes, rows: rows), 1), max(rows, 1))
        // The library's own cut where one row is too large for a chunk.
        let chunk = rowBytes < 1 << 30 ? [chunkRows] + rowShape : nil
        let isCompressed = storage.gzip > 0
        dataset = try file.root.createDataset(
            path, type, shape: [rows] + rowShape, chunk: chunk, gzip: isCompressed ? storage.gzip : nil,
            shuffle: isCompressed && type.size > 1, fletcher32: storage.fletcher32)
        // Whole chunks, a mebibyte or so at once.
        let chunkBytes = max(chunkRows * rowBytes, 1)
        buffer = .allocate(byteCount: max(1, (1 << 20) / chunkBytes) * chunkBytes, alignment: 64)
    }

    deinit { buffer.deallocate() }

    /// Takes one or more whole rows.
    /// - Throws: `HDF5Error`, and `DataError` for a part of a row or more rows than were announced.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        guard rowBytes > 0, bytes.count % rowBytes == 0 else {
            throw failure("\(bytes.count) bytes are no whole rows of \(rowBytes) bytes")
        }
        count += bytes.count / rowBytes
        guard count <= rows else { throw failure("\(count) rows came where \(rows) were announced") }
        var rest = bytes
        while !rest.isEmpty {
            let part = min(rest.count, buffer.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: rest[..<part]))
            filled += part
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
            if filled == buffer.count { try flush(before: count - rest.count / rowBytes) }
        }
    }

    /// Takes the values of one or more whole rows.
    /// - Throws: as the other, and where the values are not of the memory type.
    package func append<T: HDF5Element>(_ values: [T]) throws {
        guard T.hdf5MemoryType == memoryType else {
            throw failure("rows are given as \(memoryType), not as \(T.hdf5MemoryType)")
        }
        try values.withUnsafeBytes { try append($0) }
    }

    /// Writes what is still waiting.
    /// - Throws: `HDF5Error`, and `DataError` where fewer rows came than were announced.
    package func finish() throws {
        try flush(before: count)
        guard count == rows else { throw failure("\(count) rows came where \(rows) were announced") }
    }

    /// Writes the buffer as the rows that end before a row.
    private func flush(before end: Int) throws {
        guard filled > 0 else { return }
        let start = end - filled / rowBytes
        try dataset.write(
            from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]), as: memoryType, rows: start..<end)
        filled = 0
    }

    private func failure(_ reason: String) -> DataError { DataError("\(dataset.path) can't be written: \(reason)") }
}
