import Configuration
import Kernels
import Network
import TestSupport
import Testing

/// Whole layers in models: values within 2e-6 of the naive references, gradients within 1e-5 of central differences.
struct LayerTests {
    @Test(arguments: [Activation.linear, .relu, .gelu, .softmax])
    func dense(_ activation: Activation) throws {
        try expectRightLayers([5]) {
            Dense(4, activation: activation)
            Dense(3, useBias: false)
        }
        try expectRightLayers([2, 3]) { Dense(4, activation: activation) }
    }

    @Test(arguments: [Activation.linear, .tanh, .swish, .softplus])
    func convolution(_ activation: Activation) throws {
        try expectRightLayers([5, 4, 2], samples: [1, 2]) {
            Conv2D(3, kernelSize: (3, 3), strides: (2, 1), padding: .same, activation: activation)
            Conv2D(2, kernelSize: (2, 2), activation: activation, useBias: false)
        }
    }

    @Test func poolingAndShapes() throws {
        try expectRightLayers([6, 5, 2]) {
            Conv2D(3, kernelSize: (2, 2), activation: .tanh)
            Pooling(.max)
            Pooling(.average, poolSize: (2, 2), strides: (1, 1), padding: .same)
            Reshape([-1, 3])
            Dense(2)
            Flatten()
            ActivationLayer(.elu(0.5))
            Dense(1)
        }
        try expectRightLayers([4, 4, 2]) {
            Conv2D(3, kernelSize: (3, 3), activation: .tanh)
            GlobalAveragePooling2D()
            Dropout(0.3)
            Dense(2, activation: .softmax)
        }
    }

    @Test func branches() throws {
        try expectRightLayers([4, 3, 2], samples: [1, 2]) {
            Conv2D(2, kernelSize: (3, 3), padding: .same, activation: .tanh).named("a")
            Conv2D(2, kernelSize: (1, 1), activation: .sigmoid).named("b", inputs: ["input"])
            Add().named("sum", inputs: ["a", "b", "input", "a"])
            Concatenate(axis: -1).named("stack", inputs: ["sum", "a"])
            Concatenate(axis: 0).named("tall", inputs: ["stack", "stack"])
            Flatten()
            Dense(3)
        }
    }

    @Test("Shapes of one sample, layer by layer")
    func shapes() throws {
        let model = try Model(input: [9, 7, 3]) {
            Conv2D(4, kernelSize: (3, 3), strides: (2, 2), padding: .same)
            Pooling(.max, poolSize: (2, 2), padding: .same)
            Pooling(.average, poolSize: (3, 1), strides: (1, 1))
            Reshape([2, -1])
            Flatten()
        }
        #expect(
            try model.build(in: Graph()).layers.map { "\($0.type)" }
                == ["batch×5×4×4", "batch×3×2×4", "batch×1×2×4", "batch×2×4", "batch×8"])
    }

    @Test("A layer's parameters bear its name, and their initializers")
    func parameters() throws {
        let graph = Graph()
        let model = try Model(input: [3, 3, 2]) {
            Conv2D(4, kernelSize: (2, 3), kernelInitializer: .heNormal, biasInitializer: .ones).named("edges")
            Flatten()
            Dense(5, useBias: false)
        }
        let layout = try Program(results: [try model.build(in: graph).output]).layout
        #expect(layout.entries.map(\.name) == ["edges/kernel", "edges/bias", "dense/kernel"])
        #expect(layout.entries.map(\.shape) == [[2, 3, 2, 4], [4], [8, 5]])
        #expect(layout.entries.map(\.initializer) == [.heNormal, .ones, .glorotUniform])
    }

    @Test("As Keras describes them")
    func keras() {
        func described(_ layer: any Layer) -> JSONNode {
            [
                "class": JSONNode(layer.keras.className), "config": JSONNode(.object(layer.keras.configuration)),
            ]
        }
        #expect(
            described(Dense(3, activation: .swish, useBias: false))
                == ["class": "Dense", "config": ["units": 3, "activation": "silu", "use_bias": false]])
        #expect(
            described(Conv2D(8, kernelSize: (3, 2), strides: (2, 1), padding: .same, activation: .relu)) == [
                "class": "Conv2D",
                "config": [
                    "filters": 8, "kernel_size": [3, 2], "strides": [2, 1], "padding": "same",
                    "data_format": "channels_last", "activation": "relu", "use_bias": true,
                ],
            ])
        #expect(
            described(Pooling(.average, poolSize: (3, 2))) == [
                "class": "AveragePooling2D",
                "config": [
                    "pool_size": [3, 2], "strides": [3, 2], "padding": "valid", "data_format": "channels_last",
                ],
            ])
        #expect(described(Concatenate(axis: 0)) == ["class": "Concatenate", "config": ["axis": 1]])
        #expect(described(Concatenate()) == ["class": "Concatenate", "config": ["axis": -1]])
        #expect(
            described(ActivationLayer(.leakyRelu(0.1))) == ["class": "ReLU", "config": ["negative_slope": 0.1]])
        #expect(described(ActivationLayer(.gelu)) == ["class": "Activation", "config": ["activation": "gelu"]])
        #expect(described(Dropout(0.5)) == ["class": "Dropout", "config": ["rate": 0.5]])
    }
}
