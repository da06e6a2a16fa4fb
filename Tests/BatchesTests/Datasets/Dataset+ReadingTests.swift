import Foundation
import HDF5
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches

@Suite struct DatasetReadingTests {
    private static let fixtures = Repository.fixture("", of: "BatchesTests")

    private func numbers(_ field: Field?) -> [Double] {
        var numbers: [Double] = []
        field?.tensor?.forEach { numbers.append($1) }
        return numbers
    }

    // MARK: Tables and links

    @Test func columnsOfATableAreFields() throws {
        let path = Self.fixtures + "table.h5"
        let source = DataSource(
            files: [path], inputs: "/table/size", targets: "/table/label", weights: "/table/weight")
        let data = try Dataset(reading: source)
        #expect(data.count == 12)
        // A model sees rows with an axis.
        #expect(data.inputs.rowShape == [1])
        #expect(data.inputs.type == .float32)
        #expect(numbers(data.inputs) == (0..<12).map { Double($0) / 4 })
        #expect(data.targets?.type == .int16)
        #expect(numbers(data.targets) == (0..<12).map { Double($0 % 3) })
        #expect(numbers(data.weights) == (0..<12).map { 0.5 + Double($0) })
        #expect(data.classNames == ["a", "b", "c"])
        var stream = try Dataset.open(source)
        stream.shuffleWindow = 6
        let reader = try BatchReader(stream, batchSize: 3, isShuffled: false, seed: 0)
        try reader.begin(epoch: 0)
        for step in 0..<4 {
            let batch = try reader.next()
            var labels = Array(repeating: Float(-1), count: batch.count)
            reader.pool.tensors[1].gather(into: &labels, rows: batch.rows, count: batch.count)
            #expect(labels == [0, 1, 2], "step \(step)")
        }
        let error = #expect(throws: HDF5Error.self) {
            try Dataset(reading: DataSource(file: path, inputs: "/table/size", targets: "/table/lable"))
        }
        #expect(
            error?.description.hasPrefix(
                "no dataset '/table/lable' in \(path): the table '/table' has no column 'lable'")
                == true, "\(String(describing: error))")
    }

    @Test func linksOutOfTheFileAreFollowedOnlyIfTheyMay() throws {
        // Copies, since the library follows no link into a file that somebody in the process, here another test, has
        // open.
        let directory = try TestDirectory()
        for name in ["linked.h5", "table.h5"] {
            try FileManager.default.copyItem(atPath: Self.fixtures + name, toPath: directory.file(name))
        }
        var source = DataSource(file: directory.file("linked.h5"), inputs: "/inputs", targets: "/targets")
        let error = #expect(throws: HDF5Error.self) { try Dataset(reading: source) }
        #expect(error?.kind == .leavesFile)
        #expect(error?.object == "/inputs")
        #expect(error?.description.hasSuffix("or allow data from other files if you trust them") == true)
        source.allowsExternalLinks = true
        let data = try Dataset(reading: source)
        #expect(numbers(data.inputs) == (0..<48).map { Double($0) })
        #expect(numbers(data.targets) == (0..<12).map { Double($0 % 3) })
    }

    // MARK: Several files

    @Test func filesMustAgree() throws {
        let directory = try TestDirectory()
        let first = try NumberedRows.file(directory, "a.h5", rows: 5)
        let wide = try NumberedRows.file(directory, "b.h5", rows: 5, width: 4)
        #expect(
            throws: DataError(
                "\(wide): /inputs has rows of 4 float32, but \(first): /inputs of 3 float32; files that act as one "
                    + "dataset must agree")
        ) { try Dataset(reading: NumberedRows.source(first, wide)) }
        let coarse = try directory.hdf5("c.h5") { root in
            try root.createDataset("/inputs", .uint8, shape: [2, 3]).write([1, 2, 3, 4, 5, 6] as [UInt8])
            try root.createDataset("/targets", .int32, shape: [2]).write([1, 2] as [Int32])
        }
        #expect(
            throws: DataError(
                "\(coarse): /inputs has rows of 3 uint8, but \(first): /inputs of 3 float32; files that act as one "
                    + "dataset must agree")
        ) { try Dataset(reading: NumberedRows.source(first, coarse)) }
        let short = try directory.hdf5("d.h5") { root in
            try root.createDataset("/inputs", .float32, shape: [2, 3]).write([1, 2, 3, 4, 5, 6] as [Float])
            try root.createDataset("/targets", .int32, shape: [1]).write([1] as [Int32])
        }
        #expect(
            throws: DataError(
                "\(first) and 1 more: /inputs has 7 rows, but \(first): /targets has 6; each row of inputs needs one of "
                    + "targets")
        ) { try Dataset(reading: NumberedRows.source(first, short)) }
        let missing = #expect(throws: HDF5Error.self) {
            try Dataset(reading: NumberedRows.source(first, directory.file("none.h5")))
        }
        #expect(missing?.description == "cannot open \(directory.file("none.h5")): there is no such file")
    }

    // MARK: Weights

    private func weighted(_ directory: TestDirectory, _ weights: [Float], shape: [Int]) throws -> DataSource {
        let path = try directory.hdf5("\(weights.count)-\(shape.count).h5") { root in
            try root.createDataset("/x", .float32, shape: [3, 1]).write([1, 2, 3] as [Float])
            try root.createDataset("/y", .float32, shape: [3]).write([1, 2, 3] as [Float])
            try root.createDataset("/w", .float32, shape: shape).write(weights)
        }
        return DataSource(files: [path], inputs: "/x", targets: "/y", weights: "/w")
    }

    @Test func weightsAreReadBesideTheTargets() throws {
        let directory = try TestDirectory()
        let source = try weighted(directory, [0, 1, 2.5], shape: [3])
        #expect(numbers(try Dataset(reading: source).weights) == [0, 1, 2.5])
        #expect(try Dataset(reading: source, wantsTargets: false).weights == nil)
        let column = try weighted(directory, [0, 1, 2.5], shape: [3, 1])
        #expect(numbers(try Dataset(reading: column).weights) == [0, 1, 2.5])
    }

    @Test func weightsThatCantBeUsedAreRefused() throws {
        let directory = try TestDirectory()
        let few = try weighted(directory, [1, 2], shape: [2])
        #expect(
            throws: DataError(
                "\(few.file): /x has 3 rows, but \(few.file): /w has 2; each row of inputs needs one of weights")
        ) { try Dataset(reading: few) }
        let wide = try weighted(directory, [1, 2, 3, 4, 5, 6], shape: [3, 2])
        #expect(
            throws: DataError("\(wide.file): /w has rows of 2, but a weight is one number for each sample")
        ) { try Dataset(reading: wide) }
        let negative = try weighted(directory, [1, 2, -0.5], shape: [3])
        #expect(throws: DataError("\(negative.file): /w holds -0.5 in row 2; a sample's weight is 0 or more")) {
            try Dataset(reading: negative)
        }
        #expect(throws: DataError("weights holds -1.0 in row 1; a sample's weight is 0 or more")) {
            try Dataset(inputs: [[1], [2]], targets: [[1], [2]], weights: [1, -1])
        }
        #expect(
            throws: DataError("inputs has 2 rows, but weights has 1; each row of inputs needs one of weights")
        ) { try Dataset(inputs: [[1], [2]], targets: [[1], [2]], weights: [1]) }
    }

    // MARK: Memory

    @Test func whatFitsIsLoadedAndWhatDoesNotStays() throws {
        let directory = try TestDirectory()
        let source = NumberedRows.source(try NumberedRows.file(directory, rows: 20_000, chunk: 200))
        let bytes = 20_000 * (12 + 4)
        let loaded = try Dataset(reading: source, memoryLimit: bytes)
        #expect(loaded.isInMemory && loaded.byteCount == bytes)
        let streamed = try Dataset(reading: source, memoryLimit: bytes - 1)
        #expect(!streamed.isInMemory && streamed.byteCount == bytes)
        // Labels that are large beside the limit stay as well.
        #expect(streamed.targets?.isInMemory == false)
        #expect(streamed.windowBytes == bytes - 1)
        let wide = NumberedRows.source(try NumberedRows.file(directory, "wide.h5", rows: 5000, width: 40, chunk: 200))
        let labels = try Dataset(reading: wide, memoryLimit: 400_000)
        #expect(labels.targets?.isInMemory == true)
        #expect(!labels.inputs.isInMemory)
        #expect(labels.windowBytes == 400_000 - 20_000)
    }

    @Test func theHeadIsInMemory() throws {
        let directory = try TestDirectory()
        let data = try Dataset.open(NumberedRows.source(try NumberedRows.file(directory, rows: 50), weights: true))
        let head = try data.selecting(RowSelection([3, 9, 10, 40])).head(3)
        #expect(head.isInMemory && head.count == 3)
        #expect(numbers(head.targets) == [3, 9, 10])
        #expect(numbers(head.weights) == [4, 10, 11])
        #expect(try data.head(500).count == 50)
    }

    /// `Fixtures/lzf.h5` is h5py's: 4×2 inputs compressed by lzf, which the HDF5 library of Debian does not have.
    @Test("Filters that can't be undone are named in all files before any is read")
    func missingFilters() throws {
        let directory = try TestDirectory()
        let fixture = Repository.fixture("lzf.h5", of: "BatchesTests")
        let paths = ["a", "b", "c"].map { directory.file("\($0).h5") }
        for path in paths.dropFirst() { try FileManager.default.copyItem(atPath: fixture, toPath: path) }
        _ = try directory.hdf5("a.h5") { root in
            try root.createDataset("/train/inputs", .float32, shape: [4, 2]).write(Array(repeating: Float(1), count: 8))
            try root.createDataset("/train/targets", .int32, shape: [4]).write([0, 1, 0, 1] as [Int32])
        }
        func sentence(_ files: [String]) -> String {
            do {
                _ = try Dataset(reading: DataSource(files: files, inputs: "/train/inputs", targets: "/train/targets"))
                return "nothing was thrown"
            } catch { return "\(error)".replacingOccurrences(of: directory.path + "/", with: "@") }
        }
        let one =
            "cannot read '/train/inputs' in @b.h5: it is stored with the filter 'lzf', which the installed HDF5 library can't undo; "
            + "store it with gzip or without compression"
        #expect(sentence(Array(paths.prefix(2))) == one)
        #expect(sentence(paths) == one + "; the same holds for /train/inputs in @c.h5")
    }
}
