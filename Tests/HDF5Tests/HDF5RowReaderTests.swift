import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

struct HDF5RowReaderTests {
    let directory: TestDirectory
    var path: String { directory.file() }

    init() throws { directory = try TestDirectory() }

    enum Storage: CaseIterable {
        case contiguous, chunked, gzip, shuffledGzip, checksummed, all
        /// Orders that nobody chooses, but that are legal.
        case checksumFirst, shuffleLast

        /// Sets the filters of a dataset creation property list.
        func apply(_ creation: hid_t) {
            switch self {
            case .contiguous, .chunked: break
            case .gzip: H5Pset_deflate(creation, 4)
            case .shuffledGzip:
                H5Pset_shuffle(creation)
                H5Pset_deflate(creation, 4)
            case .checksummed: H5Pset_fletcher32(creation)
            case .all:
                H5Pset_shuffle(creation)
                H5Pset_deflate(creation, 4)
                H5Pset_fletcher32(creation)
            case .checksumFirst:
                H5Pset_fletcher32(creation)
                H5Pset_shuffle(creation)
                H5Pset_deflate(creation, 4)
            case .shuffleLast:
                H5Pset_deflate(creation, 4)
                H5Pset_shuffle(creation)
            }
        }
    }

    private static let types: [HDF5MemoryType] = HDF5MemoryType.allCases
    private static let shape = [23, 6, 5]

