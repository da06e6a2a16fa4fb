import HDF5
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches

@Suite struct FieldTests {
    private func bytes(_ field: Field, _ rows: Range<Int>) throws -> [UInt8] {
        var bytes = Array(repeating: UInt8(255), count: rows.count * field.rowBytes)
        try bytes.withUnsafeMutableBytes { try field.read(rows, into: $0.baseAddress!) }
        return bytes
    }

    private func tensorBytes(_ field: Field) -> [UInt8] {
        guard let tensor = field.tensor else { return [] }
        return Array(UnsafeRawBufferPointer(start: tensor.memory.base, count: tensor.byteCount))
    }

    /// Of several megabytes, so that several threads load it.
    @Test(arguments: [HDF5ElementType.uint8, .int64, .float16, .float32])
    func loadingIsTheLibrarysReading(type: HDF5ElementType) throws {
        let directory = try TestDirectory()
        let (rows, width) = (9001, 500)
        let path = try directory.hdf5 { root in
            let values: [Float] = (0..<rows * width).map { Float(($0 * 7919) % 251) }
            for (name, chunk) in [("/plain", nil), ("/chunked", [100, width]), ("/cut", [64, 190])] {
                try root.createDataset(
                    name, type, shape: [rows, width], chunk: chunk, gzip: chunk == nil ? nil : 1,
                    shuffle: chunk != nil
                ).write(values)
            }
        }
        for name in ["/plain", "/chunked", "/cut"] {
            let field = try Dataset.open(DataSource(file: path, inputs: name, targets: nil)).inputs
            #expect(!field.isInMemory)
            #expect(field.rows == rows && field.rowShape == [width] && field.byteCount == rows * field.rowBytes)
            let loaded = try field.loaded()
            #expect(loaded.isInMemory)
            let dataset = try HDF5File.open(path).dataset(name)
            var expected = Array(repeating: UInt8(0), count: field.byteCount)
            let memoryType = try #require(dataset.elementType.memoryType)
            try expected.withUnsafeMutableBytes { try dataset.read(into: $0, as: memoryType, rows: 0..<rows) }
            #expect(tensorBytes(loaded) == expected, "\(name)")
            #expect(try bytes(field, 123..<777) == Array(expected[123 * field.rowBytes..<777 * field.rowBytes]))
            #expect(try bytes(loaded, 123..<777) == Array(expected[123 * field.rowBytes..<777 * field.rowBytes]))
        }
    }

    // MARK: Several files

    private func parts(_ directory: TestDirectory) throws -> [String] {
        [
            try NumberedRows.file(directory, "part-b.h5", rows: 11, from: 0),
            try NumberedRows.file(directory, "part-a.h5", rows: 1, from: 11),
            try NumberedRows.file(directory, "part-c.h5", rows: 30, from: 12, chunk: 4),
        ]
    }

    private func numbers(_ data: Dataset) throws -> [Int] {
        let data = try data.loaded()
        let pool = try #require(Pool(data))
        return NumberedRows.numbers(pool, (0..<Int64(data.count)).map { $0 }, data.count)
    }

