import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

struct HDF5DatasetTests {
    let directory: TestDirectory
    let file: HDF5File

    init() throws {
        directory = try TestDirectory()
        file = try HDF5File.create(directory.file())
    }

    private func reopened(_ path: String) throws -> HDF5Dataset {
        try file.close()
        return try HDF5File.open(file.path).dataset(path)
    }

    private func roundTrip<T: HDF5Element & Equatable>(_ values: [T], _ type: HDF5ElementType) throws {
        let name = "\(T.self)"
        let written = try file.root.createDataset(name, type, shape: [values.count])
        try written.write(values)
        let dataset = try file.dataset(name)
        #expect(dataset.elementType == type)
        #expect(dataset.elementType.memoryType == T.hdf5MemoryType)
        #expect(dataset.storageSize == values.count * type.size)
        #expect(try dataset.read(T.self) == values)
    }

    @Test func everyNumberComesBack() throws {
        try roundTrip([Int8.min, -1, 0, .max], .int8)
        try roundTrip([Int16.min, -1, 0, .max], .int16)
        try roundTrip([Int32.min, -1, 0, .max], .int32)
        try roundTrip([Int64.min, -1, 0, .max], .int64)
        try roundTrip([0, UInt8.max], .uint8)
        try roundTrip([0, UInt16.max], .uint16)
        try roundTrip([0, UInt32.max], .uint32)
        try roundTrip([0, UInt64.max], .uint64)
        try roundTrip([-Float.infinity, 1.5, .leastNonzeroMagnitude, .greatestFiniteMagnitude], .float32)
        try roundTrip([-Double.infinity, 1.5, .leastNonzeroMagnitude, .greatestFiniteMagnitude], .float64)
    }

    @Test(arguments: [[], [5], [3, 2], [2, 3, 4], [2, 1, 3, 2]] as [[Int]])
    func everyRank(shape: [Int]) throws {
        let values = (0..<shape.reduce(1, *)).map { Double($0) / 3 }
        try file.root.createDataset("x", .float64, shape: shape).write(values)
        let dataset = try reopened("/x")
        #expect(dataset.shape == shape)
        #expect(dataset.count == values.count)
        #expect(dataset.layout == .contiguous)
        #expect(dataset.filters.isEmpty)
        #expect(try dataset.read(Double.self) == values)
    }

    @Test func chunksAndFilters() throws {
        let values = (0..<(50 * 40)).map { Int32($0 / 100) }
        let made = try file.root.createDataset(
            "x", .int32, shape: [50, 40], chunk: [8, 40], gzip: 4, shuffle: true, fletcher32: true)
        try made.write(values)
        let dataset = try reopened("/x")
        #expect(dataset.layout == .chunked([8, 40]))
        #expect(dataset.layout.description == "chunked 8x40")
        #expect(dataset.filters == ["shuffle", "gzip(4)", "fletcher32"])
        #expect((1..<2000).contains(dataset.storageSize))
        #expect(try dataset.read(Int32.self) == values)
        #expect(try dataset.read(Int32.self, rows: 7..<9) == Array(values[280..<360]))
    }

    @Test func rows() throws {
        let dataset = try file.root.createDataset("x", .uint8, shape: [4, 3])
        try dataset.write([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as [UInt8])
        #expect(try dataset.read(UInt8.self, rows: 1..<3) == [4, 5, 6, 7, 8, 9])
        #expect(try dataset.read(UInt8.self, rows: 4..<4) == [])
        try dataset.write([0, 0, 0] as [UInt8], rows: 3..<4)
        #expect(try dataset.read(Float.self, rows: 2..<4) == [7, 8, 9, 0, 0, 0])
        var error = #expect(throws: HDF5Error.self) { try dataset.read(UInt8.self, rows: 3..<5) }
        #expect(
            error?.description
                == "cannot read '/x' in \(file.path): rows 3..<5 were asked for; it has 4 rows, counted from 0")
        error = #expect(throws: HDF5Error.self) { try dataset.read(UInt8.self, rows: -1..<1) }
        #expect(error?.kind == .invalidArgument)
        let scalar = try file.root.createDataset("s", .int8, shape: [])
        error = #expect(throws: HDF5Error.self) { try scalar.read(Int8.self, rows: 0..<1) }
        #expect(error?.reason == "it is a single value, without rows")
    }

