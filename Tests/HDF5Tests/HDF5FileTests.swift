import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

struct HDF5FileTests {
    let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func failure(_ body: () throws -> Void) -> HDF5Error? {
        do { try body() } catch { return error as? HDF5Error }
        return nil
    }

    private func openingFailure(_ path: String) -> HDF5Error? {
        failure { _ = try HDF5File.open(path) }
    }

    @Test func aMissingFile() {
        let path = directory.file("none.h5")
        let error = openingFailure(path)
        #expect(error?.kind == .notFound)
        #expect(error?.description == "cannot open \(path): there is no such file")
    }

    @Test func aTextFileAnEmptyFileAndADirectoryAreNotHDF5() throws {
        let path = directory.file("text.h5")
        try Data(String(repeating: "inputs,targets\n", count: 100).utf8).write(to: URL(filePath: path))
        #expect(openingFailure(path)?.kind == .notHDF5)
        #expect(openingFailure(path)?.description == "cannot open \(path): it is not an HDF5 file")

        try Data().write(to: URL(filePath: path))
        #expect(openingFailure(path)?.kind == .notHDF5)
        #expect(openingFailure(path)?.description == "cannot open \(path): it is empty, not an HDF5 file")

        #expect(openingFailure(directory.path)?.description == "cannot open \(directory.path): it is a directory")
        #expect(openingFailure("/dev/null")?.description == "cannot open /dev/null: it is not a regular file")
        #expect(openingFailure("a\0b")?.kind == .invalidArgument)
    }

    @Test func aTruncatedFile() throws {
        let path = directory.file()
        let file = try HDF5File.create(path)
        try file.root.createDataset("x", .int64, shape: [10_000]).write(Array(0..<10_000))
        try file.close()
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
        let error = openingFailure(path)
        #expect(error?.kind == .damaged)
        #expect(
            error?.description
                == "cannot open \(path): the file is truncated, its end is missing; copy, download or make it again")
        #expect(error?.libraryMessages.isEmpty == false)

