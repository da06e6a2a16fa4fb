import Kernels

/// The rows in memory from which workers gather: all of a dataset, or the windows of it that have been read.
package struct Pool: Sendable {
    package let inputs: StoredTensor
    package let targets: StoredTensor?
    package let weights: StoredTensor?

    /// Room for so many rows of a dataset.
    /// - Throws: `KernelError.outOfMemory`.
    package init(rows: Int, of data: Dataset) throws {
        func room(_ field: Field) throws -> StoredTensor {
            try StoredTensor(field.type, rows: rows, rowShape: field.rowShape) { _ in }
        }
        inputs = try room(data.inputs)
        targets = try data.targets.map(room)
        weights = try data.weights.map(room)
    }

    /// The rows of a dataset that is in memory; nil for one that is not.
    package init?(_ data: Dataset) {
        guard let inputs = data.inputs.tensor, data.targets.map({ $0.isInMemory }) ?? true,
            data.weights.map({ $0.isInMemory }) ?? true
        else { return nil }
        self.inputs = inputs
        targets = data.targets?.tensor
        weights = data.weights?.tensor
    }
}
