import Engine
import Kernels
import Network
import Runs
import Testing

@testable import Batches
@testable import Interchange

/// What a model says of single samples.
@Suite struct PredictionTests {
    private func model(
        _ loss: any Loss, units: Int, _ activation: Activation, labels: [Int]? = nil, names: [String]? = nil
    ) throws -> TrainedModel {
        let inputs = (0..<12).map { [Float($0 % 4), Float($0 % 3)] }
        let model = try Model(input: [2]) { Dense(units, activation: activation).named("out") }
        var data =
            try labels.map { try Dataset(inputs: inputs, labels: $0) }
            ?? Dataset(inputs: inputs, targets: inputs.map { row in (0..<units).map { Float($0) * row[0] / 8 } })
        if let names { data.codeNames.setClasses(names, "a test") }
        let trainer = try Trainer(model, loss: loss, on: data) { ($0.epochs, $0.batchSize) = (1, 4) }
        try trainer.fit(observer: nil)
        return try trainer.trainedModel()
    }

    @Test func classes() throws {
        let model = try model(
            .sparseCategoricalCrossEntropy, units: 3, .softmax, labels: (0..<12).map { $0 % 3 },
            names: ["red", "green", "blue"])
        let prediction = try model.predict([1, 2])
        #expect(prediction.values.count == 3 && abs(prediction.values.reduce(0, +) - 1) < 1e-6)
        let label = try #require(prediction.label)
        #expect(prediction.values[label] == prediction.values.max())
        #expect(prediction.className == ["red", "green", "blue"][label])
        #expect(prediction.byName?["green"] == prediction.values[1])
        #expect(prediction["out"] == prediction.outputs[0] && prediction["in"] == nil)
        let several = try model.predict([[1, 2], [0, 1], [1, 2]], workers: 2)
        #expect(several[0] == prediction && several[2] == prediction && several[1] != prediction)
        #expect(try model.predict([] as [[Float]]).isEmpty)
    }

    @Test func binary() throws {
        let inputs = (0..<12).map { [Float($0 % 4), Float($0 % 3)] }
        let net = try Model(input: [2]) { Dense(1, activation: .sigmoid) }
        var data = try Dataset(inputs: inputs, targets: inputs.map { [$0[0] > 1 ? 1 : 0] })
        data.codeNames.setClasses(["no", "yes"], "a test")
        let trainer = try Trainer(net, loss: .binaryCrossEntropy, on: data) { ($0.epochs, $0.batchSize) = (1, 4) }
        try trainer.fit(observer: nil)
        let prediction = try trainer.trainedModel().predict([1, 2])
        #expect(prediction.label == (prediction.value > 0.5 ? 1 : 0))
        #expect(prediction.className == (prediction.value > 0.5 ? "yes" : "no"))
        #expect(prediction.byName == ["no": 1 - prediction.value, "yes": prediction.value])
    }

    @Test func numbersAndMistakes() throws {
        let model = try model(.meanSquaredError(factor: 1), units: 2, .linear)
        let prediction = try model.predict([1, 2])
        #expect(prediction.label == nil && prediction.className == nil && prediction.byName == nil)
        #expect(throws: DataError("inputs: row 0 has 3 numbers, but should have 2")) { try model.predict([1, 2, 3]) }
        #expect(
            throws: DataError("the data name inputs 'x', which the model does not have; the model's inputs are input")
        ) {
            try model.predict(["x": [1, 2]])
        }
        #expect(try model.predict(["input": [1, 2]]) == prediction)
        #expect(
            throws: DataError(
                "the columns that the model takes have no names; give their values in order by predict(_:)")
        ) { try model.predict(named: ["a": 1]) }
    }
}