        try whole.prefix(20).write(to: URL(filePath: path))
        #expect(openingFailure(path)?.kind == .damaged)
    }

    /// Whatever byte is wrong: an error or other values, never a crash. Strings of variable length are left out: the
    /// library (1.10) believes the lengths in its heap of them without a check.
    @Test func damagedBytesNeverCrash() throws {
        let path = directory.file()
        let file = try HDF5File.create(path)
        let dataset = try file.root.createDataset("g/x", .int16, shape: [40], chunk: [10], gzip: 4, fletcher32: true)
        try dataset.write((0..<40).map { Int16($0) })
        try dataset.attributes.set("scale", [0.5, 2])
        try dataset.attributes.set("names", ["a", "bcd"])
        try file.close()
        let whole = try Data(contentsOf: URL(filePath: path))
        var failures = 0
        for position in stride(from: 0, to: whole.count, by: 7) {
            var damaged = whole
            damaged[position] ^= 0xff
            try damaged.write(to: URL(filePath: path))
            do {
                let file = try HDF5File.open(path)
                for path in try file.allDatasetPaths() {
                    let dataset = try file.dataset(path)
                    _ = try dataset.read(Int16.self)
                    let reader = try HDF5RowReader(dataset)
                    let buffer = try RawBuffer(byteCount: reader.rows * reader.rowBytes, Place(file: path), "read")
                    try buffer.bytes.baseAddress.map { try reader.read(rows: 0..<reader.rows, into: $0) }
                    _ = try dataset.attributes.doubles("scale")
                    _ = try dataset.attributes.strings("names")
                }
            } catch {
                failures += 1
            }
        }
        #expect(failures > 20)
    }

    @Test func adviceIsGivenWhereAFileCanNotBeMade() throws {
        let path = directory.file("none/data.h5")
        let error = failure { _ = try HDF5File.create(path) }
        #expect(error?.kind == .cannotOpen)
        #expect(error?.description == "cannot create \(path): No such file or directory")
        guard geteuid() != 0 else { return }  // root may write anywhere
        chmod(directory.path, 0o555)
        defer { chmod(directory.path, 0o755) }
        let denied = directory.file()
        let denial = failure { _ = try HDF5File.create(denied) }
        #expect(denial?.description == "cannot create \(denied): Permission denied")
    }

    @Test func whatIsMissingAndWhatIsThere() throws {
        let path = directory.file()
        let file = try HDF5File.create(path)
        try file.root.createDataset("train/targets", .uint8, shape: [2])
        try file.root.createDataset("train/inputs", .uint8, shape: [2, 4])
        try file.root.createGroup("empty")
        func message(_ object: String) -> String? {
            failure { _ = try file.dataset(object) }?.description
        }
        #expect(message("/train/x") == "no dataset '/train/x' in \(path); it has: /train/inputs, /train/targets")
        #expect(
            message("trian/inputs/")
                == "no dataset '/trian/inputs' in \(path): there is no '/trian'; it has: /empty, /train")
        #expect(message("/empty/x") == "no dataset '/empty/x' in \(path); '/empty' is empty")
        #expect(
            message("/train/inputs/x")
                == "no dataset '/train/inputs/x' in \(path); '/train/inputs' is a dataset")
        #expect(
            message("/train")
                == "cannot open '/train' in \(path): it is a group, not a dataset; "
                + "it has: /train/inputs, /train/targets")
        let error = failure { _ = try file.dataset("/train/x") }
        #expect(error?.kind == .missingObject(available: ["/train/inputs", "/train/targets"]))
        #expect(error?.object == "/train/x")
        #expect(failure { _ = try file.group("/train/inputs") }?.kind == .wrongType)
        #expect(try file.exists("/train/inputs"))
        #expect(try file.exists("/"))
        #expect(try !file.exists("/train/inputs/x"))
        #expect(try !file.exists("/none/at/all"))
    }

    @Test func allDatasetsAreListedDespiteCyclesAndLinksThatLeadNowhere() throws {
        let path = directory.file()
        try RawFile.create(path) { file in
            for name in ["/a", "/a/b"] { H5Gclose(try RawFile.check(H5Gcreate2(file, name, 0, 0, 0))) }
            try RawFile.add("/a/b/x", to: file, type: H5Tcopy(chdf5_native_int8()), values: [Int8(1)])
            try RawFile.add("/y", to: file, type: H5Tcopy(chdf5_native_int8()), values: [Int8(1)])
            H5Lcreate_hard(file, "/a", file, "/a/b/again", 0, 0)
            H5Lcreate_soft("/y", file, "/soft", 0, 0)
            H5Lcreate_soft("/nowhere", file, "/dangling", 0, 0)
            H5Lcreate_external("other.h5", "/x", file, "/external", 0, 0)
        }
        let file = try HDF5File.open(path)
        #expect(try file.allDatasetPaths() == ["/a/b/x", "/y"])
        let children = try file.root.children()
        #expect(children.map(\.name) == ["a", "dangling", "external", "soft", "y"])
        #expect(children.map(\.kind) == [.group, .danglingLink, .externalLink, .dataset, .dataset])
        #expect(try file.dataset("/soft").read(Int.self) == [1])
        let dangling = failure { _ = try file.dataset("/dangling") }
        #expect(
            dangling?.description
                == "no dataset '/dangling' in \(path): the link '/dangling' leads to '/nowhere', which is not there")
        let away = #expect(throws: HDF5Error.self) {
            try HDF5File.open(path, allowingExternal: true).dataset("/external")
        }
        #expect(
            away?.description
                == "no dataset '/external' in \(path): the link '/external' leads to '/x' in another file, other.h5, and "
                + "that file or object is not there")
        let deep = String(repeating: "/q", count: 2 << 20)
        #expect(
            failure { _ = try file.dataset(deep) }?.description
                == "cannot open '\(deep.prefix(200))…' in \(path): its path has 2097152 names; up to 4097 are followed")
    }

    @Test func closingEndsTheUseOfEveryObject() throws {
        let path = directory.file()
        let file = try HDF5File.create(path)
        let dataset = try file.root.createDataset("x", .int8, shape: [1])
        try file.close()
        try file.close()
        let attempts: [() throws -> Void] = [
            { try dataset.write([1] as [Int8]) },
            { _ = try dataset.read(Int8.self) },
            { _ = try dataset.attributes.names },
            { _ = try file.root.children() },
            { _ = try file.root.createGroup("g") },
            { _ = try file.exists("/x") },
            { try file.flush() },
        ]
        for attempt in attempts {
            #expect(failure(attempt)?.kind == .closed)
        }
        let message = failure { _ = try dataset.read(Int8.self) }?.description
        #expect(message == "cannot read '/x' in \(path): the file has been closed")
        #expect(dataset.storageSize == 0)
    }

    @Test func aDatasetKeepsItsFileOpen() throws {
        let path = directory.file()
        try HDF5File.create(path).root.createDataset("x", .int8, shape: [1]).write([7] as [Int8])
        let dataset = try HDF5File.open(path).dataset("x")
        #expect(try dataset.read(Int8.self) == [7])
        #expect(dataset.filePath == path)
    }

    @Test func aFileOpenedForReadingIsNotChanged() throws {
        let path = directory.file()
        try HDF5File.create(path).root.createDataset("x", .int8, shape: [1])
        let file = try HDF5File.open(path)
        let error = failure { try file.dataset("/x").write([1] as [Int8]) }
        #expect(error?.description == "cannot write '/x' in \(path): the file was opened for reading only")
        #expect(failure { try file.attributes.set("a", 1) }?.kind == .writeFailed)
        #expect(failure { _ = try file.root.createGroup("g") }?.kind == .writeFailed)
        try file.close()
        let writable = try HDF5File.open(path, writable: true)
        try writable.dataset("/x").write([9] as [Int8])
        try writable.close()
        #expect(try HDF5File.open(path).dataset("/x").read(Int8.self) == [9])
    }

    @Test func theSameContentsMakeTheSameBytes() throws {
        func make(_ path: String) throws -> Data {
            let file = try HDF5File.create(path)
            let dataset = try file.root.createDataset("a/b/x", .float32, shape: [100], gzip: 4, shuffle: true)
            try dataset.write((0..<100).map { Float($0) })
            try dataset.attributes.set("names", ["a", "bc"])
            try file.close()
            return try Data(contentsOf: URL(filePath: path))
        }
        let first = try make(directory.file("1.h5"))
        // Times are kept in seconds.
        Thread.sleep(forTimeInterval: 1.1)
        #expect(try make(directory.file("2.h5")) == first)
    }
}
