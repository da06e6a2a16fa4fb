import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

struct ExternalLinkGuardTests {
    let directory: TestDirectory
    let path: String
    let other: String

    /// A file with each way of leading into another one.
    init() throws {
        directory = try TestDirectory()
        (path, other) = (directory.file(), directory.file("other.h5"))
        let (otherName, rawName) = (other, directory.file("raw.bin"))
        try Data([1, 2, 3, 4]).write(to: URL(filePath: rawName))
        try RawFile.create(other) { file in
            try RawFile.add("x", to: file, type: H5Tcopy(chdf5_native_int8()), values: [5, 6, 7, 8] as [Int8])
        }
        try RawFile.create(path) { file in
            try RawFile.add("here", to: file, type: H5Tcopy(chdf5_native_int8()), values: [9, 8, 7, 6] as [Int8])
            H5Lcreate_soft("/here", file, "soft", 0, 0)
            H5Lcreate_external(otherName, "/", file, "external", 0, 0)
            H5Lcreate_soft("/external/x", file, "detour", 0, 0)
            let space = H5Screate_simple(1, [4], nil)
            defer { H5Sclose(space) }
            func add(_ name: String, _ setUp: (hid_t) -> Void) throws {
                let creation = H5Pcreate(chdf5_dataset_create_class())
                defer { H5Pclose(creation) }
                setUp(creation)
                H5Dclose(try RawFile.check(H5Dcreate2(file, name, chdf5_native_int8(), space, 0, creation, 0)))
            }
            try add("raw") { H5Pset_external($0, rawName, 0, 4) }
            try add("view") { H5Pset_virtual($0, space, otherName, "/x", space) }
            try add("own view") { H5Pset_virtual($0, space, ".", "/here", space) }
            try add("sly view") { H5Pset_virtual($0, space, ".", "/detour", space) }
            try add("loop") { H5Pset_virtual($0, space, ".", "/loop", space) }
            // A pattern needs an axis without end.
            let endless = H5Screate_simple(1, [4], [hsize_t.max])
            defer { H5Sclose(endless) }
            H5Sselect_hyperslab(endless, H5S_SELECT_SET, [0], [4], [hsize_t.max], [4])
            let creation = H5Pcreate(chdf5_dataset_create_class())
            defer { H5Pclose(creation) }
            H5Pset_virtual(creation, endless, ".", "/here%b", space)
            H5Dclose(try RawFile.check(H5Dcreate2(file, "pattern", chdf5_native_int8(), endless, 0, creation, 0)))
        }
    }

    private func refusal(_ object: String) throws -> String? {
        let file = try HDF5File.open(path)
        let error = #expect(throws: HDF5Error.self, "\(object)") { try file.dataset(object) }
        #expect(error?.kind == .leavesFile, "\(object)")
        return error?.description
    }

    private static let advice = "; copy the values into this file, or allow data from other files if you trust them"

    @Test func whatLeavesTheFileIsRefused() throws {
        #expect(
            try refusal("/external/x")
                == "cannot open '/external/x' in \(path): the link '/external' leads to '/' in another file, "
                + other + Self.advice)
        #expect(
            try refusal("/detour")?.contains("the link '/detour' leads to '/' in another file, \(other)") == true)
        #expect(
            try refusal("/raw") == "cannot open '/raw' in \(path): its values lie in another file, "
                + directory.file("raw.bin") + Self.advice)
        #expect(
            try refusal("/view") == "cannot open '/view' in \(path): it is a view of '/x' in another file, "
                + other + Self.advice)
        #expect(try refusal("/sly view")?.contains("the link '/detour' leads to") == true)
        #expect(try refusal("/pattern")?.contains("a view of a pattern of names, '/here%b'") == true)
        let file = try HDF5File.open(path)
        #expect(throws: HDF5Error.self) { try file.group("/external") }
        #expect(throws: HDF5Error.self) { try file.exists("/external/x") }
        let error = #expect(throws: HDF5Error.self) { try file.dataset("/loop") }
        #expect(error?.reason == "it is a view of a view, more than 16 times over")
    }

    @Test func whatStaysInTheFileIsRead() throws {
        let file = try HDF5File.open(path)
        #expect(try file.dataset("/soft").read(Int.self) == [9, 8, 7, 6])
        let view = try file.dataset("/own view")
        #expect(view.layout == .virtual)
        #expect(try view.read(Int.self) == [9, 8, 7, 6])
        let reader = try HDF5RowReader(view)
        #expect(!reader.isDirect)
        var bytes = [UInt8](repeating: 0, count: 2)
        try bytes.withUnsafeMutableBytes { try reader.read(rows: 1..<3, into: $0.baseAddress!) }
        #expect(bytes == [8, 7])
        // Looking at the names does not follow them.
        #expect(try file.root.children().contains { $0.name == "external" && $0.kind == .externalLink })
    }

    @Test func whoAllowsItGetsTheValues() throws {
        let file = try HDF5File.open(path, allowingExternal: true)
        for name in ["/external/x", "/detour", "/view", "/sly view"] {
            #expect(try file.dataset(name).read(Int.self) == [5, 6, 7, 8], "\(name)")
        }
        #expect(try file.dataset("/raw").read(Int.self) == [1, 2, 3, 4])
        for name in ["/external/x", "/raw", "/view"] {
            let reader = try HDF5RowReader(try file.dataset(name))
            #expect(!reader.isDirect)
            var bytes = [UInt8](repeating: 0, count: 1)
            try bytes.withUnsafeMutableBytes { try reader.read(rows: 3..<4, into: $0.baseAddress!) }
            #expect(bytes == [name == "/raw" ? 4 : 8])
        }
    }

    /// The library opens what a link or a view leads to with the weak degree of closing, and refuses to have a file open
    /// with two degrees.
    @Test(arguments: ["/external/x", "/detour", "/view"])
    func aFileThatIsOpenIsAlsoReachedByALink(name: String) throws {
        let target = try HDF5File.open(other)
        let file = try HDF5File.open(path, allowingExternal: true)
        #expect(try file.dataset(name).read(Int.self) == [5, 6, 7, 8])
        #expect(try target.dataset("/x").read(Int.self) == [5, 6, 7, 8])
    }

    @Test(arguments: ["/external/x", "/detour", "/view"])
    func aFileThatWasReachedByALinkIsOpened(name: String) throws {
        let file = try HDF5File.open(path, allowingExternal: true)
        let dataset = try file.dataset(name)
        #expect(try dataset.read(Int.self) == [5, 6, 7, 8])
        let target = try HDF5File.open(other)
        #expect(try target.dataset("/x").read(Int.self) == [5, 6, 7, 8])
        try target.close()
        #expect(try dataset.read(Int.self) == [5, 6, 7, 8])
        try file.close()
        // Nothing of it is open any more.
        #expect(try HDF5File.open(other, writable: true).dataset("/x").read(Int.self) == [5, 6, 7, 8])
    }
}
