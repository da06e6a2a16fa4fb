import CLockFailure
import Foundation
import RunSupport
import Testing

@testable import Engine
@testable import Files
@testable import Interchange
@testable import Metrics
@testable import Runs

/// A run that is stopped anywhere and gone on with, on any number of workers, is the run that was never stopped.
@Suite struct ResumeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var rows = 30
        var hasValidation = true
        var stride = 1
        var assignments: [String] = []
    }

    static let cases: [Case] = [
        Case(testDescription: "adam"),
        Case(testDescription: "without validation", hasValidation: false, stride: 3),
        Case(
            testDescription: "sgd, clipped, a schedule", stride: 3,
            assignments: [
                #"optimizer={"type": "sgd", "learning_rate": 0.1, "momentum": 0.9, "global_clipnorm": 0.5, "#
                    + #""schedule": {"type": "cosine", "warmup_epochs": 1}}"#
            ]),
        Case(
            testDescription: "early stopping", stride: 2,
            assignments: [
                "training.epochs=6", "optimizer.learning_rate=0.2",
                #"training.early_stopping={"monitor": "validation_loss", "patience": 2, "min_delta": 0.5}"#,
            ]),
        Case(
            testDescription: "augmentation, class weights", stride: 3,
            assignments: [
                #"data.augment=[{"type": "random_flip"}, {"type": "random_translation"}, {"type": "gaussian_noise"}]"#,
                #"data.class_weight="balanced""#,
            ]),
        Case(
            testDescription: "ROC AUC", stride: 3,
            assignments: [
                #"model.layers[3]={"type": "dense", "units": 1, "activation": "sigmoid"}"#, "loss=binary_crossentropy",
                #"metrics=["roc_auc", "accuracy"]"#,
            ]),
        Case(
            testDescription: "a frozen layer, the best epoch", stride: 4,
            assignments: [
                "model.layers[0].trainable=false",
                #"training.early_stopping={"monitor": "validation_loss", "patience": 2, "restore_best": true}"#,
            ]),
        Case(
            testDescription: "coupled samples", stride: 2,
            assignments: [TestLayers.coupled(), "training.epochs=2"]),
        Case(
            testDescription: "coupled samples, augmentation, class weights, the best epoch", stride: 4,
            assignments: [
                TestLayers.coupled(), #"data.augment=[{"type": "random_flip"}]"#, #"data.class_weight="balanced""#,
                #"training.early_stopping={"monitor": "validation_loss", "patience": 2, "restore_best": true}"#,
            ]),
        Case(testDescription: "one sample a shard", stride: 5, assignments: ["training.batch_size=3"]),
        Case(testDescription: "skipped steps", stride: 3, assignments: ["training.on_nan=skip"]),
        Case(
            testDescription: "streamed", rows: 800, stride: 7,
            assignments: ["data.memory_limit=90000", "training.batch_size=32", "training.epochs=2"]),
        Case(
            testDescription: "streamed, in order", rows: 800, stride: 11,
            assignments: [
                "data.memory_limit=90000", "training.batch_size=32", "training.epochs=2", "training.shuffle=false",
            ]),
    ]

    /// As some network file systems are: everything is saved, and gone on from, without locks.
    @Test func aFileSystemWithoutLocks() throws {
        let whole = try RunFixture().begin("whole")
        let fixture = try RunFixture()
        stormo_fail_locks_under(fixture.directory.path)
        _ = try fixture.begin("run", stop: StopRequest(after: 5))
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.path("run/checkpoints")).count == 1)
        #expect(try fixture.goOn("run").parameters == whole.parameters)
        #expect(try TrainedModel(contentsOf: fixture.path("run/model.h5")).metrics.map(\.name) == ["accuracy"])
    }

    private func expectSame(_ fixture: RunFixture, _ name: String, _ part: RunFixture.Part, _ whole: RunFixture.Part)
        throws
    {
        for file in ["metrics.csv", "model.h5", "config.json"] {
            #expect(try fixture.bytes(name, file) == fixture.bytes("whole", file), "\(name): \(file)")
        }
        #expect(part.parameters == whole.parameters, "\(name)")
        #expect(part.outcome.test?.loss == whole.outcome.test?.loss)
        #expect(part.outcome.test?.metrics == whole.outcome.test?.metrics)
        #expect(part.outcome.signal == nil)
    }

    @Test(arguments: cases)
    func anywhere(_ which: Case) throws {
        let fixture = try RunFixture(rows: which.rows, hasValidation: which.hasValidation)
        let whole = try fixture.begin("whole", which.assignments)
        #expect(which.testDescription.hasPrefix("streamed") != whole.run.training.isInMemory)
        let records = whole.outcome.history
        let (steps, perEpoch) = (try #require(records.last).step, try #require(records.first).step)
        let places = Set(stride(from: 1, through: steps, by: which.stride))
            .union([1, perEpoch - 1, perEpoch, perEpoch + 1, steps - 1, steps])
        for place in places.sorted() {
            let name = "stopped-\(place)"
            let stopped = try fixture.begin(name, which.assignments, stop: StopRequest(after: place))
            #expect(stopped.outcome.signal == 15)
            #expect(stopped.run.trainer.engine.step == place)
            #expect(try EarlierRun(fixture.path(name)).step == place)
            // Two steps on another number of workers, where there are some left.
            _ = try fixture.goOn(name, workers: 1 + place % 4, stop: StopRequest(after: place + 2))
            let part = try fixture.goOn(name, workers: 1 + (place + 1) % 3)
            try expectSame(fixture, name, part, whole)
            #expect(part.run.trainer.restoredEpoch == whole.run.trainer.restoredEpoch)
            #expect(part.run.trainer.stoppedEarly == whole.run.trainer.stoppedEarly)
        }
    }

    /// Each step in a process's life of its own.
    @Test func afterEachStep() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        var part = try fixture.begin("parts", stop: StopRequest(after: 1))
        for step in 2...12 { part = try fixture.goOn("parts", workers: step % 3 + 1, stop: StopRequest(after: step)) }
        #expect(part.run.trainer.engine.step == 12)
        part = try fixture.goOn("parts")
        try expectSame(fixture, "parts", part, whole)
    }

    /// Whichever file of a run could not be made, its config was there before, and with it the run can be gone on with.
    @Test(arguments: ["sources.json", "metrics.csv", "times.csv"])
    func atTheBeginning(file: String) throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        let obstacle = fixture.path("run/\(file)")
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
        #expect(throws: FileError.self) { try fixture.begin("run") }
        rmdir(obstacle)
        try expectSame(fixture, "run", fixture.goOn("run"), whole)
    }

    /// The signal comes while the model is measured: after an epoch, and on the test split after the last.
    @Test func duringEvaluation() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        for epoch in 1...3 {
            let name = "stopped-\(epoch)"
            _ = try fixture.begin(name, stop: StopRequest(after: 4 * epoch))
            for _ in 0..<2 {
                let stop = StopRequest()
                stop.stop(2)
                let part = try fixture.goOn(name, stop: stop)
                #expect(part.outcome.signal == 2)
                #expect(part.outcome.history.count == epoch - 1)
                #expect(try RunState(directory: fixture.path(name))?.phase == .interrupted)
            }
            try expectSame(fixture, name, fixture.goOn(name, workers: 1), whole)
        }
        let stop = StopRequest()
        let part = try fixture.begin("tested", stop: stop, listener: .init { if $0.epoch == 3 { stop.stop(15) } })
        #expect(part.outcome.signal == 15)
        #expect(part.outcome.test == nil)
        #expect(part.outcome.history.count == 3)
        try expectSame(fixture, "tested", fixture.goOn("tested"), whole)
    }

    /// SIGHUP: the state is saved, and nothing else changes.
    @Test func savingChangesNothing() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole", ["checkpoint.every.seconds=1000"])
        let stop = StopRequest()
        stop.save()
        let saved = try fixture.begin("saved", ["checkpoint.every.seconds=1000"], stop: stop)
        #expect(CheckpointStore(reading: fixture.path("saved")).steps == [1, 12])
        #expect(CheckpointStore(reading: fixture.path("whole")).steps == [12])
        try expectSame(fixture, "saved", saved, whole)
        let often = try fixture.begin("often", ["checkpoint={\"every\": {\"steps\": 1}, \"keep_best\": true}"])
        #expect(often.parameters == whole.parameters)
        #expect(try fixture.bytes("often", "metrics.csv") == fixture.bytes("whole", "metrics.csv"))
    }

    @Test func moreEpochsMakeTheLongerRun() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole", ["training.epochs=5"])
        _ = try fixture.begin("longer")
        let part = try fixture.goOn("longer", ["training.epochs=5"])
        try expectSame(fixture, "longer", part, whole)
    }

    /// A kill leaves rows of epochs behind the last checkpoint, and half-written files.
    @Test func whatAKillLeavesIsTidied() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole")
        _ = try fixture.begin("killed", stop: StopRequest(after: 6))
        let table = fixture.path("killed/metrics.csv")
        let row = try fixture.rows("killed")[0].joined(separator: ",")
        try Data((String(contentsOfFile: table, encoding: .utf8) + row + "\n3,1").utf8).write(
            to: URL(fileURLWithPath: table))
        _ = try fixture.directory.write("half", to: "killed/checkpoints/step-0000000008.h5.1.partial")
        try expectSame(fixture, "killed", fixture.goOn("killed"), whole)
        #expect(fixture.directory.listing.filter { $0.hasSuffix(".partial") } == [])
    }

    /// A layer that is dead from the beginning is told of once, wherever the run is stopped.
    @Test func whatWasToldIsNotToldAgain() throws {
        let fixture = try RunFixture()
        let assignments = [
            #"model.layers[0]={"type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "relu", "#
                + #""bias_initializer": {"type": "constant", "value": -100}}"#
        ]
        let whole = try fixture.begin("whole", assignments).warnings
        #expect(whole.count == 1)
        for step in 1...11 {
            let name = "stopped-\(step)"
            let first = try fixture.begin(name, assignments, stop: StopRequest(after: step)).warnings
            let second = try fixture.goOn(name, stop: StopRequest(after: step + 1)).warnings
            #expect(try first + second + fixture.goOn(name).warnings == whole, "\(step)")
        }
    }
}
