import Configuration
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Interchange

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

    /// - Parameter inputs: nil within a stack, whose layers name none.
    private func layer(
        _ className: String, _ name: String, _ configuration: [JSONNode.Member], from inputs: [JSONNode]? = nil
    ) -> JSONNode {
        var layer: JSONNode = [
            "module": "keras.layers", "class_name": JSONNode(className), "name": JSONNode(name),
            "config": JSONNode(.object([.init(key: "name", value: JSONNode(name))] + configuration)),
        ]
        if let inputs { layer["inbound_nodes"] = JSONNode(inputs.isEmpty ? [] : [JSONNode(inputs)]) }
        return layer
    }

    private func layers(_ configuration: JSONNode) -> [JSONNode] {
        guard case .array(let layers)? = configuration["config"]?["layers"]?.value else { return [] }
        return layers
    }

    /// What is looked up is a whole number; what is computed with is not.
    @Test func inputsAreOfTheTypeThatTheirLayersTake() throws {
        let model = try Model(inputs: [ModelInput("ids", [4]), ModelInput("x", [2])]) {
            Lookup(7, width: 3).named("table", inputs: ["ids"])
            Flatten()
            Concatenate().named("both", inputs: ["flatten", "x"])
            Dense(1)
        }
        let inputs = layers(KerasFormat.modelConfiguration(model, [.none, .none], name: "ids")).prefix(2)
        #expect(inputs.map { $0["class_name"] } == ["InputLayer", "InputLayer"])
        #expect(inputs.map { $0["config"]?["dtype"] } == ["int32", "float32"])
    }

    /// The one form that Keras 2.15 and all of Keras 3 open.
    @Test func aStackIsDescribedAsASequentialModel() throws {
        let expected: JSONNode = [
            "class_name": "Sequential",
            "config": [
                "name": "small",
                "layers": [
                    layer(
                        "InputLayer", "input",
                        [
                            .init(key: "batch_input_shape", value: [nil, 4]), .init(key: "dtype", value: "float32"),
                        ]),
                    layer(
                        "Dense", "dense",
                        [
                            .init(key: "units", value: 5), .init(key: "activation", value: "tanh"),
                            .init(key: "use_bias", value: true),
                        ]),
                    layer(
                        "Dense", "out",
                        [
                            .init(key: "units", value: 3), .init(key: "activation", value: "softmax"),
                            .init(key: "use_bias", value: true),
                        ]),
                ],
            ],
        ]
        #expect(KerasFormat.modelConfiguration(try ModelFixture.mlp(), [.none], name: "small") == expected)
    }

    /// Keras 3.0 to 3.3 want lists of lists, and what Keras 3.4 and 3.15 make of those can't stand in a `Sequential`.
    @Test func aGraphNamesItsEndsInTheFormAskedFor() throws {
        let model = try ModelFixture.branched()
        let flat = KerasFormat.modelConfiguration(model, [.none], name: "x")
        #expect(flat["class_name"] == "Functional")
        #expect(flat["config"]?["input_layers"] == ["input", 0, 0])
        #expect(flat["config"]?["output_layers"] == ["out", 0, 0])
        #expect(layers(flat)[0]["config"]?["batch_input_shape"] == [nil, 6, 6, 2])
        #expect(layers(flat)[0]["inbound_nodes"] == [])
        let nested = KerasFormat.modelConfiguration(model, [.none], name: "x", graph: .nested)
        #expect(nested["config"]?["input_layers"] == [["input", 0, 0]])
        #expect(nested["config"]?["output_layers"] == [["out", 0, 0]])
        #expect(layers(nested) == layers(flat))
        let stack = try ModelFixture.mlp()
        #expect(
            KerasFormat.modelConfiguration(stack, [.none], name: "x", graph: .nested)
                == KerasFormat.modelConfiguration(stack, [.none], name: "x"))
    }

    @Test func layersWithSeveralInputsNameThemInOrder() throws {
        let layers = layers(KerasFormat.modelConfiguration(try ModelFixture.branched(), [.none], name: "x"))
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
        let layers = layers(KerasFormat.modelConfiguration(try ModelFixture.mlp(), [preprocessing], name: "x"))
        let expected = layer(
            "Normalization", "normalization",
            [
                .init(key: "axis", value: -1), .init(key: "mean", value: [1.0, 2.0, 3.0, 4.0]),
                .init(key: "variance", value: [4.0, 1.0, 0.25, 0.0625]),
            ])
        #expect(layers[1] == expected)
    }

    private func preprocessed(_ preprocessing: Preprocessing, _ shape: Shape) throws -> JSONNode? {
        let model = try Model(input: shape) { Flatten() }
        return layers(KerasFormat.modelConfiguration(model, [preprocessing], name: "x"))[1]["config"]
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
        #expect(
            try rescalings(Preprocessing(kind: .constants, scope: .channel, offset: [1, 4], scale: [-0.5, 3])) == [
                ["name": "rescaling", "scale": 1.0, "offset": [-1.0, -4.0]],
                ["name": "rescaling_0", "scale": [-0.5, 3.0], "offset": 0.0],
            ])
        let all = Preprocessing(kind: .minMax, scope: .all, offset: [4], scale: [0.25])
        #expect(try preprocessed(all, [3, 2]) == ["name": "rescaling", "scale": 0.25, "offset": -1.0])
    }

    private func rescalings(_ preprocessing: Preprocessing, _ shape: Shape = [3, 2]) throws -> [JSONNode] {
        let model = try Model(input: shape) { Flatten() }
        let layers = layers(KerasFormat.modelConfiguration(model, [preprocessing], name: "x"))
        return layers.filter { $0["class_name"] == "Rescaling" }.compactMap { $0["config"] }
    }

    /// Keras's `Normalization` divides by 1e-7 where the deviation is smaller, and by infinity where the variance is
    /// too large for single precision.
    @Test(arguments: [1e9, 1.5e6, 1e-19, 1e-30])
    func deviationsThatNormalizationCanNotSayAreRescaled(scale: Double) throws {
        let preprocessing = Preprocessing(kind: .standardize, offset: [0, 3], scale: [scale, 0.5])
        #expect(
            try rescalings(preprocessing)
                == [["name": "rescaling", "scale": [JSONNode(scale), 0.5], "offset": [0.0, -1.5]]])
        // A large mean is taken off before, as here: x·scale has no digits left for the difference.
        let shifted = Preprocessing(kind: .standardize, offset: [0, 3e5], scale: [scale, 0.5])
        #expect(
            try rescalings(shifted) == [
                ["name": "rescaling", "scale": 1.0, "offset": [0.0, -3e5]],
                ["name": "rescaling_0", "scale": [JSONNode(scale), 0.5], "offset": 0.0],
            ])
    }

    /// A `Normalization` of single numbers has no axis to keep, which no Keras accepts.
    @Test func singleNumbersAreRescaled() throws {
        let preprocessing = Preprocessing(kind: .standardize, offset: [3], scale: [0.5])
        #expect(
            try rescalings(preprocessing, .scalar) == [["name": "rescaling", "scale": 0.5, "offset": -1.5]])
        #expect(
            try rescalings(Preprocessing(kind: .standardize, offset: [3e5], scale: [0.5]), .scalar) == [
                ["name": "rescaling", "scale": 1.0, "offset": -3e5],
                ["name": "rescaling_0", "scale": 0.5, "offset": 0.0],
            ])
    }

    @Test func scalingBecomesARescalingLayerForAllThatTakeTheInput() throws {
        let model = try Model(input: [2]) {
            Dense(2).named("rescaling")
            Add().named("sum", inputs: ["rescaling", "input"])
        }
        let preprocessing = Preprocessing(kind: .scale, offset: [0], scale: [0.0625])
        let layers = layers(KerasFormat.modelConfiguration(model, [preprocessing], name: "x"))
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

    /// Behind an output whose targets are scaled stands a layer that brings it to their units; by it the weights' order moves.
    @Test func scaledTargetsEndInARescaling() throws {
        let scale = TargetScale(offset: [100, -5], scale: [0.25, 4])
        let model = try ModelFixture.mlp()
        let records = layers(
            KerasFormat.modelConfiguration(
                model, [.none], [(TargetScale(offset: [100], scale: [0.25]), [3])], name: "x"))
        #expect(records.last?["class_name"] == "Rescaling")
        #expect(records.last?["config"]?["scale"] == 4.0 && records.last?["config"]?["offset"] == 100.0)

        let several = try SeveralFixture.model()
        let configuration = KerasFormat.modelConfiguration(
            several, [.none, .none], [(nil, [3]), (scale, [2])], name: "x")
        let last = try #require(layers(configuration).last)
        #expect(last["name"] == "sizes_rescaled" && last["inbound_nodes"] == [[["sizes", 0, 0, [:]]]])
        #expect(last["config"]?["scale"] == [4.0, 0.25] && last["config"]?["offset"] == [100.0, -5.0])
        #expect(configuration["config"]?["output_layers"] == [["kind", 0, 0], ["sizes_rescaled", 0, 0]])
        let order = KerasFormat.layerOrder(several, rescaled: ["sizes"])
        // The other output is now nearer to its end than this one.
        #expect(order.firstIndex(of: "sizes")! < order.firstIndex(of: "kind")!)
    }
}