    @Test func buffersAreChecked() throws {
        let dataset = try file.root.createDataset("x", .int32, shape: [4])
        var buffer = [Int32](repeating: -1, count: 3)
        var error = #expect(throws: HDF5Error.self) {
            try buffer.withUnsafeMutableBytes { try dataset.read(into: $0, as: .int32) }
        }
        #expect(error?.reason == "4 int32 values need 16 bytes, the buffer has 12")
        #expect(buffer == [-1, -1, -1])
        error = #expect(throws: HDF5Error.self) {
            try buffer.withUnsafeBytes { try dataset.write(from: $0, as: .int32) }
        }
        #expect(error?.kind == .invalidArgument)
        error = #expect(throws: HDF5Error.self) { try dataset.write([1, 2]) }
        #expect(error?.reason == "2 values were given for 4 elements")
        try buffer.withUnsafeMutableBytes { try dataset.read(into: $0, as: .int16) }
        #expect(buffer == [0, 0, -1])
    }

    @Test func emptyDatasets() throws {
        let dataset = try file.root.createDataset("x", .float32, shape: [0, 5])
        try dataset.write([] as [Float])
        #expect(try dataset.read(Float.self) == [])
        #expect(try dataset.read(Float.self, rows: 0..<0) == [])
        #expect(try file.root.createDataset("s", .string, shape: [0]).readStrings() == [])
    }

    @Test func aShapeBeyondMemoryIsAnErrorNotACrash() throws {
        let dataset = try file.root.createDataset("x", .float64, shape: [1 << 40, 1 << 18], chunk: [1, 1 << 10])
        let error = #expect(throws: HDF5Error.self) { try dataset.read(Double.self) }
        #expect(error?.kind == .tooLarge)
        #expect(error?.description.hasPrefix("cannot read '/x' in \(file.path): ") == true)
        #expect(try dataset.read(Double.self, rows: 5..<5) == [])
        let bytes = try file.root.createDataset("y", .uint8, shape: [1 << 50], chunk: [1 << 10])
        #expect(throws: HDF5Error.self) { try bytes.read(UInt8.self) }
        let strings = try file.root.createDataset("z", .string, shape: [1 << 40], chunk: [1 << 10])
        #expect(throws: HDF5Error.self) { try strings.readStrings() }
    }

    @Test func damagedChunksAreNoticed() throws {
        let path = file.path
        let values = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        try file.root.createDataset("x", .uint8, shape: [1000], chunk: [1000], fletcher32: true).write(values)
        try file.close()
        var bytes = try Data(contentsOf: URL(filePath: path))
        let position = try #require(bytes.range(of: Data(values[100..<120]))).lowerBound
        bytes[position] ^= 1
        try bytes.write(to: URL(filePath: path))
        let dataset = try HDF5File.open(path).dataset("x")
        let error = #expect(throws: HDF5Error.self) { try dataset.read(UInt8.self) }
        #expect(error?.kind == .damaged)
        #expect(
            error?.description
                == "cannot read '/x' in \(path): the chunk of rows 0 to 999 is damaged: its checksum does not "
                + "match its bytes")
    }

    @Test func aFilterThatTheLibraryLacks() throws {
        let path = directory.file("raw.h5")
        try RawFile.create(path) { file in
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            var (chunk, size): (hsize_t, hsize_t) = (2, 2)
            H5Pset_chunk(creation, 1, &chunk)
            // Optional, or the library would refuse to make the dataset.
            H5Pset_filter(creation, 31999, UInt32(H5Z_FLAG_OPTIONAL), 0, nil)
            let space = H5Screate_simple(1, &size, nil)
            defer { H5Sclose(space) }
            H5Dclose(try RawFile.check(H5Dcreate2(file, "x", chdf5_native_int8(), space, 0, creation, 0)))
        }
        let dataset = try HDF5File.open(path).dataset("/x")
        #expect(dataset.filters == ["filter 31999"])
        let error = #expect(throws: HDF5Error.self) { try dataset.read(Int8.self) }
        #expect(error?.kind == .unsupported)
        #expect(error?.reason.hasPrefix("it is stored with the filter 'filter 31999', which the installed") == true)
    }
}
