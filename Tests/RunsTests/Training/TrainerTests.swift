import Foundation
import Kernels
import Network
import Synchronization
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Machine
@testable import Runs

@Suite struct TrainerTests {
    private func xor() throws -> (model: Model, data: Dataset) {
        let model = try Model(input: [2]) {
            Dense(8, activation: .tanh)
            Dense(1, activation: .sigmoid)
        }
        return (model, try Dataset(inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]))
    }

    /// Rows of two classes that overlap, so that a validation loss rises again after a while.
    private func clouds(_ rows: Int, seed: Int) throws -> Dataset {
        var random = SeededRandom(seed)
        let labels = random.labels(rows, below: 2)
        let inputs = labels.map { label in random.floats(3, in: -2...2).map { $0 + label } }
        return try Dataset(inputs: inputs, targets: labels.map { [$0] })
    }

    private func classifier() throws -> Model {
        try Model(input: [3]) {
            Dense(16, activation: .relu)
            Dense(2, activation: .softmax)
        }
    }

    private func parameters(_ trainer: Trainer) -> [UInt32] {
        (0..<trainer.objective.layout.count).map { trainer.engine.parameters.floats[$0].bitPattern }
    }

    private final class Recorder: TrainingObserver {
        struct Failure: Error {}
        let records = Mutex<[EpochRecord]>([])
        let steps = Mutex<[StepProgress]>([])
        let failsAfter: Int

        init(failsAfter: Int = .max) { self.failsAfter = failsAfter }

        func progressed(_ progress: StepProgress) { steps.withLock { $0.append(progress) } }

        func finished(_ record: EpochRecord) throws {
            records.withLock { $0.append(record) }
            if record.epoch >= failsAfter { throw Failure() }
        }
    }

    @Test func xorIsLearntFromSwift() throws {
        let (model, data) = try xor()
        let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: data) {
            $0.optimizer = .adam(learningRate: 0.05)
            $0.epochs = 300
            $0.batchSize = 4
            $0.metrics = [.accuracy]
        }
        let history = try trainer.fit()
        #expect(history.count == 300)
        #expect(history.map(\.epoch) == Array(1...300))
        #expect(history[299].metrics == [1])
        let loss = try #require(history[299].loss)
        #expect(loss < 0.05)
        let predictions = try trainer.predict(data).map { $0[0] }
        #expect(predictions.count == 4)
        #expect(predictions[0] < 0.1 && predictions[3] < 0.1)
        #expect(predictions[1] > 0.9 && predictions[2] > 0.9)
        #expect(trainer.restoredEpoch == nil)
        #expect(!trainer.stoppedEarly)
    }

    /// Four samples of a tiny network are not worth sharing, whatever the machine.
    @Test func theDefaultShardsFollowFromTheWork() throws {
        let (model, data) = try xor()
        let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: data) { $0.batchSize = 4 }
        #expect(trainer.engine.parallelism == Parallelism(workers: 1, shards: 1))
    }

    /// The parameters of the best epoch, found again by a run that ends there.
    @Test func earlyStoppingGoesBackToTheBestEpoch() throws {
        let (training, validation) = (try clouds(24, seed: 1), try clouds(40, seed: 2))
        func trainer(epochs: Int, _ stopping: EarlyStopping?) throws -> Trainer {
            try Trainer(classifier(), loss: .sparseCategoricalCrossEntropy, on: training) {
                $0.optimizer = .adam(learningRate: 0.05)
                $0.epochs = epochs
                $0.batchSize = 8
                $0.metrics = [.accuracy]
                $0.normalization = .standardize
                $0.validation = validation
                $0.earlyStopping = stopping
                $0.parallelism = Parallelism(workers: 2)
            }
        }
        let stopped = try trainer(epochs: 200, EarlyStopping(patience: 4))
        let history = try stopped.fit()
        let losses = try history.map { try #require($0.validationLoss) }
        let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
        #expect(stopped.stoppedEarly)
        #expect(history.count == best + 1 + 4)
        #expect(stopped.restoredEpoch == best + 1)

        let short = try trainer(epochs: best + 1, nil)
        try short.fit()
        #expect(parameters(stopped) == parameters(short))
        #expect(try stopped.evaluate(validation).loss == short.evaluate(validation).loss)

        let kept = try trainer(epochs: 200, EarlyStopping(patience: 4, restoreBest: false))
        #expect(try kept.fit().count == history.count)
        #expect(kept.restoredEpoch == nil)
        #expect(parameters(kept) != parameters(short))
    }

    @Test func aLastEpochThatIsTheBestIsNotGoneBackTo() throws {
        let (model, data) = try xor()
        let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: data) {
            $0.optimizer = .adam(learningRate: 0.01)
            $0.epochs = 5
            $0.batchSize = 4
            $0.earlyStopping = EarlyStopping(monitor: "loss", patience: 2)
        }
        #expect(try trainer.fit().count == 5)
        #expect(trainer.restoredEpoch == nil)
        #expect(!trainer.stoppedEarly)
    }

    @Test func validationMeasuresWhatEvaluateMeasures() throws {
        let validation = try clouds(33, seed: 4)
        let trainer = try Trainer(classifier(), loss: .sparseCategoricalCrossEntropy, on: clouds(50, seed: 3)) {
            $0.epochs = 3
            $0.batchSize = 16
            $0.metrics = [.accuracy, .f1]
            $0.normalization = .standardize
            $0.validation = validation
            $0.parallelism = Parallelism(workers: 3)
        }
        let last = try #require(try trainer.fit().last)
        let evaluation = try trainer.evaluate(validation)
        #expect(abs(try #require(last.validationLoss) - evaluation.loss) < 1e-6)
        #expect(last.validationMetrics == evaluation.metrics)
        #expect(evaluation.samples == 33)

        let without = try Trainer(classifier(), loss: .sparseCategoricalCrossEntropy, on: clouds(50, seed: 3)) {
            $0.epochs = 1
        }
        let record = try #require(try without.fit().last)
        #expect(record.validationLoss == nil)
        #expect(record.validationMetrics == nil)
    }

    /// A step's loss is measured before it: the mean of the first epoch with rate 0 is that of the initial parameters.
    @Test func aRecordTellsOfItsEpoch() throws {
        let data = try clouds(20, seed: 5)
        let observer = Recorder()
        let trainer = try Trainer(classifier(), loss: .sparseCategoricalCrossEntropy, on: data) {
            $0.optimizer = .sgd(learningRate: 0)
            $0.epochs = 2
            $0.batchSize = 8
            $0.metrics = [.accuracy]
        }
        let before = parameters(trainer)
        let history = try trainer.fit(observer: observer)
        #expect(observer.records.withLock { $0 } == history)
        #expect(history.map(\.epoch) == [1, 2])
        #expect(history.map(\.step) == [3, 6])
        #expect(history.map(\.learningRate) == [0, 0])
        #expect(parameters(trainer) == before)
        let evaluation = try trainer.evaluate(data)
        for record in history {
            #expect(abs(try #require(record.loss) - evaluation.loss) < 1e-6)
            #expect(record.metrics == evaluation.metrics)
            #expect(record.samplesPerSecond > 0)
            #expect(record.gradientNorm > 0)
        }
    }

    @Test func theScheduleSetsTheRate() throws {
        let trainer = try Trainer(classifier(), loss: .sparseCategoricalCrossEntropy, on: clouds(8, seed: 5)) {
            $0.optimizer = .sgd(learningRate: 0.5)
            $0.schedule = .cosine(warmupEpochs: 0, final: 0.1)
            $0.epochs = 4
            $0.batchSize = 4
        }
        let rates = try trainer.fit().map(\.learningRate)
        // Of the last of eight steps; a ninth would have the tenth that is left.
        #expect(abs(rates[3] - 0.5 * (0.1 + 0.45 * (1 + cos(Double.pi * 7 / 8)))) < 1e-12)
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test func whatAnObserverThrowsEndsTheFit() throws {
        let (model, data) = try xor()
        let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: data) { $0.batchSize = 4 }
        let observer = Recorder(failsAfter: 3)
        #expect(throws: Recorder.Failure.self) { try trainer.fit(observer: observer) }
        #expect(observer.records.withLock { $0.count } == 3)
    }

    @Test func badSettingsAreRefusedInASentence() throws {
        let (model, data) = try xor()
        // The usual batch of 32 is one of the four rows that there are.
        let small = try Trainer(model, loss: .binaryCrossEntropy, on: data) { $0.epochs = 1 }
        #expect(try small.fit().count == 1)
        #expect(throws: DataError("a batch_size must be 1 or more, but is 0")) {
            try Trainer(model, loss: .binaryCrossEntropy, on: data) { $0.batchSize = 0 }
        }
        #expect(throws: DataError("inputs has no targets to train towards")) {
            try Trainer(model, loss: .binaryCrossEntropy, on: Dataset(inputs: [[1, 2]])) { $0.batchSize = 1 }
        }
        #expect(throws: ObjectiveError.self) {
            try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: data) { $0.batchSize = 4 }
        }
        #expect(throws: DataError("inputs has no targets to measure against")) {
            try Trainer(model, loss: .binaryCrossEntropy, on: data) {
                $0.batchSize = 4
                $0.validation = try? Dataset(inputs: [[1, 2]])
            }
        }
    }

    /// The model of now, not of some later day.
    @Test func theTrainedModelStaysAsItWas() throws {
        let (model, data) = try xor()
        let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: data) {
            $0.batchSize = 4
            $0.epochs = 2
        }
        try trainer.fit()
        let trained = try trainer.trainedModel()
        let kernel = try #require(trained.parameter("dense/kernel"))
        try trainer.fit()
        #expect(trained.parameter("dense/kernel") == kernel)
        #expect(try trainer.trainedModel().parameter("dense/kernel") != kernel)
        #expect(trained.parameter("dense/gamma") == nil)
    }

    @Test func aFigureThatNobodyMeasuresIsRefused() throws {
        let model = try Model(input: [2]) { Dense(1, activation: .sigmoid) }
        let data = try Dataset(inputs: [[0, 1], [1, 0]], targets: [[0], [1]])
        func trainer(_ monitor: String) throws -> Trainer {
            try Trainer(model, loss: .binaryCrossEntropy, on: data) {
                $0.batchSize = 2
                $0.metrics = [.accuracy]
                $0.earlyStopping = EarlyStopping(monitor: monitor)
            }
        }
        #expect(
            throws: ObjectiveError(
                "earlyStopping.monitor: watches 'validation_loss', but data.validation is missing; add it, or watch 'loss'"
            )
        ) { _ = try trainer("validation_loss") }
        #expect(throws: ObjectiveError("earlyStopping.monitor: unknown figure 'acuracy'; did you mean 'accuracy'?")) {
            _ = try trainer("acuracy")
        }
        _ = try trainer("accuracy")
    }
}
