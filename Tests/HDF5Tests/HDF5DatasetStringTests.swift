import CHDF5
import TestSupport
import Testing

@testable import HDF5

struct HDF5DatasetStringTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    @Test func stringsComeBack() throws {
        let file = try HDF5File.create(directory.file())
        let strings = ["", "stormo", "più uccelli 🐦", String(repeating: "x", count: 100_000)]
        try file.root.createDataset("x", .string, shape: [2, 2], gzip: 1).writeStrings(strings)
        let dataset = try file.dataset("/x")
        #expect(dataset.elementType == .string)
        #expect(try dataset.readStrings() == strings)
        try file.root.createDataset("one", .string, shape: []).writeStrings(["a"])
        #expect(try file.dataset("/one").readStrings() == ["a"])
        #expect(try file.root.createDataset("new", .string, shape: [2]).readStrings() == ["", ""])
    }

    @Test func stringsOfFixedLengthComeBack() throws {
        let file = try HDF5File.create(directory.file())
        let strings = ["", "stormo", "più uccelli 🐦"]
        let dataset = try file.root.createStrings("/a/x", strings, gzip: 4)
        #expect(dataset.elementType == .string)
        #expect(dataset.shape == [3])
        #expect(try dataset.readStrings() == strings)
        #expect(try file.dataset("/a/x").readStrings() == strings)
        #expect(try file.root.createStrings("none", []).readStrings() == [])
        #expect(try file.root.createStrings("empty", ["", ""]).readStrings() == ["", ""])
        let error = #expect(throws: HDF5Error.self) { try file.root.createStrings("nul", ["a", "b\0c"]) }
        #expect(error?.reason == #"HDF5 can't keep a NUL inside a string: "b\0c""#)
    }

    @Test func numbersAndStringsAreNotMistaken() throws {
        let file = try HDF5File.create(directory.file())
        let strings = try file.root.createDataset("names", .string, shape: [1])
        var error = #expect(throws: HDF5Error.self) { try strings.read(Float.self) }
        #expect(error?.kind == .wrongType)
        #expect(error?.description == "cannot read '/names' in \(file.path): it holds string values, not numbers")
        error = #expect(throws: HDF5Error.self) { try strings.write([1.0]) }
        #expect(error?.kind == .wrongType)
        let numbers = try file.root.createDataset("x", .int8, shape: [1])
        error = #expect(throws: HDF5Error.self) { try numbers.readStrings() }
        #expect(error?.reason == "it holds int8 values, not strings")
        error = #expect(throws: HDF5Error.self) { try numbers.writeStrings(["a"]) }
        #expect(error?.kind == .wrongType)
        error = #expect(throws: HDF5Error.self) { try strings.writeStrings(["a\0b"]) }
        #expect(error?.reason == #"HDF5 can't keep a NUL inside a string: "a\0b""#)
        error = #expect(throws: HDF5Error.self) { try strings.writeStrings([]) }
        #expect(error?.reason == "0 values were given for 1 elements")
    }

    @Test func stringsOfFixedLength() throws {
        let path = directory.file()
        try RawFile.create(path) { file in
            let cases: [(String, H5T_str_t, String)] = [
                ("term", H5T_STR_NULLTERM, "ab\0\0c\0\0\0"), ("pad", H5T_STR_NULLPAD, "ab\0\0cd  "),
                ("space", H5T_STR_SPACEPAD, "ab      "),
            ]
            for (name, padding, text) in cases {
                try RawFile.add(
                    name, to: file, type: RawFile.fixedString(4, padding), values: Array(text.utf8), count: 2)
            }
        }
        let file = try HDF5File.open(path)
        #expect(try file.dataset("/term").readStrings() == ["ab", "c"])
        #expect(try file.dataset("/pad").readStrings() == ["ab", "cd  "])
        #expect(try file.dataset("/space").readStrings() == ["ab", ""])
        try file.close()
        let writable = try HDF5File.open(path, writable: true)
        let error = #expect(throws: HDF5Error.self) { try writable.dataset("/pad").writeStrings(["a", "b"]) }
        #expect(error?.kind == .unsupported)
    }

    @Test func longStringsStayWithinABudget() throws {
        let file = try HDF5File.create(directory.file())
        let dataset = try file.root.createDataset("x", .string, shape: [3])
        try dataset.writeStrings(Array(repeating: String(repeating: "x", count: 1000), count: 3))
        let error = #expect(throws: HDF5Error.self) { try dataset.readStrings(byteLimit: 2500) }
        #expect(error?.kind == .tooLarge)
        #expect(error?.reason == "its strings take more than 2500 bytes")
        #expect(try dataset.readStrings(byteLimit: 4000).count == 3)
    }
}