    @Test func severalFilesActAsOne() throws {
        let directory = try TestDirectory()
        let files = try parts(directory)
        let data = try Dataset.open(
            DataSource(files: files, inputs: "/inputs", targets: "/targets", weights: "/weights"))
        #expect(data.count == 42)
        #expect(try numbers(data) == Array(0..<42))
        // Over both seams, and from within the files.
        let field = data.inputs
        #expect(
            try bytes(field, 9..<14) == Array(tensorBytes(field.loaded())[9 * field.rowBytes..<14 * field.rowBytes]))
        let stream = try NumberedRows.streamed(
            DataSource(files: files, inputs: "/inputs", targets: "/targets", weights: "/weights"), window: 17)
        let reader = try BatchReader(stream, batchSize: 5, isShuffled: true, seed: 1)
        let rows = try reader.rest(of: 0).flatMap { $0 }
        #expect(rows.sorted() == Array(0..<42))
        // Files are mixed with each other.
        #expect(Set(rows.prefix(14).map { $0 < 12 }).count == 2)
    }

    @Test func aPatternStandsForItsFilesByName() throws {
        let directory = try TestDirectory()
        _ = try parts(directory)
        let all = try Dataset(reading: NumberedRows.source(directory.file("part-*.h5")))
        #expect(try numbers(all) == [11] + Array(0..<11) + Array(12..<42))
        #expect(try Dataset(reading: NumberedRows.source(directory.file("part-[bc].h5"))).count == 41)
        let twice = NumberedRows.source(directory.file("part-c.h5"), directory.file("part-?.h5"))
        #expect(try Dataset(reading: twice).count == 72)
        #expect(throws: DataError("no file matches the pattern \(directory.path)/none-*.h5")) {
            try Dataset(reading: NumberedRows.source(directory.file("none-*.h5")))
        }
        // A file's own name comes before what it could stand for.
        _ = try NumberedRows.file(directory, "odd[1].h5", rows: 3)
        #expect(try Dataset(reading: NumberedRows.source(directory.file("odd[1].h5"))).count == 3)
    }

    @Test func messagesNameTheFileAndItsOwnRow() throws {
        let directory = try TestDirectory()
        let first = try NumberedRows.file(directory, "a.h5", rows: 20)
        let second = try NumberedRows.file(directory, "b.h5", rows: 20, from: 20) { $0[3 * 6 + 2] = .nan }
        let sentence =
            "\(second): /inputs holds a number that is NaN or infinite, in row 6, element 2; "
            + "remove or fill such rows before training"
        #expect(throws: DataError(sentence)) { try Dataset(reading: NumberedRows.source(first, second)) }
        let stream = try NumberedRows.streamed(NumberedRows.source(first, second), window: 16)
        #expect(throws: DataError(sentence)) {
            _ = try BatchReader(stream, batchSize: 4, isShuffled: true, seed: 1).rest(of: 0)
        }
        let some = try NumberedRows.streamed(
            NumberedRows.source(first, second), window: 16, selecting: [1, 3, 5, 17, 20, 22, 26, 27, 30, 39])
        #expect(throws: DataError(sentence)) {
            _ = try BatchReader(some, batchSize: 4, isShuffled: true, seed: 1).rest(of: 0)
        }
    }

    @Test func aSelectionIsReadWithoutWhatLiesBetween() throws {
        let directory = try TestDirectory()
        let source = NumberedRows.source(try NumberedRows.file(directory, rows: 50))
        let selection = RowSelection([0, 2, 3, 9, 10, 11, 30, 49])
        for field in [try Dataset.open(source).inputs, try Dataset(reading: source).inputs] {
            for places in [0..<8, 1..<3, 3..<6, 5..<5, 7..<8] {
                var values = Array(repeating: Float(-1), count: places.count * 3)
                try values.withUnsafeMutableBytes {
                    guard let base = $0.baseAddress else { return }
                    try field.read(selection, places, into: base)
                }
                var expected: [Float] = []
                for place in places {
                    let first = Float(selection[place])
                    expected += [first, first + 0.25, first + 0.5]
                }
                #expect(values == expected)
            }
        }
    }

    @Test func blocksAreWholeChunksOfOneFile() throws {
        let directory = try TestDirectory()
        let field = try Dataset.open(
            DataSource(files: try parts(directory), inputs: "/inputs", targets: nil)
        ).inputs
        let blocks = field.blocks(of: 10 * field.rowBytes)
        #expect(blocks == [0..<11, 11..<12, 12..<24, 24..<36, 36..<42])
    }

    @Test func theErrorOfTheFirstFailureIsThrown() {
        struct Failure: Error, Equatable { let index: Int }
        #expect(throws: Failure(index: 3)) { try inParallel(9) { if $0 >= 3 { throw Failure(index: $0) } } }
    }
}
