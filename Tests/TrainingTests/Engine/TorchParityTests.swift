import HDF5
import Kernels
import Network
import Testing

@testable import Training

/// From the same initial weights and the same order of batches, the losses follow PyTorch's for 200 steps.
///
/// The fixtures are made by `Tests/Peers/torch_parity.py`; its docstring has the models and settings. With relu and
/// max pooling a rounding can flip a choice, after which PyTorch does not follow itself either; that network is
/// therefore trained at a small rate, and the smooth one (tanh, average pooling) at an ordinary one.
@Suite struct TorchParityTests {
    private func check(_ fixture: String, _ model: Model, _ optimizer: Optimizer, batchSize: Int) throws -> Double {
        let file = try HDF5File.open("\(TrainingFixture.root)/Tests/TrainingTests/Fixtures/\(fixture).h5")
        let order = try file.dataset("/order").read(Int32.self)
        let losses = try file.dataset("/loss").read(Double.self)
        let width = try file.dataset("/order").shape[1]
        #expect(width == batchSize)

        var settings = TrainingEngine.Settings(
            optimizer: optimizer, epochs: 1, batchSize: batchSize, parallelism: Parallelism(workers: 2))
        settings.metrics = []
        let data = try TrainingFixture.digits()
        let engine = try TrainingEngine(
            Objective(model, loss: .sparseCategoricalCrossEntropy), on: data,
            preprocessing: Preprocessing(kind: .scale, offset: [0], scale: [1 / 16]), settings)
        for entry in engine.objective.layout.entries {
            let values = try file.dataset("/initial/\(entry.name)").read(Float.self)
            #expect(values.count == entry.shape.count)
            for (index, value) in values.enumerated() { engine.parameters.floats[entry.offset + index] = value }
        }
        var worst = 0.0
        for (step, expected) in losses.enumerated() {
            let rows = order[step * width..<(step + 1) * width].filter { $0 >= 0 }.map { Int64($0) }
            let loss = try engine.run(epoch: 0, order: EpochOrder(rows)).loss
            worst = max(worst, abs(loss - expected) / expected)
        }
        #expect(losses.count == 200)
        return worst
    }

    @Test func digitsMLP() throws {
        let model = try Model(input: [8, 8, 1]) {
            Flatten()
            Dense(64, activation: .relu)
            Dense(10, activation: .softmax)
        }
        #expect(try check("torch-digits-mlp", model, .adam(learningRate: 0.001), batchSize: 32) < 1e-4)
    }

    private func cnn(_ activation: Activation, _ reduction: Pooling2DKernel.Reduction) throws -> Model {
        try Model(input: [8, 8, 1]) {
            Conv2D(16, kernelSize: (3, 3), padding: .same, activation: activation)
            Pooling(reduction)
            Conv2D(32, kernelSize: (3, 3), padding: .same, activation: activation)
            Pooling(reduction)
            Flatten()
            Dense(64, activation: activation)
            Dense(10, activation: .softmax)
        }
    }

    @Test func digitsCNN() throws {
        let optimizer = Optimizer.sgd(learningRate: 0.005, momentum: 0.9)
        #expect(try check("torch-digits-cnn", cnn(.relu, .max), optimizer, batchSize: 64) < 1e-4)
    }

    @Test func smoothDigitsCNN() throws {
        let optimizer = Optimizer.sgd(learningRate: 0.05, momentum: 0.9)
        #expect(try check("torch-digits-cnn-smooth", cnn(.tanh, .average), optimizer, batchSize: 64) < 1e-4)
    }
}
