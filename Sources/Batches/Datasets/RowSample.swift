import Kernels

/// Some of a table's rows, spread over all of them, for what can be told from a part: ranges, marks of missing values.
package struct RowSample: Sendable {
    package let runs: [Range<Int>]

    /// At most 65,536 rows and about four million elements.
    /// - Parameters:
    ///   - rows: of how many.
    ///   - width: elements of a row.
    ///   - runs: the most pieces to read; nil for single rows.
    package init(rows: Int, width: Int, runs: Int?) {
        let wanted = min(rows, 65_536, max(1, (4 << 20) / max(width, 1)))
        guard wanted > 0 else {
            self.runs = []
            return
        }
        let runs = min(runs ?? wanted, wanted)
        if wanted == rows {
            self.runs = (0..<runs).map { $0 * rows / runs..<($0 + 1) * rows / runs }
            return
        }
        let length = wanted / runs
        self.runs = (0..<runs).map { run in
            let first = runs == 1 ? 0 : run * (rows - length) / (runs - 1)
            return first..<first + length
        }
    }

    /// Reads one run after the other.
    /// - Parameter read: puts the rows asked for into the buffer, one after the other.
    /// - Throws: what `read` throws; `KernelError` where there is no memory for a run.
    package func forEach(
        rowBytes: Int, reading read: (Range<Int>, UnsafeMutableRawPointer) throws -> Void,
        _ body: (_ rows: UnsafeRawPointer, _ count: Int) -> Void
    ) throws {
        let room = try AlignedMemory(byteCount: (runs.map(\.count).max() ?? 0) * rowBytes)
        for run in runs {
            try read(run, room.base)
            body(room.base, run.count)
        }
    }
}

extension Dataset {
    /// Hands out a sample of the rows of a field: single ones in memory, in files a few runs, since chunks are read whole.
    /// - Parameter body: takes whole rows, of so many elements in all.
    /// - Throws: `HDF5Error`, `DataError` where rows can't be read.
    func sample(of field: Field, _ body: (_ rows: UnsafeRawPointer, _ elements: Int) -> Void) throws {
        let sample = RowSample(rows: count, width: field.rowShape.count, runs: field.isInMemory ? nil : 16)
        try sample.forEach(rowBytes: field.rowBytes, reading: { try field.read(selection, $0, into: $1) }) {
            body($0, $1 * field.rowShape.count)
        }
    }
}
