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
@testable import Files
@testable import Interchange

@Suite struct ModelFileTests {
    private func expectSame(_ a: TrainedModel, _ b: TrainedModel, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        #expect(a.objective.model.inputShape == b.objective.model.inputShape, sourceLocation: sourceLocation)
        #expect(a.objective.model.configuration == b.objective.model.configuration, sourceLocation: sourceLocation)
        #expect(
            a.objective.loss.typedConfiguration == b.objective.loss.typedConfiguration, sourceLocation: sourceLocation)
        #expect(a.objective.predictsLogits == b.objective.predictsLogits, sourceLocation: sourceLocation)
        #expect(a.objective.ignoredLabel == b.objective.ignoredLabel, sourceLocation: sourceLocation)
        #expect(a.metrics.map(\.name) == b.metrics.map(\.name), sourceLocation: sourceLocation)
        #expect(a.preprocessing == b.preprocessing, sourceLocation: sourceLocation)
        #expect(a.classNames == b.classNames, sourceLocation: sourceLocation)
        #expect(a.configuration == b.configuration, sourceLocation: sourceLocation)
        #expect(ModelFixture.bits(a) == ModelFixture.bits(b), sourceLocation: sourceLocation)
        #expect(try ModelFixture.predictions(a) == ModelFixture.predictions(b), sourceLocation: sourceLocation)
    }

    private func expectRoundTrip(_ model: TrainedModel, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let directory = try TestDirectory()
        try model.save(directory.file("model.h5"))
        #expect(directory.listing == ["model.h5"])
        try expectSame(model, TrainedModel(contentsOf: directory.file("model.h5")), sourceLocation: sourceLocation)
    }

    /// Whatever is quadratic in the layers would take minutes.
    @Test(.timeLimit(.minutes(2)))
    func fiveThousandLayersComeBack() throws {
        let directory = try TestDirectory()
        let model = try ModelFixture.trained(
            Model(input: [2], layers: (0..<5000).map { _ in ModelLayer(Dense(2)) }), loss: .meanSquaredError(factor: 1))
        let start = ContinuousClock.now
        try model.save(directory.file("model.h5"))
        let saved = ContinuousClock.now
        let again = try TrainedModel(contentsOf: directory.file("model.h5"))
        print("5,000 layers: saved in \(saved - start), read in \(ContinuousClock.now - saved)")
        #expect(again.objective.model.configuration == model.objective.model.configuration)
        #expect(ModelFixture.bits(again) == ModelFixture.bits(model))
    }

    @Test func aModelWithAllThatBelongsToItComesBack() throws {
        try expectRoundTrip(
            ModelFixture.trained(
                ModelFixture.mlp(),
                preprocessing: Preprocessing(
                    kind: .standardize, offset: [0.1, -2, 1e-30, 3e30], scale: [1 / 3, 2, 1e20, 1e-30]),
                metrics: [.accuracy, .topK(2), .rocAUC], classNames: ["red", "grün", ""],
                configuration: ["name": "digits", "seed": 1, "list": [1.5, nil, "x"]]))
    }

    @Test(arguments: [
        Preprocessing(kind: .minMax, offset: [1e9 + 0.125, 0, 1, 2], scale: [1, 2, 3, 0.1]),
        Preprocessing(kind: .minMax, scope: .all, offset: [3], scale: [0.1]),
        Preprocessing(kind: .standardize, scope: .feature, offset: [0.1, 1, 2, 3], scale: [1, 2, 3, 0.1]),
        Preprocessing(kind: .constants, scope: .channel, offset: [0.1, 1, 2, 3], scale: [-1, 2, 3, 0.1]),
        Preprocessing(kind: .constants, offset: [127.5], scale: [1 / 127.5]),
    ])
    func everyPreprocessingComesBack(preprocessing: Preprocessing) throws {
        try expectRoundTrip(ModelFixture.trained(ModelFixture.mlp(), preprocessing: preprocessing))
    }

    /// As wide as large images are: attributes of more than 64 KiB.
    @Test func manyConstantsComeBack() throws {
        let model = try Model(input: [100, 100, 3]) {
            GlobalAveragePooling2D()
            Dense(2, activation: .softmax)
        }
        let numbers = (0..<30_000).map { 1 + Double($0) / 7 }
        let preprocessing = Preprocessing(kind: .standardize, scope: .feature, offset: numbers, scale: numbers)
        try expectRoundTrip(ModelFixture.trained(model, preprocessing: preprocessing))
    }

    @Test func aModelWithNothingBesidesComesBack() throws {
        try expectRoundTrip(ModelFixture.trained(ModelFixture.mlp()))
    }

    @Test func aGraphComesBack() throws {
        try expectRoundTrip(
            ModelFixture.trained(
                ModelFixture.branched(), preprocessing: Preprocessing(kind: .scale, offset: [0], scale: [1 / 255])))
    }

    @Test(
        arguments: [
            (.meanSquaredError(factor: 0.5), .linear), (.meanAbsoluteError, .linear), (.huber(delta: 0.1), .linear),
            (.binaryCrossEntropy, .sigmoid), (.binaryCrossEntropy(fromLogits: true), .linear),
            (.categoricalCrossEntropy, .softmax), (.sparseCategoricalCrossEntropy(fromLogits: true), .linear),
        ] as [(any Loss, Activation)])
    func everyLossComesBack(loss: any Loss, activation: Activation) throws {
        let model = try Model(input: [2]) { Dense(3, activation: activation) }
        try expectRoundTrip(ModelFixture.trained(model, loss: loss))
    }

    /// What was trained with ignored labels is measured without them.
    @Test(arguments: [-1, 1])
    func theIgnoredLabelComesBack(label: Int) throws {
        let model = try ModelFixture.trained(
            ModelFixture.mlp(), loss: .sparseCategoricalCrossEntropy(ignoring: label))
        try expectRoundTrip(model)
        let directory = try TestDirectory()
        try model.save(directory.file("model.h5"))
        let data = try Dataset(
            inputs: (0..<6).map { [Float($0), 1, -1, 0.5] },
            targets: [0, 1, 2, 0, 1, 2].map { [$0 == 1 ? Float(label) : $0] })
        let read = try TrainedModel(contentsOf: directory.file("model.h5"))
        let results = try [model, read].map {
            try $0.evaluator(on: data, Parallelism(workers: 1)).evaluate([.accuracy])
        }
        #expect(results[0].loss == results[1].loss && results[0].metrics == results[1].metrics)
        let plain = try ModelFixture.trained(ModelFixture.mlp())
        let others = data
        if label == 1 {
            #expect(try plain.evaluator(on: others, Parallelism(workers: 1)).evaluate([]).loss != results[1].loss)
        } else {
            #expect(throws: DataError.self) { try plain.evaluator(on: others, Parallelism(workers: 1)) }
        }
    }

    @Test func aModelWithoutParametersComesBack() throws {
        try expectRoundTrip(ModelFixture.trained(Model(input: [3]) { ActivationLayer(.softmax) }))
    }

    @Test func savingReplacesWhatWasThere() throws {
        let directory = try TestDirectory()
        let path = try directory.write("something else", to: "model.h5")
        let model = try ModelFixture.trained(ModelFixture.mlp())
        try model.save(path)
        try model.save(path)
        try expectSame(model, TrainedModel(contentsOf: path))
    }

    @Test func theSameModelMakesTheSameBytes() throws {
        let directory = try TestDirectory()
        let model = try ModelFixture.trained(ModelFixture.branched())
        try model.save(directory.file("a.h5"))
        try model.save(directory.file("b.h5"))
        #expect(
            FileManager.default.contentsEqual(atPath: directory.file("a.h5"), andPath: directory.file("b.h5")))
    }

    /// The groups and attributes by which Keras finds the weights.
    @Test func theFileIsLaidOutAsKerasLaysIt() throws {
        let directory = try TestDirectory()
        let model = try ModelFixture.trained(
            ModelFixture.branched(), metrics: [.accuracy], classNames: ["a", "b"], configuration: ["name": "two"])
        try model.save(directory.file())
        let file = try HDF5File.open(directory.file())
        #expect(try file.attributes.string("backend") == "stormo")
        #expect(try file.attributes.string("keras_version").hasPrefix("3."))
        let configuration = try ConfigurationDocument(
            text: file.attributes.string("model_config"), file: "model_config")
        #expect(
            configuration.root
                == KerasFormat.modelConfiguration(model.objective.model, [model.preprocessing], name: "two"))

        let weights = try file.group("/model_weights")
        #expect(try weights.children().map(\.name) == ["left", "out", "right", "stem"])
        #expect(try weights.attributes.strings("layer_names") == ["stem", "right", "left", "out"])
        #expect(try weights.attributes.string("backend") == "stormo")
        #expect(try weights.group("stem").attributes.strings("weight_names") == ["stem/kernel:0", "stem/bias:0"])
        #expect(try weights.group("right").attributes.strings("weight_names") == ["right/kernel:0"])
        #expect(
            try file.allDatasetPaths() == [
                "/model_weights/left/left/bias:0", "/model_weights/left/left/kernel:0", "/model_weights/out/out/bias:0",
                "/model_weights/out/out/kernel:0", "/model_weights/right/right/kernel:0",
                "/model_weights/stem/stem/bias:0", "/model_weights/stem/stem/kernel:0",
            ])
        let kernel = try file.dataset("/model_weights/stem/stem/kernel:0")
        #expect(kernel.shape == [3, 3, 2, 3])
        #expect(kernel.elementType == .float32)
        #expect(try kernel.read(Float.self) == model.parameter("stem/kernel"))

        let own = try file.group("/stormo").attributes
        #expect(
            try own.names == [
                "attributes_crc32", "class_names", "config", "format", "loss", "metrics", "model", "preprocessing",
                "preprocessing_offset",
                "preprocessing_scale",
            ])
        #expect(try own.integers("format") == [1])
        #expect(try own.strings("class_names") == ["a", "b"])
        #expect(try own.strings("metrics") == ["accuracy"])
        #expect(try own.string("preprocessing") == "none")
        let config = try ConfigurationDocument(text: own.string("config"), file: "config")
        #expect(config.root == ["name": "two"])
    }

    @Test func whereAModelCantBeWrittenNothingStays() throws {
        let directory = try TestDirectory()
        let model = try ModelFixture.trained(ModelFixture.mlp())
        #expect(throws: FileError("/proc/model.h5 can't be written: No such file or directory")) {
            try model.save("/proc/model.h5")
        }
        let missing = directory.file("none/model.h5")
        #expect(
            throws: FileError(
                "\(missing) can't be written: there is no directory \(directory.file("none")); make it first")
        ) { try model.save(missing) }
        #expect(throws: FileError("\(directory.path) can't be written: it is a directory; name a file")) {
            try model.save(directory.path)
        }
        #expect(directory.listing == [])
    }

    /// HDF5 can't keep such a string, which shows in the middle of writing.
    @Test func aModelThatCantBeWrittenLeavesTheOldOne() throws {
        let directory = try TestDirectory()
        let good = try ModelFixture.trained(ModelFixture.mlp())
        try good.save(directory.file())
        let bad = try ModelFixture.trained(ModelFixture.mlp(), classNames: ["a\0b"])
        #expect(throws: (any Error).self) { try bad.save(directory.file()) }
        #expect(directory.listing == ["data.h5"])
        try expectSame(good, TrainedModel(contentsOf: directory.file()))
    }
}
