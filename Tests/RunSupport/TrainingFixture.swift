import Batches
import Engine
import Kernels
import Metrics
import Network
import Optimizers
import TestSupport

/// Small models and data for the engine's tests.
package enum TrainingFixture {
    package static func digits(_ split: String = "train") throws -> Dataset {
        try Dataset(
            reading: DataSource(
                file: Repository.dataset("digits.h5"), inputs: "/\(split)/inputs", targets: "/\(split)/targets"))
    }

    /// Images of noise with labels: what is learnt does not matter, only how.
    package static func noise(rows: Int, shape: Shape = [6, 6, 2], classes: Int = 3) throws -> Dataset {
        var random = Philox(seed: 77, stream: .shuffling)
        return try Dataset(
            inputs: (0..<rows).map { _ in (0..<shape.count).map { _ in random.uniform() - 0.5 } }, shape: shape,
            targets: (0..<rows).map { [Float($0 % classes)] })
    }

    package static func mlp(_ input: Shape = [8, 8, 1], classes: Int = 10) throws -> Model {
        try Model(input: input) {
            Flatten()
            Dense(24, activation: .relu)
            Dropout(0.2)
            Dense(classes, activation: .softmax)
        }
    }

    package static func cnn(_ input: Shape = [6, 6, 2], classes: Int = 3) throws -> Model {
        try Model(input: input) {
            Conv2D(5, kernelSize: (3, 3), padding: .same, activation: .tanh)
            Pooling(.average)
            Conv2D(5, kernelSize: (3, 3), padding: .same, activation: .tanh)
            Flatten()
            Dense(classes, activation: .softmax)
        }
    }

    package static func engine(
        _ model: Model, on data: Dataset, batchSize: Int, workers: Int, shards: Int? = nil, epochs: Int = 10,
        optimizer: any Optimizer = .adam(learningRate: 0.01), loss: any Loss = .sparseCategoricalCrossEntropy,
        metrics: [any Metric] = [.accuracy]
    ) throws -> TrainingEngine {
        var settings = TrainingSettings(
            optimizer: optimizer, epochs: epochs, batchSize: batchSize,
            parallelism: Parallelism(workers: workers, shards: shards))
        settings.seed = 5
        settings.metrics = metrics
        return try TrainingEngine(
            Objective(model, loss: loss), on: data, preprocessing: Preprocessing(fitting: .scale, to: data),
            settings)
    }

    package static func values(_ engine: TrainingEngine) -> [Float] {
        Array(UnsafeBufferPointer(start: engine.parameters.floats, count: engine.objective.layout.count))
    }

    package static func bits(_ engine: TrainingEngine) -> [UInt32] { values(engine).map(\.bitPattern) }

    /// Of the parameters after some epochs, and of each epoch's loss, gradient norm and metrics.
    package static func bits(of engine: TrainingEngine, epochs: Int) throws -> [UInt64] {
        var figures: [Double] = []
        for epoch in 0..<epochs {
            let result = try engine.run(epoch: epoch)
            figures += [result.loss, result.gradientNorm] + result.metrics
        }
        return bits(engine).map(UInt64.init) + figures.map(\.bitPattern)
    }
}
