import Configuration
import Engine
import Files
import Foundation
import Machine
import RunSupport
import TestSupport
import Testing

@testable import Runs

@Suite struct RunRecordTests {
    private static func epoch(_ number: Int, layers: Int = 2) -> RunRecord.Epoch {
        var own = RunRecord.Epoch(
            epoch: number, step: 4 * number, seconds: 0.5, training: 0.25, validation: 0.125, samplesPerSecond: 100)
        own.gradientNorms = (0..<layers).map { Double($0 + number) }
        own.measuredSteps = 4
        own.phases = [[1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]]
        return own
    }

    private static var whole: RunRecord {
        var record = RunRecord()
        record.layers = ["conv<2>", "dense \"x\""]
        record.fields = [
            .init(split: "train", role: "inputs", place: "a.h5: /x", rows: 9, shape: [6, 6, 1], type: "uint8"),
            .init(split: "test", role: "targets", name: "digit", place: "a.h5: /y", rows: 3, shape: [], type: "int32"),
        ]
        record.add(
            RunRecord.Process(
                started: Date(timeIntervalSince1970: 1_700_000_000), ended: Date(timeIntervalSince1970: 1_700_000_060),
                command: ["stormo", "train", "a b.json"], workers: 2, shards: 4, versions: ["stormo": "0.1.0"],
                machine: MachineDescription(cpu: nil, cpus: 2, memory: 1 << 33, loops: "AVX2", kernels: "AVX-512")))
        for number in 1...3 { record.add(epoch(number)) }
        record.add(TrainingWarning(.deadLayer, epoch: 1, step: 1, layer: "conv<2>", "layer 'conv<2>' is dead"))
        record.add(TrainingWarning(.droppedSteps, epoch: 2, step: 8, "epoch 2: 3 of its steps were dropped"))
        record.add(note: "a note")
        return record
    }

    @Test func readsWhatItWrote() throws {
        let directory = try TestDirectory()
        let record = Self.whole
        try record.write(to: directory.path)
        #expect(try RunRecord(directory: directory.path) == record)
        let empty = try TestDirectory()
        #expect(try RunRecord(directory: empty.path) == nil)
    }

    @Test func repeatsAreCounted() {
        var record = RunRecord()
        let spike = TrainingWarning(.lossSpike, epoch: 2, step: 5, "the loss leapt")
        for _ in 0..<3 { record.add(spike) }
        record.add(TrainingWarning(.lossSpike, epoch: 3, step: 9, "the loss leapt"))
        // Those before training come again with each process that goes on with the run.
        for _ in 0..<2 { record.add(TrainingWarning(.data, epoch: 0, step: 0, "few rows")) }
        #expect(record.warnings.map(\.count) == [3, 1, 1])
        #expect(record.warnings.map(\.epoch) == [2, 3, 0])
        for index in 0..<1200 { record.add(TrainingWarning(.lossSpike, epoch: 4, step: 9, "\(index)")) }
        #expect(record.warnings.count == 1000 && record.leftOut == 203)
    }

    @Test func aLongRunKeepsEverySoManyEpochsAndTheLast() throws {
        var record = Self.whole
        for number in 4...10_000 { record.add(Self.epoch(number)) }
        let numbers = record.epochs.map(\.epoch)
        #expect(numbers.count <= 1001 && numbers.count > 400)
        #expect(numbers.first == 1 && numbers.last == 10_000)
        let steps = Set(zip(numbers.dropLast().dropFirst(), numbers).map { $0 - $1 })
        #expect(steps.count == 1, "\(steps)")
        #expect(record.text.utf8.count < 400_000)
        // One that was read goes on in the same way.
        let directory = try TestDirectory()
        try record.write(to: directory.path)
        var read = try #require(try RunRecord(directory: directory.path))
        #expect(read == record)
        for number in 10_001...12_000 {
            read.add(Self.epoch(number))
            record.add(Self.epoch(number))
        }
        #expect(read == record)
    }

