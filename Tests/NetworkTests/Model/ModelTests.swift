import Configuration
import Kernels
import Network
import TestSupport
import Testing

struct ModelTests {
    @Test("Only what has parameters can be frozen")
    func frozenLayers() throws {
        let error = #expect(throws: ModelError.self) {
            _ = try Model(input: [2, 2]) {
                Dense(2).frozen()
                Flatten().frozen()
                Dense(1)
            }
        }
        #expect(error?.description == "layers[1]: has no parameters that could be frozen")
        let model = try Model(input: [2]) {
            Dense(2).frozen("first")
            Dense(1)
        }
        #expect(model.steps.map(\.isTrainable) == [false, true])
        #expect(model.configuration.jsonText(pretty: false).contains(#""inputs":["input"],"trainable":false,"#))
    }

    private func sentence(_ input: Shape = [4], @ModelBuilder _ layers: () -> [ModelLayer]) -> String? {
        do throws(ModelError) {
            _ = try Model(input: input, layers: layers())
            return nil
        } catch {
            return error.description
        }
    }

    @Test("Layers without a name are numbered by type, past names that are given")
    func names() throws {
        let model = try Model(input: [4]) {
            Dense(3)
            Dense(3)
            Dense(3).named("dense_2")
            Dense(3)
            Dense(3).named("logits", inputs: ["dense_1"])
            Add().named(inputs: ["logits", "dense_3", "input"].dropLast())
        }
        #expect(model.steps.map(\.name) == ["dense", "dense_1", "dense_2", "dense_3", "logits", "add"])
        #expect(
            model.steps.map(\.inputs)
                == [["input"], ["dense"], ["dense_1"], ["dense_2"], ["dense_1"], ["logits", "dense_3"]])
    }

    @Test func layersFromControlFlow() throws {
        let deep = true
        let model = try Model(input: [4]) {
            for units in [5, 6] { Dense(units) }
            if deep { Dense(7) } else { Dense(8) }
            if !deep { Dense(9) }
        }
        #expect(model.steps.compactMap { ($0.layer as? Dense)?.units } == [5, 6, 7])
    }

    @Test func unknownInput() {
        #expect(
            sentence {
                Dense(3).named("a")
                Dense(2).named(inputs: ["b"])
            } == "layers[1]: takes its input from 'b', but there is no such layer; known are a, input")
    }

    @Test func laterInput() {
        #expect(
            sentence {
                Dense(3).named("a", inputs: ["b"])
                Dense(2).named("b")
            } == "layers[0]: takes its input from 'b', which comes later; known so far are input")
        #expect(
            sentence { Dense(3).named("a", inputs: ["a"]) }
                == "layers[0]: takes its input from 'a', but there is no such layer; known are input")
    }

    @Test func duplicateName() {
        #expect(
            sentence {
                Dense(3).named("a")
                Dense(3).named("a")
            } == "layers[1]: the name 'a' is taken by another layer or the input")
        #expect(
            sentence { Dense(3).named("input") } == "layers[0]: the name 'input' is taken by another layer or the input"
        )
    }

    @Test func impossibleNames() {
        for name in ["", "a/b"] {
            #expect(
                sentence { Dense(3).named(name) }
                    == "layers[0]: the name must be a word without '/', but is '\(name)'")
        }
    }

    /// What could be trained and then not be saved, or be saved and then not be opened.
    @Test func namesThatNoFileTakes() {
        let long = String(repeating: "é", count: 513)
        for (name, problem) in [
            (".", "must not be '.', which in an HDF5 file is the group itself"),
            (
                "top_level_model_weights",
                "must not be 'top_level_model_weights', where Keras keeps weights that belong to no layer"
            ),
            ("a\0b", "must not hold a NUL, since HDF5's names end there"),
            (long, "must be at most 1024 bytes long, but has 1026"),
        ] { #expect(sentence { Dense(3).named(name) } == "layers[0]: the name \(problem)") }
        for name in ["..", "a.b", "é", String(long.dropLast())] {
            #expect(throws: Never.self) { try Model(input: [2]) { Dense(3).named(name) } }
        }
    }

    @Test func moreLayersThanCanBeSaved() {
        let layers = Array(repeating: ModelLayer(Flatten()), count: Model.mostLayers + 1)
        #expect {
            try Model(input: [2], layers: layers)
        } throws: {
            "\($0)" == "a model of 10001 layers is too large: at most 10000 can be saved"
        }
    }

    /// Swift takes both spellings of é for the same; Keras does not.
    @Test func inputsAreSpelledAsTheLayerIs() throws {
        let model = try Model(input: [2]) {
            Dense(3).named("\u{E9}")
            Dense(3).named("b", inputs: ["e\u{301}"])
        }
        #expect(Array(model.steps[1].inputs[0].utf8) == [0xC3, 0xA9])
    }

    @Test func unusedLayer() {
        #expect(
            sentence {
                Dense(3).named("a")
                Dense(3).named("b", inputs: ["input"])
            } == "layers[0]: the result of 'a' goes nowhere; name it in the inputs of a later layer, or in outputs")
    }

    @Test func wrongNumberOfInputs() {
        #expect(
            sentence {
                Dense(4).named("a")
                Dense(3).named(inputs: ["a", "input"])
            } == "layers[1]: takes one input, but is given 2")
        #expect(sentence { Dense(4).named("a", inputs: []) } == "layers[0]: must name at least one input")
        #expect(
            sentence { Add() }
                == "layers[0]: layer 'add' does not fit behind what comes before it ('input' gives 4): "
                + "add: takes two or more inputs, but was given one")
        #expect(
            sentence { Concatenate() }?.hasSuffix("concatenate: takes two or more inputs, but was given one") == true)
    }

    @Test func noLayers() {
        #expect(sentence {} == "a model needs at least one layer")
    }

    @Test("Everything that is wrong is told at once")
    func severalProblems() {
        #expect(
            sentence {
                Dense(3).named("input")
                Dense(3).named("b", inputs: ["c", "d"])
            }?.split(separator: "\n").count == 4)
    }

    @Test("Shapes that do not fit name both layers with their shapes")
    func shapes() {
        #expect(
            sentence([8, 8, 1]) {
                Conv2D(4, kernelSize: (3, 3)).named("edges")
                Flatten().named("row")
                Conv2D(4, kernelSize: (3, 3)).named("again")
            }
                == "layers[2]: layer 'again' does not fit behind what comes before it ('row' gives 144): "
                + "conv2d: takes images of height×width×channels, but was given 144; "
                + "a layer of type 'reshape' can make them")
        #expect(
            sentence([2, 2, 1]) { Conv2D(4, kernelSize: (3, 3)) }
                == "layers[0]: layer 'conv2d' does not fit behind what comes before it ('input' gives 2×2×1): "
                + "conv2d: a window of 3×3 does not fit into images of 2×2×1; "
                + "use padding 'same' or a smaller kernel_size")
        #expect(
            sentence {
                Dense(3).named("a")
                Dense(2).named("b", inputs: ["input"])
                Add().named(inputs: ["a", "b"])
            }
                == "layers[2]: layer 'add' does not fit behind what comes before it ('a' gives 3, 'b' gives 2): "
                + "add: the shapes 3 and 2 do not fit: their dimensions must be equal or 1")
        #expect(
            sentence { Reshape([3, -1]) }
                == "layers[0]: layer 'reshape' does not fit behind what comes before it ('input' gives 4): "
                + "reshape: 4 has 4 elements and can't become 3×1, which has 3")
        #expect(
            sentence(.scalar) { Dense(3) }
                == "layers[0]: layer 'dense' does not fit behind what comes before it ('input' gives scalar): "
                + "dense: takes a vector, but was given scalar")
        #expect(
            sentence { GlobalAveragePooling2D() }
                == "layers[0]: layer 'global_average_pooling2d' does not fit behind what comes before it "
                + "('input' gives 4): average pooling: takes images of height×width×channels, but was given 4")
    }

    @Test("Numbers that no layer can have are sentences, whatever their size")
    func impossibleNumbers() {
        func tail(_ layer: any Layer, _ input: Shape = [4, 4, 1]) -> String? {
            sentence(input) { layer }?.components(separatedBy: "): ").last
        }
        #expect(tail(Dense(0)) == "dense: units must be 1 or more, but is 0")
        #expect(tail(Conv2D(0, kernelSize: (1, 1))) == "conv2d: filters must be 1 or more, but is 0")
        #expect(tail(Conv2D(1, kernelSize: (1, 0))) == "conv2d: kernel_size, strides and dilation_rate must be from 1 to 32767")
        #expect(
            tail(Conv2D(1, kernelSize: (1, 1), strides: (.max, 1)))
                == "conv2d: kernel_size, strides and dilation_rate must be from 1 to 32767")
        #expect(
            tail(Pooling(.max, poolSize: (2, .max), padding: .same))
                == "max_pooling2d: pool_size and strides must be from 1 to 32767")
        #expect(tail(Dropout(1)) == "dropout: rate must be 0 or more and below 1, but is 1.0")
        #expect(tail(Dropout(.nan)) == "dropout: rate must be 0 or more and below 1, but is nan")
        #expect(tail(Reshape([-1, -1])) == "reshape: target_shape takes numbers of 1 or more, and at most one -1")
        #expect(tail(Reshape([0, 4])) == "reshape: target_shape takes numbers of 1 or more, and at most one -1")
        #expect(tail(Reshape([.max, .max])) == "reshape: target_shape is too large")
        #expect(
            tail(Dense(.max), [4])
                == "dense: a tensor of 9223372036854775807 has more than the 2147483647 elements that are possible")
        #expect(
            tail(Dense(2_000_000_000), [4])
                == "dense/kernel: a tensor of 4×2000000000 has more than the 2147483647 elements that are possible")
        #expect(tail(Conv2D(.max, kernelSize: (3, 3), padding: .same))?.contains("elements that are possible") == true)
    }

    @Test("The layers as they stand in a config, with names and inputs")
    func configuration() throws {
        let model = try Model(input: [4]) {
            Dense(3, activation: .relu).named("a")
            Dropout(0.5)
        }
        #expect(
            model.configuration == [
                [
                    "type": "dense", "name": "a", "inputs": ["input"], "units": 3, "activation": "relu",
                    "use_bias": true, "kernel_initializer": "glorot_uniform", "bias_initializer": "zeros",
                ],
                ["type": "dropout", "name": "dropout", "inputs": ["a"], "rate": 0.5],
            ])
    }

    @Test("A model of thousands of layers is built in a time by their number")
    func manyLayers() throws {
        // Quadratic it took more than a minute, without optimisation.
        try expectThreadTime(below: .seconds(30)) {
            let layers = (0..<4000).map { _ in ModelLayer(Dense(4)) }
            let model = try Model(input: [4], layers: layers)
            #expect(model.steps.last?.name == "dense_3999")
            let objective = try Objective(model, loss: .meanSquaredError(factor: 1))
            #expect(objective.layout.entries.count == 8000)
            #expect(objective.layerNodes.count == 4000)
            #expect(objective.layerNodes[17].nodes.count == 3)
            #expect(try LayerTable(model).parameters == 4000 * 20)
        }
    }

    @Test func ofManyNamesTheLastAreListed() throws {
        let layers = (0..<100).map { _ in ModelLayer(Dense(4)) } + [ModelLayer(Dense(1), inputs: ["gone"])]
        do {
            _ = try Model(input: [4], layers: layers)
            Issue.record("nothing was thrown")
        } catch {
            #expect(
                error.description.hasPrefix(
                    "layers[100]: takes its input from 'gone', but there is no such layer; known are 101, the last of them "
                        + "dense_80, dense_81"))
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var (parts, rest) = ([String](), self[...])
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
