import Batches
import HDF5
import TestSupport

/// Files whose rows tell which they are: the inputs of row r are r, r + 0.25, r + 0.5, …, its target is r, and its weight
/// 1 + r. They are compressed, in chunks of a few rows.
package enum NumberedRows {
    package static func source(_ files: String..., weights: Bool = false) -> DataSource {
        DataSource(files: files, inputs: "/inputs", targets: "/targets", weights: weights ? "/weights" : nil)
    }

    /// - Parameter first: the number of the first row.
    package static func file(
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
    package static func streamed(_ source: DataSource, window: Int) throws -> Dataset {
        var data = try Dataset.open(source)
        data.shuffleWindow = window
        return data
    }
}
