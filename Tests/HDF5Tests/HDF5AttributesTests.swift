import CHDF5
import TestSupport
import Testing

@testable import HDF5

struct HDF5AttributesTests {
    let directory: TestDirectory
    let file: HDF5File

    init() throws {
        directory = try TestDirectory()
        file = try HDF5File.create(directory.file())
    }

    private func reopened() throws -> HDF5Attributes {
        try file.close()
        return try HDF5File.open(file.path).attributes
    }

    /// Names of older programs, in Latin-1: read as what they are, and never two of them as one.
    @Test func textsThatAreNotUTF8() throws {
        try file.close()
        let latin: [UInt8] = Array("J".utf8) + [0xFC] + Array("rgJ".utf8) + [0xF6] + Array("rg".utf8)
        let named = ([0x67, 0x72, 0xF6, 0xDF, 0x65, 0] as [UInt8]).map { CChar(bitPattern: $0) }
        try RawFile.create(file.path) { id in
            try RawFile.add(
                "names", to: id, type: RawFile.fixedString(4, H5T_STR_NULLPAD), values: latin, count: 2,
                asAttribute: true)
            let space = H5Screate(H5S_SCALAR)
            defer { H5Sclose(space) }
            let attribute = try RawFile.check(H5Acreate2(id, named, chdf5_native_int8(), space, 0, 0))
            defer { H5Aclose(attribute) }
            _ = try RawFile.check(hid_t(H5Awrite(attribute, chdf5_native_int8(), [7 as Int8])))
            H5Gclose(try RawFile.check(H5Gcreate2(id, named, 0, 0, 0)))
        }
        let again = try HDF5File.open(file.path)
        #expect(try again.attributes.strings("names") == ["Jürg", "Jörg"])
        #expect(try again.attributes.names == ["größe", "names"])
        #expect(try again.attributes.integers("größe") == [7])
        let copy = try HDF5File.create(directory.file("copy.h5"))
        #expect(try copy.attributes.copyAll(of: again.attributes) == [])
        #expect(try copy.attributes.integers("größe") == [7])
        // An object is found by its path alone.
        #expect(try again.allDatasets().omitted.map(\.path) == ["/gr\\xF6\\xDFe"])
        #expect(
            try again.allDatasets().omitted.first?.reason
                == "its name is not UTF-8; give it another one, as by h5py's move")
        #expect(try again.root.children().map(\.name) == ["gr\\xF6\\xDFe"])
    }

    @Test func strings() throws {
        let long = String(repeating: "à", count: 1 << 19)
        try file.attributes.set("one", "naïve 🐦")
        try file.attributes.set("many", ["zero", "", "über"])
        try file.attributes.set("none", [String]())
        try file.attributes.set("empty", "")
        try file.attributes.set("long", long)
        // More than fits an object header of 64 KiB.
        try file.attributes.set("thousands", (0..<10_000).map { "name\($0)" })
        let attributes = try reopened()
        #expect(try attributes.string("one") == "naïve 🐦")
        #expect(try attributes.strings("one") == ["naïve 🐦"])
        #expect(try attributes.strings("many") == ["zero", "", "über"])
        #expect(try attributes.strings("none") == [])
        #expect(try attributes.string("empty") == "")
        #expect(try attributes.string("long") == long)
        #expect(try attributes.strings("thousands").last == "name9999")
        #expect(try attributes.names == ["empty", "long", "many", "none", "one", "thousands"])
        #expect(try attributes.contains("one"))
        #expect(try !attributes.contains("two"))
        #expect(try !attributes.contains("one\0"))
        let error = #expect(throws: HDF5Error.self) { try attributes.string("many") }
        #expect(
            error?.description
                == "cannot read attribute 'many' of '/' in \(file.path): it holds 3 strings where one is expected")
    }

    @Test func numbers() throws {
        try file.attributes.set("i", -7)
        try file.attributes.set("is", [Int.min, 0, .max])
        try file.attributes.set("d", 0.1)
        try file.attributes.set("ds", [1.5, -.infinity])
        try file.attributes.set("no i", [Int]())
        try file.attributes.set("no d", [Double]())
        // Beyond the 64 KiB of an object header.
        try file.attributes.set("large", (0..<20_000).map { Double($0) })
        let attributes = try reopened()
        #expect(try attributes.integers("i") == [-7])
        #expect(try attributes.integers("is") == [.min, 0, .max])
        #expect(try attributes.doubles("d") == [0.1])
        #expect(try attributes.doubles("ds") == [1.5, -.infinity])
        #expect(try attributes.doubles("i") == [-7])
        #expect(try attributes.integers("no i") == [])
        #expect(try attributes.doubles("no d") == [])
        #expect(try attributes.doubles("large")[19_999] == 19_999)
        var error = #expect(throws: HDF5Error.self) { try attributes.integers("d") }
        #expect(
            error?.description
                == "cannot read attribute 'd' of '/' in \(file.path): it holds float64 values, not integers")
        error = #expect(throws: HDF5Error.self) { try attributes.strings("d") }
        #expect(error?.reason == "it holds float64 values, not strings")
    }

    @Test func settingReplacesWhateverWasThere() throws {
        let dataset = try file.root.createDataset("g/x", .int8, shape: [])
        for owner in [dataset.attributes, try file.group("g").attributes] {
            try owner.set("a", ["x", "y"])
            try owner.set("a", 5)
            #expect(try owner.integers("a") == [5])
            try owner.set("a", "z")
            #expect(try owner.string("a") == "z")
            #expect(throws: HDF5Error.self) { try owner.set("a", "q\0q") }
            #expect(try owner.string("a") == "z", "a value that can't be written leaves the old one")
            #expect(throws: HDF5Error.self) { try owner.set("", 1) }
            #expect(throws: HDF5Error.self) { try owner.set("b\0c", 1) }
            #expect(try owner.names == ["a"])
        }
    }

    @Test func whatIsMissingAndWhatIsThere() throws {
        let group = try file.root.createGroup("dense")
        var error = #expect(throws: HDF5Error.self) { try group.attributes.strings("weight_names") }
        #expect(error?.description == "no attribute 'weight_names' on '/dense' in \(file.path); it has none")
        try group.attributes.set("b", 1)
        try group.attributes.set("a", 1)
        error = #expect(throws: HDF5Error.self) { try group.attributes.integers("c") }
        #expect(error?.description == "no attribute 'c' on '/dense' in \(file.path); it has: a, b")
        #expect(error?.kind == .missingObject(available: ["a", "b"]))
    }

    @Test func formsThatOnlyOthersWrite() throws {
        let path = directory.file("raw.h5")
        try RawFile.create(path) { file in
            func add<T>(_ name: String, _ type: hid_t, _ values: [T], count: Int? = nil) throws {
                try RawFile.add(name, to: file, type: type, values: values, count: count, asAttribute: true)
            }
            try add("fixed", RawFile.fixedString(5, H5T_STR_NULLPAD), Array("ab\0\0\0cdefg".utf8), count: 2)
            try "variable".withCString {
                try add("variable", RawFile.fixedString(chdf5_variable_length(), H5T_STR_NULLTERM), [$0])
            }
            try add("u8", H5Tcopy(chdf5_native_uint8()), [UInt8(255)])
            try add("f32", H5Tcopy(chdf5_native_float()), [Float(0.5)])
            try add("u64", H5Tcopy(chdf5_native_uint64()), [UInt64.max])
            try add("small u64", H5Tcopy(chdf5_native_uint64()), [UInt64(8)])
            let null = H5Screate(H5S_NULL)
            H5Aclose(try RawFile.check(H5Acreate2(file, "null", chdf5_native_float(), null, 0, 0)))
            H5Sclose(null)
        }
        let attributes = try HDF5File.open(path).attributes
        #expect(try attributes.strings("fixed") == ["ab", "cdefg"])
        #expect(try attributes.string("variable") == "variable")
        #expect(try attributes.integers("u8") == [255])
        #expect(try attributes.doubles("f32") == [0.5])
        #expect(try attributes.integers("small u64") == [8])
        #expect(try attributes.doubles("null") == [])
        let error = #expect(throws: HDF5Error.self) { try attributes.integers("u64") }
        #expect(error?.reason == "it holds uint64 values, not integers below 2^63")
    }

    @Test func aHugeAttributeIsRefused() throws {
        try file.attributes.set("x", [Double](repeating: 1, count: (1 << 17) + 1))
        var attributes = file.attributes
        #expect(attributes.byteLimit == 256 << 20)
        attributes.byteLimit = 1 << 20
        let error = #expect(throws: HDF5Error.self) { try attributes.doubles("x") }
        #expect(error?.kind == .tooLarge)
        #expect(error?.reason == "it takes 1048584 bytes; attributes up to 1 MiB are read")
    }
}
