import Configuration
import Foundation
import HDF5
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Runs

/// What is seen in a split before the first step, in memory and streamed alike.
@Suite struct DatasetExaminationTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    struct Change: Sendable {
        var split: String
        var row: Int
        var element: Int
        var value: Double
        var field = "inputs"
    }

    /// 600 rows of 30 numbers a split; the file.
    private func file(_ type: HDF5ElementType, _ changes: Change...) throws -> String {
        try directory.hdf5("\(type)-\(changes.count).h5") { root in
            for split in ["train", "validation", "test"] {
                for (field, width) in [("inputs", 30), ("targets", 1)] {
                    var values = (0..<600 * width).map { Double(($0 * 7919) % 101) / 50 }
                    for change in changes where change.split == split && change.field == field {
                        values[change.row * width + change.element] = change.value
                    }
                    let dataset = try root.createDataset(
                        "/\(split)/\(field)", type, shape: [600, width])
                    if type == .float64 {
                        try dataset.write(values)
                    } else {
                        try dataset.write(values.map { Float($0) })
                    }
                }
            }
        }
    }

    private func run(_ file: String, limit: Int?, _ assignments: String...) throws -> TrainingRun {
        let text = """
            {"data": {"train": {"file": "\(file)"}, "validation": {"file": "\(file)"}, "test": {"file": "\(file)"}},
             "model": {"layers": [{"type": "dense", "units": 1}]},
             "loss": "mean_squared_error", "optimizer": "sgd", "training": {"epochs": 1, "batch_size": 8}}
            """
        var document = try ConfigurationDocument(text: text, file: "a.json")
        if let limit { try document.set("data.memory_limit=\(limit)") }
        for assignment in assignments { try document.set(assignment) }
        return try TrainingRun(RunConfiguration(document, directory: ""))
    }

    /// Of float64 the three splits take 446 kB each.
    private static let limits: [Int?] = [nil, 300_000]

    @Test(arguments: limits, ["train", "validation", "test"])
    func whatIsNoFloatIsFoundBeforeTheFirstStep(limit: Int?, split: String) throws {
        for normalize in ["none", "standardize"] {
            for (value, said) in [
                (
                    1e300,
                    "holds 1e+300 in row 413, element 7, which no 32-bit float holds; bring the numbers into another "
                        + "unit, or remove such rows"
                ),
                (
                    .nan,
                    "holds a number that is NaN or infinite, in row 413, element 7; remove or fill such rows before "
                        + "training"
                ),
            ] {
                let path = try file(.float64, Change(split: split, row: 413, element: 7, value: value))
                #expect(throws: DataError("\(path): /\(split)/inputs \(said)")) {
                    try run(path, limit: limit, "data.normalize=\(normalize)")
                }
            }
        }
        let path = try file(
            .float64, Change(split: split, row: 20, element: 0, value: -.infinity, field: "targets"))
        #expect(
            throws: DataError(
                "\(path): /\(split)/targets holds a number that is NaN or infinite, in row 20, element 0; remove or fill "
                    + "such rows before training")
        ) { try run(path, limit: limit) }
    }

    /// A float that is none once it is normalised.
    @Test(arguments: limits)
    func whatNormalisationMakesTooLargeIsFound(limit: Int?) throws {
        let path = try file(.float64, Change(split: "validation", row: 599, element: 29, value: 3e38))
        #expect(
            throws: DataError(
                "\(path): /validation/inputs holds 3e+38 in row 599, element 29, which is too large for a float once it is "
                    + "normalised (standardize); remove such rows, or bring them into the range of the training data")
        ) { try run(path, limit: limit, "data.normalize=standardize") }
        #expect(throws: Never.self) { try run(path, limit: limit, "data.normalize=none") }
        // The mean and the deviation are floats, and yet the row would be none in their difference.
        let large = try file(
            .float32, Change(split: "train", row: 5, element: 3, value: 3e38),
            Change(split: "train", row: 6, element: 3, value: -3e38))
        let error = #expect(throws: DataError.self) { try run(large, limit: limit, "data.normalize=standardize") }
        #expect(error?.description.contains("numbers so large that floats can't hold what normalises them") == true)
    }

    @Test func whatATypeHoldsIsKnown() {
        let scaled = Preprocessing(kind: .scale, scope: .all, offset: [0], scale: [1e30])
        #expect(scaled.staysFinite(.uint8, [4]) && scaled.staysFinite(.float16, [4]))
        #expect(!scaled.staysFinite(.int64, [4]) && !scaled.staysFinite(.float32, [4]))
        #expect(Preprocessing.none.staysFinite(.float32, [4]))
        // In double precision the difference is none that overflows.
        let shifted = Preprocessing(kind: .constants, scope: .all, offset: [-3e38], scale: [0.1])
        #expect(shifted.staysFinite(3e38, column: 0, .float64) && !shifted.staysFinite(3e38, column: 0, .float32))
    }

    /// A finite row whose loss is not: its evaluation fails, and says which it is.
    @Test func aLossThatIsNoNumberFailsItsEvaluation() throws {
        let inputs = (0..<50).map { row in [Float(1), row == 33 ? 3e38 : 2, 3] }
        let data = try Dataset(inputs: inputs, targets: (0..<50).map { _ in [1] })
        let trained = try Dataset(inputs: [[1, 2, 3], [2, 1, 3]], targets: [[1], [2]])
        let trainer = try Trainer(
            Model(input: [3]) { Dense(1, kernelInitializer: .constant(1)) }, loss: .meanSquaredError(factor: 1),
            on: trained
        ) {
            $0.batchSize = 2
        }
        for workers in [1, 3] {
            let evaluator = try Evaluator(
                trainer.objective, on: data, preprocessing: .none, parameters: trainer.engine.parameters,
                Parallelism(workers: workers), chunk: 8)
            let error = #expect(throws: EvaluationError.self) { try evaluator.evaluate([]) }
            #expect(
                error?.description
                    == "the loss of row 33 of inputs is no finite number; the largest of its inputs is element "
                    + "1, 3e+38. Look at this row and its target; if they are right, the parameters have become too large: "
                    + "try a smaller learning_rate".replacingOccurrences(of: "3e+38", with: "\(Double(Float(3e38)))")
                    || error?.description.hasPrefix(
                        "the loss of row 33 of inputs is no finite number; the largest of its "
                            + "inputs is element 1, ") == true
            )
        }
    }

    // MARK: - What does not count

    private func labels(_ rows: Int, weights: [Float]? = nil, _ label: (Int) -> Float) throws -> Dataset {
        try Dataset(
            inputs: (0..<rows).map { [Float($0 % 5), 1] }, targets: (0..<rows).map { [label($0)] }, weights: weights)
    }

    private func trainer(
        _ data: Dataset, validation: Dataset? = nil, _ configure: (inout Trainer.Settings) -> Void = { _ in }
    ) throws -> Trainer {
        let model = try Model(input: [2]) { Dense(2, activation: .softmax) }
        var settings = Trainer.Settings()
        settings.batchSize = 4
        settings.epochs = 6
        settings.validation = validation
        configure(&settings)
        return try Trainer(
            Objective(model, loss: .sparseCategoricalCrossEntropy(ignoring: -1)), on: data, settings)
    }

    @Test func aTrainingSplitThatDoesNotCountIsRefused() throws {
        #expect(
            throws: DataError(
                "all weights of the training data in weights are 0, so nothing would be trained")
        ) { try trainer(labels(8, weights: Array(repeating: 0, count: 8)) { Float($0 % 2) }) }
        #expect(
            throws: DataError(
                "all labels of the training data in targets are -1, which the loss ignores, so nothing would be trained"
            )
        ) { try trainer(labels(8) { _ in -1 }) }
        #expect(throws: ClassWeightsError("weighs every class of the training data by 0, so nothing would be trained"))
        {
            try trainer(labels(8) { Float($0 % 2) }) { $0.classWeights = .list([0, 0]) }
        }
        #expect(throws: Never.self) { try trainer(labels(8, weights: [0, 0, 0, 1, 0, 0, 0, 0]) { Float($0 % 2) }) }
    }

    @Test func aValidationSplitThatDoesNotCountIsNeverTheBest() throws {
        let listener = RunFixture.Listener()
        let trainer = try trainer(labels(8) { Float($0 % 2) }, validation: labels(5) { _ in -1 }) {
            $0.earlyStopping = EarlyStopping(patience: 3)
        }
        let history = try trainer.fit(observer: listener)
        #expect(history.count == 3)
        #expect(history.allSatisfy { $0.validationLoss?.isNaN == true })
        #expect(trainer.stoppedEarly && trainer.watchedFigureIsUndefined && trainer.restoredEpoch == nil)
        #expect(
            listener.warnings.withLock { $0.filter { $0.contains("undefined") } } == [
                "validation_loss is undefined in epoch 1, since no sample counts: all labels are ignored, or all weights are "
                    + "0; it is shown as n/a, and never the best"
            ])
    }
}
