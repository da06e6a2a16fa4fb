import Batches
import Foundation
import Kernels
import Metrics
import Network
import RunSupport
import TestSupport
import Testing

@testable import Engine
@testable import Interchange
@testable import Runs

/// Thresholds that are given, and those that are chosen on the validation split.
@Suite struct ThresholdsTests {
    /// A fifth of the rows are positive, and not easily told.
    private func data(_ seed: Int, rows: Int = 300) throws -> Dataset {
        var random = SeededRandom(seed)
        let labels = (0..<rows).map { _ -> Float in Int.random(in: 0..<5, using: &random) == 0 ? 1 : 0 }
        return try Dataset(
            inputs: labels.map { label in random.floats(2, in: -1...1).map { $0 + 0.5 * label } },
            targets: labels.map { [$0] })
    }

    private func trainer(_ threshold: ThresholdRule?, loss: BinaryCrossEntropy = .init()) throws -> Trainer {
        let model = try Model(input: [2]) { Dense(1, activation: loss.fromLogits ? .linear : .sigmoid) }
        let validation = try data(2)
        return try Trainer(model, loss: loss, on: data(1)) {
            $0.optimizer = .adam(learningRate: 0.05)
            $0.epochs = 5
            $0.metrics = [.f1, .recall]
            $0.validation = validation
            $0.threshold = threshold
        }
    }

    @Test(arguments: [false, true])
    func theF1ScoreIsRaised(fromLogits: Bool) throws {
        let loss = BinaryCrossEntropy(fromLogits: fromLogits)
        let plain = try trainer(nil, loss: loss)
        let chosen = try trainer(.f1, loss: loss)
        let (history, _) = (try plain.fit(), try chosen.fit())
        #expect(plain.remarks == [] && chosen.remarks.count == 1)
        let before = try plain.evaluate(data(2))
        let after = try chosen.evaluate(data(2))
        #expect(history.last?.validationMetrics == before.metrics)
        // The loss does not depend on it.
        #expect(after.loss == before.loss && after.metrics[0] > before.metrics[0] + 0.05)
        let threshold = try #require(chosen.objective.outputs[0].thresholds?.first)
        #expect(threshold < 0.5 && threshold > 0.01)
        let sentence = chosen.remarks[0].sentence
        #expect(sentence.hasPrefix("the threshold is 0."), "\(sentence)")
        #expect(sentence.contains("on the validation split f1 is 0."), "\(sentence)")

        // No other threshold is better.
        let scores = try chosen.predict(data(2)).map { fromLogits ? 1 / (1 + exp(-Double($0[0]))) : Double($0[0]) }
        for other in stride(from: 0.02, to: 0.98, by: 0.02) {
            var model = try chosen.trainedModel()
            model.objective.outputs[0].thresholds = [other]
            let result = try model.evaluator(on: data(2), Parallelism(workers: 1)).evaluate([.f1])
            #expect(result.metrics[0] <= after.metrics[0] + 1e-9, "\(other)")
        }
        #expect(scores.contains { $0 > threshold })

        // The model keeps it, and what it is used for goes by it.
        let directory = try TestDirectory()
        try chosen.save(directory.file("model.h5"))
        let model = try TrainedModel(contentsOf: directory.file("model.h5"))
        #expect(model.objective.outputs[0].thresholds == [threshold])
        let again = try model.evaluator(on: data(2), Parallelism(workers: 2)).evaluate(model.metrics)
        #expect(again.metrics == after.metrics)
    }

    @Test func youdensIndexIsRaised() throws {
        let chosen = try trainer(.youden)
        try chosen.fit()
        let threshold = try #require(chosen.objective.outputs[0].thresholds?.first)
        // About the share of positives, as a rule.
        #expect(threshold > 0.1 && threshold < 0.4)
        let plain = try trainer(nil)
        try plain.fit()
        #expect(try chosen.evaluate(data(2)).metrics[1] > plain.evaluate(data(2)).metrics[1])
    }

    @Test func aGivenOneHoldsFromTheFirstEpoch() throws {
        let given = try trainer(.value(0.2))
        let history = try given.fit()
        #expect(given.objective.outputs[0].thresholds == [0.2] && given.remarks == [])
        #expect(try history.last?.validationMetrics == given.evaluate(data(2)).metrics)
        let plain = try trainer(nil)
        #expect(try plain.fit().last?.validationMetrics != history.last?.validationMetrics)
    }

    @Test func whatHasNoneIsRefused() throws {
        let model = try Model(input: [2]) { Dense(1) }
        #expect(
            throws: ObjectiveError(
                "threshold is for binary outputs, of binary_crossentropy, but the last layer 'dense' has "
                    + "mean_squared_error; leave it out")
        ) { try Trainer(model, loss: .meanSquaredError(factor: 1), on: data(1)) { $0.threshold = .f1 } }
        let binary = try Model(input: [2]) { Dense(1, activation: .sigmoid) }
        #expect(
            throws: ObjectiveError("threshold is chosen on the validation split, but there is none; give a number")
        ) { try Trainer(binary, loss: .binaryCrossEntropy, on: data(1)) { $0.threshold = .f1 } }
        #expect(
            try mistakes(smallest("loss=binary_crossentropy", "training.threshold=f1")) == [
                "training.threshold: is 'f1', by which it is chosen on the validation split, but data.validation is "
                    + "missing; add it, or give a number"
            ])
        #expect(
            try mistakes(smallest("training.threshold=roc")) == [
                "training.threshold: unknown word 'roc'; known: 'f1', 'youden'"
            ])
        #expect(
            try mistakes(smallest("training.threshold=[1]")) == [
                "training.threshold: must be a number between 0 and 1, 'f1' or 'youden', but is [1]"
            ])
        let fixture = try RunFixture()
        do {
            _ = try TrainingRun(fixture.configuration(["training.threshold=0.3"]))
            Issue.record("classes have no threshold")
        } catch {
            #expect(
                "\(error)".contains(
                    "training.threshold: is for binary outputs, of binary_crossentropy, but the last layer 'dense' has "
                        + "sparse_categorical_crossentropy; leave it out"), "\(error)")
        }
    }

    /// Of several labels each has its own; one that never occurs keeps the usual one.
    @Test func severalLabelsHaveTheirOwn() throws {
        var random = SeededRandom(7)
        func rows() throws -> Dataset {
            let inputs = (0..<200).map { _ in random.floats(3, in: -1...1) }
            return try Dataset(
                inputs: inputs,
                targets: inputs.map { [$0[0] > 0.6 ? 1 : 0, $0[1] > -0.6 ? 1 : 0, 0] })
        }
        let (training, validation) = (try rows(), try rows())
        let model = try Model(input: [3]) { Dense(3, activation: .sigmoid) }
        let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: training) {
            $0.epochs = 3
            $0.validation = validation
            $0.threshold = .f1
        }
        try trainer.fit()
        let thresholds = try #require(trainer.objective.outputs[0].thresholds)
        #expect(thresholds.count == 3 && thresholds[0] != thresholds[1] && thresholds[2] == 0.5)
        #expect(trainer.remarks.map(\.kind) == [.note, .note, .warning])
        #expect(
            trainer.remarks[2].sentence
                == "the threshold for label 2 can't be chosen, since all rows of the validation split are of one class, or "
                + "predicted alike; it is 0.5")
    }
}
