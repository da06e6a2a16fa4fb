import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// Virtual datasets and raw files whose values are not all there: the library would make zeros of them.
struct VirtualSourcesTests {
    let directory: TestDirectory
    let path: String

    /// Ten rows of two numbers in source.h5, and a file with views of them.
    init() throws {
        directory = try TestDirectory()
        path = directory.file()
        try RawFile.create(directory.file("source.h5")) { file in
            let space = H5Screate_simple(2, [10, 2], nil)
            defer { H5Sclose(space) }
            let dataset = try RawFile.check(H5Dcreate2(file, "x", chdf5_native_float(), space, 0, 0, 0))
            defer { H5Dclose(dataset) }
            let values = (1...20).map { Float($0) }
            _ = try RawFile.check(hid_t(H5Dwrite(dataset, chdf5_native_float(), 0, 0, 0, values)))
        }
    }

    /// Adds a view of `rows` rows; `map` gives (first row, rows, file, path) of each mapping.
    private func view(
        _ name: String, rows: Int, width: Int = 2, fill: Float? = nil, _ maps: [(Int, Int, String, String)]
    ) throws {
        Library.enter()
        defer { Library.leave() }
        let exists = FileManager.default.fileExists(atPath: path)
        let file = try RawFile.check(
            exists ? H5Fopen(path, chdf5_read_write(), 0) : H5Fcreate(path, chdf5_truncate(), 0, 0))
        defer { H5Fclose(file) }
        let creation = H5Pcreate(chdf5_dataset_create_class())
        defer { H5Pclose(creation) }
        if var fill { H5Pset_fill_value(creation, chdf5_native_float(), &fill) }
        let space = H5Screate_simple(2, [hsize_t(rows), hsize_t(width)], nil)
        defer { H5Sclose(space) }
        for (first, count, source, object) in maps {
            let own = H5Screate_simple(2, [hsize_t(count), 2], nil)
            defer { H5Sclose(own) }
            H5Sselect_hyperslab(space, H5S_SELECT_SET, [hsize_t(first), 0], nil, [hsize_t(count), 2], nil)
            _ = try RawFile.check(hid_t(H5Pset_virtual(creation, space, source, object, own)))
        }
        H5Sselect_all(space)
        H5Dclose(try RawFile.check(H5Dcreate2(file, name, chdf5_native_float(), space, 0, creation, 0)))
    }

    private func read(_ name: String) throws -> [Float] {
        let dataset = try HDF5File.open(path, allowingExternal: true).dataset(name)
        let values = try dataset.read(Float.self)
        let reader = try HDF5RowReader(dataset)
        var rows = [Float](repeating: -1, count: values.count)
        try rows.withUnsafeMutableBytes { try reader.read(rows: 0..<reader.rows, into: $0.baseAddress!) }
        #expect(rows == values)
        return values
    }

    /// What reading says, whole and by rows.
    private func refusal(_ name: String) throws -> HDF5Error? {
        let dataset = try HDF5File.open(path, allowingExternal: true).dataset(name)
        let error = #expect(throws: HDF5Error.self) { try HDF5RowReader(dataset) }
        #expect(throws: HDF5Error.self) { try dataset.read(Float.self) }
        return error
    }

    @Test func aViewOfWhatIsThereIsRead() throws {
        try view("twice", rows: 20, [(0, 10, "source.h5", "x"), (10, 10, "source.h5", "x")])
        #expect(try read("twice") == (1...20).map { Float($0) } + (1...20).map { Float($0) })
    }

