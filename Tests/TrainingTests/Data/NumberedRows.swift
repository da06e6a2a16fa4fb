import HDF5

@testable import Batches

/// Files whose rows tell which they are: the inputs of row r are r, r + 0.25, r + 0.5, …, its target is r, and its weight
/// 1 + r. They are compressed, in chunks of a few rows.
enum NumberedRows {
    static func source(_ files: String..., weights: Bool = false) -> DataSource {
        DataSource(files: files, inputs: "/inputs", targets: "/targets", weights: weights ? "/weights" : nil)
    }

    /// - Parameter first: the number of the first row.
    static func file(
        _ directory: TestDirectory, _ name: String = "data.h5", rows: Int, from first: Int = 0, width: Int = 3,
        chunk: Int = 7, change: (inout [Float]) -> Void = { _ in }
    ) throws -> String {
        try directory.hdf5(name) { root in
            var inputs = (first..<first + rows).flatMap { row in (0..<width).map { Float(row) + Float($0) / 4 } }
            change(&inputs)
            try root.createDataset(
                "/inputs", .float32, shape: [rows, width], chunk: [min(chunk, rows), width], gzip: 4, shuffle: true
            ).write(inputs)
            try root.createDataset("/targets", .int32, shape: [rows], chunk: [min(chunk + 2, rows)], gzip: 1)
                .write((first..<first + rows).map { Int32($0) })
            try root.createDataset("/weights", .float64, shape: [rows])
                .write((first..<first + rows).map { 1 + Double($0) })
        }
    }

    /// The data left in their files, mixed in windows of so many rows.
    static func streamed(_ source: DataSource, window: Int, selecting rows: [Int64]? = nil) throws -> Dataset {
        var data = try Dataset.open(source)
        data.shuffleWindow = window
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
        let inputs = first(pool.inputs)
        if let targets = pool.targets, first(targets) != inputs { return [] }
        if let weights = pool.weights, first(weights) != inputs.map({ $0 + 1 }) { return [] }
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
