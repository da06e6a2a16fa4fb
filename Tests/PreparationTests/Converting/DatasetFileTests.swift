import Files
import Foundation
import HDF5
import Testing

@testable import Preparation

struct DatasetFileTests {
    private struct Interruption: Error {}

    @Test func aFailureLeavesNothing() throws {
        let fixture = try ConvertingFixture()
        #expect(throws: Interruption.self) {
            try DatasetFile.write(fixture.file("a.h5")) { file in
                try file.root.createDataset("x", .int32, shape: [3]).write([Int32](1...3))
                throw Interruption()
            }
        }
        #expect(fixture.listing == [])
        try fixture.write("old", to: "a.h5")
        #expect(throws: Interruption.self) { try DatasetFile.write(fixture.file("a.h5")) { _ in throw Interruption() } }
        #expect(try String(contentsOfFile: fixture.file("a.h5"), encoding: .utf8) == "old")
        #expect(fixture.listing == ["a.h5"])
    }

    @Test func chunksHoldAbout64Rows() {
        #expect(DatasetFile.chunkRows(rowBytes: 784, rows: 60_000) == 64)
        #expect(DatasetFile.chunkRows(rowBytes: 784, rows: 10) == 10)
        // 16 KiB at least, 1 MiB at most.
        #expect(DatasetFile.chunkRows(rowBytes: 4, rows: 60_000) == 4096)
        #expect(DatasetFile.chunkRows(rowBytes: 100_000, rows: 60_000) == 10)
        #expect(DatasetFile.chunkRows(rowBytes: 5 << 20, rows: 60_000) == 1)
        #expect(DatasetFile.chunkRows(rowBytes: 0, rows: 0) == 1)
    }

    @Test func refusesWhatNoDiskHolds() throws {
        let fixture = try ConvertingFixture()
        let error = #expect(throws: FileError.self) {
            try DatasetFile.write(fixture.file("a.h5"), estimatedBytes: 1 << 60) { _ in
                Issue.record("nothing should be written")
            }
        }
        let sentence = try #require(error?.description)
        #expect(
            sentence.hasPrefix(
                "\(fixture.file("a.h5")) can't be written: it needs 1099511627776 MiB, and the disk has "))
        #expect(sentence.hasSuffix(" MiB free; make room or write to another disk"))
        #expect(fixture.listing == [])
    }

    /// In a process of its own, as it takes the right to write large files from the process.
    @Test func aFullDiskLeavesNothing() async {
        await #expect(processExitsWith: .success) {
            let fixture = try ConvertingFixture()
            signal(SIGXFSZ, SIG_IGN)
            var text = "x,y\n"
            for row in 0..<20_000 { text += "\(Double(row * 7919 % 10_007) / 3),\(row % 3)\n" }
            let source = try fixture.write(text, to: "a.csv")
            var limit = rlimit(rlim_cur: 1 << 14, rlim_max: 1 << 14)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            fixture.expect("@out.h5 can't be written: File too large", from: TableConverter(source))
        }
    }
}
