import Kernels

/// The rows in memory from which workers gather: all of a dataset, or the windows of it that have been read.
package struct Pool: Sendable {
    /// In the order of the dataset's fields.
    package let tensors: [StoredTensor]

    /// Room for so many rows of a dataset.
    /// - Throws: `KernelError.outOfMemory`.
    package init(rows: Int, of data: Dataset) throws {
        tensors = try data.fields.map { entry in
            try StoredTensor(entry.field.type, rows: rows, rowShape: entry.field.rowShape) { _ in }
        }
    }

    /// The rows of a dataset that is in memory; nil for one that is not.
    package init?(_ data: Dataset) {
        let tensors = data.fields.compactMap(\.field.tensor)
        guard tensors.count == data.fields.count else { return nil }
        self.tensors = tensors
    }
}
