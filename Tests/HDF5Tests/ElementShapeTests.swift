import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// Booleans in bits, and elements that are arrays, as PyTables, pandas and Julia write them.
struct ElementShapeTests {
    let directory: TestDirectory
    let path: String

    init() throws {
        directory = try TestDirectory()
        path = directory.file()
        try RawFile.create(path) { file in
            try RawFile.add("bits", to: file, type: H5Tcopy(chdf5_native_bits8()), values: [1, 0, 1] as [UInt8])
            let triple = H5Tarray_create2(chdf5_native_float(), 1, [3])
            try RawFile.add("arrays", to: file, type: H5Tcopy(triple), values: [1, 2, 3, 4, 5, 6] as [Float], count: 2)
            // A table: an index, a block of values, a boolean, a name.
            let row = H5Tcreate(H5T_COMPOUND, 8 + 12 + 1 + 3)
            H5Tinsert(row, "index", 0, chdf5_native_int64())
            H5Tinsert(row, "values_block_0", 8, triple)
            H5Tinsert(row, "flag", 20, chdf5_native_bits8())
            let name = RawFile.fixedString(3, H5T_STR_NULLPAD)
            H5Tinsert(row, "name", 21, name)
            H5Tclose(name)
            H5Tclose(triple)
            var bytes: [UInt8] = []
            for index in 0..<2 {
                withUnsafeBytes(of: Int64(index)) { bytes += $0 }
                for value in 0..<3 { withUnsafeBytes(of: Float(10 * index + value)) { bytes += $0 } }
                bytes.append(UInt8(index))
                bytes += Array((index == 0 ? "cat" : "ox\0").utf8)
            }
            try RawFile.add("table", to: file, type: row, values: bytes, count: 2)
        }
    }

    @Test func bitsAreNumbers() throws {
        let dataset = try HDF5File.open(path).dataset("bits")
        #expect(dataset.elementType == .bitField(bytes: 1))
        #expect("\(dataset.elementType)" == "bit field of 8 bits")
        #expect(try dataset.read(UInt8.self) == [1, 0, 1])
        #expect(try dataset.read(Double.self) == [1, 0, 1])
        #expect(try dataset.read(Float.self, rows: 1..<3) == [0, 1])
        let column = try HDF5File.open(path).dataset("table/flag")
        #expect(try column.read(UInt8.self) == [0, 1])
    }

    @Test func arraysAddAxes() throws {
        let dataset = try HDF5File.open(path).dataset("arrays")
        #expect(dataset.shape == [2, 3])
        #expect(dataset.elementType == .float32)
        #expect(try dataset.read(Float.self) == [1, 2, 3, 4, 5, 6])
        #expect(try dataset.read(Float.self, rows: 1..<2) == [4, 5, 6])
        let column = try HDF5File.open(path).dataset("table/values_block_0")
        #expect(column.shape == [2, 3])
        let reader = try HDF5RowReader(column)
        #expect(reader.rowShape == [3])
        var rows = [Float](repeating: 0, count: 6)
        try rows.withUnsafeMutableBytes { try reader.read(rows: 0..<2, into: $0.baseAddress!) }
        #expect(rows == [0, 1, 2, 10, 11, 12])
    }

    @Test func aColumnOfStringsIsRead() throws {
        #expect(try HDF5File.open(path).dataset("table/name").readStrings() == ["cat", "ox"])
    }
}
