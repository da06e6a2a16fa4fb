import Files
import Foundation
import HDF5
import Interchange
import Kernels
import Metrics
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Runs

/// Targets that are scaled for the loss: it trains as on targets that were scaled before, and answers in their own units.
struct TargetNormalizationTests {
    private static let rows = 60

    /// Two targets of different sizes, far from 0.
    private func samples() -> (inputs: [[Float]], targets: [[Float]]) {
        var random = SeededRandom(2)
        let inputs = (0..<Self.rows).map { _ in random.floats(3, in: -1...1) }
        let targets = inputs.map { row in
            [50_000 + 8_000 * (row[0] - row[1] * row[2]), -3 + 0.25 * (row[1] + row[2])]
        }
        return (inputs, targets)
    }

    private func model() throws -> Model {
        try Model(input: [3]) {
            Dense(8, activation: .tanh)
            Dense(2)
        }
    }

    private func trainer(
        _ targets: [[Float]], _ normalization: Normalization, loss: any Loss = .meanSquaredError(factor: 1)
    ) throws -> Trainer {
        try Trainer(model(), loss: loss, on: Dataset(inputs: samples().inputs, targets: targets)) {
            $0.optimizer = .adam(learningRate: 0.01)
            $0.epochs = 20
            $0.batchSize = 16
            $0.metrics = [.meanAbsoluteError, .rootMeanSquaredError, .r2]
            $0.targetNormalization = normalization
        }
    }

    /// The targets by hand, in double precision.
    private func standardized(_ targets: [[Float]]) -> (rows: [[Float]], mean: [Double], deviation: [Double]) {
        let count = Double(targets.count)
        var (mean, deviation) = ([Double](), [Double]())
        for column in 0..<2 {
            let values = targets.map { Double($0[column]) }
            let own = values.reduce(0, +) / count
            mean.append(own)
            deviation.append((values.map { ($0 - own) * ($0 - own) }.reduce(0, +) / count).squareRoot())
        }
        let rows = targets.map { row in (0..<2).map { Float((Double(row[$0]) - mean[$0]) / deviation[$0]) } }
        return (rows, mean, deviation)
    }

