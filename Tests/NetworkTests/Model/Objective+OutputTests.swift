import Kernels
import Network
import Testing

@Suite struct ObjectiveOutputTests {
    private func model() throws -> Model {
        try Model(inputs: [ModelInput("x", [3])], outputs: ["a", "b"]) {
            Dense(3).named("shared")
            Dense(2, activation: .softmax).named("a")
            Dense(1).named("b", inputs: ["shared"])
        }
    }

    private func sentence(_ losses: [String: any Loss], _ weights: [String: Double] = [:]) throws -> String? {
        do {
            _ = try Objective(model(), losses: losses, weights: weights)
            return nil
        } catch let error as ObjectiveError { return "\(error)" }
    }

    private let both: [String: any Loss] = ["a": .sparseCategoricalCrossEntropy, "b": .meanAbsoluteError]

    @Test func eachOutputHasItsOwnLoss() throws {
        let objective = try Objective(model(), losses: both, weights: ["b": 0.5])
        #expect(objective.outputs.map(\.name) == ["a", "b"])
        #expect(objective.outputs.map(\.weight) == [1, 0.5])
        #expect(objective.outputs.map(\.targetForm) == [.sparseLabels(classes: 2), .values(outputs: 1)])
        #expect(objective.outputs[0].logits != nil && objective.outputs[1].logits == nil)
        #expect(Set(objective.outputs.map(\.sampleLoss)).count == 2)
    }

    @Test func whatDoesNotFitIsSaid() throws {
        #expect(try sentence(["a": .sparseCategoricalCrossEntropy]) == "has none for the output 'b'")
        #expect(
            try sentence(both.merging(["c": .meanAbsoluteError]) { own, _ in own })
                == "has 'c', which is no output; the outputs are a, b")
        #expect(
            try sentence(both, ["c": 1]) == "has a weight for 'c', which is no output; the outputs are a, b")
        #expect(try sentence(both, ["a": -1]) == "has the weight -1.0 for 'a'; a weight is a number from 0 up")
        #expect(
            try sentence(both, ["a": 0, "b": 0]) == "has the weight 0 for every output, so nothing would be trained")
        #expect(
            try sentence(["a": .meanAbsoluteError, "b": .binaryCrossEntropy])
                == "binary_crossentropy needs probabilities, but the last layer 'b' does not end with sigmoid; "
                + "give it \"activation\": \"sigmoid\", or set \"from_logits\": true in the loss")
        #expect(
            try sentence(["a": .binaryCrossEntropy, "b": .meanAbsoluteError])
                == "binary_crossentropy needs probabilities, but the layer 'a' does not end with sigmoid; "
                + "give it \"activation\": \"sigmoid\", or set \"from_logits\": true in the loss")
        #expect(
            throws: ObjectiveError(
                "is given once, but there are the outputs a, b; give an object with what belongs to each output by its name"
            )
        ) { _ = try Objective(model(), loss: .meanAbsoluteError) }
    }
}
