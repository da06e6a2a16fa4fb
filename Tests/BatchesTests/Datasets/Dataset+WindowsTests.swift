import HDF5
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches

@Suite struct DatasetWindowsTests {
    private func blocks(rows: Int, chunk: Int, window: Int, width: Int = 4) throws -> [Range<Int>] {
        let directory = try TestDirectory()
        let path = try NumberedRows.file(directory, rows: rows, width: width, chunk: chunk)
        return try Dataset.open(NumberedRows.source(path)).order(windowRows: window, isShuffled: true, seed: 0).blocks
    }

    @Test func blocksAreWholeChunksWhereThatMixes() throws {
        // As many chunks as make 64 KiB: 256 rows of 256 bytes.
        let many = try blocks(rows: 10_000, chunk: 100, window: 10_000, width: 64)
        #expect(many.map(\.count) == Array(repeating: 300, count: 33) + [100])
        // Fewer where a window would have few of them.
        #expect(try blocks(rows: 1000, chunk: 10, window: 1000).map(\.count) == Array(repeating: 30, count: 33) + [10])
        #expect(try blocks(rows: 95, chunk: 10, window: 80).map(\.count) == Array(repeating: 10, count: 9) + [5])
    }

    @Test func largeChunksAreCutInsideThemselves() throws {
        // An eighth of the window is 50 rows: in two; 25: in four; 10: in no more than four.
        #expect(try blocks(rows: 400, chunk: 99, window: 400).map(\.count) == [50, 49, 50, 49, 50, 49, 50, 49, 4])
        #expect(
            try blocks(rows: 198, chunk: 99, window: 190).map(\.count) == [25, 25, 25, 24, 25, 25, 25, 24])
        #expect(try blocks(rows: 99, chunk: 99, window: 80).map(\.count) == [25, 25, 25, 24])
    }

    @Test func sumsByBlocksAreTheSameWhereverTheRowsAre() throws {
        let directory = try TestDirectory()
        let stream = try Dataset.open(
            NumberedRows.source(try NumberedRows.file(directory, rows: 9000, width: 100, chunk: 33)))
        let memory = try stream.loaded()
        for selection in [nil, RowSelection((0..<3000).map { Int64($0 * 3) })] {
            let (left, right) = (
                selection.map { stream.selecting($0) } ?? stream, selection.map { memory.selecting($0) } ?? memory
            )
            let sums = try [left, right].map { data in
                try data.mapBlocks(of: data.inputs) { rows, first in
                    var sum = Double(first)
                    rows.forEach { sum += $1 / Double($0 + 1) }
                    return sum.bitPattern
                }
            }
            #expect(sums[0] == sums[1])
            #expect(sums[0].count > 1)
        }
    }

    /// Its filter is one that the library alone undoes, one call at a time, for 4 MiB of values in chunks of 32 KiB.
    @Test func whatTheLibraryReadsNeedsAChunkAndNotTheDataset() throws {
        let path = Repository.fixture("scaleoffset.h5", of: "BatchesTests")
        var data = try Dataset.open(DataSource(file: path, inputs: "/train/inputs", targets: "/train/targets"))
        #expect(data.inputs.byteCount == 4 << 20)
        data.windowBytes = 1 << 20
        #expect(try data.windowRows(atLeast: 32) >= 256)
        data.windowBytes = 96 << 10
        let error = #expect(throws: DataError.self) { try data.windowRows(atLeast: 32) }
        let advice = "raise the limit, or make the chunks smaller with stormo data rechunk"
        #expect(error?.description.hasSuffix("for undoing the compression of chunks; \(advice)") == true, "\(error!)")
    }
}
