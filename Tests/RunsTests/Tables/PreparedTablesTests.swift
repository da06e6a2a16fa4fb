import Files
import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

@Suite struct PreparedTablesTests {
    private let directory: TestDirectory
    private let path: String
    private var cache: String { directory.path + "/cache" }

    init() throws {
        directory = try TestDirectory()
        path = directory.path + "/a.csv"
        try write("x,y\n1,2\n3,4\n")
    }

    private func write(_ text: String) throws { try text.write(toFile: path, atomically: false, encoding: .utf8) }

    private func data() throws -> DataConfiguration {
        var document = try smallest()
        try document.set("data.train={\"file\": \"\(path)\", \"targets\": \"y\"}")
        return try RunConfiguration(document, directory: "").data
    }

    private func kept() throws {
        let tables = try PreparedTables(data(), cache: cache)
        #expect(tables.steps.map(\.rows) == [2])
        try tables.keep(in: RunDirectory(directory.path))
        #expect(tables.data.train.table?.converted?.map(\.path) == [cache + "/train.h5"])
        #expect(try Dataset(reading: tables.data.train).count == 2)
    }

    @Test func keptAndKnownAgain() throws {
        try kept()
        let again = try PreparedTables(data(), cache: cache, resumes: true)
        #expect(again.steps.count == 1 && again.steps[0].report == nil && again.steps[0].damage == nil)
        // A new run makes its own.
        #expect(try PreparedTables(data(), cache: cache).steps[0].report != nil)
    }

    @Test func whatIsDamagedIsMadeAnew() throws {
        try kept()
        let file = cache + "/train.h5"
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        for count in [0, 1, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: URL(fileURLWithPath: file))
            let again = try PreparedTables(data(), cache: cache, resumes: true)
            #expect(again.steps[0].damage == "\(file) is damaged")
            try again.keep(in: RunDirectory(directory.path))
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == whole)
        }
        try FileManager.default.removeItem(atPath: file)
        #expect(try PreparedTables(data(), cache: cache, resumes: true).steps[0].damage == "\(file) is missing")
        // The record itself, at any place.
        try kept()
        let record = try Data(contentsOf: URL(fileURLWithPath: cache + "/train.json"))
        for text in [
            "", "{}", "[", "{\"format\": 2}", String(decoding: record.prefix(record.count / 2), as: UTF8.self),
        ] {
            try text.write(toFile: cache + "/train.json", atomically: false, encoding: .utf8)
            #expect(try PreparedTables(data(), cache: cache, resumes: true).steps[0].report != nil)
        }
    }

    @Test func aTableThatHasChangedIsRefused() throws {
        try kept()
        try write("x,y\n1,2\n3,5\n")
        let error = #expect(throws: DataError.self) { try PreparedTables(data(), cache: cache, resumes: true) }
        #expect(
            error?.description.hasPrefix("\(path) has changed since the run was begun: it has 12 bytes with ") == true)
        #expect(
            error?.description.hasSuffix("; give it the table as it was, or begin another run") == true)
    }

    /// Tables that a pattern matches, one more, one less or another one, though nothing is left of the cache.
    @Test func tablesThatAreAddedOrGoneAreTold() throws {
        for name in ["b.csv", "c.csv"] { _ = try directory.write("x,y\n5,6\n7,8\n", to: name) }
        var document = try smallest()
        try document.set("data.train={\"file\": \"\(directory.path)/*.csv\", \"targets\": \"y\"}")
        let data = try RunConfiguration(document, directory: "").data
        let tables = try PreparedTables(data)
        let record = try DataRecord(
            data, tables.sums, rows: [6, 0, 0], DataFingerprint([nil, nil, nil]), directory: directory.path)
        _ = try PreparedTables(data, begunWith: record)
        let begun = "the files of data.train are not those that the run was begun with: "
        let advice = "; give it the files as they were, or begin another run"
        _ = try directory.write("x,y\n1,2\n", to: "aa.csv")
        #expect(throws: DataError(begun + "\(directory.path)/aa.csv was not there" + advice)) {
            try PreparedTables(data, begunWith: record)
        }
        for name in ["aa.csv", "b.csv"] { try FileManager.default.removeItem(atPath: directory.file(name)) }
        #expect(throws: DataError(begun + "\(directory.path)/b.csv is gone" + advice)) {
            try PreparedTables(data, begunWith: record)
        }
    }

    @Test func folderForTemporaryFiles() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(folder?.path)
        try "x".write(toFile: path + "/a", atomically: false, encoding: .utf8)
        // What a process that has ended left; no process has this number.
        let left = FileManager.default.temporaryDirectory.path + "/stormo-work-2147483646-x"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        let other = try TemporaryFolder()
        #expect(!FileManager.default.fileExists(atPath: left))
        #expect(other.path != path)
        #expect(FileManager.default.fileExists(atPath: path))
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func sumsOfFiles() throws {
        let sum = try Checksum.ofFile(path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(sum.bytes == bytes.count)
        #expect(bytes.withUnsafeBytes { Checksum.of($0) } == sum.sum)
        #expect(throws: FileError("cannot open \(path)x: there is no such file", isBadData: true)) {
            try Checksum.ofFile(path + "x")
        }
        #expect(throws: FileError.self) { try Checksum.ofFile(directory.path) }
    }
}
