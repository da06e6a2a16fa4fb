import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// What a dataset claims, compared with what is stored of it.
struct HDF5DatasetStorageTests {
    private let directory: TestDirectory
    private var path: String { directory.file() }

    init() throws { directory = try TestDirectory() }

    /// Replaces a number of the file's structure, where it occurs so many times.
    private func replace(_ old: UInt64, by new: UInt64, places: Int) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let pattern = withUnsafeBytes(of: old.littleEndian) { Array($0) }
        var found = 0
        for place in 0..<bytes.count - 8 where Array(bytes[place..<place + 8]) == pattern {
            bytes.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: new.littleEndian) { Array($0) })
            found += 1
        }
        try #require(found == places)
        try Data(bytes).write(to: URL(filePath: path))
    }

    @Test func moreElementsThanAreStored() throws {
        try RawFile.create(path) { file in
            try RawFile.add("x", to: file, type: H5Tcopy(chdf5_native_int32()), values: [Int32](0..<12345))
        }
        // The dimension and its maximum.
        try replace(12345, by: 12346, places: 2)
        if Library.version >= (1, 14, 0) {
            return expectItLooksItself("x", at: "/x")
        }
        let dataset = try HDF5File.open(path).dataset("x")
        let sentence =
            "cannot read '/x' in \(path): its 12346 elements take 49384 bytes, but 49380 are stored; copy, download or "
            + "make it again"
        for attempt in [{ _ = try dataset.read(Int.self) }, { _ = try HDF5RowReader(dataset) }] {
            let error = #expect(throws: HDF5Error.self) { try attempt() }
            #expect(error?.description == sentence)
            #expect(error?.kind == .damaged)
        }
    }

    /// From HDF5 1.14 on the library compares the size of what is contiguous with the file's when it opens it.
    private func expectItLooksItself(_ dataset: String, at place: String) {
        let error = #expect(throws: HDF5Error.self) { try HDF5File.open(path).dataset(dataset) }
        #expect(
            error?.description
                == "cannot open '\(place)' in \(path): the file seems damaged (invalid dataset size, likely file "
                + "corruption); copy, download or make it again")
        #expect(error?.kind == .damaged)
    }

    /// A table's columns claim what their table claims.
    @Test func moreRowsOfATableThanAreStored() throws {
        try RawFile.create(path) { file in
            let type = H5Tcreate(H5T_COMPOUND, 4)
            H5Tinsert(type, "a", 0, chdf5_native_int8())
            H5Tinsert(type, "b", 1, chdf5_native_int8())
            try RawFile.add("t", to: file, type: type, values: [Int8](repeating: 5, count: 4 * 12345), count: 12345)
        }
        #expect(try HDF5File.open(path).dataset("t/b").read(Int.self, rows: 12344..<12345) == [5])
        try replace(12345, by: 12346, places: 2)
        if Library.version >= (1, 14, 0) { return expectItLooksItself("t/b", at: "/t/b") }
        let column = try HDF5File.open(path).dataset("t/b")
        for attempt in [{ _ = try column.read(Int.self) }, { _ = try HDF5RowReader(column) }] {
            let error = #expect(throws: HDF5Error.self) { try attempt() }
            #expect(
                error?.description
                    == "cannot read '/t/b' in \(path): its 12346 elements take 49384 bytes, but 49380 are stored; copy, "
                    + "download or make it again")
        }
    }

    @Test func rowsOfATableThatWereNeverWritten() throws {
        try RawFile.create(path) { file in
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            H5Pset_chunk(creation, 1, [1024])
            let type = H5Tcreate(H5T_COMPOUND, 1024)
            defer { H5Tclose(type) }
            H5Tinsert(type, "a", 0, chdf5_native_int8())
            let space = H5Screate_simple(1, [1 << 30], nil)
            defer { H5Sclose(space) }
            H5Dclose(try RawFile.check(H5Dcreate2(file, "t", type, space, 0, creation, 0)))
        }
        let error = #expect(throws: HDF5Error.self) { try HDF5RowReader(HDF5File.open(path).dataset("t/a")) }
        #expect(
            error?.reason
                == "it claims 1048576 MiB of values, but holds 0 bytes: most of it was never written; make it again with the "
                + "rows that there are")
    }

    /// An element that is an array counts with all that it holds.
    @Test func arraysAreCountedWhole() throws {
        try RawFile.create(path) { file in
            let type = H5Tarray_create2(chdf5_native_int32(), 1, [3])
            try RawFile.add("x", to: file, type: type, values: [Int32](0..<37035), count: 12345)
        }
        #expect(try HDF5File.open(path).dataset("x").read(Int.self).last == 37034)
        try replace(12345, by: 12346, places: 2)
        if Library.version >= (1, 14, 0) { return expectItLooksItself("x", at: "/x") }
        let error = #expect(throws: HDF5Error.self) { try HDF5File.open(path).dataset("x").read(Int.self) }
        #expect(error?.reason.hasPrefix("its 12346 elements take 148152 bytes, but 148140 are stored") == true)
    }

    @Test func chunksLargerThanTheFileJustifies() throws {
        try RawFile.create(path) { file in
            let (size, chunk): (hsize_t, hsize_t) = (1 << 30, 1 << 29)
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            H5Pset_chunk(creation, 1, [chunk])
            let space = H5Screate_simple(1, [size], nil)
            defer { H5Sclose(space) }
            H5Dclose(try RawFile.check(H5Dcreate2(file, "x", chdf5_native_int32(), space, 0, creation, 0)))
        }
        let dataset = try HDF5File.open(path).dataset("x")
        let error = #expect(throws: HDF5Error.self) { try HDF5RowReader(dataset) }
        #expect(
            error?.reason == "its chunks of 536870912 would take 2147483648 bytes each, but only 0 bytes are stored; "
                + "copy, download or make it again, in smaller chunks")
    }

    /// The library does not look whether a chunk that it inflates has all of its bytes.
    @Test func shortChunksAreRefusedByEveryWayOfReading() throws {
        let file = try HDF5File.create(path)
        try file.root.createDataset("x", .int32, shape: [64], chunk: [32], gzip: 4).write([Int32](0..<64))
        try file.close()
        do {
            let file = try HDF5File.open(path, writable: true)
            let dataset = try file.dataset("x")
            // A zlib stream of the four bytes 0 0 0 0.
            let short: [UInt8] = [0x78, 0x9C, 0x63, 0x60, 0x60, 0x60, 0x00, 0x00, 0x00, 0x04, 0x00, 0x01]
            Library.enter()
            #expect(H5Dwrite_chunk(dataset.handle.id, 0, 0, [32], short.count, short) >= 0)
            Library.leave()
            try file.close()
        }
        let dataset = try HDF5File.open(path).dataset("x")
        #expect(try dataset.read(Int16.self, rows: 0..<32) == [Int16](0..<32))
        #expect(try dataset.read(Double.self, rows: 3..<5) == [3, 4])
        let error = #expect(throws: HDF5Error.self) { try dataset.read(Double.self) }
        #expect(error?.reason == "the chunk of rows 32 to 63 is damaged: it does not inflate to its 128 bytes")
    }

    @Test func whatTheLibraryNeedsIsOfTheChunksSize() throws {
        try RawFile.create(path) { file in
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            H5Pset_chunk(creation, 1, [1024])
            H5Pset_scaleoffset(creation, H5Z_SO_INT, 0)
            try RawFile.add(
                "x", to: file, type: H5Tcopy(chdf5_native_int32()), values: [Int32](repeating: 3, count: 1 << 20),
                creation: creation)
        }
        let dataset = try HDF5File.open(path).dataset("x")
        #expect(dataset.cacheBytes == 4096)
        let reader = try HDF5RowReader(dataset)
        #expect(!reader.isDirect)
        #expect(reader.scratchBytes == 0)
        #expect(reader.sharedScratchBytes == 3 * 4096)
    }
}
