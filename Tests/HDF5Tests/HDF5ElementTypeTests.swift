import CHDF5
import TestSupport
import Testing

@testable import HDF5

struct HDF5ElementTypeTests {
    let directory: TestDirectory
    var path: String { directory.file() }

    init() throws { directory = try TestDirectory() }

    @Test func bothByteOrdersAreRead() throws {
        try RawFile.create(path) { file in
            try RawFile.add(
                "i", to: file, type: RawFile.bigEndian(chdf5_native_int32()), memory: chdf5_native_int32(),
                values: [Int32(1), -2])
            try RawFile.add(
                "f", to: file, type: RawFile.bigEndian(chdf5_native_double()), memory: chdf5_native_double(),
                values: [1.5, -2])
        }
        let file = try HDF5File.open(path)
        #expect(try file.dataset("/i").elementType == .int32)
        #expect(try file.dataset("/i").read(Int32.self) == [1, -2])
        #expect(try file.dataset("/f").elementType == .float64)
        #expect(try file.dataset("/f").read(Double.self) == [1.5, -2])
    }

    @Test func booleans() throws {
        let file = try HDF5File.create(path)
        let dataset = try file.root.createDataset("x", .bool, shape: [3])
        try dataset.write([1, 0, 1] as [Int8])
        #expect(try file.dataset("x").elementType == .bool)
        #expect(try dataset.read(Int8.self) == [1, 0, 1])
        #expect(try dataset.read(Float.self) == [1, 0, 1])
        #expect(try dataset.read(UInt8.self, rows: 1..<2) == [0])
        let error = #expect(throws: HDF5Error.self) { try dataset.write([1, 0, 1] as [Float]) }
        #expect(error?.reason == "it holds bool values, which are written as int8, not float32")
    }

    @Test func enumerationsAreReadAsTheirNumbers() throws {
        try RawFile.create(path) { file in
            let type = H5Tenum_create(RawFile.bigEndian(chdf5_native_int16()))
            for (name, value) in [("cat", Int16(3)), ("dog", -300)] {
                var value = value.bigEndian
                H5Tenum_insert(type, name, &value)
            }
            try RawFile.add("x", to: file, type: type, values: [Int16(3).bigEndian, Int16(-300).bigEndian])
        }
        let file = try HDF5File.open(path, writable: true)
        let dataset = try file.dataset("/x")
        #expect(dataset.elementType == .enumeration(base: .int16))
        #expect(dataset.elementType.description == "enumeration(int16)")
        #expect(try dataset.read(Int.self) == [3, -300])
        #expect(try dataset.read(Int16.self, rows: 1..<2) == [-300])
        try dataset.write([Int16(-300), 3])
        #expect(try dataset.read(Int16.self) == [-300, 3])
    }

    @Test func halfPrecision() throws {
        let file = try HDF5File.create(path)
        let dataset = try file.root.createDataset("x", .float16, shape: [5])
        try dataset.write([1, -0.5, 65504, 6e-8, .infinity] as [Float])
        #expect(try file.dataset("x").elementType == .float16)
        #expect(dataset.elementType.memoryType == .float16)
        #expect(dataset.storageSize == 10)
        #expect(try dataset.read(Float.self) == [1, -0.5, 65504, 5.9604645e-8, .infinity])
        let halves: [Float16] = [-0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1, -.infinity]
        try dataset.write(halves)
        #expect(try dataset.read(Float16.self).map(\.bitPattern) == halves.map(\.bitPattern))
        #expect(try dataset.read(Double.self) == halves.map { Double($0) })
    }

    @Test func otherTypesAreNamed() throws {
        try RawFile.create(path) { file in
            let compound = H5Tcreate(H5T_COMPOUND, 1)
            H5Tinsert(compound, "a", 0, chdf5_native_int8())
            try RawFile.add("compound", to: file, type: compound, values: [Int8(1)])
            var size: hsize_t = 2
            try RawFile.add(
                "array", to: file, type: H5Tarray_create2(chdf5_native_int8(), 1, &size), values: [Int8(1), 2], count: 1
            )
            let odd = H5Tcopy(chdf5_native_int16())
            H5Tset_precision(odd, 12)
            try RawFile.add("odd", to: file, type: odd, values: [Int16(1)])
        }
        let file = try HDF5File.open(path)
        let names = try file.allDatasetPaths()
        #expect(names == ["/array", "/compound", "/odd"])
        #expect(
            try names.map { try file.dataset($0).elementType.description }
                == ["int8", "compound", "integer of 12 bits in 2 bytes"])
        let error = #expect(throws: HDF5Error.self) { try file.dataset("/compound").read(Int8.self) }
        #expect(error?.reason == "it holds compound values, not numbers")
        // Elements that are arrays are read by their numbers.
        #expect(try file.dataset("/array").shape == [1, 2])
        #expect(try file.dataset("/array").read(Int8.self) == [1, 2])
    }

    @Test func sizesAndNumbers() {
        #expect(HDF5ElementType.float16.size == 2)
        #expect(HDF5ElementType.bool.size == 1)
        #expect(HDF5ElementType.enumeration(base: .int32).size == 4)
        #expect(HDF5ElementType.string.size == 0)
        #expect(HDF5ElementType.bool.isNumeric)
        #expect(!HDF5ElementType.string.isNumeric)
        #expect(!HDF5ElementType.other("bits").isNumeric)
        for type in HDF5MemoryType.allCases { #expect(type.description == "\(type)") }
    }
}
