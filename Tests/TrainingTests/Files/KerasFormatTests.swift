import Configuration
import Kernels
import Network
import TestSupport
import Testing

@testable import Training

@Suite struct KerasFormatTests {
    // MARK: The order of the layers

    @Test func aChainIsInItsOrder() throws {
        #expect(KerasFormat.layerOrder(try ModelFixture.mlp()) == ["dense", "out"])
    }

    /// Two branches of equal depth: the one that the joining layer names first comes first, whatever the order of
    /// the layers in the model.
    @Test func branchesComeInTheOrderOfTheInputsThatJoinThem() throws {
        #expect(
            KerasFormat.layerOrder(try ModelFixture.branched()) == [
                "stem", "right", "left", "sum", "mean", "max", "both", "reshape", "dropout", "leaky_relu", "flatten",
                "out",
            ])
    }

    /// The order that Keras 3 gave such a model, as `model.layers` without the input.
    @Test func layersOfOneDepthStandTogether() throws {
        let model = try Model(input: [4]) {
            Dense(4).named("a")
            Dense(4).named("b", inputs: ["input"])
            Dense(4).named("c", inputs: ["b"])
            Dense(4).named("d", inputs: ["input"])
            Add().named("ac", inputs: ["c", "a"])
            Add().named("all", inputs: ["d", "ac", "b"])
            Dense(2).named("e")
        }
        #expect(KerasFormat.layerOrder(model) == ["b", "c", "a", "d", "ac", "all", "e"])
    }

    /// The rule as a recursion, on random graphs.
    @Test(arguments: 0..<60)
    func randomGraphsFollowTheRule(seed: Int) throws {
        var random = SeededRandom(seed)
        var layers: [ModelLayer] = []
        var names = ["input"]
        for index in 0..<Int.random(in: 3...14, using: &random) {
            let sources = (0..<Int.random(in: 1...3, using: &random)).map { _ in names.randomElement(using: &random)! }
            let distinct = names.filter(sources.contains).shuffled(using: &random)
            let layer: any Layer = distinct.count > 1 ? Add() : Dense(4)
            layers.append(layer.named("l\(index)", inputs: distinct))
            names.append("l\(index)")
        }
        // All that goes nowhere is joined.
        let used = Set(layers.flatMap { $0.inputs ?? [] })
        let ends = names.filter { !used.contains($0) }
        if ends.count > 1 { layers.append(Add().named("end", inputs: ends)) }
        let model = try Model(input: [4], layers: layers)
        let inputs = Dictionary(uniqueKeysWithValues: model.steps.map { ($0.name, $0.inputs) })

        var met: [String] = []
        func walk(_ name: String) {
            guard name != "input", !met.contains(name) else { return }
            met.append(name)
            for input in inputs[name] ?? [] { walk(input) }
        }
        walk(model.steps[model.steps.count - 1].name)
        func depth(_ name: String) -> Int {
            (model.steps.filter { $0.inputs.contains(name) }.map { depth($0.name) + 1 }).max() ?? 0
        }
        var expected: [String] = []
        for level in (0...layers.count).reversed() { expected += met.filter { depth($0) == level } }
        #expect(KerasFormat.layerOrder(model) == expected)
    }

    // MARK: The description

    private func layer(
        _ className: String, _ name: String, _ configuration: [JSONNode.Member], from inputs: [JSONNode]
    ) -> JSONNode {
        [
            "module": "keras.layers", "class_name": JSONNode(className), "name": JSONNode(name),
            "config": JSONNode(.object([.init(key: "name", value: JSONNode(name))] + configuration)),
            "inbound_nodes": JSONNode(inputs.isEmpty ? [] : [JSONNode(inputs)]),
        ]
    }

    private func layers(_ configuration: JSONNode) -> [JSONNode] {
        guard case .array(let layers)? = configuration["config"]?["layers"]?.value else { return [] }
        return layers
    }

    @Test func aChainIsDescribedAsAFunctionalModel() throws {
        let expected: JSONNode = [
            "class_name": "Functional",
            "config": [
                "name": "small",
                "layers": [
                    layer(
                        "InputLayer", "input",
                        [
                            .init(key: "batch_shape", value: [nil, 4]), .init(key: "dtype", value: "float32"),
                        ], from: []),
                    layer(
                        "Dense", "dense",
                        [
                            .init(key: "units", value: 5), .init(key: "activation", value: "tanh"),
                            .init(key: "use_bias", value: true),
                        ], from: [["input", 0, 0, [:]]]),
                    layer(
                        "Dense", "out",
                        [
                            .init(key: "units", value: 3), .init(key: "activation", value: "softmax"),
                            .init(key: "use_bias", value: true),
                        ], from: [["dense", 0, 0, [:]]]),
                ],
                "input_layers": ["input", 0, 0], "output_layers": ["out", 0, 0],
            ],
        ]
        #expect(KerasFormat.modelConfiguration(try ModelFixture.mlp(), .none, name: "small") == expected)
    }

    @Test func layersWithSeveralInputsNameThemInOrder() throws {
        let layers = layers(KerasFormat.modelConfiguration(try ModelFixture.branched(), .none, name: "x"))
        #expect(layers.count == 13)
        #expect(layers[4] == layer("Add", "sum", [], from: [["right", 0, 0, [:]], ["left", 0, 0, [:]]]))
        #expect(
            layers[7]
                == layer(
                    "Concatenate", "both", [.init(key: "axis", value: -1)],
                    from: [["mean", 0, 0, [:]], ["max", 0, 0, [:]]]))
    }

    /// The Keras model takes the raw data.
    @Test func standardizingBecomesANormalizationLayer() throws {
        let preprocessing = Preprocessing(kind: .standardize, offset: [1, 2, 3, 4], scale: [0.5, 1, 2, 4])
        let layers = layers(KerasFormat.modelConfiguration(try ModelFixture.mlp(), preprocessing, name: "x"))
        let expected = layer(
            "Normalization", "normalization",
            [
                .init(key: "axis", value: -1), .init(key: "mean", value: [1.0, 2.0, 3.0, 4.0]),
                .init(key: "variance", value: [4.0, 1.0, 0.25, 0.0625]),
            ], from: [["input", 0, 0, [:]]])
        #expect(layers[1] == expected)
        #expect(layers[2]["inbound_nodes"] == [[["normalization", 0, 0, [:]]]])
    }

    private func preprocessed(_ preprocessing: Preprocessing, _ shape: Shape) throws -> JSONNode? {
        let model = try Model(input: shape) { Flatten() }
        return layers(KerasFormat.modelConfiguration(model, preprocessing, name: "x"))[1]["config"]
    }

    /// Keras wants lists within lists, as the axes are.
    @Test func eachNumberOfAnImageHasItsMeanAndVariance() throws {
        let preprocessing = Preprocessing(
            kind: .standardize, scope: .feature, offset: [1, 2, 3, 4, 5, 6], scale: [1, 1, 2, 2, 4, 4])
        #expect(
            try preprocessed(preprocessing, [2, 1, 3]) == [
                "name": "normalization", "axis": [1, 2, 3], "mean": [[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]],
                "variance": [[[1.0, 1.0, 0.25]], [[0.25, 0.0625, 0.0625]]],
            ])
        #expect(try preprocessed(preprocessing, [6])?["axis"] == -1)
        #expect(try preprocessed(preprocessing, [6])?["mean"] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    }

    /// A variance tells no sign.
    @Test func whatTurnsTheSignIsRescaled() throws {
        let preprocessing = Preprocessing(kind: .constants, scope: .channel, offset: [1, 4], scale: [-0.5, 2])
        #expect(
            try preprocessed(preprocessing, [3, 2])
                == ["name": "rescaling", "scale": [-0.5, 2.0], "offset": [0.5, -8.0]])
        let all = Preprocessing(kind: .minMax, scope: .all, offset: [4], scale: [0.25])
        #expect(try preprocessed(all, [3, 2]) == ["name": "rescaling", "scale": 0.25, "offset": -1.0])
    }

    @Test func scalingBecomesARescalingLayerForAllThatTakeTheInput() throws {
        let model = try Model(input: [2]) {
            Dense(2).named("rescaling")
            Add().named("sum", inputs: ["rescaling", "input"])
        }
        let preprocessing = Preprocessing(kind: .scale, offset: [0], scale: [0.0625])
        let layers = layers(KerasFormat.modelConfiguration(model, preprocessing, name: "x"))
        // The name is taken by a layer of the model.
        let expected = layer(
            "Rescaling", "rescaling_0",
            [
                .init(key: "scale", value: 0.0625), .init(key: "offset", value: 0.0),
            ], from: [["input", 0, 0, [:]]])
        #expect(layers[1] == expected)
        #expect(layers[2]["inbound_nodes"] == [[["rescaling_0", 0, 0, [:]]]])
        #expect(layers[3]["inbound_nodes"] == [[["rescaling", 0, 0, [:]], ["rescaling_0", 0, 0, [:]]]])
    }
}
