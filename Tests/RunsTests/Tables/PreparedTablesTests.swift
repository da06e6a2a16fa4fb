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

    /// A table that is trained on twice, or measured on as well, under whatever name.
    @Test func copiesAreTold() throws {
        let copy = directory.path + "/b.csv"
        func warnings(_ train: String, _ assignments: String...) throws -> [String] {
            var document = try smallest()
            try document.set("data.train={\"file\": \(train), \"targets\": \"y\"}")
            for assignment in assignments { try document.set(assignment) }
            return try PreparedTables(RunConfiguration(document, directory: "").data).warnings
        }
        #expect(try warnings("\"\(path)\"") == [])
        #expect(
            try warnings("\"\(path)\"", "data.validation={\"file\": \"\(path)\"}") == [
                "data.validation.file names \(path), which is trained on: what is measured there says nothing of new rows"
            ])
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        #expect(
            try warnings("\"\(path)\"", "data.test={\"file\": \"\(copy)\"}") == [
                "data.test.file names \(copy), which holds the same as \(path), and that is trained on: what is measured there says "
                    + "nothing of new rows"
            ])
        #expect(
            try warnings("[\"\(path)\", \"\(copy)\"]") == [
                "data.train.file names \(copy), which holds the same as \(path): its rows count twice"
            ])
        try "x,y\n1,2\n3,5\n".write(toFile: copy, atomically: false, encoding: .utf8)
        #expect(try warnings("[\"\(path)\", \"\(copy)\"]") == [])
    }

    /// A table's keys go through doubles: beyond 2^53 they are refused, and as a category they are texts.
    @Test func keysBeyondDoublesAreRefused() throws {
        let rows = (0..<40).map { "\($0),\(9_007_199_254_740_992 + $0 / 4),\($0 % 3)\n" }
        try write("x,key,y\n" + rows.joined())
        func read(_ columns: String, rule: String = "together") throws -> RunData {
            var document = try smallest()
            try document.set("data.train={\"file\": \"\(path)\", \"targets\": \"y\"\(columns)}")
            try document.set("data.split={\"\(rule)\": \"key\"}")
            try document.set(#"data.validation={"fraction": 0.25}"#)
            let data = try RunConfiguration(document, directory: "").data
            let tables = try PreparedTables(data)
            defer { withExtendedLifetime(tables) {} }
            return try RunData(tables.data, seed: 1)
        }
        let start =
            "\(path), column 'key' holds whole numbers such as 9007199254740992, beyond 9007199254740992 (2^53), where "
            + "neighbours are no longer told apart; "
        #expect(
            throws: DataError(
                start + "say by data.train.columns that 'key' is a category, so that they are compared as texts")
        ) { try read("") }
        #expect(
            throws: DataError(start + "write the times as dates, such as 2024-03-01 12:00:00, or in a coarser unit")
        ) { try read("", rule: "by_time") }
        let data = try read(#", "columns": {"key": "category"}"#)
        let sides = [data.training, data.validation].map { side in
            Set((0..<(side?.count ?? 0)).map { (side?.selection[$0] ?? 0) / 4 })
        }
        #expect(sides[0].isDisjoint(with: sides[1]) && sides[0].count + sides[1].count == 10)
    }

    /// Which come again each day.
    @Test func timesOfDayAreNotNewer() throws {
        try write("x,t,y\n" + (0..<20).map { "\($0 * 7 % 11),\($0 % 2 + 10):\($0 + 10),\($0 % 3)\n" }.joined())
        var document = try smallest()
        try document.set("data.train={\"file\": \"\(path)\", \"targets\": \"y\"}")
        try document.set(#"data.split={"by_time": "t"}"#)
        try document.set(#"data.validation={"fraction": 0.25}"#)
        let data = try RunConfiguration(document, directory: "").data
        let tables = try PreparedTables(data)
        defer { withExtendedLifetime(tables) {} }
        #expect(
            throws: DataError(
                "\(path), column 't' holds times of day, which do not say which row is newer, but data.split.by_time orders "
                    + "numbers, or dates with or without a time")
        ) { try RunData(tables.data, seed: 1) }
    }

    /// Of which one loss would take the classes' codes for amounts.
    @Test func numbersAndTextsAreNoTargetsTogether() throws {
        func prepare(_ rows: String) throws {
            try write("x,y,q\n" + rows)
            var document = try smallest()
            try document.set("data.train={\"file\": \"\(path)\", \"targets\": [\"y\", \"q\"]}")
            _ = try PreparedTables(RunConfiguration(document, directory: "").data)
        }
        #expect("a number and a text") {
            try prepare("1,0.07,n\n3,2.72,n\n3,2.45,y\n")
        } throws: {
            "\($0)".contains(
                "y and q: q holds texts (n, y), y numbers; train a model for each, or give two outputs")
        }
        // Two answers.
        try prepare("1,0,n\n3,1,n\n3,1,y\n")
    }

    /// A text that is written otherwise in the second table.
    @Test func aClassOfTheSecondTableIsNamed() throws {
        try write("x,y\n1,low\n3,mid\n3,low\n7,mid\n")
        let other = directory.path + "/b.csv"
        try "x,y\n2,LOW\n3,mid\n".write(toFile: other, atomically: false, encoding: .utf8)
        var document = try smallest()
        try document.set("data.train={\"file\": [\"\(path)\", \"\(other)\"], \"targets\": \"y\"}")
        try document.set(#"model={"layers": [{"type": "dense", "units": 2, "activation": "softmax"}]}"#)
        try document.set(#"loss="sparse_categorical_crossentropy""#)
        let configuration = try RunConfiguration(document, directory: "")
        #expect("a class that the model has no unit for") {
            try TrainingRun(configuration)
        } throws: {
            "\($0)".hasPrefix("\(other) holds 'LOW' in line 2, a class that no row of \(path) has, and ")
        }
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
