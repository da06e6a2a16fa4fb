import Files
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Preparation

struct RechunkingTests {
    private let folder: TestDirectory
    init() throws { folder = try TestDirectory() }

    private static let images = (0..<1000 * 12).map { UInt16(truncatingIfNeeded: $0 * 7919) }

    private func makeFile() throws {
        _ = try folder.hdf5 {
            let images = try $0.createDataset(
                "/train/inputs", .uint16, shape: [1000, 3, 4], chunk: [1, 3, 4], gzip: 9)
            try images.write(Self.images)
            try images.attributes.set("scale", [0.5, 2])
            try $0.createDataset("/train/flags", .bool, shape: [5]).write([1, 0, 1, 1, 0] as [Int8])
            try $0.createDataset("/half", .float16, shape: [3]).write([0.5, -2, 1024] as [Float])
            try $0.createDataset("/names", .string, shape: [2]).writeStrings(["a", "ü"])
            try $0.createDataset("/one", .float64, shape: []).write([2.5] as [Double])
            try $0.createDataset("/none", .float32, shape: [0, 3])
            try $0.createGroup("/empty/deep").attributes.set("note", "kept")
            try $0.attributes.set("class_names", ["x", "y"])
        }
    }

    private func check(_ path: String, chunk: [Int]) throws {
        let file = try HDF5File.open(path)
        let images = try file.dataset("/train/inputs")
        #expect(images.layout == .chunked(chunk))
        #expect(images.elementType == .uint16)
        #expect(try images.read(UInt16.self) == Self.images)
        #expect(try images.attributes.doubles("scale") == [0.5, 2])
        #expect(try file.dataset("/train/flags").elementType == .bool)
        #expect(try file.dataset("/train/flags").read(Int8.self) == [1, 0, 1, 1, 0])
        #expect(try file.dataset("/half").elementType == .float16)
        #expect(try file.dataset("/half").read(Float.self) == [0.5, -2, 1024])
        #expect(try file.dataset("/names").readStrings() == ["a", "ü"])
        #expect(try file.dataset("/one").read(Double.self) == [2.5])
        #expect(try file.dataset("/none").shape == [0, 3])
        #expect(try file.group("/empty/deep").attributes.string("note") == "kept")
        #expect(try file.attributes.strings("class_names") == ["x", "y"])
    }

    @Test func keepsEverything() throws {
        try makeFile()
        var rechunking = Rechunking()
        rechunking.rows = 300
        rechunking.verify = true
        rechunking.fletcher32 = true
        let summary = try rechunking.run(folder.file("data.h5"), to: folder.file("out.h5"))
        try check(folder.file("out.h5"), chunk: [300, 3, 4])
        let images = try #require(summary.results.first { $0.path == "/train/inputs" })
        #expect(images.layout == .chunked([1, 3, 4]) && images.newLayout == .chunked([300, 3, 4]))
        #expect(images.newStoredBytes < images.storedBytes)
        #expect(
            try HDF5File.open(folder.file("out.h5")).dataset("/train/inputs").filters == [
                "shuffle", "gzip(4)", "fletcher32",
            ])
        #expect(summary.results.filter { !$0.isRechunked }.map(\.path) == ["/names", "/none", "/one"])
    }

    @Test func takesTheFilesOwnPlace() throws {
        try makeFile()
        var rechunking = Rechunking()
        rechunking.gzip = nil
        _ = try rechunking.run(folder.file("data.h5"), to: folder.file("data.h5"))
        try check(folder.file("data.h5"), chunk: [683, 3, 4])
        #expect(try HDF5File.open(folder.file("data.h5")).dataset("/train/inputs").filters == [])
        #expect(folder.listing == ["data.h5"])
    }

    @Test func canLeaveBytesInTheirOrder() throws {
        try makeFile()
        var rechunking = Rechunking()
        rechunking.shuffle = false
        _ = try rechunking.run(folder.file("data.h5"), to: folder.file("out.h5"))
        #expect(try HDF5File.open(folder.file("out.h5")).dataset("/train/inputs").filters == ["gzip(4)"])
    }

    @Test func leavesNothingWhereItFails() throws {
        try makeFile()
        #expect(throws: FileError.self) { try Rechunking().run(folder.file("data.h5"), to: folder.file("gone/out.h5")) }
        #expect(throws: HDF5Error.self) { try Rechunking().run(folder.file("gone.h5"), to: folder.file("out.h5")) }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try Rechunking().run(folder.file("data.h5"), to: folder.file("out.h5")) { _ in throw Stop() }
        }
        #expect(folder.listing == ["data.h5"])
    }
}
