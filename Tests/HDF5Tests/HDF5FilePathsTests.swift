import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

struct HDF5FilePathsTests {
    private let directory: TestDirectory
    private var path: String { directory.file() }

    init() throws { directory = try TestDirectory() }

    private func nest(_ depth: Int) throws {
        try RawFile.create(path) { file in
            var group = H5Gopen2(file, "/", 0)
            for _ in 0..<depth {
                let next = try RawFile.check(H5Gcreate2(group, "g", 0, 0, 0))
                H5Gclose(group)
                group = next
            }
            try RawFile.add("x", to: group, type: H5Tcopy(chdf5_native_int8()), values: [7] as [Int8])
            H5Gclose(group)
        }
    }

    /// Walking from the root to each of them would take minutes.
    @Test func groupsWithinGroups() throws {
        try nest(2000)
        try expectThreadTime(below: .seconds(20)) {
            let file = try HDF5File.open(path)
            let expected = String(repeating: "/g", count: 2000) + "/x"
            #expect(try file.allDatasetPaths() == [expected])
            #expect(try file.allGroupPaths().count == 2001)
            #expect(try file.dataset(expected).read(Int.self) == [7])
        }
    }

    /// As data head seeks the labels beside a dataset.
    @Test func whatIsNotThereWithinManyGroups() throws {
        try nest(2000)
        try expectThreadTime(below: .seconds(2)) {
            let file = try HDF5File.open(path)
            let (group, name) = (String(repeating: "/g", count: 2000), "targets")
            #expect(try !file.exists("\(group)/\(name)"))
            let error = #expect(throws: HDF5Error.self) { try file.dataset("\(group)/\(name)") }
            #expect(error?.description == "no dataset '\(group)/\(name)' in \(path); it has: \(group)/x")
            #expect(try !file.exists("\(group)/x/\(name)"))
        }
    }

    @Test func groupsTooDeepWithinGroups() throws {
        try nest(4097)
        let file = try HDF5File.open(path)
        let error = #expect(throws: HDF5Error.self) { try file.allDatasetPaths() }
        #expect(error?.kind == .tooLarge)
        #expect(error?.reason == "its groups lie within each other more than 4096 deep")
        #expect(error?.object == String(repeating: "/g", count: 100) + "…")
    }

    @Test func aNameOfMegabytes() throws {
        try RawFile.create(path) { file in
            let name = String(repeating: "n", count: 2 << 20)
            try RawFile.add(name, to: file, type: H5Tcopy(chdf5_native_int8()), values: [7] as [Int8])
            try RawFile.add("x", to: file, type: H5Tcopy(chdf5_native_int8()), values: [7] as [Int8])
        }
        let file = try HDF5File.open(path)
        let error = #expect(throws: HDF5Error.self) { try file.allDatasetPaths() }
        #expect(
            error?.description == "cannot list '/' in \(path): the name of an object in it has 2097152 bytes; names of "
                + "up to 4096 are read")
        #expect(try file.dataset("x").read(Int.self) == [7])
    }
}