    @Test(arguments: ["mean_squared_error", "mean_absolute_error", "huber"])
    func itTrainsAsOnTargetsScaledBefore(_ name: String) throws {
        let loss: any Loss =
            switch name {
            case "huber": .huber(delta: 0.7)
            case "mean_absolute_error": .meanAbsoluteError
            default: .meanSquaredError(factor: 1)
            }
        let raw = samples().targets
        let (scaled, mean, deviation) = standardized(raw)
        let (ours, before) = try (trainer(raw, .standardize, loss: loss), trainer(scaled, .none, loss: loss))
        let (history, expected) = try (ours.fit(), before.fit())
        for (record, other) in zip(history, expected) {
            let (a, b) = try (#require(record.loss), #require(other.loss))
            #expect(abs(a - b) <= 2e-4 * max(b, 1e-3), "\(record.epoch): \(a) \(b)")
        }
        // Predictions and metrics are in the targets' own units.
        let data = try Dataset(inputs: samples().inputs)
        let (predictions, theirs) = try (
            Array(ours.predict(data).joined()), Array(before.predict(data).joined())
        )
        for (index, prediction) in predictions.enumerated() {
            let column = index % 2
            let wanted = Double(theirs[index]) * deviation[column] + mean[column]
            #expect(abs(Double(prediction) - wanted) <= 2e-3 * deviation[column])
        }
        let metrics = try #require(history.last?.metrics)
        // Those of the last epoch were taken while the parameters moved.
        let last = try ours.evaluate(Dataset(inputs: samples().inputs, targets: raw)).metrics
        #expect(zip(metrics, last).allSatisfy { abs($0 - $1) <= 0.1 * abs($1) }, "\(metrics) \(last)")
        let own = try ours.evaluate(Dataset(inputs: samples().inputs, targets: raw)).metrics
        let errors = zip(predictions, raw.joined()).map { Double(abs($0 - $1)) }
        #expect(abs(own[0] - errors.reduce(0, +) / Double(errors.count)) <= 1e-4 * own[0])
    }

    @Test func aModelFileKeepsTheScale() throws {
        let directory = try TestDirectory()
        let trainer = try trainer(samples().targets, .minMax)
        try trainer.fit()
        let path = directory.file("model.h5")
        try trainer.trainedModel().save(path)
        let model = try TrainedModel(contentsOf: path)
        #expect(model.objective.outputs[0].targetScale == trainer.objective.outputs[0].targetScale)
        #expect(model.objective.outputs[0].targetScale?.offset.count == 2)
        let data = try Dataset(inputs: samples().inputs)
        let again = try model.evaluator(on: data, Parallelism(workers: 1), predictsOnly: true).predict()
        #expect(try again == Array(trainer.predict(data).joined()))
    }

    @Test func aDamagedScaleIsNoticed() throws {
        let directory = try TestDirectory()
        let trainer = try trainer(samples().targets, .standardize)
        let path = directory.file("model.h5")
        try trainer.trainedModel().save(path)
        for (name, values, wanted) in [
            ("target_scale", [1.0], "its target_offset does not fit its target_scale"),
            (
                "target_scale", [0.0, 1],
                "the constants that scale the targets of the last layer 'dense_1' are no finite numbers"
            ),
        ] {
            let sentence = try ChangedModelFile.sentence(path) { file in
                let own = try file.group("/stormo").attributes
                try own.set(name, values)
                try Checksum.seal(own)
            }
            #expect(sentence.contains(wanted), "\(sentence)")
        }
    }

    /// Numbers a thousand times as large give the same parameters, to rounding, and predictions a thousand times as large.
    @Test func unitsDoNotMatter() throws {
        let raw = samples().targets
        let (small, large) = try (
            trainer(raw, .standardize), trainer(raw.map { $0.map { $0 * 1024 } }, .standardize)
        )
        _ = try (small.fit(), large.fit())
        let data = try Dataset(inputs: samples().inputs)
        // A power of two changes no digit.
        #expect(try small.predict(data).map { $0.map { $0 * 1024 } } == large.predict(data))
    }

    @Test func binaryTargetsAreNotScaled() throws {
        let model = try Model(input: [1]) { Dense(1, activation: .sigmoid) }
        let error = #expect(throws: TargetScaleError.self) {
            try Trainer(model, loss: .binaryCrossEntropy, on: Dataset(inputs: [[1], [2]], targets: [[0], [1]])) {
                $0.targetNormalization = .standardize
            }
        }
        #expect(
            error?.description
                == "needs targets that are numbers, but binary_crossentropy compares the last layer 'dense' with binary "
                + "targets; leave it out")
    }

    @Test func classesAreNotScaled() throws {
        let fixture = try RunFixture()
        do {
            _ = try TrainingRun(fixture.configuration(["data.normalize_targets=standardize"]))
            Issue.record("labels were scaled")
        } catch {
            #expect(
                "\(error)".contains(
                    "data.normalize_targets: needs targets that are numbers, but sparse_categorical_crossentropy compares "
                        + "the last layer 'dense' with classes; leave it out"), "\(error)")
        }
    }

    private static let regression = [
        #"model={"layers": [{"type": "flatten"}, {"type": "dense", "units": 1}]}"#, "loss=mean_squared_error",
        #"metrics=["r2", "mae"]"#,
    ]

    @Test func aRunSaysInWhichUnitsItsLossIs() throws {
        let fixture = try RunFixture()
        let run = try TrainingRun(fixture.configuration(Self.regression + ["data.normalize_targets=standardize"]))
        #expect(
            run.remarks.first
                == .note(
                    "the loss is of targets as data.normalize_targets scales them; metrics and predictions are in the "
                        + "targets' own units"))
        #expect(try TrainingRun(fixture.configuration(Self.regression)).remarks.isEmpty)
    }

    /// What would have helped comes first.
    @Test func largeTargetsAreAdvisedOn() throws {
        let fixture = try RunFixture()
        _ = try fixture.directory.hdf5("prices.h5") { root in
            for split in ["train", "validation", "test"] {
                try root.createDataset("/\(split)/inputs", .float32, shape: [12, 6, 6, 1]).write(
                    (0..<12 * 36).map { Float($0 % 7) })
                try root.createDataset("/\(split)/targets", .float32, shape: [12, 1]).write(
                    (0..<12).map { Float(120_000 + 500 * $0) })
            }
        }
        let prices = ["train", "validation", "test"].map { "data.\($0).file=prices.h5" }
        let run = try TrainingRun(fixture.configuration(Self.regression + prices))
        let first = try #require(run.remarks.first)
        #expect(
            "\(first)".contains(
                "prices.h5: /train/targets holds numbers as large as 125500, which train slowly or not at all")
                && "\(first)".contains("set data.normalize_targets to \"standardize\""), "\(first)")
        let scaled = try TrainingRun(
            fixture.configuration(Self.regression + prices + ["data.normalize_targets=standardize"]))
        #expect(scaled.remarks.allSatisfy { !"\($0)".contains("as large as") })
    }

    /// A run that is stopped and gone on with ends in the same bytes, the scale included.
    @Test func aRunGoesOn() throws {
        let fixture = try RunFixture()
        let assignments = Self.regression + ["data.normalize_targets=standardize"]
        let whole = try fixture.begin("whole", assignments)
        _ = try fixture.begin("part", assignments, stop: StopRequest(after: 5))
        let part = try fixture.goOn("part", workers: 3)
        #expect(part.parameters == whole.parameters)
        for file in ["model.h5", "metrics.csv", "config.json"] {
            #expect(try fixture.bytes("part", file) == fixture.bytes("whole", file), "\(file)")
        }
    }
}
