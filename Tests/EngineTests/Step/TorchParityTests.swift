import HDF5
import Kernels
import Network
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Optimizers

/// From the same initial weights and the same order of batches, the losses follow PyTorch's for 200 steps.
///
/// The fixtures are made by `Tests/Peers/torch_parity.py`; its docstring has the models and settings. With relu and
/// max pooling a rounding can flip a choice, after which PyTorch does not follow itself either; that network is
/// therefore trained at a small rate, and the smooth one (tanh, average pooling) at an ordinary one. SGD under a constant
/// rate is `torch.optim.SGD`; Adam is Keras's, written in PyTorch in the script.
@Suite struct TorchParityTests {
    private func check(_ fixture: String, _ model: Model, _ optimizer: any Optimizer, batchSize: Int) throws -> Double {
        let file = try HDF5File.open(Repository.fixture("\(fixture).h5", of: "EngineTests"))
        let order = try file.dataset("/order").read(Int32.self)
        let losses = try file.dataset("/loss").read(Double.self)
        let width = try file.dataset("/order").shape[1]
        #expect(width == batchSize)

        var settings = TrainingSettings(
            optimizer: optimizer, epochs: 1, batchSize: batchSize, parallelism: Parallelism(workers: 2))
        settings.shuffle = false
        let objective = try Objective(model, loss: .sparseCategoricalCrossEntropy)
        let digits = try HDF5File.open(Repository.dataset("digits.h5"))
        let images = try digits.dataset("/train/inputs").read(Float.self)
        let labels = try digits.dataset("/train/targets").read(Float.self)
        // The rows lie in the order in which they are visited.
        func engine(visiting rows: [Int32]) throws -> TrainingEngine {
            let data = try Dataset(
                inputs: rows.map { Array(images[Int($0) * 64..<Int($0 + 1) * 64]) }, shape: [8, 8, 1],
                targets: rows.map { [labels[Int($0)]] })
            return try TrainingEngine(
                objective, on: data, preprocessing: Preprocessing(kind: .scale, offset: [0], scale: [1 / 16]), settings)
        }
        var current = try engine(visiting: Array(0..<Int32(labels.count)))
        for entry in objective.layout.entries {
            let values = try file.dataset("/initial/\(entry.name)").read(Float.self)
            #expect(values.count == entry.shape.count)
            for (index, value) in values.enumerated() { current.parameters.floats[entry.offset + index] = value }
        }
        var worst = 0.0
        let stepsPerEpoch = (labels.count + width - 1) / width
        for (step, expected) in losses.enumerated() {
            if step % stepsPerEpoch == 0 {
                let end = min(step + stepsPerEpoch, losses.count)
                let next = try engine(visiting: order[step * width..<end * width].filter { $0 >= 0 })
                next.restore(parameters: current.parameters, moments: current.optimizer.vectors, step: step)
                current = next
            }
            // Each step is an end of its own, so that its loss is had alone.
            var totals = EpochTotals()
            totals.steps = step % stepsPerEpoch
            let position = EpochPosition(epoch: 0, step: step, totals: totals, metrics: [])
            let end = try current.run(epoch: 0, from: position, limit: totals.steps + 1, hooks: EpochHooks())
            guard case .finished(let result, _) = end else { break }
            worst = max(worst, abs(result.loss - expected) / expected)
        }
        #expect(current.step == 200)
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

    private func cnn(_ activation: Activation, _ reduction: PoolingReduction) throws -> Model {
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
        let optimizer = SGD(learningRate: 0.005, momentum: 0.9)
        #expect(try check("torch-digits-cnn", cnn(.relu, .max), optimizer, batchSize: 64) < 1e-4)
    }

    @Test func smoothDigitsCNN() throws {
        let optimizer = SGD(learningRate: 0.05, momentum: 0.9)
        #expect(try check("torch-digits-cnn-smooth", cnn(.tanh, .average), optimizer, batchSize: 64) < 1e-4)
    }
}
