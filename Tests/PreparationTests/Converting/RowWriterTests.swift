import Batches
import HDF5
import Testing

@testable import Preparation

struct RowWriterTests {
    @Test func rowsOfAnyNumberComeBack() throws {
        let fixture = try ConvertingFixture()
        // Rows come by one, by seven, and at once; in chunks of five, and in a mebibyte and more.
        for (rows, step, chunk) in [(23, 1, 5), (23, 7, 5), (23, 23, nil), (100_003, 997, nil)] as [(Int, Int, Int?)] {
            let values = (0..<rows * 3).map { Float($0) }
            try DatasetFile.write(fixture.file("a.h5")) { file in
                let writer = try RowWriter(
                    file, "/train/x", .float32, rowShape: [3], rows: rows, storage: DatasetStorage(chunkRows: chunk))
                var row = 0
                while row < rows {
                    let next = min(row + step, rows)
                    try writer.append(Array(values[row * 3..<next * 3]))
                    row = next
                }
                try writer.finish()
            }
            let dataset = try HDF5File.open(fixture.file("a.h5")).dataset("/train/x")
            #expect(try dataset.read(Float.self) == values)
            #expect(dataset.filters == ["shuffle", "gzip(4)"])
            if let chunk { #expect(dataset.layout == .chunked([chunk, 3])) }
        }
    }

    @Test func storageIsAChoice() throws {
        let fixture = try ConvertingFixture()
        try DatasetFile.write(fixture.file("a.h5")) { file in
            for (name, type, storage) in [
                ("plain", HDF5ElementType.float32, DatasetStorage(gzip: 0)), ("bytes", .uint8, DatasetStorage(gzip: 9)),
                ("checked", .float16, DatasetStorage(gzip: 1, fletcher32: true)),
            ] {
                let writer = try RowWriter(file, name, type, rowShape: [], rows: 2, storage: storage)
                try [UInt8](repeating: 0, count: 2 * writer.rowBytes).withUnsafeBytes { try writer.append($0) }
                try writer.finish()
            }
        }
        let file = try HDF5File.open(fixture.file("a.h5"))
        #expect(try file.dataset("plain").filters == [])
        // Bytes gain nothing from a shuffle.
        #expect(try file.dataset("bytes").filters == ["gzip(9)"])
        #expect(try file.dataset("checked").filters == ["shuffle", "gzip(1)", "fletcher32"])
    }

    @Test func theNumberOfRowsMustHold() throws {
        let fixture = try ConvertingFixture()
        func expect(_ sentence: String, _ body: (RowWriter) throws -> Void) {
            #expect(throws: DataError(sentence)) {
                try DatasetFile.write(fixture.file("a.h5")) {
                    try body(RowWriter($0, "/x", .int32, rowShape: [2], rows: 2))
                }
            }
        }
        expect("/x can't be written: 1 rows came where 2 were announced") {
            try $0.append([Int32](1...2))
            try $0.finish()
        }
        expect("/x can't be written: 3 rows came where 2 were announced") { try $0.append([Int32](1...6)) }
        expect("/x can't be written: 12 bytes are no whole rows of 8 bytes") { try $0.append([Int32](1...3)) }
        expect("/x can't be written: rows are given as int32, not as float32") {
            try $0.append([Float](repeating: 0, count: 2))
        }
        #expect(fixture.listing == [])
    }
}
