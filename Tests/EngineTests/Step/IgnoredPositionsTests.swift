import Kernels
import Network
import Testing

@testable import Batches
@testable import Engine

/// A loss over positions of which some have the ignored label is the mean over the labels of the batch that count.
///
/// The figures are Keras's 3.15 and PyTorch's 2.13, of the same logits and labels:
/// `SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)(y, z)`, with `sample_weight=w[:, None]`, and
/// `cross_entropy(z.reshape(-1, 3), y.reshape(-1), ignore_index=-1)` with its gradient.
@Suite struct IgnoredPositionsTests {
    static let logits: [[Float]] = [
        [2.04, -2.56, 0.42, -0.57, -0.45, -0.22, -2.02, -0.23, -0.87, 3.32, 0.23, -0.35],
        [-0.28, -0.67, -1.06, -0.39, 0.48, -0.24, 0.96, -0.2, 0.02, 1.55, 0.55, -0.51],
        [-0.18, 0.54, 1.94, -0.27, -0.24, 1, -0.89, -0.29, 0.88, 0.58, 0.09, 0.67],
    ]
    static let labels: [[Float]] = [[0, -1, -1, -1], [1, 2, 0, 1], [2, -1, -1, 0]]
    static let weights: [Float] = [1, 2, 0.5]
    /// The means of the samples' means came to 0.65174.
    static let loss = 0.8494241833686829
    static let weightedLoss = 1.391548752784729
    static let gradient: [[Float]] = [
        [-0.0245931, 0.0011888, 0.0234043, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [
            0.0668975, -0.0975637, 0.0306662, 0.0314058, 0.0749629, -0.1063688, -0.0590264, 0.0262798, 0.0327466,
            0.0955353, -0.1077117, 0.0121764,
        ],
        [0.0125472, 0.0257774, -0.0383246, 0, 0, 0, 0, 0, 0, -0.09008, 0.0323327, 0.0577474],
    ]

    /// Gives back its inputs: a dense layer over the classes that begins as the identity.
    private func objective() throws -> Objective {
        let model = try Model(input: [4, 3]) {
            Dense(3, useBias: false, kernelInitializer: .values([1, 0, 0, 0, 1, 0, 0, 0, 1]))
        }
        return try Objective(model, loss: .sparseCategoricalCrossEntropy(fromLogits: true, ignoring: -1))
    }

    private func data(weighted: Bool = false, rows: [Int] = [0, 1, 2]) throws -> Dataset {
        try Dataset(
            inputs: rows.map { Self.logits[$0] }, shape: [4, 3], targets: rows.map { Self.labels[$0] },
            weights: weighted ? rows.map { Self.weights[$0] } : nil)
    }

    private func engine(_ data: Dataset, batchSize: Int, workers: Int, shards: Int) throws -> TrainingEngine {
        var settings = TrainingSettings(
            optimizer: .sgd(learningRate: 1), epochs: 1, batchSize: batchSize,
            parallelism: Parallelism(workers: workers, shards: shards))
        settings.shuffle = false
        return try TrainingEngine(objective(), on: data, preprocessing: .none, settings)
    }

    @Test(arguments: [(1, 1), (1, 2), (2, 3), (3, 3)])
    func aStepIsKerasesAndPyTorchs(workers: Int, shards: Int) throws {
        let engine = try engine(data(), batchSize: 3, workers: workers, shards: shards)
        let result = try engine.run(epoch: 0)
        #expect(abs(result.loss - Self.loss) < 1e-6)
        // With a rate of 1 the step is the gradient: that of the kernel is Σ over positions of xᵀ·dz.
        for (row, column) in (0..<9).map({ ($0 / 3, $0 % 3) }) {
            var expected = Float(0)
            for (x, dz) in zip(Self.logits, Self.gradient) {
                for position in 0..<4 { expected += x[position * 3 + row] * dz[position * 3 + column] }
            }
            let stepped = engine.parameters.floats[row * 3 + column]
            #expect(abs((row == column ? 1 : 0) - stepped - expected) < 2e-6, "\(row), \(column)")
        }
    }

    /// Weighted by sample, the sum is still divided by the labels, not by the weights, as in Keras.
    @Test func sampleWeightsAreKerases() throws {
        let engine = try engine(data(weighted: true), batchSize: 3, workers: 1, shards: 2)
        #expect(abs(try engine.run(epoch: 0).loss - Self.weightedLoss) < 1e-6)
    }

    /// An epoch's figure is the sum over its labels by their number, however they fell into batches.
    @Test func anEpochIsTheMeanOverItsLabels() throws {
        let engine = try engine(data(rows: [0, 1]), batchSize: 1, workers: 1, shards: 1)
        let first = try self.engine(data(rows: [0]), batchSize: 1, workers: 1, shards: 1).run(epoch: 0).loss
        let result = try engine.run(epoch: 0)
        let second = try self.engine(data(rows: [1]), batchSize: 1, workers: 1, shards: 1)
        // The second batch as it is after the first one's step.
        let half = try self.engine(data(rows: [0]), batchSize: 1, workers: 1, shards: 1)
        _ = try half.run(epoch: 0)
        second.parameters.floats.update(from: half.parameters.floats, count: 9)
        let after = try second.run(epoch: 0).loss
        #expect(abs(result.loss - (first + 4 * after) / 5) < 1e-6)
    }

    @Test(arguments: [1, 2, 3])
    func evaluationIsTheSameMean(shards: Int) throws {
        let objective = try objective()
        let parameters = try AlignedMemory(floats: 9)
        objective.layout.initialise(parameters.floats, seed: 0)
        let evaluator = try Evaluator(
            objective, on: data(), preprocessing: .none, parameters: parameters,
            Parallelism(workers: 1, shards: shards), chunk: 1)
        #expect(abs(try evaluator.evaluate([]).loss - Self.loss) < 1e-6)
    }
}