    @Test func aSourceThatHasGrownIsNamed() throws {
        try view("part", rows: 8, [(0, 8, "source.h5", "x")])
        #expect(
            try refusal("part")?.reason
                == "it is a virtual dataset, and for rows 0 to 7 it takes all of '/x' in \(directory.file("source.h5")), "
                + "which is [10, 2], for 16 elements in place of 20; make it again from the rows that are wanted")
    }

    @Test func aSourceThatIsNotThereIsNamed() throws {
        try view("gone", rows: 20, [(0, 10, "source.h5", "x"), (10, 10, "gone.h5", "x")])
        let error = try refusal("gone")
        #expect(error?.kind == .notFound)
        #expect(
            error?.description
                == "cannot read '/gone' in \(path): it is a virtual dataset, and its values in rows 10 to 19 come from 'x' in "
                + "gone.h5: cannot open \(directory.file("gone.h5")): there is no such file, nor gone.h5")
        try view("nameless", rows: 10, [(0, 10, "source.h5", "y")])
        #expect(
            try refusal("nameless")?.description
                == "cannot read '/nameless' in \(path): it is a virtual dataset, and its values in rows 0 to 9 come from 'y' in source.h5: no dataset '/y' in "
                + "\(directory.file("source.h5")); it has: /x")
        // What is there, but is no HDF5 file, is passed over by the library, too.
        try Data("text".utf8).write(to: URL(filePath: directory.file("text.h5")))
        try view("text", rows: 10, [(0, 10, "text.h5", "x")])
        #expect(try refusal("text")?.kind == .notHDF5)
    }

    @Test func aSourceThatIsTooSmallIsNamed() throws {
        try view("short", rows: 12, [(0, 12, "source.h5", "x")])
        let error = try refusal("short")
        #expect(error?.kind == .damaged)
        #expect(error?.reason.contains("of '/x' in \(directory.file("source.h5")), which is [10, 2]") == true)
    }

    @Test func whatIsMappedToNothingIsNamed() throws {
        try view("gap", rows: 14, [(0, 10, "source.h5", "x")])
        #expect(
            try refusal("gap")?.reason
                == "it is a virtual dataset, and some of its values are mapped to no source, the first in row 10 and the "
                + "last in row 13; map them, or give it a fill value if that is what they shall be")
        try view("columns", rows: 10, width: 3, [(0, 10, "source.h5", "x")])
        #expect(try refusal("columns")?.reason.contains("the first in row 0 and the last in row 9") == true)
        try view("meant", rows: 11, fill: 7, [(0, 10, "source.h5", "x")])
        #expect(try read("meant").suffix(2) == [7, 7])
    }

    @Test func aViewOfAViewIsFollowedToItsEnd() throws {
        try view("inner", rows: 10, [(0, 10, "gone.h5", "x")])
        try view("outer", rows: 10, [(0, 10, ".", "/inner")])
        #expect(try refusal("outer")?.kind == .notFound)
    }

    @Test func aSourceThatGoesMissingLaterIsNamed() throws {
        try view("x", rows: 10, [(0, 10, "source.h5", "x")])
        let reader = try HDF5RowReader(try HDF5File.open(path, allowingExternal: true).dataset("x"))
        try FileManager.default.removeItem(atPath: directory.file("source.h5"))
        var row: [Float] = [0, 0]
        let error = #expect(throws: HDF5Error.self) {
            try row.withUnsafeMutableBytes { try reader.read(rows: 3..<4, into: $0.baseAddress!) }
        }
        #expect(
            error?.reason
                == "it is a virtual dataset, and a file that its values come from, \(directory.file("source.h5")), went "
                + "missing or was replaced while it was read; put it back and begin again")
    }

    @Test func numbersInNamesAreWrittenOut() {
        #expect(Mapping.numbered("part-%b.h5", 12) == ("part-12.h5", true))
        #expect(Mapping.numbered("100%%.h5", 0) == ("100%.h5", false))
        #expect(Mapping.numbered("100%.h5", 0) == ("100%.h5", false))
    }

    @Test func sourcesAreSoughtWhereTheLibrarySeeksThem() {
        #expect(SourceFile.candidates("a.h5", of: "/data/view.h5") == ["/data/a.h5", "a.h5"])
        #expect(SourceFile.candidates("/b/a.h5", of: "/data/view.h5") == ["/b/a.h5", "/data/a.h5", "a.h5"])
        #expect(SourceFile.candidates("a.h5", of: "view.h5") == ["a.h5"])
    }

    @Test func aRawFileThatIsMissingOrShortIsNamed() throws {
        let raw = directory.file("raw.bin")
        let file = directory.file("raw.h5")
        try RawFile.create(file) { file in
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            H5Pset_external(creation, raw, 0, 32)
            let space = H5Screate_simple(1, [8], nil)
            defer { H5Sclose(space) }
            H5Dclose(try RawFile.check(H5Dcreate2(file, "x", chdf5_native_float(), space, 0, creation, 0)))
        }
        func error() throws -> HDF5Error? {
            let dataset = try HDF5File.open(file, allowingExternal: true).dataset("x")
            return #expect(throws: HDF5Error.self) { try dataset.read(Float.self) }
        }
        let missing = try error()
        #expect(missing?.kind == .notFound)
        #expect(
            missing?.reason
                == "its values lie in the raw file \(raw), which can't be opened (No such file or directory)")
        try Data(count: 16).write(to: URL(filePath: raw))
        #expect(
            try error()?.reason
                == "its values lie in the raw file \(raw), which is too short: it has 16 bytes where 32 are needed")
        try Data(count: 32).write(to: URL(filePath: raw))
        #expect(try HDF5File.open(file, allowingExternal: true).dataset("x").read(Float.self).count == 8)
    }
}
