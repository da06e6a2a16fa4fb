import Kernels
import Network
import Testing

@Suite struct ModelInputTests {
    private let inputs = [ModelInput("image", [4]), ModelInput("age", [2])]

    private func sentence(
        _ inputs: [ModelInput], outputs: [String]? = nil, @ModelBuilder _ layers: () -> [ModelLayer]
    ) -> String? {
        do {
            _ = try Model(inputs: inputs, outputs: outputs, layers: layers())
            return nil
        } catch { return "\(error)" }
    }

    @Test func layersReferToInputsByName() throws {
        let model = try Model(inputs: inputs, outputs: ["a", "c"]) {
            Dense(3).named("a", inputs: ["image"])
            Concatenate().named("b", inputs: ["age", "a"])
            Dense(2).named("c")
        }
        #expect(model.inputs == inputs && model.outputs == ["a", "c"])
        let built = try model.build(in: Graph())
        #expect(built.inputs.map(\.name) == ["image", "age"])
        #expect(built.outputs.map(\.type.shape) == [[3], [2]])
    }

    @Test func theFirstOfSeveralInputsIsNotTakenUnasked() {
        #expect(
            sentence(inputs) {
                Dense(3)
                Add().named(inputs: ["dense", "age"])
            }?.hasPrefix("layers[0]: must name its inputs, since the model has several: image, age") == true)
    }

    @Test func aNameIsThatOfALayerOrOfAnInput() {
        #expect(
            sentence(inputs) { Dense(3).named("age", inputs: ["image"]) }
                == "layers[0]: the name 'age' is taken by another layer or an input")
        #expect(
            sentence([ModelInput("a", [2]), ModelInput("a", [3])]) { Dense(3).named(inputs: ["a"]) }
                == "two inputs are called 'a'")
        #expect(
            sentence([ModelInput("a/b", [2])]) { Dense(3) }
                == "the name of an input must be a word without '/', but is 'a/b'")
    }

    @Test func everyInputReachesAnOutput() {
        #expect(
            sentence(inputs) { Dense(3).named(inputs: ["image"]) }
                == "the input 'age' reaches no output; name it in the inputs of a layer, or leave it out")
    }

    @Test func outputsAreLayers() {
        func sentence(_ outputs: [String]) -> String? {
            self.sentence([ModelInput("x", [2])], outputs: outputs) {
                Dense(3).named("a")
                Dense(2).named("b")
            }
        }
        #expect(sentence(["a", "b"]) == nil)
        #expect(sentence(["b", "b"]) == "outputs: names 'b' twice")
        #expect(sentence(["b", "c"]) == "outputs: names 'c', but there is no such layer; known are a, b")
        #expect(sentence(["b", "x"]) == "outputs: names 'x', which is an input; an output is the result of a layer")
        #expect(sentence([]) == "outputs: must name at least one layer")
        #expect(
            sentence(["a"])
                == "layers[1]: the result of 'b' goes nowhere; name it in the inputs of a later layer, or in outputs")
    }
}
