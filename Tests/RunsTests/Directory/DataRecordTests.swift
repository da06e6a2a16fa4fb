import Engine
import Files
import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

/// What a run's data were when it was begun: known also where no checkpoint was saved.
@Suite struct DataRecordTests {
    private typealias File = DataRecord.File

    private func record(_ files: [File]) throws -> DataRecord {
        let directory = try TestDirectory()
        var record = try DataRecord(
            RunConfiguration(smallest(), directory: "/a").data, [:], rows: [3, 2, 0],
            DataFingerprint([Dataset(inputs: [[1], [2]]), nil, nil]), directory: directory.path)
        record.splits["train"] = DataRecord.Split(paths: ["../x.csv"], files: files)
        try record.write(to: directory.path)
        let read = try #require(try DataRecord(directory: directory.path))
        #expect(read == record)
        return read
    }

    private func file(_ path: String, _ sum: Int? = nil) -> File {
        File(path: path, sum: sum.map { FileSum(sum: $0, bytes: 10 * $0) })
    }

    @Test func whatHasChangedIsSaid() throws {
        let record = try record([file("/a/x.csv", 1), file("/a/y.csv", 2)])
        // Files that were moved are the same ones.
        try record.check("train", [file("/b/x.csv", 1), file("/b/y.csv", 2)])
        try record.check("test", [file("/b/z.csv", 1)])
        let begun = "the files of data.train are not those that the run was begun with: "
        let advice = "; give it the files as they were, or begin another run"
        for (files, sentence) in [
            (
                [file("/a/x.csv", 1), file("/a/y.csv", 3)],
                "/a/y.csv has changed since the run was begun: it has 30 bytes with the checksum 00000003, and had 20 with "
                    + "00000002; give it the table as it was, or begin another run"
            ),
            (
                [file("/b/x.csv", 1), file("/b/y.csv", 3)],
                "/b/y.csv has changed since the run was begun: it has 30 bytes with the checksum 00000003, and had 20 with "
                    + "00000002; give it the table as it was, or begin another run"
            ),
            (
                [file("/a/a.csv", 7), file("/a/x.csv", 1), file("/a/y.csv", 2)],
                begun + "/a/a.csv was not there" + advice
            ),
            ([file("/a/y.csv", 2)], begun + "/a/x.csv is gone" + advice),
            (
                [file("/a/x.csv", 5), file("/a/z.csv", 2)],
                begun
                    + "/a/z.csv was not there; /a/y.csv is gone; /a/x.csv has changed: it has 50 bytes with the checksum "
                    + "00000005, and had 10 with 00000001" + advice
            ),
            ([file("/a/y.csv", 2), file("/a/x.csv", 1)], begun + "they come in another order" + advice),
        ] {
            #expect(throws: DataError(sentence)) { try record.check("train", files) }
        }
        // Renamed tables are told by their checksums.
        let one = try self.record([file("/a/x.csv", 1)])
        try one.check("train", [file("/b/z.csv", 1)])
        #expect(
            throws: DataError(
                "/b/z.csv is not /a/x.csv, with which the run was begun: it has 30 bytes with the checksum 00000003, and that had "
                    + "10 with 00000001; give it the table as it was, or begin another run")
        ) { try one.check("train", [file("/b/z.csv", 3)]) }
        // Of HDF5 files the values are looked at when they are read, whatever their names.
        let plain = try self.record([file("/a/x.h5")])
        try plain.check("train", [file("/a/x.h5")])
        try plain.check("train", [file("/b/z.h5")])
        let two = try self.record([file("/a/x.h5"), file("/a/y.h5")])
        #expect(throws: DataError(begun + "they come in another order" + advice)) {
            try two.check("train", [file("/b/y.h5"), file("/b/x.h5")])
        }
        #expect(throws: DataError(begun + "/a/y.h5 was not there" + advice)) {
            try plain.check("train", [file("/a/x.h5"), file("/a/y.h5")])
        }
    }

    @Test func pathsFromTheRun() {
        #expect(RelativePath.of("/a/b/c.csv", from: "/a/runs/x") == "../../b/c.csv")
        #expect(RelativePath.of("/a/b/*.csv", from: "/a/b") == "*.csv")
        #expect(RelativePath.resolved("../../b/c.csv", from: "/z/runs/x") == "/z/b/c.csv")
        #expect(RelativePath.whole("/a/./b/../c") == "/a/c")
        #expect(RelativePath.whole("x") == FileManager.default.currentDirectoryPath + "/x")
    }

    @Test func whatIsDamagedIsSaid() throws {
        let directory = try TestDirectory()
        #expect(try DataRecord(directory: directory.path) == nil)
        for text in ["", "{", "[]", #"{"format": 2}"#, #"{"format": 1, "train": {"files": [{}]}}"#] {
            _ = try directory.write(text, to: "sources.json")
            #expect("damaged") {
                try DataRecord(directory: directory.path)
            } throws: { error in
                "\(error)".hasPrefix("\(directory.path)/sources.json is damaged: ")
                    && "\(error)".hasSuffix("; remove it to go on without knowing whether the data have changed")
            }
        }
    }

    /// A run that was killed before its first checkpoint begins anew, on the same data.
    @Test func aRunWithoutACheckpointWantsItsData() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        _ = try fixture.begin("run", stop: StopRequest(after: 2))
        try FileManager.default.removeItem(atPath: fixture.path("run/checkpoints"))
        let again = try fixture.goOn("run")
        #expect(again.parameters == whole.parameters)

        _ = try fixture.begin("other", stop: StopRequest(after: 2))
        try FileManager.default.removeItem(atPath: fixture.path("other/checkpoints"))
        let rows = try RunFixture(rows: 31)
        try FileManager.default.removeItem(atPath: fixture.path("data.h5"))
        try FileManager.default.copyItem(atPath: rows.path("data.h5"), toPath: fixture.path("data.h5"))
        #expect(
            throws: DataError(
                "the run's data have changed: there are 31 training rows, and there were 30 when it was begun; give it the data as "
                    + "they were, or begin another run")
        ) { try fixture.goOn("other") }
        let values = try RunFixture(seed: 4)
        try FileManager.default.removeItem(atPath: fixture.path("data.h5"))
        try FileManager.default.copyItem(atPath: values.path("data.h5"), toPath: fixture.path("data.h5"))
        #expect(
            throws: DataError(
                "the run's data have changed: \(fixture.path("data.h5")): /train/inputs holds other values than when the run "
                    + "was begun; give it the data as they were, or begin another run")
        ) { try fixture.goOn("other") }
    }
}
