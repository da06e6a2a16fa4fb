import Batches
internal import HDF5
internal import Kernels

/// Copies some rows of a dataset of numbers, with its attributes.
enum RowSubset {
    /// - Parameter rows: their numbers, ascending.
    /// - Throws: `HDF5Error`, and `DataError` where the values are none of numbers.
    static func copy(
        _ rows: [Int], of dataset: HDF5Dataset, to file: HDF5File, _ path: String, _ storage: DatasetStorage
    ) throws {
        let source = try RowSource(dataset)
        var type = dataset.elementType
        // An enumeration can't be made; its numbers can.
        if case .enumeration(let base) = type { type = base }
        let writer = try RowWriter(
            file, path, type, rowShape: source.rowShape.dimensions, rows: rows.count, storage: storage)
        try writer.dataset.attributes.copyAll(of: dataset.attributes)
        let memory = try AlignedMemory(byteCount: source.blockRows * source.rowBytes)
        var next = 0
        for block in 0..<source.blocks {
            let range = source.range(ofBlock: block)
            try source.read(range, into: memory.base)
            while next < rows.count, rows[next] < range.upperBound {
                try writer.append(
                    UnsafeRawBufferPointer(
                        start: memory.base + (rows[next] - range.lowerBound) * source.rowBytes, count: source.rowBytes))
                next += 1
            }
        }
        try writer.finish()
    }
}