    /// Bytes with some pattern and some disorder, the same each time.
    private static func values(_ type: HDF5MemoryType) -> [UInt8] {
        var state: UInt32 = 7
        return (0..<shape.reduce(1, *) * type.size).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            return index % 3 == 0 ? UInt8(state >> 24) : UInt8(truncatingIfNeeded: index / 7)
        }
    }

    /// `name`, of `type` in the given byte order.
    private func add(
        _ name: String, to file: hid_t, _ type: HDF5MemoryType, bigEndian: Bool, _ storage: Storage, chunk: [Int],
        written: Int? = nil, fill: [UInt8]? = nil
    ) throws {
        let native = H5Tcopy(type.nativeID)
        let stored = bigEndian ? RawFile.bigEndian(native) : H5Tcopy(native)
        let creation = H5Pcreate(chdf5_dataset_create_class())
        if storage != .contiguous { H5Pset_chunk(creation, Int32(chunk.count), chunk.map { hsize_t($0) }) }
        storage.apply(creation)
        if let fill { H5Pset_fill_value(creation, native, fill) }
        let space = H5Screate_simple(3, Self.shape.map { hsize_t($0) }, nil)
        let dataset = try RawFile.check(H5Dcreate2(file, name, stored, space, 0, creation, 0))
        defer {
            H5Dclose(dataset)
            for id in [native, stored] { H5Tclose(id) }
            H5Pclose(creation)
            H5Sclose(space)
        }
        let rows = written ?? Self.shape[0]
        guard rows > 0 else { return }
        let count = [rows] + Self.shape.dropFirst()
        let memory = H5Screate_simple(3, count.map { hsize_t($0) }, nil)
        H5Sselect_hyperslab(space, H5S_SELECT_SET, [0, 0, 0], nil, count.map { hsize_t($0) }, nil)
        defer { H5Sclose(memory) }
        _ = try RawFile.check(hid_t(H5Dwrite(dataset, native, memory, space, 0, Self.values(type))))
    }

    private func rows(_ reader: HDF5RowReader, _ range: Range<Int>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0xaa, count: range.count * reader.rowBytes + 1)
        try bytes.withUnsafeMutableBytes { try reader.read(rows: range, into: $0.baseAddress!) }
        #expect(bytes.removeLast() == 0xaa, "a byte beyond the rows was written")
        return bytes
    }

    /// Every row range in some order against the library's own reading.
    private func compare(_ dataset: HDF5Dataset, isDirect: Bool = true) throws {
        let reader = try HDF5RowReader(dataset)
        #expect(reader.isDirect == isDirect, "\(dataset.path)")
        #expect(reader.rows == dataset.shape[0] && reader.rowShape == Array(dataset.shape.dropFirst()))
        var expected = [UInt8](repeating: 0, count: reader.rows * reader.rowBytes)
        try expected.withUnsafeMutableBytes { try dataset.read(into: $0, as: reader.memoryType) }
        let ranges = [
            0..<reader.rows, 0..<1, reader.rows - 1..<reader.rows, 3..<3, 4..<8, 8..<12, 5..<17,
            min(7, reader.rows)..<reader.rows,
        ]
        for range in ranges where range.upperBound <= reader.rows {
            let wanted = expected[range.lowerBound * reader.rowBytes..<range.upperBound * reader.rowBytes]
            #expect(try rows(reader, range) == Array(wanted), "\(dataset.path) \(range)")
        }
    }

    @Test(arguments: [false, true], Storage.allCases)
    func everyTypeAndChunkIsReadAsTheLibraryDoes(bigEndian: Bool, storage: Storage) throws {
        let chunks =
            storage == .contiguous
            ? [[]]
            : [[4, 6, 5], [1, 6, 5], [64, 6, 5], [4, 4, 5], [5, 6, 3], [3, 2, 2]]
                // The library refuses chunks larger than a fixed axis.
                .filter { $0[0] <= Self.shape[0] }
        try RawFile.create(path) { file in
            for (type, chunk) in Self.types.flatMap({ type in chunks.map { (type, $0) } }) {
                try add(
                    "\(type) \(chunk)", to: file, type, bigEndian: bigEndian, storage, chunk: chunk)
            }
        }
        let file = try HDF5File.open(path)
        let names = try file.allDatasetPaths()
        #expect(names.count == Self.types.count * chunks.count)
        for name in names { try compare(try file.dataset(name)) }
    }

    @Test func chunksThatWereNeverWrittenHoldTheFillValue() throws {
        try RawFile.create(path) { file in
            for storage in [Storage.contiguous, .chunked, .all] {
                for (name, fill) in [("none", nil), ("fill", [0x12, 0x34, 0x56, 0x78])] as [(String, [UInt8]?)] {
                    for written in [0, 7] where storage != .contiguous || written == 0 {
                        try add(
                            "\(storage) \(name) \(written)", to: file, .int32, bigEndian: true, storage,
                            chunk: [4, 4, 5], written: written, fill: fill)
                    }
                }
            }
        }
        let file = try HDF5File.open(path)
        for name in try file.allDatasetPaths() {
            try compare(try file.dataset(name), isDirect: !name.hasPrefix("/contiguous"))
        }
    }

    @Test func booleansEnumerationsAndHalves() throws {
        let file = try HDF5File.create(path)
        try file.root.createDataset("bool", .bool, shape: [5], chunk: [2], gzip: 1).write([1, 0, 1, 1, 0] as [Int8])
        try file.root.createDataset("half", .float16, shape: [3], chunk: [2], gzip: 1, shuffle: true)
            .write([1, -2.5, 65504] as [Float16])
        try file.close()
        let reopened = try HDF5File.open(path)
        for name in ["bool", "half"] { try compare(try reopened.dataset(name)) }
        #expect(try HDF5RowReader(try reopened.dataset("half")).memoryType == .float16)
        let enumPath = directory.file("enum.h5")
        try RawFile.create(enumPath) { file in
            let type = H5Tenum_create(RawFile.bigEndian(chdf5_native_int16()))
            var value = Int16(-300).bigEndian
            H5Tenum_insert(type, "dog", &value)
            try RawFile.add("x", to: file, type: type, values: [value, value])
        }
        let reader = try HDF5RowReader(try HDF5File.open(enumPath).dataset("x"))
        #expect(reader.isDirect && reader.memoryType == .int16)
        #expect(try rows(reader, 0..<2) == [0xd4, 0xfe, 0xd4, 0xfe])
    }

    @Test func filtersThatWereLeftOutOfAChunk() throws {
        let plain = (0..<64).map { UInt8($0) }
        try RawFile.create(path) { file in
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            H5Pset_chunk(creation, 1, [16])
            Storage.all.apply(creation)
            let space = H5Screate_simple(1, [64], nil)
            defer { H5Sclose(space) }
            let dataset = try RawFile.check(H5Dcreate2(file, "x", chdf5_native_int32(), space, 0, creation, 0))
            defer { H5Dclose(dataset) }
            // No filter at all, and the checksum alone.
            H5Dwrite_chunk(dataset, 0, 0b111, [0], 64, plain)
            var checked = plain
            withUnsafeBytes(of: Fletcher32.checksum(plain, 64).littleEndian) { checked += $0 }
            H5Dwrite_chunk(dataset, 0, 0b011, [16], 68, checked)
            // Shuffle alone.
            H5Dwrite_chunk(dataset, 0, 0b110, [32], 64, plain)
        }
        try compare(try HDF5File.open(path).dataset("x"))
    }

    @Test func manyChunksAndAUserBlockAreReadThroughTheLibrary() throws {
        let file = try HDF5File.create(path)
        let values = (0..<Int32(ChunkSource.mostChunksToLookUp + 5)).map { $0 }
        try file.root.createDataset("x", .int32, shape: [values.count, 1], chunk: [1, 1], gzip: 1).write(values)
        try file.close()
        try compare(try HDF5File.open(path).dataset("x"))

        let other = directory.file("block.h5")
        Library.enter()
        let creation = H5Pcreate(chdf5_file_create_class())
        H5Pset_userblock(creation, 512)
        let id = H5Fcreate(other, chdf5_truncate(), creation, 0)
        try add("chunked", to: id, .int16, bigEndian: true, .all, chunk: [4, 4, 5])
        try add("contiguous", to: id, .int16, bigEndian: true, .contiguous, chunk: [])
        H5Pclose(creation)
        H5Fclose(id)
        Library.leave()
        let block = try HDF5File.open(other)
        for name in ["chunked", "contiguous"] { try compare(try block.dataset(name)) }
    }

    @Test func whatOnlyTheLibraryCanRead() throws {
        try RawFile.create(path) { file in
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            H5Pset_layout(creation, H5D_COMPACT)
            try RawFile.add(
                "compact", to: file, type: H5Tcopy(chdf5_native_int8()), values: [1, 2, 3] as [Int8], creation: creation
            )
            H5Pset_chunk(creation, 1, [2])
            H5Pset_scaleoffset(creation, H5Z_SO_INT, 0)
            try RawFile.add(
                "scaled", to: file, type: H5Tcopy(chdf5_native_int16()), values: [1, 2, 3] as [Int16],
                creation: creation)
        }
        let file = try HDF5File.open(path)
        try compare(try file.dataset("compact"), isDirect: false)
        try compare(try file.dataset("scaled"), isDirect: false)
        try file.close()
        // What is written may still be in the library's memory.
        let writable = try HDF5File.open(path, writable: true)
        try writable.root.createDataset("new", .int8, shape: [3], chunk: [2]).write([1, 2, 3] as [Int8])
        try compare(try writable.dataset("new"), isDirect: false)
    }

    @Test func manyThreadsReadAtOnce() async throws {
        try RawFile.create(path) { file in
            try add("x", to: file, .float32, bigEndian: true, .all, chunk: [4, 4, 5])
        }
        let dataset = try HDF5File.open(path).dataset("x")
        let reader = try HDF5RowReader(dataset)
        let expected = try rows(reader, 0..<reader.rows)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<200 {
                group.addTask {
                    let first = task * 7 % 23
                    let range = first..<min(23, first + task % 6)
                    let part = expected[range.lowerBound * reader.rowBytes..<range.upperBound * reader.rowBytes]
                    let values = try rows(reader, range)
                    #expect(values == Array(part))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func theSizesThatAreTold() throws {
        let file = try HDF5File.create(path)
        try file.root.createDataset("chunked", .int16, shape: [10, 8], chunk: [4, 3], gzip: 1)
            .write([Int16](repeating: 1, count: 80))
        try file.root.createDataset("plain", .float32, shape: [10_000, 32])
            .write([Float](repeating: 1, count: 320_000))
        try file.root.createDataset("wide", .float64, shape: [2, 1 << 20])
        try file.root.createDataset("none", .float64, shape: [0, 3])
        try file.close()
        let reopened = try HDF5File.open(path)
        func reader(_ name: String) throws -> HDF5RowReader { try HDF5RowReader(try reopened.dataset(name)) }
        let chunked = try reader("chunked")
        #expect(chunked.rowBytes == 16 && chunked.blockRows == 4 && chunked.isDirect)
        #expect((24..<100_000).contains(chunked.scratchBytes))
        #expect(try reader("plain").blockRows == 2048)
        #expect(try reader("plain").scratchBytes == 0)
        #expect(try reader("wide").blockRows == 1)
        #expect(try reader("none").rows == 0)
        #expect(try rows(try reader("none"), 0..<0) == [])
    }

    @Test func whatCanNotBeRead() throws {
        let file = try HDF5File.create(path)
        try file.root.createDataset("s", .string, shape: [1])
        let dataset = try file.root.createDataset("x", .int8, shape: [4, 2], chunk: [2, 2])
        try dataset.write([Int8](repeating: 1, count: 8))
        try file.root.createDataset("one", .int8, shape: [])
        var error = #expect(throws: HDF5Error.self) { try HDF5RowReader(try file.dataset("s")) }
        #expect(error?.kind == .wrongType)
        error = #expect(throws: HDF5Error.self) { try HDF5RowReader(try file.dataset("one")) }
        #expect(error?.description == "cannot read '/one' in \(path): it is a single value, without rows")
        try file.close()
        let reopened = try HDF5File.open(path)
        let reader = try HDF5RowReader(try reopened.dataset("x"))
        for range in [3..<5, -1..<1, 5..<5] {
            error = #expect(throws: HDF5Error.self) { try rows(reader, range) }
            #expect(error?.reason.hasPrefix("rows \(range) were asked for; it has 4 rows") == true)
        }
        try reopened.close()
        error = #expect(throws: HDF5Error.self) { try rows(reader, 0..<1) }
        #expect(error?.description == "cannot read '/x' in \(path): the file has been closed")
    }

    // MARK: Damage

    /// A file of 10 rows in chunks of 4, with the bytes at the first of `marker` changed by `change`.
    private func damaged(
        _ storage: Storage, chunk: [Int] = [4, 30], _ change: (inout Data, Int) throws -> Void
    ) throws -> HDF5RowReader {
        let raw = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* $0 / 3) }
        let file = try HDF5File.create(path)
        try file.root.createDataset(
            "x", .uint8, shape: [10, 30], chunk: storage == .contiguous ? nil : chunk,
            gzip: storage == .gzip ? 4 : nil, fletcher32: storage == .checksummed
        ).write(raw)
        try file.close()
        var bytes = try Data(contentsOf: URL(filePath: path))
        // zlib's header, or the values themselves, of the second chunk.
        let first = storage == .gzip ? Data([0x78, 0x5e]) : Data(raw[120..<130])
        var position = try #require(bytes.range(of: first)).lowerBound
        if storage == .gzip {
            position = try #require(bytes.range(of: first, in: (position + 2)..<bytes.count)).lowerBound
        }
        try change(&bytes, position)
        try bytes.write(to: URL(filePath: path))
        return try HDF5RowReader(try HDF5File.open(path).dataset("x"))
    }

    @Test func aDamagedChunkIsNamed() throws {
        var reader = try damaged(.gzip) { bytes, position in bytes[position + 4] ^= 0xff }
        #expect(try rows(reader, 0..<4).count == 120)
        var error = #expect(throws: HDF5Error.self) { try rows(reader, 0..<10) }
        #expect(error?.kind == .damaged)
        #expect(
            error?.description == "cannot read '/x' in \(path): "
                + "the chunk of rows 4 to 7 is damaged: it does not inflate to its 120 bytes")
        try FileManager.default.removeItem(atPath: path)
        reader = try damaged(.checksummed) { bytes, position in bytes[position + 4] ^= 1 }
        error = #expect(throws: HDF5Error.self) { try rows(reader, 5..<6) }
        #expect(error?.reason == "the chunk of rows 4 to 7 is damaged: its checksum does not match its bytes")
        try FileManager.default.removeItem(atPath: path)
        reader = try damaged(.gzip, chunk: [1, 15]) { bytes, position in bytes[position + 4] ^= 0xff }
        error = #expect(throws: HDF5Error.self) { try rows(reader, 0..<10) }
        #expect(error?.reason.contains(" that starts at [") == true)
    }

    @Test func aFileThatBecomesShorterIsAnError() throws {
        for storage in [Storage.contiguous, .chunked, .gzip] {
            let reader = try damaged(storage) { _, _ in }
            truncate(path, 600)
            let error = #expect(throws: HDF5Error.self) { try rows(reader, 0..<10) }
            #expect(error?.kind == .readFailed)
            #expect(
                error?.reason == "the file has become shorter since it was opened; run again with a whole one",
                "\(storage)")
        }
    }

    @Test func aVanishedFileIsReadOn() throws {
        let reader = try damaged(.gzip) { _, _ in }
        unlink(path)
        #expect(try rows(reader, 4..<5).count == 30)
    }
}
