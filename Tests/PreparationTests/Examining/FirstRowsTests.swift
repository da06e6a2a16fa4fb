import Batches
import HDF5
import TestSupport
import Testing

@testable import Preparation

struct FirstRowsTests {
    private let folder: TestDirectory
    init() throws { folder = try TestDirectory() }

    @Test func takesTheTrainingInputsWithTheirLabels() throws {
        let file = try folder.opened {
            try $0.createDataset("/a", .uint8, shape: [1]).write([1] as [UInt8])
            try $0.createDataset("/train/inputs", .float32, shape: [3, 2]).write(
                [1, 0.25, 3, .nan, 5, 1e10] as [Float])
            try $0.createDataset("/train/targets", .uint8, shape: [3]).write([1, 0, 7] as [UInt8])
            try $0.attributes.set("class_names", ["no", "yes"])
        }
        let first = try FirstRows(file, count: 2)
        #expect(first.path == "/train/inputs")
        #expect(first.cells == [["1", "0.25"], ["3", "NaN"]])
        #expect(first.labels == ["yes", "no"])
        #expect(first.pictures.isEmpty)
        #expect(try FirstRows(file, count: 9).labels == ["yes", "no", "7"])
        #expect(try FirstRows(file, path: "/train/targets", count: 1).labels == ["yes"])
    }

    @Test func makesPicturesOfImages() throws {
        let file = try folder.opened {
            try $0.createDataset("inputs", .uint8, shape: [2, 4, 4]).write(
                (0..<32).map { UInt8($0 < 16 ? 0 : 255) })
        }
        let first = try FirstRows(file, count: 5)
        #expect(first.pictures.map { $0.lines(.ramp, columns: 8)[0] } == ["        ", "@@@@@@@@"])
        #expect(first.labels == nil)
    }

    @Test func ofATableTheColumnsAreNamed() throws {
        let file = try HDF5File.open(Repository.fixture("table.h5", of: "BatchesTests"))
        let path = "/table"
        let columns = try file.dataset(path).columnNames.map { "\(path)/\($0)" }
        let error = #expect(throws: DataError.self) { try FirstRows(file, path: path, count: 2) }
        #expect(
            error?.description
                == "\(file.path): \(path) is a table, of which one column is shown: \(columns.joined(separator: ", "))")
        #expect(try FirstRows(file, path: columns[0], count: 2).cells.count == 2)
        var examination = try FileExamination(file, path: path)
        #expect(
            try examination.next()?.advice.last
                == "it is a table; name a column to see its values: \(columns.joined(separator: ", "))")
    }

    @Test func readsStrings() throws {
        let file = try folder.opened { try $0.createDataset("names", .string, shape: [2]).writeStrings(["a", "b"]) }
        #expect(try FirstRows(file, count: 1).cells == [["a"]])
    }

    @Test func integersKeepAllTheirDigits() throws {
        let file = try folder.opened {
            try $0.createDataset("/inputs", .int64, shape: [2]).write([9_007_199_254_740_993, -3] as [Int64])
            try $0.createDataset("/targets", .float32, shape: [2]).write([20_000_000, 0.5] as [Float])
            try $0.createDataset("/large", .uint64, shape: [1]).write([UInt64.max] as [UInt64])
        }
        let first = try FirstRows(file, path: "/inputs", count: 2)
        #expect(first.cells == [["9007199254740993"], ["-3"]])
        #expect(first.labels == ["20000000", "0.5"])
        #expect(try FirstRows(file, path: "/large", count: 1).cells == [["18446744073709551615"]])
    }
}
