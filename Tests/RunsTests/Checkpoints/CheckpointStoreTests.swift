import Foundation
import HDF5
import TestSupport
import Testing

@testable import Files
@testable import Runs

@Suite struct CheckpointStoreTests {
    private func names(_ directory: TestDirectory) -> [String] {
        directory.listing.filter { $0.hasPrefix("checkpoints/") }.map { String($0.dropFirst(12)) }
    }

    private func damage(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.removeLast(bytes.count / 2)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test func theNewestAndTheBestAreKept() throws {
        let directory = try TestDirectory()
        let store = try CheckpointStore(directory.path, keepLast: 2, keepBest: true)
        #expect(try store.newestGood()?.path == nil)
        for (step, isBest) in [(5, true), (10, false), (123, true), (200, false), (1_000_000, false)] {
            try store.save(CheckpointFixture.checkpoint(step: step), step: step, isBest: isBest)
        }
        #expect(names(directory) == ["best.h5", "step-0000000200.h5", "step-0001000000.h5"])
        #expect(store.steps == [200, 1_000_000])
        #expect(try Checkpoint(contentsOf: store.bestPath).integers["step"] == [123])
        let found = try #require(try store.newestGood())
        #expect(found.checkpoint.integers["step"] == [1_000_000])
        #expect(found.path == store.path(step: 1_000_000))
        #expect(found.skipped.isEmpty)
    }

    @Test func withoutTheBestThereIsNone() throws {
        let directory = try TestDirectory()
        let store = try CheckpointStore(directory.path, keepLast: 1, keepBest: false)
        for step in [5, 6] { try store.save(CheckpointFixture.checkpoint(step: step), step: step, isBest: true) }
        #expect(names(directory) == ["step-0000000006.h5"])
    }

    @Test func damagedOnesArePassedOver() throws {
        let directory = try TestDirectory()
        let store = try CheckpointStore(directory.path, keepLast: 3, keepBest: true)
        for step in [1, 2, 3] {
            try store.save(CheckpointFixture.checkpoint(step: step), step: step, isBest: step == 1)
        }
        try damage(store.path(step: 3))
        let found = try #require(try store.newestGood())
        #expect(found.checkpoint.integers["step"] == [2])
        #expect(found.skipped.map(\.path) == [store.path(step: 3)])
        #expect(found.skipped[0].reason.contains("truncated"))
        // One of a smaller step is kept, though a larger name is there.
        let other = try CheckpointStore(directory.path, keepLast: 1, keepBest: true)
        try other.save(CheckpointFixture.checkpoint(step: 2), step: 2, isBest: false)
        #expect(names(directory) == ["best.h5", "step-0000000002.h5", "step-0000000003.h5"])
        // And when the run has come further, the damaged one goes.
        try other.save(CheckpointFixture.checkpoint(step: 4), step: 4, isBest: false)
        #expect(names(directory) == ["best.h5", "step-0000000004.h5"])
        // At the very last the best.
        try damage(store.path(step: 4))
        #expect(try store.newestGood()?.path == store.bestPath)
        try damage(store.bestPath)
        let error = #expect(throws: FileError.self) { try store.newestGood() }
        #expect(
            error?.description.hasPrefix(
                "none of the checkpoints in \(directory.path)/checkpoints can be gone on from:\n") == true)
    }

    @Test func leftoversAreRemovedAndOtherFilesAreNot() throws {
        let directory = try TestDirectory()
        _ = try CheckpointStore(directory.path, keepLast: 1, keepBest: true)
        for name in ["step-0000000001.h5.77.partial", "notes.txt", "step-1.h5", "step--000000001.h5"] {
            _ = try directory.write("x", to: "checkpoints/" + name)
        }
        let store = try CheckpointStore(directory.path, keepLast: 1, keepBest: true)
        #expect(names(directory) == ["notes.txt", "step--000000001.h5", "step-1.h5"])
        #expect(store.steps == [])
        try store.save(CheckpointFixture.checkpoint(), step: 12_345_678_901, isBest: false)
        #expect(store.steps == [12_345_678_901])
        #expect(names(directory).contains("step-12345678901.h5"))
    }

    @Test func aSaveThatFailsHarmsNothing() throws {
        let directory = try TestDirectory()
        let store = try CheckpointStore(directory.path, keepLast: 1, keepBest: true)
        try store.save(CheckpointFixture.checkpoint(step: 1), step: 1, isBest: true)
        var bad = try CheckpointFixture.checkpoint(step: 2)
        bad.integers["a/b"] = [1]
        #expect(throws: FileError.self) { try store.save(bad, step: 2, isBest: true) }
        #expect(names(directory) == ["best.h5", "step-0000000001.h5"])
        // The run directory is gone.
        try FileManager.default.removeItem(atPath: directory.path)
        let path = store.path(step: 3)
        #expect(
            throws: FileError("\(path) can't be written: there is no directory \(store.directory); make it first")
        ) { try store.save(CheckpointFixture.checkpoint(step: 3), step: 3, isBest: false) }
    }

    @Test func aFileInTheWayIsNamed() throws {
        let directory = try TestDirectory()
        _ = try directory.write("", to: "checkpoints")
        #expect(throws: FileError("the folder \(directory.path)/checkpoints can't be made: File exists")) {
            try CheckpointStore(directory.path, keepLast: 1, keepBest: true)
        }
    }

    /// Where they can't be looked for, a resumed run must not begin anew.
    @Test func aFolderThatCannotBeReadIsSaid() throws {
        let directory = try TestDirectory()
        _ = try directory.write("", to: "checkpoints")
        let path = directory.path + "/checkpoints"
        #expect(
            throws: FileError(
                "the checkpoints in \(path) can't be read: Not a directory; without them the run would begin anew, so make "
                    + "the folder readable, or remove it", isBadData: true)
        ) { try CheckpointStore(reading: directory.path).newestGood() }
        try FileManager.default.removeItem(atPath: path)
        #expect(try CheckpointStore(reading: directory.path).newestGood() == nil)
    }
}
