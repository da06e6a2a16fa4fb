import Batches
import Configuration
import Engine
import Interchange
import Kernels
import Metrics
import Network
import TestSupport

/// Models with random parameters, biases included.
package enum ModelFixture {
    package static func mlp() throws -> Model {
        try Model(input: [4]) {
            Dense(5, activation: .tanh)
            Dense(3, activation: .softmax).named("out")
        }
    }

    /// Two branches whose weights have the same shapes, joined twice.
    package static func branched() throws -> Model {
        try Model(input: [6, 6, 2]) {
            Conv2D(3, kernelSize: (3, 3), padding: .same, activation: .relu).named("stem")
            Conv2D(3, kernelSize: (3, 3), padding: .same, activation: .elu(1)).named("left", inputs: ["stem"])
            Conv2D(3, kernelSize: (3, 3), padding: .same, useBias: false).named("right", inputs: ["stem"])
            Add().named("sum", inputs: ["right", "left"])
            Pooling(.max).named("max", inputs: ["sum"])
            Pooling(.average, padding: .same).named("mean", inputs: ["sum"])
            Concatenate().named("both", inputs: ["mean", "max"])
            Reshape([9, -1])
            Dropout(0.25)
            ActivationLayer(.leakyRelu(0.1))
            Flatten()
            Dense(2, activation: .softmax, kernelInitializer: .heNormal, biasInitializer: .constant(0.1)).named("out")
        }
    }

    package static func trained(
        _ model: Model, loss: any Loss = .sparseCategoricalCrossEntropy,
        preprocessing: Preprocessing = .none, metrics: [any Metric] = [],
        classNames: [String]? = nil,
        configuration: JSONNode? = nil
    ) throws -> TrainedModel {
        let objective = try Objective(model, loss: loss)
        let parameters = try AlignedMemory(floats: objective.layout.count)
        var random = SeededRandom(8)
        for entry in objective.layout.entries {
            for index in entry.range { parameters.floats[index] = Float.random(in: -1...1, using: &random) }
        }
        return TrainedModel(
            objective: objective, metrics: metrics, preprocessing: preprocessing, classNames: classNames,
            parameters: parameters, configuration: configuration)
    }

    package static func bits(_ model: TrainedModel) -> [UInt32] {
        (0..<model.objective.layout.count).map { model.parameters.floats[$0].bitPattern }
    }

    package static func predictions(_ model: TrainedModel) throws -> [Float] {
        var random = SeededRandom(4)
        let shape = model.objective.model.inputShape
        let data = try Dataset(inputs: (0..<7).map { _ in random.floats(shape.count) }, shape: shape)
        return try model.evaluator(on: data, Parallelism(workers: 1), predictsOnly: true).predict()
    }
}
