import RunSupport

@testable import Batches

extension NumberedRows {
    /// Some rows alone, or all, of data that are left in their files.
    static func streamed(_ source: DataSource, window: Int, selecting rows: [Int64]?) throws -> Dataset {
        let data = try streamed(source, window: window)
        return rows.map { data.selecting(RowSelection($0)) } ?? data
    }

    /// The same in memory.
    static func loaded(_ source: DataSource, window: Int, selecting rows: [Int64]? = nil) throws -> Dataset {
        try streamed(source, window: window, selecting: rows).loaded()
    }

    /// The numbers of the rows at some places of a pool, by their inputs, targets and weights alike.
    static func numbers(_ pool: Pool, _ rows: UnsafePointer<Int64>, _ count: Int) -> [Int] {
        func first(_ tensor: StoredTensor) -> [Float] {
            let width = tensor.rowShape.count
            var values = Array(repeating: Float.nan, count: count * width)
            tensor.gather(into: &values, rows: rows, count: count)
            return (0..<count).map { row in
                let own = values[row * width..<(row + 1) * width]
                return own.enumerated().allSatisfy { $1 == own[own.startIndex] + Float($0) / 4 }
                    ? own[own.startIndex] : -1
            }
        }
        let inputs = first(pool.tensors[0])
        if pool.tensors.count > 1, first(pool.tensors[1]) != inputs { return [] }
        if pool.tensors.count > 2, first(pool.tensors[2]) != inputs.map({ $0 + 1 }) { return [] }
        return inputs.map { Int($0) }
    }
}

extension BatchReader {
    /// The numbers of the rows of the batches that are left of an epoch.
    func rest(of epoch: Int, at step: Int = 0) throws -> [[Int]] {
        try begin(epoch: epoch, at: step)
        return try (step..<batchesPerEpoch).map { _ in
            let batch = try next()
            return NumberedRows.numbers(pool, batch.rows, batch.count)
        }
    }
}
