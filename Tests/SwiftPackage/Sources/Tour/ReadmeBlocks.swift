import Stormo

// The README's blocks of Swift as they stand, but for `import Stormo`, each in a function of its own. `ReadmeBlocksTests`
// compares them with the README, so that what stands there compiles without access to the package.

/// A model of a table, asked by the names of its columns.
func answersInThreeLines() throws {
    let model = try TrainedModel(contentsOf: "runs/penguins/model.h5")
    let prediction = try model.predict(
        named: ["island": "Biscoe", "body_mass_g": 4200, "bill_length_mm": nil], fillsUnknown: true)
    print(prediction.className ?? "", prediction.byName ?? [:])  // Gentoo ["Adelie": 0.01, …]
}

/// A graph as arithmetic.
func gradientsOfArithmetic() throws {
    let graph = Graph()
    let w = graph.parameter(2, name: "w")
    let x = graph.constant(3)
    let loss = (w * x - 10) ** 2
    let gradients = try loss.gradients()
    print(gradients.value, gradients[w])  // 16.0 [-24.0]
}

/// The smallest network that needs a hidden layer.
func networkWithoutJSON() throws {
    let model = try Model(input: [2]) {
        Dense(8, activation: .tanh)
        Dense(1, activation: .sigmoid)
    }
    let xor = try Dataset(inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]])
    let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: xor) {
        $0.optimizer = .adam(learningRate: 0.05)
        $0.epochs = 300
        $0.batchSize = 4
    }
    try trainer.fit { print($0.epoch, $0.loss) }
    print(try trainer.predict(xor))  // near 0, 1, 1, 0
    try trainer.save("xor.h5")
}

/// A loss of one's own.
func lossOfItsOwn() throws {
    struct LogCosh: LossFormula {
        static let name = "log_cosh"
        init(reading reader: ObjectReader) {}
        func value(of prediction: Variable, against target: Variable) -> Variable {
            let error = prediction - target
            return ((error.exponential() + (-error).exponential()) / 2).logarithm()
        }
    }
    try LossRegistry.kinds.register(LogCosh.self, as: LogCosh.name)
}
