import CHDF5
import TestSupport
import Testing

@testable import HDF5

struct HDF5DatasetColumnTests {
    let directory: TestDirectory
    let file: HDF5File

    private struct Row {
        var weight: Double
        var label: UInt16
        var isGood: Int8
    }

    init() throws {
        directory = try TestDirectory()
        try RawFile.create(directory.file()) { file in
            let type = H5Tcreate(H5T_COMPOUND, MemoryLayout<Row>.stride)
            H5Tinsert(type, "weight", MemoryLayout<Row>.offset(of: \.weight)!, chdf5_native_double())
            H5Tinsert(type, "label", MemoryLayout<Row>.offset(of: \.label)!, chdf5_native_uint16())
            let bool = try HDF5ElementType.bool.makeType(Place(file: "f"))
            H5Tinsert(type, "is/good", MemoryLayout<Row>.offset(of: \.isGood)!, bool.id)
            let rows = (0..<5).map { Row(weight: Double($0) / 2, label: UInt16($0 * 1000), isGood: Int8($0 % 2)) }
            // A table of strings, too.
            let other = H5Tcreate(H5T_COMPOUND, 1)
            H5Tinsert(other, "name", 0, RawFile.fixedString(1, H5T_STR_NULLPAD))
            try RawFile.add("names", to: file, type: other, values: [UInt8(65), 66], count: 2)
            try RawFile.add("table", to: file, type: type, values: rows)
        }
        file = try HDF5File.open(directory.file())
    }

    @Test func aColumnIsADataset() throws {
        let label = try file.dataset("/table/label")
        #expect(label.path == "/table/label" && label.shape == [5] && label.elementType == .uint16)
        #expect(try label.read(UInt16.self) == [0, 1000, 2000, 3000, 4000])
        #expect(try label.read(Int.self, rows: 1..<3) == [1000, 2000])
        #expect(try file.dataset("table/weight").read(Double.self) == [0, 0.5, 1, 1.5, 2])
        let good = try file.root.dataset("table/is/good")
        #expect(good.elementType == .bool)
        #expect(try good.read(Int8.self) == [0, 1, 0, 1, 0])
        #expect(try file.exists("/table/label"))
        #expect(try !file.exists("/table/none"))
        #expect(try file.allDatasetPaths() == ["/names", "/table"])
    }

    @Test func namesThatAreNotUTF8() throws {
        let path = directory.file("latin.h5")
        try RawFile.create(path) { file in
            let type = H5Tcreate(H5T_COMPOUND, 2)
            for (offset, letter) in [0xFC, 0xF6].enumerated() {
                let name = ([0x4A, UInt8(letter), 0] as [UInt8]).map { CChar(bitPattern: $0) }
                H5Tinsert(type, name, offset, chdf5_native_uint8())
            }
            try RawFile.add("t", to: file, type: type, values: [1, 2, 3, 4] as [UInt8], count: 2)
        }
        let file = try HDF5File.open(path)
        #expect(try file.dataset("t").columnNames == ["Jü", "Jö"])
        #expect(try file.dataset("t/Jü").read(UInt8.self) == [1, 3])
        #expect(try file.dataset("t/Jö").read(UInt8.self) == [2, 4])
    }

    @Test func rowsOfAColumn() throws {
        let reader = try HDF5RowReader(try file.dataset("/table/label"))
        #expect(!reader.isDirect && reader.rowBytes == 2)
        var values = [UInt16](repeating: 9, count: 3)
        try values.withUnsafeMutableBytes { try reader.read(rows: 2..<4, into: $0.baseAddress!) }
        #expect(values == [2000, 3000, 9])
    }

    @Test func whatIsMissingAndWhatIsThere() throws {
        var error = #expect(throws: HDF5Error.self) { try file.dataset("/table/lable") }
        #expect(
            error?.description
                == "no dataset '/table/lable' in \(file.path): the table '/table' has no column 'lable'; "
                + "it has: weight, label, is/good")
        #expect(error?.kind == .missingObject(available: ["/table/weight", "/table/label", "/table/is/good"]))
        error = #expect(throws: HDF5Error.self) { try file.dataset("/table").read(Float.self) }
        #expect(error?.reason == "it holds compound values, not numbers")
        let name = try file.dataset("/names/name")
        #expect(name.elementType == .string)
        #expect(try name.readStrings().count == name.count)
        try file.close()
        let writable = try HDF5File.open(file.path, writable: true)
        error = #expect(throws: HDF5Error.self) { try writable.dataset("/table/label").write([1, 2, 3, 4, 5]) }
        #expect(error?.reason == "a column of a table is read, but not written")
    }
}
