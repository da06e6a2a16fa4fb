import Configuration
import Foundation
import HDF5
import RunSupport
import TestSupport
import Testing

@testable import Engine
@testable import Files
@testable import Machine
@testable import Runs

@Suite struct EarlierRunTests {
    private func problems(_ earlier: EarlierRun, _ assignments: String...) throws -> [String] {
        var document = earlier.document
        for assignment in assignments { try document.set(assignment) }
        do {
            try earlier.check(document)
            return []
        } catch {
            return error.problems.map { "\($0.path): \($0.message)" }
        }
    }

    @Test func whatMayChangeAndWhatMayNot() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run", stop: StopRequest(after: 2))
        let earlier = try EarlierRun(fixture.path("run"))
        #expect(earlier.step == 2)
        #expect(earlier.path == fixture.path("run/checkpoints/step-0000000002.h5"))
        #expect(earlier.damaged.isEmpty)
        #expect(
            try problems(
                earlier, "training.epochs=9", "parallel.workers=7", "name=other", "checkpoint.keep_last=5",
                "checkpoint.every={\"steps\": 3}") == [])
        let rule =
            "can't change when a run is resumed, since it would be another run; what may change are training.epochs, "
            + "training.early_stopping.patience, parallel.workers, parallel.pin, checkpoint, export, logging, name, data.train.file, data.validation.file, data.test.file and "
            + "data.memory_limit"
        #expect(
            try problems(
                earlier, "optimizer.learning_rate=0.5", "training.batch_size=4", "parallel.shards=2", "seed=8",
                "model.layers[0].filters=4", "training.epochs=9"
            ).sorted() == [
                "model.layers[0].filters: \(rule)", "optimizer.learning_rate: \(rule)", "parallel.shards: \(rule)",
                "seed: \(rule)", "training.batch_size: \(rule)",
            ])
    }

    /// The limit that a streamed run has written down decides the order of its rows.
    @Test func theMemoryLimitOfAStreamedRunStays() throws {
        let fixture = try RunFixture(rows: 800)
        let streamed = ["data.memory_limit=90000", "training.batch_size=32", "training.epochs=1"]
        _ = try fixture.begin("run", streamed, stop: StopRequest(after: 2))
        #expect(
            try problems(EarlierRun(fixture.path("run")), "data.memory_limit=100000") == [
                "data.memory_limit: can't change when a run is resumed, since it would be another run; what may change are "
                    + "training.epochs, training.early_stopping.patience, parallel.workers, parallel.pin, checkpoint, export, logging, "
                    + "name, data.train.file, data.validation.file and data.test.file"
            ])
    }

    @Test func whatTheGivenConfigLeavesOpenIsAsItWas() throws {
        let fixture = try RunFixture(rows: 800)
        let streamed = ["data.memory_limit=90000", "training.batch_size=32", "training.epochs=1"]
        _ = try fixture.begin("run", streamed, stop: StopRequest(after: 2))
        let earlier = try EarlierRun(fixture.path("run"))
        let text = #"{"data": {"train": {"file": "x.h5"}}, "parallel": {"shards": "workers"}}"#
        let completed = try earlier.completing(ConfigurationDocument(text: text, file: "given.json")).root
        #expect(completed["data"]?["memory_limit"] == 90000)
        #expect(completed["data"]?["shuffle_window"] != nil)
        #expect(completed["data"]?["shuffle_window"] == earlier.document.root["data"]?["shuffle_window"])
        #expect(completed["parallel"]?["shards"] == 3)
        let inOrder = #"{"training": {"shuffle": false}}"#
        let unshuffled = try earlier.completing(ConfigurationDocument(text: inOrder, file: "given.json")).root
        #expect(unshuffled["data"]?["memory_limit"] == 90000)
        #expect(unshuffled["data"]?["shuffle_window"] == nil)
        let given = try ConfigurationDocument(text: #"{"parallel": {"shards": 2}}"#, file: "given.json")
        #expect(try earlier.completing(given).root["parallel"]?["shards"] == 2)
    }

    private func damage(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.removeLast(bytes.count / 2)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        _ = try fixture.begin("run", stop: StopRequest(after: 3))
        _ = try fixture.goOn("run", stop: StopRequest(after: 7))
        let newest = fixture.path("run/checkpoints/step-0000000007.h5")
        try damage(newest)
        let earlier = try EarlierRun(fixture.path("run"))
        #expect(earlier.step == 3)
        #expect(earlier.damaged.map(\.path) == [newest])
        #expect(earlier.damaged.first?.reason.contains("truncated") == true)
        let part = try fixture.goOn("run")
        #expect(part.parameters == whole.parameters)
        #expect(try fixture.bytes("run", "metrics.csv") == fixture.bytes("whole", "metrics.csv"))

        for step in CheckpointStore(reading: fixture.path("run")).steps {
            try damage(CheckpointStore(reading: fixture.path("run")).path(step: step))
        }
        let error = #expect(throws: FileError.self) { try EarlierRun(fixture.path("run")) }
        #expect(error?.description.hasPrefix("none of the checkpoints in \(fixture.path("run"))/checkpoints ") == true)
    }

    @Test func aRunThatSavedNothingBeginsAnew() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        _ = try fixture.begin("run", stop: StopRequest(after: 3))
        try FileManager.default.removeItem(atPath: fixture.path("run/checkpoints"))
        #expect(try EarlierRun(fixture.path("run")).step == nil)
        #expect(try fixture.goOn("run", workers: 1).parameters == whole.parameters)
        #expect(try fixture.bytes("run", "metrics.csv") == fixture.bytes("whole", "metrics.csv"))
    }

    @Test func whereThereIsNoRun() throws {
        let directory = try TestDirectory()
        #expect(
            throws: FileError(
                "there is no run in \(directory.path): it has no config.json; name the directory that stormo train wrote",
                isBadData: true)
        ) { try EarlierRun(directory.path) }
    }

    @Test func otherDataAreRefused() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run", stop: StopRequest(after: 3))
        let other = try RunFixture(rows: 31)
        try FileManager.default.removeItem(atPath: fixture.path("data.h5"))
        try FileManager.default.copyItem(atPath: other.path("data.h5"), toPath: fixture.path("data.h5"))
        let checkpoint = fixture.path("run/checkpoints/step-0000000003.h5")
        #expect(
            throws: FileError(
                "\(checkpoint) can't be gone on from: the data are not those that the run was begun with",
                isBadData: true)
        ) { try fixture.goOn("run") }
    }

    /// HDF5 files have no checksums: they are told by what is read of them, whatever they are called and wherever they are.
    @Test func aProjectThatWasCopiedAndAFileThatWasRenamed() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        _ = try fixture.begin("run", stop: StopRequest(after: 3))
        let files = FileManager.default
        let copy = try TestDirectory()
        for name in ["run", "data.h5"] { try files.copyItem(atPath: fixture.path(name), toPath: copy.file(name)) }
        func moved() throws -> JSONNode? {
            let earlier = try EarlierRun(copy.file("run"))
            return try earlier.moved(earlier.document).root["data"]?["train"]?["file"]
        }
        #expect(try moved() == .init(copy.file("data.h5")))
        // Beside the copy is another file of that name.
        let other = try RunFixture(seed: 4)
        try files.removeItem(atPath: copy.file("data.h5"))
        try files.copyItem(atPath: other.path("data.h5"), toPath: copy.file("data.h5"))
        #expect(try moved() == .init(fixture.path("data.h5")))
        let earlier = try EarlierRun(copy.file("run"))
        let read = try RunConfiguration(earlier.moved(earlier.document), directory: "").data
        #expect(
            earlier.warningsOfOthersBeside(read) == [
                "\(copy.file("data.h5")) stands beside the run but holds other contents than it was begun with, so "
                    + "\(fixture.path("data.h5")) is read"
            ])

        try files.moveItem(atPath: fixture.path("data.h5"), toPath: fixture.path("renamed.h5"))
        let renamed = ["train", "validation", "test"].map { "data.\($0).file=\(fixture.path("renamed.h5"))" }
        #expect(try fixture.goOn("run", renamed).parameters == whole.parameters)
        let split = try EvaluatedSplit(fixture.path("whole"), assignments: renamed)
        #expect(split.data.count == 11)
    }

    /// As many rows, of other values, which no normalisation shows.
    @Test(arguments: ["train/inputs", "validation/targets", "test/inputs"], [nil, 90_000])
    func otherValuesAreNoticed(field: String, limit: Int?) throws {
        let fixture = try RunFixture(rows: 800)
        let assignments = ["data.normalize=none"] + (limit.map { ["data.memory_limit=\($0)"] } ?? [])
        _ = try fixture.begin("run", assignments, stop: StopRequest(after: 3))
        let other = try RunFixture(rows: 800, seed: 4)
        let whole = try Data(contentsOf: URL(fileURLWithPath: fixture.path("data.h5")))
        _ = try fixture.directory.hdf5("mixed.h5") { root in
            for split in ["train", "validation", "test"] {
                for kind in ["inputs", "targets"] {
                    let path = "\(split)/\(kind)" == field ? other.path("data.h5") : fixture.path("data.h5")
                    let source = try HDF5File.open(path).dataset("/\(split)/\(kind)")
                    if kind == "inputs" {
                        try root.createDataset("/\(split)/inputs", .float32, shape: source.shape).write(
                            source.read(Float.self))
                    } else {
                        try root.createDataset("/\(split)/targets", .int32, shape: source.shape).write(
                            source.read(Int32.self))
                    }
                }
            }
        }
        try FileManager.default.removeItem(atPath: fixture.path("data.h5"))
        try FileManager.default.moveItem(atPath: fixture.path("mixed.h5"), toPath: fixture.path("data.h5"))
        let checkpoint = fixture.path("run/checkpoints/step-0000000003.h5")
        #expect(
            throws: FileError(
                "\(checkpoint) can't be gone on from: \(fixture.path("data.h5")): /\(field) holds other values than when the "
                    + "run was begun; give it the data as they were, or begin another run", isBadData: true)
        ) { try fixture.goOn("run") }
        try whole.write(to: URL(fileURLWithPath: fixture.path("data.h5")))
        #expect(throws: Never.self) { try fixture.goOn("run") }
    }

    /// A schedule that had come to its end is another one where there are more epochs.
    @Test func aRateThatRisesAgainIsSaid() throws {
        let fixture = try RunFixture()
        let schedule =
            #"optimizer={"type": "adam", "learning_rate": 0.01, "schedule": {"type": "cosine", "final": 0.01}}"#
        let whole = try fixture.begin("run", [schedule])
        let last = try #require(whole.outcome.history.last?.learningRate)
        let longer = try fixture.goOn("run", ["training.epochs=9"])
        let first = longer.run.trainer.engine.rate(at: 12)
        #expect(last < 0.002 && first > 0.005)
        #expect(
            longer.run.remarks.filter { $0.sentence.contains("schedule") }.map(\.description) == [
                "warning: training.epochs was 3 and is 9, and the schedule is that of the longer run: the learning rate, which had come "
                    + "to \(NumberText.rough(last)), goes up to \(NumberText.rough(first)) again"
            ])
        _ = try fixture.begin("constant")
        #expect(try fixture.goOn("constant", ["training.epochs=9"]).warnings.filter { $0.contains("schedule") } == [])
    }
}
