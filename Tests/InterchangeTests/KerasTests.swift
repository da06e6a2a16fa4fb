import Configuration
import Foundation
import HDF5
import Kernels
import Metrics
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

    /// Normalisations, merging layers on shapes that are stretched, and convolutions of all kinds.
    private func deep() throws -> TrainedModel {
        let model = try Model(input: [8, 8, 1]) {
            ZeroPadding2D(rows: (1, 0), columns: (0, 2)).named("padded")
            Conv2D(6, kernelSize: (3, 3), padding: .same, useBias: false).named("stem")
            BatchNormalization(momentum: 0.9).named("norm")
            ActivationLayer(.relu).named("x")
            DepthwiseConv2D(kernelSize: (3, 3), padding: .same, depthMultiplier: 2, activation: .tanh).named("depth")
            SeparableConv2D(6, kernelSize: (3, 2), padding: .same).named("separable", inputs: ["x"])
            Conv2D(6, kernelSize: (3, 3), padding: .same, dilationRate: (2, 1), groups: 2).named("grouped", inputs: ["depth"])
            GroupNormalization(groups: 3).named("groups")
            BatchNormalization(center: false, scale: false).named("plain", inputs: ["separable"])
            BatchNormalization(epsilon: 0.01).frozen("still", inputs: ["separable"])
            Average().named("average", inputs: ["groups", "plain", "still"])
            GlobalAveragePooling2D(keepDims: true).named("squeezed")
            Dense(6, activation: .sigmoid).named("excited")
            Multiply().named("weighed", inputs: ["average", "excited"])
            GlobalMaxPooling2D().named("largest", inputs: ["weighed"])
            Subtract().named("difference", inputs: ["weighed", "largest"])
            Add().named("sum", inputs: ["difference", "x"])
            Conv2D(4, kernelSize: (3, 3), strides: (2, 2), padding: .same).named("small")
            Conv2DTranspose(5, kernelSize: (3, 3), strides: (2, 2), padding: .same, activation: .relu).named("large")
            Conv2DTranspose(5, kernelSize: (2, 3), strides: (2, 1)).named("larger", inputs: ["small"])
            UpSampling2D((2, 2), interpolation: .bilinear).named("bilinear", inputs: ["small"])
            UpSampling2D((2, 3)).named("nearest", inputs: ["small"])
            LayerNormalization(axes: 3).named("layer", inputs: ["large"])
            LayerNormalization(scale: false).named("channels", inputs: ["larger"])
            Maximum().named("max", inputs: ["large", "layer"])
            Minimum().named("min", inputs: ["large", "layer"])
            GlobalAveragePooling2D().named("a", inputs: ["max"])
            GlobalMaxPooling2D().named("b", inputs: ["min"])
            GlobalMaxPooling2D().named("c", inputs: ["channels"])
            GlobalMaxPooling2D().named("d", inputs: ["bilinear"])
            GlobalAveragePooling2D().named("e", inputs: ["nearest"])
            Concatenate().named("all", inputs: ["a", "b", "c", "d", "e"])
            UnitNormalization().named("unit")
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

    @Test func kerasPredictsTheSameFromTheLayersOfDeepNetworks() throws {
        #expect(try deviation("keras_predict.py", deep(), in: TestDirectory(), spread: 0.05) <= 1e-5)
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

    // MARK: - Compiled

    /// What Keras says of a compiled model.
    private struct Compiled: Decodable {
        let figures: [String: Double]
        let optimizer: String
        let rates: [Double]
        let weight_decay: Double?
        let fitted: Double
        let warnings: [String]
    }

    /// A trained model, its data, and how many of its metrics Keras has.
    private struct CompiledCase {
        let name: String
        let trainer: Trainer
        let data: Dataset
        let known: [String]
        var optimizer = "Adam"
        var decay: Double?
        var rates = [0.01, 0.01, 0.01]
    }

    private func compiledCases() throws -> [CompiledCase] {
        var random = SeededRandom(11)
        let inputs = (0..<60).map { _ in random.floats(4, in: -2...2) }
        func make(
            _ name: String, _ model: Model, _ loss: any Loss, _ metrics: [any Metric], _ targets: [[Float]],
            known: [String], threshold: ThresholdRule? = nil, scaled: Bool = false,
            _ change: (inout Trainer.Settings) -> Void = { _ in }
        ) throws -> CompiledCase {
            let data = try Dataset(inputs: inputs, targets: targets)
            let trainer = try Trainer(model, loss: loss, on: data) {
                $0.optimizer = .adam(learningRate: 0.01)
                $0.epochs = 3
                $0.batchSize = 16
                change(&$0)
                $0.normalization = .standardize
                $0.metrics = metrics
                $0.threshold = threshold
                if scaled { $0.targetNormalization = .standardize }
            }
            try trainer.fit()
            return CompiledCase(name: name, trainer: trainer, data: data, known: known)
        }
        func dense(_ units: Int, _ activation: Activation) throws -> Model {
            try Model(input: [4]) {
                Dense(6, activation: .tanh)
                Dense(units, activation: activation)
            }
        }
        let classes = inputs.map { [$0[0] > 0.5 ? 2 : $0[1] > 0 ? 1 : 0 as Float] }
        let oneHot = classes.map { row in (0..<3).map { Float($0) == row[0] ? 1 : 0 as Float } }
        let binary = inputs.map { [$0[0] + $0[1] > 0.7 ? 1 : 0 as Float] }
        let several = inputs.map { [$0[0] > 0 ? 1 : 0, $0[1] > 1 ? 1 : 0 as Float] }
        let numbers = inputs.map { [3000 + 500 * $0[0] * $0[1]] }
        var decayed = try make(
            "decay", dense(1, .linear), .meanSquaredError(factor: 1), [.r2], numbers, known: ["r2"], scaled: true
        ) {
            $0.optimizer = .adamW(learningRate: 0.02, weightDecay: 0.03)
            $0.schedule = .cosine(warmupEpochs: 1, final: 0.1)
        }
        // Three epochs of four steps, of which the first four rise from 0.
        (decayed.optimizer, decayed.decay) = ("AdamW", 0.03)
        decayed.rates = [0, 0.01, 0.02 * (0.1 + 0.45 * (1 + cos(.pi * 5 / 8)))]
        var momentum = try make(
            "momentum", dense(1, .linear), .meanAbsoluteError, [.rootMeanSquaredError], numbers, known: ["rmse"]
        ) {
            $0.optimizer = .sgd(learningRate: 0.1, momentum: 0.9, weightDecay: 0.001)
            $0.schedule = .cosine(warmupEpochs: 0, final: 0)
            $0.clipping = .norm(1)
        }
        (momentum.optimizer, momentum.decay) = ("SGD", 0.001)
        momentum.rates = [0, 2, 9].map { 0.05 * (1 + cos(.pi * $0 / 12)) }
        return [
            decayed, momentum,
            try make(
                "classes", dense(3, .softmax), .sparseCategoricalCrossEntropy, [.accuracy, .topK(2), .f1, .rocAUC],
                classes, known: ["accuracy", "top_2_accuracy"]),
            try make(
                "one-hot", dense(3, .softmax), .categoricalCrossEntropy, [.accuracy, .topK(2), .f1, .rocAUC, .recall],
                oneHot, known: ["accuracy", "top_2_accuracy", "f1", "roc_auc"]),
            try make(
                "binary", dense(1, .sigmoid), .binaryCrossEntropy, [.accuracy, .precision, .recall, .f1, .rocAUC],
                binary, known: ["accuracy", "precision", "recall", "roc_auc"], threshold: .value(0.3)),
            try make(
                "logits", dense(1, .linear), .binaryCrossEntropy(fromLogits: true), [.accuracy, .rocAUC], binary,
                known: ["roc_auc"]),
            try make(
                "several labels", dense(2, .sigmoid), .binaryCrossEntropy, [.accuracy, .f1, .recall, .rocAUC],
                several, known: ["accuracy", "f1", "roc_auc"]),
            try make(
                "numbers", dense(1, .linear), .meanSquaredError(factor: 0.5),
                [.meanAbsoluteError, .rootMeanSquaredError, .r2], numbers, known: ["mae", "rmse", "r2"], scaled: true),
            try make(
                "huber", dense(1, .linear), .huber(delta: 0.7), [.meanAbsoluteError], numbers, known: ["mae"],
                scaled: true),
            try make(
                "absolute", dense(1, .linear), .meanAbsoluteError, [.rootMeanSquaredError], numbers, known: ["rmse"]),
        ]
    }

    /// `load_model` compiles the model, which evaluates to what Stormo measures.
    @Test(arguments: [python, olderPython])
    func kerasCompilesAndEvaluatesAlike(_ python: Python?) throws {
        guard let python else { return }
        let directory = try TestDirectory()
        let cases = try compiledCases()
        var arguments: [String] = []
        for (index, own) in cases.enumerated() {
            let data = try directory.hdf5("data\(index).h5") { root in
                for (name, field) in [("inputs", own.data.inputs), ("targets", try #require(own.data.targets))] {
                    var values: [Float] = []
                    field.tensor?.forEach { values.append(Float($1)) }
                    try root.createDataset("/test/\(name)", .float32, shape: [field.rows] + field.rowShape.dimensions)
                        .write(values)
                }
            }
            let path = directory.file("model\(index).h5")
            // What only Keras 3 reads, where it is that.
            try own.trainer.trainedModel().save(path, weightDecay: python.path != olderPython?.path)
            arguments += [path, data, "test"]
        }
        let text = try script("keras_compiled.py", arguments, in: directory, by: python)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("{") }
        try #require(lines.count == cases.count, "\(text)")
        for (own, line) in zip(cases, lines) {
            let keras = try JSONDecoder().decode(Compiled.self, from: Data(line.utf8))
            let ours = try own.trainer.evaluate(own.data)
            let isOld = python.path == olderPython?.path
            #expect(
                keras.optimizer == (isOld && own.optimizer == "AdamW" ? "Adam" : own.optimizer), "\(own.name): \(keras)"
            )
            #expect(keras.weight_decay == (isOld ? nil : own.decay), "\(own.name): \(keras)")
            #expect(zip(keras.rates, own.rates).allSatisfy { abs($0 - $1) < 1e-7 }, "\(own.name): \(keras.rates)")
            #expect(abs(keras.fitted - (keras.figures["loss"] ?? 0)) < 1e-3 * max(1, keras.fitted), "\(keras)")
            #expect(Set(keras.figures.keys) == Set(own.known + ["loss"]), "\(own.name): \(keras.figures)")
            var expected = Dictionary(
                uniqueKeysWithValues: zip(own.trainer.figures.figures.map(\.name), ours.metrics))
            expected["loss"] = ours.loss
            for (name, value) in keras.figures {
                let own = try #require(expected[name])
                // Keras's area is from a number of thresholds.
                let most = name == "roc_auc" ? 0.01 : 1e-5
                #expect(abs(value - own) <= most * max(1, abs(own)), "\(name): \(value), \(own)")
            }
            if !keras.warnings.isEmpty { print("\(own.name): \(keras.warnings)") }
            #expect(keras.warnings.allSatisfy { !$0.contains("not* compiled") }, "\(keras.warnings)")
        }
    }

    /// Of two outputs with weights the losses and metrics come in order.
    @Test(arguments: [python, olderPython])
    func kerasCompilesSeveralOutputs(_ python: Python?) throws {
        guard let python else { return }
        let directory = try TestDirectory()
        var random = SeededRandom(12)
        let inputs = (0..<40).map { _ in random.floats(3, in: -1...1) }
        let (sizes, flags) = (inputs.map { [$0[0] * 2] }, inputs.map { [$0[1] > 0 ? 1 : 0 as Float] })
        let model = try Model(inputs: [ModelInput("x", [3])], outputs: ["size", "flag"]) {
            Dense(5, activation: .tanh).named("shared")
            Dense(1).named("size", inputs: ["shared"])
            Dense(1, activation: .sigmoid).named("flag", inputs: ["shared"])
        }
        let data = try Dataset([
            DataField(.input, inputs, name: "x"), DataField(.target, sizes, name: "size"),
            DataField(.target, flags, name: "flag"),
        ])
        let trainer = try Trainer(
            model, losses: ["size": .meanSquaredError(factor: 1), "flag": .binaryCrossEntropy],
            weights: ["flag": 0.25], on: data
        ) {
            $0.epochs = 2
            $0.metricsByOutput = ByName(entries: [.init("size", [.meanAbsoluteError]), .init("flag", [.accuracy])])
        }
        try trainer.fit()
        try trainer.save(directory.file("model.h5"))
        let path = try directory.hdf5("data.h5") { root in
            try root.createDataset("/test/inputs", .float32, shape: [40, 3]).write(Array(inputs.joined()))
            try root.createDataset("/test/targets/size", .float32, shape: [40, 1]).write(Array(sizes.joined()))
            try root.createDataset("/test/targets/flag", .float32, shape: [40, 1]).write(Array(flags.joined()))
        }
        let text = try script(
            "keras_compiled.py", [directory.file("model.h5"), path, "test"], in: directory, by: python)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("{") }, "\(text)")
        let keras = try JSONDecoder().decode(Compiled.self, from: Data(line.utf8))
        let ours = try trainer.evaluate(data)
        #expect(abs((keras.figures["loss"] ?? 9) - ours.loss) < 1e-5, "\(keras.figures), \(ours)")
        // size_loss, size_mae, flag_loss, flag_accuracy; Keras 2 does not prefix names that are given.
        for (name, place) in [("mae", 1), ("accuracy", 3)] {
            let theirs = keras.figures.first { $0.key.hasSuffix(name) }?.value ?? 9
            #expect(abs(theirs - ours.metrics[place]) < 1e-5, "\(keras.figures)")
        }
    }

    // MARK: - The README's code

    /// The block of Python in the README that begins so.
    private func block(_ start: String) throws -> String {
        let text = try String(contentsOfFile: "\(Repository.path)/README.md", encoding: .utf8)
        let begin = try #require(text.range(of: "```python\n" + start))
        let end = try #require(text.range(of: "\n```\n", range: begin.upperBound..<text.endIndex))
        return String(text[begin.lowerBound..<end.lowerBound].dropFirst("```python\n".count))
    }

    /// As it stands there, on a model of images under one scale, and on one of columns that have a scale each: without
    /// normalisation the second gives one class for all.
    @Test func theReadmesTorchPredictsTheSame() throws {
        let directory = try TestDirectory()
        guard try #require(python).has("torch", log: directory.file("has.log")) else { return }
        var random = SeededRandom(3)
        let columns = (0..<90).map { index -> [Float] in
            let kind = Float(index % 3)
            return [40 + 5 * kind, 4000 - 300 * kind, 0.01 * kind, 200].map {
                $0 * Float.random(in: 0.97...1.03, using: &random)
            }
        }
        let table = try Dataset(inputs: columns, labels: columns.indices.map { $0 % 3 })
        let chain = try Model(input: [4]) {
            Dense(16, activation: .relu)
            Dense(3, activation: .softmax)
        }
        let ofTable = try Trainer(chain, loss: .sparseCategoricalCrossEntropy, on: table) {
            $0.optimizer = .adam(learningRate: 0.02)
            $0.epochs = 30
            $0.batchSize = 16
            $0.normalization = .standardize
        }
        try ofTable.fit()
        let plain = try Trainer(chain, loss: .sparseCategoricalCrossEntropy, on: table) { $0.epochs = 1 }
        let digits = try TrainingFixture.digits("test")
        for (model, data) in [
            (try mlp(), digits), (try ofTable.trainedModel(), table), (try plain.trainedModel(), table),
        ] {
            let folder = directory.file("runs/digits-mlp")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try model.save("\(folder)/model.h5")
            var inputs: [Float] = []
            data.inputs.tensor?.forEach { inputs.append(Float($1)) }
            _ = try directory.hdf5("data.h5") { root in
                try root.createDataset("/inputs", .float32, shape: [data.count] + data.inputs.rowShape.dimensions)
                    .write(inputs)
            }
            let code =
                "import os\nos.chdir('\(directory.path)')\n" + (try block("import h5py, torch"))
                + "\ndata = h5py.File('data.h5')['inputs'][:]\nwith h5py.File('out.h5', 'w') as out:\n"
                + "    out['predictions'] = torch.softmax(logits(data), 1).detach().numpy()\n"
            let output = try #require(python).run(["-c", code], log: directory.file("torch.log"))
            try #require(output.status == 0, "\(output.text)")
            let theirs = try HDF5File.open(directory.file("out.h5")).dataset("predictions").read(Float.self)
            let ours = try model.evaluator(on: data, Parallelism(workers: 1), predictsOnly: true).predict()
            #expect(ours.count == theirs.count)
            #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) <= 1e-4 })
        }
        // The classes are told apart, so that agreeing is worth something.
        #expect(try ofTable.evaluate(table).loss < 0.3)
    }

    @Test func theReadmesAttributesAreThere() throws {
        let directory = try TestDirectory()
        let folder = directory.file("runs/penguins")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let model = try Model(input: [2]) { Dense(2, activation: .sigmoid) }
        var trained = try ModelFixture.trained(
            model, loss: .binaryCrossEntropy, classNames: ["no", "yes"], configuration: ["name": "penguins"])
        trained.columnLists = [
            "feature_names": ["a", "b"], "target_names": ["x", "y"], "categories:b": ["low", "high"],
        ]
        trained.objective.outputs[0].thresholds = [0.25, 0.5]
        try trained.save("\(folder)/model.h5")
        let code =
            "import os\nos.chdir('\(directory.path)')\n" + (try block("import h5py, json\n\nwith"))
            + "\nprint(classes, columns, codes, threshold.tolist(), recipe, config)"
        let output = try #require(python).run(["-c", code], log: directory.file("h5py.log"))
        #expect(
            output.text
                == "['no', 'yes'] ['a', 'b'] {'categories:b': ['low', 'high']} [0.25, 0.5] {} {'name': 'penguins'}\n")
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