    @Test func aDamagedOneIsTold() throws {
        let directory = try TestDirectory()
        func expect(_ text: String, _ sentence: String) throws {
            try text.write(toFile: directory.file("record.json"), atomically: false, encoding: .utf8)
            let error = #expect(throws: FileError.self) { try RunRecord(directory: directory.path) }
            let start = "\(directory.path)/record.json is damaged: "
            #expect(error?.description.hasPrefix(start) == true && error?.description.contains(sentence) == true, "\(error.map(\.description) ?? "")")
        }
        try expect("{", "")
        try expect(#"{"format": 9}"#, "format: is 9, which this version of stormo does not read")
        try expect(
            #"{"format": 1, "layers": ["a"], "epochs": [{"epoch": 1, "step": 1, "seconds": 1, "gradient_norms": [1, 2]}]}"#,
            "gradient_norms: has 2 numbers, but there are 1 layers")
        try expect(
            #"{"format": 1, "epochs": [{"epoch": 2, "step": 1, "seconds": 1}, {"epoch": 2, "step": 1, "seconds": 1}]}"#,
            "epochs: must ascend, but 2 follows 2")
        try expect(#"{"format": 1, "warnings": [{"kind": "odd", "sentence": ""}]}"#, "kind")
    }

    // MARK: - Of runs

    @Test func aRunHasARecord() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run")
        let record = try #require(try RunRecord(directory: fixture.path("run")))
        #expect(record.epochs.map(\.epoch) == [1, 2, 3] && record.epochs.map(\.step) == [4, 8, 12])
        #expect(record.layers.count == 2 && record.layers.allSatisfy { !$0.isEmpty })
        for epoch in record.epochs {
            #expect(epoch.gradientNorms.count == 2 && epoch.gradientNorms.allSatisfy { $0 > 0 })
            #expect(epoch.seconds >= epoch.training && epoch.training > 0 && epoch.validation ?? 0 > 0)
            if epoch.measuredSteps > 0 { #expect(epoch.phases.count == 2 && epoch.phases[0].reduce(0, +) > 0) }
        }
        // The first step of a run is always measured.
        #expect(record.epochs[0].measuredSteps >= 1)
        #expect(record.fields.map(\.split) == ["train", "train", "validation", "validation", "test", "test"])
        #expect(record.fields[0].shape == [6, 6, 1] && record.fields[0].rows == 30)
        #expect(record.processes.count == 1 && record.processes[0].workers == 2 && record.processes[0].shards == 3)
        #expect(record.processes[0].versions["stormo"] != nil && record.processes[0].machine.cpus >= 1)
    }

    @Test func aResumedRunGoesOnWithItsRecord() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run", stop: StopRequest(after: 6))
        // As one that was killed after epochs that its checkpoint doesn't have.
        var record = try #require(try RunRecord(directory: fixture.path("run")))
        #expect(record.epochs.map(\.epoch) == [1])
        record.add(Self.epoch(2))
        record.add(TrainingWarning(.lossSpike, epoch: 1, step: 4, "before"))
        record.add(TrainingWarning(.lossSpike, epoch: 2, step: 7, "after"))
        try record.write(to: fixture.path("run"))
        _ = try fixture.goOn("run", workers: 1)
        let read = try #require(try RunRecord(directory: fixture.path("run")))
        #expect(read.epochs.map(\.epoch) == [1, 2, 3])
        #expect(read.epochs[0] == record.epochs[0], "an epoch before the checkpoint stays as it was")
        #expect(read.warnings.map(\.sentence).contains("before"))
        #expect(!read.warnings.map(\.sentence).contains("after"))
        #expect(read.processes.map(\.workers) == [2, 1])
    }

    @Test func aDamagedRecordIsBegunAnew() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run", stop: StopRequest(after: 4))
        try "x".write(toFile: fixture.path("run/record.json"), atomically: false, encoding: .utf8)
        _ = try fixture.goOn("run")
        let record = try #require(try RunRecord(directory: fixture.path("run")))
        #expect(record.epochs.map(\.epoch) == [2, 3])
        #expect(record.notes.contains { $0.contains("record.json is damaged") && $0.hasSuffix("; it was begun anew") })
    }

    @Test("A record that can't be written is told of once, and costs the run nothing else")
    func aRecordThatCannotBeWritten() throws {
        let fixture = try RunFixture()
        let obstacle = fixture.path("run/record.json/x")
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        let part = try fixture.begin("run")
        let told = part.warnings.filter { $0.contains("record.json") }
        #expect(told.count == 1, "\(part.warnings)")
        #expect(told.first?.hasSuffix("; training goes on, but its report will lack what the record says") == true)
        #expect(part.outcome.saveFailure == nil && part.outcome.history.count == 3)
    }

    /// The record is beside the promise of equal bytes; the figures stay within it.
    @Test func warningsOfLayersHaveTheirLayer() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin(
            "run", ["model.layers[0].bias_initializer={\"type\": \"constant\", \"value\": -1000}"])
        let record = try #require(try RunRecord(directory: fixture.path("run")))
        let dead = try #require(record.warnings.first { $0.kind == .deadLayer })
        #expect(dead.layer == record.layers[0] && dead.epoch >= 1 && dead.step >= 1 && dead.count == 1)
    }
}
