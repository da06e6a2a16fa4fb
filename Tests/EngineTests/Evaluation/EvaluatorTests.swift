import Foundation
import Kernels
import Network
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Metrics

@Suite struct EvaluatorTests {
    private struct Setting {
        let objective: Objective
        let parameters: AlignedMemory
        let data: Dataset
        let inputs: [[Float]]
        let labels: [Int]
    }

    /// A softmax over one dense layer, which a few lines repeat in double precision.
    private func setting(rows: Int) throws -> Setting {
        let objective = try Objective(
            Model(input: [5]) { Dense(4, activation: .softmax) }, loss: .sparseCategoricalCrossEntropy)
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 2)
        var random = SeededRandom(rows)
        let inputs = (0..<rows).map { _ in random.floats(5, in: -3...3) }
        let labels = random.labels(rows, below: 4)
        return Setting(
            objective: objective, parameters: parameters,
            data: try Dataset(inputs: inputs, targets: labels.map { [$0] }), inputs: inputs,
            labels: labels.map { Int($0) })
    }

    private func probabilities(_ setting: Setting) throws -> [[Double]] {
        let layout = setting.objective.layout
        let kernel = setting.parameters.floats + (try #require(layout.entry(named: "dense/kernel")).offset)
        let bias = setting.parameters.floats + (try #require(layout.entry(named: "dense/bias")).offset)
        return setting.inputs.map { row in
            let logits = (0..<4).map { unit in
                (0..<5).reduce(Double(bias[unit])) { $0 + Double(row[$1]) * Double(kernel[$1 * 4 + unit]) }
            }
            let powers = logits.map { exp($0) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }

    private func evaluator(
        _ setting: Setting, workers: Int = 1, shards: Int? = nil, chunk: Int = 256, predictsOnly: Bool = false
    ) throws -> Evaluator {
        try Evaluator(
            setting.objective, on: setting.data, preprocessing: .none, parameters: setting.parameters,
            Parallelism(workers: workers, shards: shards), chunk: chunk, predictsOnly: predictsOnly)
    }

    /// One row; fewer rows than shards; chunks that divide the rows and chunks that leave a rest.
    @Test(arguments: [(1, 1, 256), (1, 7, 256), (3, 8, 1), (37, 1, 5), (37, 5, 3), (40, 4, 10), (64, 2, 256)])
    func theLossAndTheMetricsAreThoseOfTheDefinition(rows: Int, shards: Int, chunk: Int) throws {
        let setting = try setting(rows: rows)
        let expected = try probabilities(setting)
        let evaluation = try evaluator(setting, workers: 2, shards: shards, chunk: chunk)
            .evaluate([.accuracy, .topK(2)], countsConfusion: true)
        let losses = zip(expected, setting.labels).map { -log($0[$1]) }
        #expect(abs(evaluation.loss - losses.reduce(0, +) / Double(rows)) < 1e-5)
        let ranks = zip(expected, setting.labels).map { row, label in row.count { $0 > row[label] } }
        #expect(evaluation.metrics.count == 2)
        #expect(abs(evaluation.metrics[0] - Double(ranks.count { $0 < 1 }) / Double(rows)) < 1e-12)
        #expect(abs(evaluation.metrics[1] - Double(ranks.count { $0 < 2 }) / Double(rows)) < 1e-12)
        #expect(evaluation.samples == rows)
        var table = Array(repeating: 0, count: 16)
        for (row, label) in zip(expected, setting.labels) {
            table[label * 4 + (row.indices.max { row[$0] < row[$1] } ?? 0)] += 1
        }
        #expect(evaluation.confusion?.counts == table)
    }

    /// Of weights that are all 0, or not 0 for ignored labels alone, no loss is a mean: 0 would be the best there is.
    @Test func withoutASampleThatCountsTheLossIsUndefined() throws {
        let objective = try Objective(
            Model(input: [2]) { Dense(3, activation: .softmax) },
            loss: .sparseCategoricalCrossEntropy(ignoring: 2))
        let parameters = try AlignedMemory(floats: objective.layout.count)
        func loss(_ labels: [Float], _ weights: [Float]) throws -> Double {
            let data = try Dataset(
                inputs: labels.map { [$0, 1] }, targets: labels.map { [$0] }, weights: weights)
            return try Evaluator(
                objective, on: data, preprocessing: .none, parameters: parameters, Parallelism(workers: 2, shards: 2)
            )
            .evaluate([]).loss
        }
        #expect(try loss([0, 1, 0], [0, 0, 0]).isNaN)
        #expect(try loss([0, 2, 1], [0, 3, 0]).isNaN)
        #expect(try loss([2, 2, 2], [1, 1, 1]).isNaN)
        #expect(abs(try loss([0, 2, 1], [0, 3, 2]) - log(3)) < 1e-6)
    }

    @Test func pinnedShardsGiveTheSameBitsForAnyNumberOfWorkers() throws {
        let setting = try setting(rows: 101)
        let results = try (1...6).map { workers in
            let evaluator = try evaluator(setting, workers: workers, shards: 6, chunk: 4)
            let evaluation = try evaluator.evaluate([.accuracy, .rocAUC], countsConfusion: true)
            return (
                evaluation.loss.bitPattern, evaluation.metrics.map(\.bitPattern), evaluation.confusion,
                try evaluator.predict().map(\.bitPattern)
            )
        }
        for result in results { #expect(result == results[0]) }
    }

    @Test func measuringTwiceGivesTheSame() throws {
        let evaluator = try evaluator(setting(rows: 20), workers: 2)
        let (first, second) = (try evaluator.evaluate([.accuracy]), try evaluator.evaluate([.accuracy]))
        #expect(first.loss == second.loss)
        #expect(first.metrics == second.metrics)
        #expect(first.confusion == nil)
    }

    /// As of a model that was read from a file in the same expression.
    @Test func theParametersLiveAsLongAsTheEvaluator() throws {
        func make() throws -> (evaluator: Evaluator, predictions: [Float]) {
            let setting = try setting(rows: 20)
            return (try evaluator(setting), try evaluator(setting).predict())
        }
        for _ in 0..<20 {
            let (evaluator, predictions) = try make()
            // Takes the place of what would have been given back.
            let others = try (0..<4).map { _ in try AlignedMemory(floats: 24 + 64) }
            for other in others { other.floats.update(repeating: .nan, count: 24 + 64) }
            #expect(try evaluator.predict() == predictions)
        }
    }

    /// What is measured is what the parameters are at that time.
    @Test func theParametersAreReadAtEachCall() throws {
        let setting = try setting(rows: 20)
        let evaluator = try evaluator(setting)
        let before = try evaluator.evaluate([])
        setting.parameters.floats.update(repeating: 0, count: setting.objective.layout.count)
        let after = try evaluator.evaluate([])
        #expect(before.loss != after.loss)
        #expect(abs(after.loss - log(4.0)) < 1e-6)
    }

    @Test(arguments: [(1, 1, 256), (37, 5, 3), (37, 3, 256), (2, 8, 4), (16, 4, 2)])
    func predictionsStandInTheOrderOfTheRows(rows: Int, shards: Int, chunk: Int) throws {
        let model = try Model(input: [1]) { Dense(2, useBias: false, kernelInitializer: .values([1, -1])) }
        let objective = try Objective(model, loss: .meanAbsoluteError)
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 0)
        // Targets are not needed, nor used where they are there.
        let data = try Dataset(inputs: (0..<rows).map { [Float($0)] })
        let predictions = try Evaluator(
            objective, on: data, preprocessing: Preprocessing(kind: .scale, offset: [0], scale: [0.5]),
            parameters: parameters, Parallelism(workers: 3, shards: shards), chunk: chunk, predictsOnly: true
        ).predict()
        let expected: [Float] = (0..<rows).flatMap { row in [Float(row) / 2, Float(row) / -2] }
        #expect(predictions == expected)
    }

    @Test func dropoutIsNotAtWork() throws {
        let model = try Model(input: [3]) {
            Dropout(0.9)
            Dense(1, kernelInitializer: .ones)
        }
        let objective = try Objective(model, loss: .meanAbsoluteError)
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 0)
        let data = try Dataset(inputs: [[1, 2, 3]], targets: [[0]])
        let evaluator = try Evaluator(
            objective, on: data, preprocessing: .none, parameters: parameters, Parallelism(workers: 1))
        #expect(try evaluator.predict() == [6])
        #expect(try evaluator.evaluate([.meanAbsoluteError]).metrics == [6])
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let setting = try setting(rows: 3)
        func make(_ data: Dataset) throws -> Evaluator {
            try Evaluator(
                setting.objective, on: data, preprocessing: .none, parameters: setting.parameters,
                Parallelism(workers: 1))
        }
        #expect(throws: DataError("inputs has no targets to measure against")) {
            try make(Dataset(inputs: setting.inputs))
        }
        #expect(throws: DataError("inputs has samples of shape 1, but the model takes 5")) {
            try make(Dataset(inputs: [[1]], targets: [[1]]))
        }
        let error = #expect(throws: MetricError.self) { try evaluator(setting).evaluate([.meanAbsoluteError]) }
        #expect(
            error?.description
                == "The metric \"mae\" needs regression values, and these are class targets; "
                + "use \"accuracy\", \"f1\" or \"roc_auc\".")
    }
}
