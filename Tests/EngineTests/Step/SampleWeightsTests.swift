import Foundation
import Kernels
import Network
import RunSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Runs

/// Steps with weights, against the losses and gradients of their definitions.
@Suite struct SampleWeightsTests {
    private static let inputs: [[Float]] = [[1, 2], [-1, 0.5], [0.25, -2], [3, 1], [0.5, 0.5]]

    private func engine(
        _ objective: Objective, _ data: Dataset, classes: ClassWeights? = nil, workers: Int = 1
    ) throws -> TrainingEngine {
        var settings = TrainingSettings(
            optimizer: .sgd(learningRate: 0.1), epochs: 1, batchSize: data.count,
            parallelism: Parallelism(workers: workers))
        settings.seed = 3
        settings.classWeights = classes
        return try TrainingEngine(objective, on: data, preprocessing: .none, settings)
    }

    private func parameters(_ engine: TrainingEngine) -> [Double] { TrainingFixture.values(engine).map(Double.init) }

    private func isClose(_ left: [Double], _ right: [Double]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) < 1e-5 * max(1, abs($1)) }
    }

    @Test(arguments: [1, 2]) func aSamplesOwnWeightIsAFactorOfItsLoss(workers: Int) throws {
        let weights: [Float] = [1, 0, 2.5, 0.5, 4]
        let targets: [Float] = [1, 50, -1, 0, 2]
        let data = try Dataset(inputs: Self.inputs, targets: targets.map { [$0] }, weights: weights)
        let objective = try Objective(
            Model(input: [2]) { Dense(1).named("out") }, loss: .meanSquaredError(factor: 1))
        let engine = try engine(objective, data, workers: workers)
        let before = parameters(engine)
        let kernel = try #require(objective.layout.entry(named: "out/kernel")).offset
        let bias = try #require(objective.layout.entry(named: "out/bias")).offset
        let result = try engine.run(epoch: 0)
        var (loss, after) = (0.0, before)
        for (index, row) in Self.inputs.enumerated() {
            let x = row.map(Double.init)
            let error = x[0] * before[kernel] + x[1] * before[kernel + 1] + before[bias] - Double(targets[index])
            let share = Double(weights[index]) / 5
            loss += share * error * error
            for column in 0..<2 { after[kernel + column] -= 0.1 * share * 2 * error * x[column] }
            after[bias] -= 0.1 * share * 2 * error
        }
        #expect(isClose([result.loss], [loss]))
        #expect(isClose(parameters(engine), after))
    }

    /// One step of softmax and cross-entropy in double precision.
    /// - Returns: the loss, and the parameters after it.
    private func step(
        _ objective: Objective, _ before: [Double], labels: [Int], weights: [Double], counted: Double
    ) throws -> (loss: Double, after: [Double]) {
        let kernel = try #require(objective.layout.entry(named: "out/kernel")).offset
        let bias = try #require(objective.layout.entry(named: "out/bias")).offset
        var (loss, after) = (0.0, before)
        for (index, label) in labels.enumerated() where label >= 0 {
            let x = Self.inputs[index].map(Double.init)
            let logits = (0..<3).map { x[0] * before[kernel + $0] + x[1] * before[kernel + 3 + $0] + before[bias + $0] }
            let sum = logits.reduce(0) { $0 + exp($1) }
            let share = weights[index] / counted
            loss -= share * (logits[label] - log(sum))
            for unit in 0..<3 {
                let slope = share * (exp(logits[unit]) / sum - (unit == label ? 1 : 0))
                after[kernel + unit] -= 0.1 * slope * x[0]
                after[kernel + 3 + unit] -= 0.1 * slope * x[1]
                after[bias + unit] -= 0.1 * slope
            }
        }
        return (loss, after)
    }

    private func model() throws -> Model {
        try Model(input: [2]) { Dense(3, activation: .softmax).named("out") }
    }

    private static let labels = [0, 1, 0, 2, 0]

    /// Balanced: 5 / (3 · 3), 5 / (3 · 1), 5 / (3 · 1).
    @Test(
        arguments: [
            (ClassWeights.balanced, [5.0 / 9, 5.0 / 3, 5.0 / 3]), (ClassWeights.list([1, 0, 7]), [1.0, 0, 7]),
            (ClassWeights.table([1: 3]), [1.0, 3, 1]),
        ] as [(ClassWeights, [Double])])
    func aClasssWeightIsAFactorOfItsSamplesLosses(classes: ClassWeights, weights: [Double]) throws {
        let own: [Float] = [1, 2, 3, 4, 5]
        for isOneHot in [false, true] {
            for hasOwn in [false, true] {
                // With one-hot targets the loss wants these, and makes them out of the labels.
                let data = try Dataset(
                    inputs: Self.inputs, targets: Self.labels.map { [Float($0)] }, weights: hasOwn ? own : nil)
                let objective = try Objective(
                    model(), loss: isOneHot ? .categoricalCrossEntropy : .sparseCategoricalCrossEntropy)
                let engine = try engine(objective, data, classes: classes, workers: 2)
                let before = parameters(engine)
                let result = try engine.run(epoch: 0)
                let all = Self.labels.indices.map { weights[Self.labels[$0]] * (hasOwn ? Double(own[$0]) : 1) }
                let expected = try step(objective, before, labels: Self.labels, weights: all, counted: 5)
                #expect(isClose([result.loss], [expected.loss]), "\(isOneHot) \(hasOwn)")
                #expect(isClose(parameters(engine), expected.after), "\(isOneHot) \(hasOwn)")
            }
        }
    }

    @Test func oneHotFromLabelsIsOneHotFromTheFile() throws {
        let objective = try Objective(model(), loss: .categoricalCrossEntropy)
        let labels = try Dataset(inputs: Self.inputs, targets: Self.labels.map { [Float($0)] })
        let rows = try Dataset(
            inputs: Self.inputs, targets: Self.labels.map { label in (0..<3).map { $0 == label ? 1 : 0 } })
        let engines = [try engine(objective, labels), try engine(objective, rows)]
        let losses = try engines.map { try $0.run(epoch: 0).loss }
        #expect(losses[0] == losses[1])
        #expect(TrainingFixture.bits(engines[0]) == TrainingFixture.bits(engines[1]))
    }

    @Test func ignoredLabelsCountForNothing() throws {
        let labels = [0, -1, 2, -1, 1]
        let data = try Dataset(inputs: Self.inputs, targets: labels.map { [Float($0)] })
        let objective = try Objective(model(), loss: .sparseCategoricalCrossEntropy(ignoring: -1))
        for (classes, weights) in [
            (nil, [1.0, 1, 1, 1, 1]), (ClassWeights.list([2, 3, 4]), [2, 1, 4, 1, 3]),
        ] as [(ClassWeights?, [Double])] {
            let engine = try engine(objective, data, classes: classes, workers: 2)
            let before = parameters(engine)
            let result = try engine.run(epoch: 0)
            let expected = try step(objective, before, labels: labels, weights: weights, counted: 3)
            #expect(isClose([result.loss], [expected.loss]))
            #expect(isClose(parameters(engine), expected.after))
        }
        // Nothing but ignored ones changes nothing, and has no loss.
        let none = try Dataset(inputs: Self.inputs, targets: labels.map { _ in [-1] })
        let engine = try engine(objective, none)
        let before = TrainingFixture.bits(engine)
        #expect(try engine.run(epoch: 0).loss.isNaN)
        #expect(TrainingFixture.bits(engine) == before)
    }

    @Test func weightsOfOneChangeNothing() throws {
        let objective = try Objective(model(), loss: .sparseCategoricalCrossEntropy)
        let targets = Self.labels.map { [Float($0)] }
        let plain = try engine(objective, Dataset(inputs: Self.inputs, targets: targets))
        let weighted = try engine(
            objective, Dataset(inputs: Self.inputs, targets: targets, weights: [1, 1, 1, 1, 1]),
            classes: .list([1, 1, 1]))
        #expect(try plain.run(epoch: 0).loss == weighted.run(epoch: 0).loss)
        #expect(TrainingFixture.bits(plain) == TrainingFixture.bits(weighted))
    }

    /// The sum of weight · loss over the number of samples; metrics stay as they are. Keras 3.15 gives the same:
    /// `model.evaluate(x, y, sample_weight=w)` with `metrics=["accuracy"]`.
    @Test(arguments: [(1, 1), (2, 3)])
    func evaluationTakesASamplesOwnWeight(workers: Int, shards: Int) throws {
        let objective = try Objective(model(), loss: .sparseCategoricalCrossEntropy)
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 3)
        let targets = Self.labels.map { [Float($0)] }
        let own: [Float] = [0.5, 2, 0, 1, 3]
        func evaluate(_ rows: [Int], weights: [Float]?) throws -> Evaluation {
            let data = try Dataset(
                inputs: rows.map { Self.inputs[$0] }, targets: rows.map { targets[$0] }, weights: weights)
            return try Evaluator(
                objective, on: data, preprocessing: .none, parameters: parameters,
                Parallelism(workers: workers, shards: shards), chunk: 2
            ).evaluate([.accuracy])
        }
        let losses = try (0..<5).map { try evaluate([$0], weights: nil).loss }
        let weighted = try evaluate([0, 1, 2, 3, 4], weights: own)
        let plain = try evaluate([0, 1, 2, 3, 4], weights: nil)
        #expect(isClose([weighted.loss], [zip(losses, own).reduce(0) { $0 + $1.0 * Double($1.1) } / 5]))
        #expect(isClose([plain.loss], [losses.reduce(0, +) / 5]))
        #expect(weighted.metrics == plain.metrics)
        #expect(try evaluate([0, 1, 2, 3, 4], weights: [1, 1, 1, 1, 1]).loss == plain.loss)
    }

    @Test func evaluationIsNotWeightedByClassNorAugmented() throws {
        let shape: Shape = [6, 6, 2]
        let data = try TrainingFixture.noise(rows: 40, shape: shape)
        let model = try TrainingFixture.cnn(shape)
        func trainer(_ configure: (inout Trainer.Settings) -> Void) throws -> Trainer {
            try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: data) {
                $0.epochs = 1
                $0.batchSize = 8
                $0.seed = 9
                $0.parallelism = Parallelism(workers: 2)
                $0.validation = data
                configure(&$0)
            }
        }
        let plain = try trainer { _ in }
        let other = try trainer {
            $0.augmentation = Augmentation([.randomFlip(.horizontalAndVertical), .gaussianNoise(deviation: 3)])
            $0.classWeights = .list([1, 20, 3])
        }
        // Before any step both have the same parameters, so what is measured is the same to the bit.
        #expect(try plain.evaluate(data).loss == other.evaluate(data).loss)
        #expect(try plain.predict(data) == other.predict(data))
        let history = try other.fit()
        #expect(try other.evaluate(data).loss == history[0].validationLoss)
        try plain.fit()
        #expect(TrainingFixture.bits(plain.engine) != TrainingFixture.bits(other.engine))
    }
}
