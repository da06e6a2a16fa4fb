import Configuration
import Foundation
import HDF5
import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Interchange
@testable import Runs

private let python = Python.newest
private let olderPython = Python.withKeras2

/// The model files in the hands of Keras and PyTorch. Runs where `STORMO_PYTHON` names a Python with keras and h5py;
/// what needs torch runs where that Python has it.
@Suite(.enabled(if: python != nil, "STORMO_PYTHON names no Python with keras and h5py"))
struct KerasTests {
    private static let data = Repository.dataset("digits.h5")

    private func script(
        _ name: String, _ arguments: [String], in directory: TestDirectory, by python: Python? = python,
        backend: String? = nil
    ) throws -> String {
        let output = try #require(python).script(
            name, arguments, log: directory.file("\(name).log"), backend: backend)
        try #require(output.status == 0, "\(name): \(output.text)")
        return output.text
    }

    private func trained(_ model: Model, _ normalization: Normalization, epochs: Int = 2) throws -> TrainedModel {
        let trainer = try Trainer(
            model, loss: .sparseCategoricalCrossEntropy, on: TrainingFixture.digits()
        ) {
            $0.optimizer = .adam(learningRate: 0.003)
            $0.epochs = epochs
            $0.batchSize = 64
            $0.normalization = normalization
        }
        try trainer.fit()
        return try trainer.trainedModel()
    }

    /// The largest difference between our predictions of the test split and those of a peer's script.
    private func deviation(
        _ script: String, _ model: TrainedModel, in directory: TestDirectory, spread: Float = 0.1
    ) throws -> Float {
        let (path, out) = (directory.file("model.h5"), directory.file("predictions.h5"))
        try model.save(path)
        _ = try self.script(script, [path, Self.data, "test", out], in: directory)
        return try deviation(out, model, spread: spread)
    }

    /// The largest difference between our predictions of the test split and those in a file.
    private func deviation(_ out: String, _ model: TrainedModel, spread: Float) throws -> Float {
        let theirs = try HDF5File.open(out).dataset("predictions")
        let test = try TrainingFixture.digits("test")
        #expect(theirs.shape == [test.count, 10])
        let ours = try model.evaluator(on: test, Parallelism(workers: 2), predictsOnly: true).predict()
        // Were they alike for all samples, agreeing would prove little.
        let firsts = stride(from: 0, to: ours.count, by: 10).map { ours[$0] }
        #expect((firsts.max() ?? 0) - (firsts.min() ?? 0) > spread)
        return zip(ours, try theirs.read(Float.self)).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    private func mlp() throws -> TrainedModel {
        let model = try Model(input: [8, 8, 1]) {
            Flatten()
            Dense(32, activation: .relu)
            Dropout(0.2)
            Dense(16, activation: .relu).named("middle")
            Dense(10, activation: .softmax).named("logits")
        }
        return try trained(model, .scale)
    }

    private func cnn() throws -> TrainedModel {
        let model = try Model(input: [8, 8, 1]) {
            Conv2D(8, kernelSize: (3, 3), padding: .same, activation: .relu)
            Pooling(.max)
            Conv2D(12, kernelSize: (3, 3), padding: .same, activation: .relu)
            Pooling(.max)
            Flatten()
            Dense(24, activation: .relu)
            Dense(10, activation: .softmax).named("logits")
        }
        return try trained(model, .standardize)
    }

    /// Every type of layer and every activation, alone and within a layer; branches whose weights could be mistaken
    /// for each other's by their shapes; windows that leave a rest.
    private func branched() throws -> TrainedModel {
        let activations: [Activation] = [
            .linear, .relu, .leakyRelu(0.1), .elu(0.5), .gelu, .sigmoid, .tanh, .softplus, .swish, .softmax,
        ]
        let fused: [Activation] = [
            .relu, .leakyRelu(0.2), .elu(1), .gelu, .sigmoid, .tanh, .softplus, .swish, .softmax, .linear,
        ]
        let model = try Model(input: [8, 8, 1]) {
            Conv2D(6, kernelSize: (3, 3), padding: .same, activation: .relu).named("stem")
            Conv2D(6, kernelSize: (3, 3), padding: .same, activation: .swish).named("left", inputs: ["stem"])
            Conv2D(6, kernelSize: (3, 3), padding: .same, activation: .elu(1)).named("right", inputs: ["stem"])
            Add().named("sum", inputs: ["right", "left", "stem"])
            Pooling(.max, poolSize: (3, 2), strides: (2, 2), padding: .same).named("max", inputs: ["sum"])
            Pooling(.average, poolSize: (3, 3), strides: (2, 2), padding: .same).named("mean", inputs: ["sum"])
            Concatenate().named("both", inputs: ["mean", "max"])
            Conv2D(8, kernelSize: (2, 3), strides: (2, 1), padding: .same, activation: .leakyRelu(0.2), useBias: false)
                .named("strided")
            Conv2D(8, kernelSize: (2, 2)).named("valid")
            GlobalAveragePooling2D().named("pooled")
            Reshape([-1, 8]).named("rows", inputs: ["both"])
            Dense(5, activation: .gelu).named("shared")
            Flatten()
            Dropout(0.2)
            Dense(8).named("wide")
            Concatenate(axis: 0).named("joined", inputs: ["wide", "pooled"])
            for (index, activation) in fused.enumerated() {
                Dense(4, activation: activation).named("dense\(index)", inputs: ["joined"])
            }
            for (index, activation) in activations.enumerated() {
                ActivationLayer(activation).named("alone\(index)", inputs: ["dense\(9 - index)"])
            }
            Concatenate().named("all", inputs: activations.indices.map { "alone\($0)" })
            Dense(10).named("last")
            ActivationLayer(.softmax).named("probabilities")
        }
        return try trained(model, .standardize)
    }

    /// Of targets that were scaled for the loss, in their own units.
    @Test func kerasPredictsInTheUnitsOfTheTargets() throws {
        let directory = try TestDirectory()
        var random = SeededRandom(3)
        let inputs = (0..<40).map { _ in random.floats(4, in: -2...5) }
        let targets = inputs.map { [200_000 + 9000 * $0[0] * $0[1], $0[2] / 50] }
        let model = try Model(input: [4]) {
            Dense(6, activation: .tanh)
            Dense(2)
        }
        let trainer = try Trainer(
            model, loss: .meanSquaredError(factor: 1), on: Dataset(inputs: inputs, targets: targets)
        ) {
            $0.optimizer = .adam(learningRate: 0.01)
            $0.epochs = 10
            $0.batchSize = 8
            $0.normalization = .standardize
            $0.targetNormalization = .standardize
        }
        try trainer.fit()
        let data = try directory.hdf5("data.h5") { root in
            try root.createDataset("/test/inputs", .float32, shape: [40, 4]).write(Array(inputs.joined()))
        }
        let ours = Array(try trainer.predict(Dataset(inputs: inputs)).joined())
        let path = directory.file("model.h5")
        try trainer.trainedModel().save(path)
        for (name, python) in [("newest", python), ("older", olderPython)] where python != nil {
            let out = directory.file("\(name).h5")
            _ = try script("keras_predict.py", [path, data, "test", out], in: directory, by: python)
            let theirs = try HDF5File.open(out).dataset("predictions").read(Float.self)
            for column in 0..<2 {
                let pairs = stride(from: column, to: 80, by: 2).map { (ours[$0], theirs[$0]) }
                let size = pairs.map { abs($0.0) }.max() ?? 0
                #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-5 * size }, "\(name): \(pairs.prefix(3))")
                #expect(Set(pairs.map(\.0)).count > 20)
            }
        }
    }

    @Test func kerasPredictsTheSameFromAnMLP() throws {
        #expect(try deviation("keras_predict.py", mlp(), in: TestDirectory()) <= 1e-5)
    }

    @Test func kerasPredictsTheSameFromACNN() throws {
        #expect(try deviation("keras_predict.py", cnn(), in: TestDirectory()) <= 1e-5)
    }

    @Test func kerasPredictsTheSameFromEveryLayer() throws {
        #expect(try deviation("keras_predict.py", branched(), in: TestDirectory()) <= 1e-5)
    }

    private static let normalizations: [Normalization] = [
        .standardize(per: .feature), .standardize(per: .all), .minMax, .minMax(per: .feature), .scale(per: .channel),
        .constants(offset: [8], scale: [-0.125]),
        .constants(offset: (0..<64).map { Double($0) * 0.125 }, scale: [0.25]),
        .constants(offset: [4], scale: (0..<64).map { $0 % 2 == 0 ? 0.125 : -0.25 }),
        // Deviations below Keras's least one, and a mean that is large beside them.
        .constants(offset: (0..<64).map { $0 == 0 ? 0 : 8 }, scale: (0..<64).map { $0 == 0 ? 1e9 : 0.125 }),
        .constants(offset: (0..<64).map { $0 == 1 ? 1000 : 8 }, scale: (0..<64).map { $0 == 2 ? 1e-20 : 0.125 }),
    ]

    @Test(arguments: normalizations)
    func kerasNormalisesAlike(normalization: Normalization) throws {
        #expect(
            try deviation("keras_predict.py", normalised(normalization), in: TestDirectory(), spread: 0.01) <= 1e-5)
    }

    /// Random parameters will do: what the layers before them make of the data is in question.
    private func normalised(_ normalization: Normalization) throws -> TrainedModel {
        let model = try Model(input: [8, 8, 1]) {
            Conv2D(4, kernelSize: (3, 3), activation: .tanh)
            Flatten()
            Dense(10, activation: .tanh)
            ActivationLayer(.softmax)
        }
        let preprocessing = try Preprocessing(fitting: normalization, to: TrainingFixture.digits())
        return try ModelFixture.trained(model, preprocessing: preprocessing)
    }

    /// Models of all kinds, in one process for each Python: a stack, a graph in both forms, and each normalisation.
    private func openEverywhere(by python: Python?) throws {
        let directory = try TestDirectory()
        let (mlp, graph) = (try mlp(), try branched())
        var cases: [(model: TrainedModel, form: KerasGraphForm, spread: Float)] = [
            (mlp, .flat, 0.1), (graph, .flat, 0.1), (graph, .nested, 0.1),
        ]
        for normalization in Self.normalizations { cases.append((try normalised(normalization), .flat, 0.01)) }
        var arguments: [String] = []
        for (index, entry) in cases.enumerated() {
            let path = directory.file("model\(index).h5")
            try entry.model.save(path, graph: entry.form)
            arguments += [path, Self.data, "test", directory.file("predictions\(index).h5")]
        }
        _ = try script("keras_predict.py", arguments, in: directory, by: python)
        for (index, entry) in cases.enumerated() {
            let path = directory.file("predictions\(index).h5")
            #expect(try deviation(path, entry.model, spread: entry.spread) <= 1e-5, "case \(index)")
        }
    }

    @Test func kerasOpensBothFormsOfAGraph() throws { try openEverywhere(by: python) }

    @Test(.enabled(if: olderPython != nil, "STORMO_KERAS2_PYTHON names no Python with Keras 2.15"))
    func olderKerasPredictsTheSame() throws { try openEverywhere(by: olderPython) }

    /// The model of the fixture, before its first step.
    private func several(on data: Dataset) throws -> Trainer {
        try Trainer(
            SeveralFixture.model(), losses: SeveralFixture.losses, weights: SeveralFixture.weights, on: data
        ) {
            $0.normalizations = ByName(entries: [.init("age", .standardize)])
            $0.optimizer = .sgd(learningRate: 0.05)
            $0.epochs = 5
            $0.batchSize = 8
            $0.shuffle = false
        }
    }

    /// The largest difference between what a trainer predicts for each output and what a file holds in a group.
    private func deviations(_ trainer: Trainer, on data: Dataset, _ path: String, _ group: String) throws -> [Float] {
        let file = try HDF5File.open(path)
        return try zip(trainer.objective.outputs, trainer.predictAll(data)).map { output, ours in
            let theirs = try file.dataset("\(group)/\(output.name)").read(Float.self)
            #expect(theirs.count == ours.joined().count)
            return zip(ours.joined(), theirs).reduce(0) { max($0, abs($1.0 - $1.1)) }
        }
    }

    /// Two inputs and two outputs, one of which ignores labels: opened, and trained on from the same parameters, by each
    /// backend of Keras that the environment has.
    @Test(arguments: ["jax", "tensorflow", "torch"])
    func kerasTrainsSeveralOutputsAlike(backend: String) throws {
        let directory = try TestDirectory()
        guard try #require(python).has(backend, log: directory.file("has.log")) else { return }
        try SeveralFixture.write(to: directory)
        let data = try Dataset(reading: SeveralFixture.source("train", in: directory))
        let trainer = try several(on: data)
        let (path, out) = (directory.file("start.h5"), directory.file("out.h5"))
        try trainer.save(path)
        let training =
            #"{"losses": ["sparse_categorical_crossentropy", "mean_squared_error"], "ignore": -1, "#
            + #""weights": [1.5, 0.25], "rate": 0.05, "batch": 8, "epochs": 5}"#
        let text = try script(
            "keras_several.py", [path, directory.file("several.h5"), "train", out, training], in: directory,
            backend: backend)
        #expect(
            text.contains("inputs {'image': 'float32', 'age': 'float32'}, outputs ['kind', 'sizes'] by \(backend),"),
            "\(text)")
        for deviation in try deviations(trainer, on: data, out, "before") { #expect(deviation <= 1e-5) }
        let start = try trainer.predictAll(data)
        try trainer.fit()
        // Twenty steps have made a difference that rounding does not.
        #expect(zip(start[0].joined(), try trainer.predict(data).joined()).contains { abs($0 - $1) > 0.02 })
        for deviation in try deviations(trainer, on: data, out, "after") { #expect(deviation <= 1e-4) }
    }

    /// Keras predicts of the test rows of `several.h5` what Stormo does, in both forms of a graph's ends.
    /// - Parameter words: what the script says of the inputs.
    private func expectAlike(
        _ trainer: Trainer, on data: Dataset, in directory: TestDirectory, by python: Python, saying words: String = ""
    ) throws {
        for form in KerasGraphForm.allCases {
            let (path, out) = (directory.file("\(form).h5"), directory.file("\(form)-out.h5"))
            try trainer.trainedModel().save(path, graph: form)
            let text = try script(
                "keras_several.py", [path, directory.file("several.h5"), "test", out], in: directory, by: python)
            #expect(words.isEmpty || text.contains(words), "\(text)")
            for deviation in try deviations(trainer, on: data, out, "before") { #expect(deviation <= 1e-5) }
        }
    }

    /// On Keras 3 and 2.15.
    @Test(arguments: [python, olderPython])
    func kerasOpensSeveralInputsAndOutputs(_ python: Python?) throws {
        guard let python else { return }
        let directory = try TestDirectory()
        try SeveralFixture.write(to: directory)
        let data = try Dataset(reading: SeveralFixture.source("test", in: directory))
        let trainer = try several(on: data)
        try expectAlike(trainer, on: data, in: directory, by: python)
    }

    /// An input of whole numbers stays one in Keras, beside one of floats.
    @Test(arguments: [python, olderPython])
    func kerasTakesIntegers(_ python: Python?) throws {
        guard let python else { return }
        #expect(TestLayers.areRegistered)
        let directory = try TestDirectory()
        let rows = 11
        var random = SeededRandom(2)
        let numbers = random.floats(rows * 2)
        _ = try directory.hdf5("several.h5") { root in
            try root.createDataset("/test/inputs/ids", .int64, shape: [rows, 4])
                .write((0..<rows * 4).map { Int64($0 * 5 % 7) })
            try root.createDataset("/test/inputs/x", .float32, shape: [rows, 2]).write(numbers)
            try root.createDataset("/test/targets/kind", .int32, shape: [rows]).write((0..<rows).map { Int32($0 % 3) })
            try root.createDataset("/test/targets/size", .float32, shape: [rows]).write((0..<rows).map { Float($0) })
        }
        let data = try Dataset(
            reading: DataSource(
                files: [directory.file("several.h5")],
                inputs: ["ids", "x"].map { (name: String) in .init(["/test/inputs/\(name)"], name: name) },
                targets: ["kind", "size"].map { (name: String) in .init(["/test/targets/\(name)"], name: name) }))
        let model = try Model(inputs: [ModelInput("ids", [4]), ModelInput("x", [2])], outputs: ["kind", "size"]) {
            Lookup(7, width: 3).named("table", inputs: ["ids"])
            Flatten()
            Concatenate().named("both", inputs: ["flatten", "x"])
            Dense(3, activation: .softmax).named("kind")
            Dense(1).named("size", inputs: ["both"])
        }
        let trainer = try Trainer(
            model, losses: ["kind": .sparseCategoricalCrossEntropy, "size": .meanSquaredError(factor: 1)], on: data
        ) {
            $0.epochs = 1
            $0.batchSize = 4
        }
        try expectAlike(
            trainer, on: data, in: directory, by: python, saying: "inputs {'ids': 'int32', 'x': 'float32'}")
    }

    /// One input, two outputs: the ends are of both kinds.
    @Test(arguments: [python, olderPython])
    func kerasOpensOneInputAndTwoOutputs(_ python: Python?) throws {
        guard let python else { return }
        let directory = try TestDirectory()
        try SeveralFixture.write(to: directory)
        var source = SeveralFixture.source("test", in: directory)
        source.inputParts = [.init(["/test/inputs/age"], name: "age")]
        let data = try Dataset(reading: source)
        let model = try Model(inputs: [ModelInput("age", [2])], outputs: ["kind", "sizes"]) {
            Dense(4, activation: .tanh).named("shared")
            Dense(3, activation: .softmax).named("kind")
            Dense(2).named("sizes", inputs: ["shared"])
        }
        let trainer = try Trainer(model, losses: SeveralFixture.losses, on: data) {
            $0.normalization = .standardize
            $0.batchSize = 8
        }
        try expectAlike(trainer, on: data, in: directory, by: python)
    }

    @Test func h5pyListsTheWeightsByLayer() throws {
        let directory = try TestDirectory()
        try cnn().save(directory.file("model.h5"))
        #expect(
            try script("list_weights.py", [directory.file("model.h5")], in: directory) == """
                /model_weights/conv2d/conv2d/kernel:0 (3, 3, 1, 8)
                /model_weights/conv2d/conv2d/bias:0 (8,)
                /model_weights/conv2d_1/conv2d_1/kernel:0 (3, 3, 8, 12)
                /model_weights/conv2d_1/conv2d_1/bias:0 (12,)
                /model_weights/dense/dense/kernel:0 (48, 24)
                /model_weights/dense/dense/bias:0 (24,)
                /model_weights/logits/logits/kernel:0 (24, 10)
                /model_weights/logits/logits/bias:0 (10,)

                """)
    }

    /// With its weights in the order of the layers, though frozen ones stand behind the trained ones in our own buffers.
    @Test(arguments: [python, olderPython])
    func frozenLayersAreFrozenInKeras(_ python: Python?) throws {
        guard let python else { return }
        let directory = try TestDirectory()
        let model = try trained(
            try Model(input: [8, 8, 1]) {
                Conv2D(8, kernelSize: (3, 3), activation: .relu)
                Flatten()
                Dense(24, activation: .relu).frozen("fixed")
                Dense(10, activation: .softmax)
            }, .scale, epochs: 6)
        #expect(model.objective.layout.frozen.count > 0)
        #expect(try deviation("keras_predict.py", model, in: directory) <= 1e-4)
        try model.save(directory.file("model.h5"))
        let code =
            "import keras, sys; print({l.name: l.trainable for l in keras.models.load_model(sys.argv[1]).layers})"
        let output = try python.run(["-c", code, directory.file("model.h5")], log: directory.file("keras.log"))
        #expect(output.status == 0 && output.text.contains("'fixed': False"), "\(output.text)")
        #expect(output.text.contains("'conv2d': True") && output.text.contains("'dense': True"), "\(output.text)")
    }

    @Test func torchPredictsTheSame() throws {
        let directory = try TestDirectory()
        guard try python?.run(["-c", "import torch"], log: directory.file("import.log")).status == 0 else { return }
        #expect(try deviation("torch_weights.py", mlp(), in: directory) <= 1e-4)
        #expect(try deviation("torch_weights.py", cnn(), in: directory) <= 1e-4)
    }
}
