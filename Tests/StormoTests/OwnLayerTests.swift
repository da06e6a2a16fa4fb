import Configuration
import Foundation
import HDF5
import Kernels
import Network
import OwnKinds
import RunSupport
import TestSupport
import Testing

@testable import Engine
@testable import Interchange
@testable import Runs

/// A layer of a program's own, which Stormo does not have: trained from a config, checked, saved, read again, gone on with,
/// and opened by Keras.
@Suite struct OwnLayerTests {
    private let layers = [
        // Without the fixture's relu, behind which nothing is below 0.
        #"model.layers[0]={"type": "conv2d", "filters": 3, "kernel_size": 3}"#,
        #"model.layers[1]={"type": "test_prelu", "name": "rectified", "alpha": 0.5}"#,
        #"model.layers[2]={"type": "flatten"}"#,
    ]

    init() { #expect(PReLU.isRegistered) }

    private func slopes(_ parameters: AlignedMemory, _ layout: ParameterLayout) throws -> [Float] {
        try #require(layout.entry(named: "rectified/alpha")).range.map { parameters.floats[$0] }
    }

    @Test func itTrainsFromAConfigAndIsReadAgain() throws {
        let fixture = try RunFixture()
        let part = try fixture.begin("run", layers + ["training.epochs=6"])
        let layer = part.run.model.steps[1].layer
        #expect(layer is PReLU)
        #expect(JSONNode(.object(layer.configuration)) == ["alpha": 0.5])
        let losses = part.outcome.history.compactMap(\.loss)
        #expect(losses[5] < 0.9 * losses[0])
        let engine = part.run.trainer.engine
        let slopes = try slopes(engine.parameters, engine.objective.layout)
        #expect(slopes.count == 4 * 4 * 3)
        #expect(slopes.contains { abs($0 - 0.5) > 0.01 }, "α learns")

        let model = try TrainedModel(contentsOf: fixture.path("run") + "/model.h5")
        #expect(try self.slopes(model.parameters, model.objective.layout) == slopes)
        let own = try #require(part.outcome.test)
        let test = try #require(part.run.test)
        let read = try model.evaluator(on: test, Parallelism(workers: 1, shards: 3)).evaluate(model.metrics)
        #expect(read.loss == own.loss && read.metrics == own.metrics)
    }

    @Test func itsGradientIsThatOfCentralDifferences() throws {
        let fixture = try RunFixture()
        let training = try TrainingRun(fixture.configuration(layers))
        let check = try GradientCheck(
            training.trainer.objective, on: training.training, preprocessing: training.trainer.preprocessing, seed: 1)
        #expect(check.passes)
        #expect(check.rows.contains { $0.parameter.hasSuffix("alpha") && $0.compared > 0 })
    }

    @Test(arguments: [1, 2, 3])
    func itGoesOnWhereItStopped(workers: Int) throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole", layers)
        _ = try fixture.begin("parts", layers, stop: StopRequest(after: 6))
        #expect(try fixture.goOn("parts", workers: workers).parameters == whole.parameters)
        #expect(try fixture.bytes("parts", "model.h5") == fixture.bytes("whole", "model.h5"))
    }

    @Test("It takes what every layer with parameters takes: frozen, with a rate and a decay of its own")
    func keysOfAllLayers() throws {
        let fixture = try RunFixture()
        func slopes(_ keys: String) throws -> [Float] {
            let layer = #"model.layers[1]={"type": "test_prelu", "name": "rectified", "alpha": 0.5\#(keys)}"#
            let part = try fixture.begin(
                "run\(keys.count)", [layers[0], layer, layers[2], "optimizer=adamw", "training.epochs=1"])
            return try self.slopes(part.run.trainer.engine.parameters, part.run.trainer.objective.layout)
        }
        #expect(try slopes(#", "trainable": false"#).allSatisfy { $0 == 0.5 })
        #expect(try slopes(#", "learning_rate_factor": 0.01"#) != slopes(""))
        #expect(try slopes(#", "weight_decay": 0.5"#) != slopes(""))
    }

    @Test func mistakesAreSaidAsOfAnyOther() throws {
        let fixture = try RunFixture()
        for (layer, sentence) in [
            (#"{"type": "test_prelo"}"#, "unknown layer type 'test_prelo'; did you mean 'test_prelu'?"),
            (#"{"type": "test_prelu", "alphas": 1}"#, "unknown key; did you mean 'alpha'?"),
            (#"{"type": "test_prelu", "alpha": "x"}"#, "must be a number, but is the string \"x\""),
        ] {
            let error = #expect(throws: ConfigurationError.self) {
                try fixture.configuration(["model.layers[1]=\(layer)"])
            }
            #expect(error?.problems.first?.message == sentence)
        }
    }

    @Test(
        .enabled(if: Python.newest != nil, "STORMO_PYTHON names no Python with keras and h5py"),
        arguments: [Python.newest, Python.withKeras2])
    func opensInKerasWithoutHelp(_ python: Python?) throws {
        guard let python else { return }
        let fixture = try RunFixture()
        let part = try fixture.begin("run", layers + ["training.epochs=4"])
        let out = fixture.path("predictions.h5")
        let output = try python.script(
            "keras_predict.py", [fixture.path("run") + "/model.h5", fixture.path("data.h5"), "test", out],
            log: fixture.path("keras.log"))
        try #require(output.status == 0, "\(output.text)")
        let theirs = try HDF5File.open(out).dataset("predictions").read(Float.self)
        let ours = try part.run.trainer.predict(#require(part.run.test)).joined()
        #expect(theirs.count == 22)
        for (own, their) in zip(ours, theirs) { #expect(abs(own - their) < 1e-5) }
    }
}
