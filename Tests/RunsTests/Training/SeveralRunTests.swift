import Configuration
import Foundation
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Interchange
@testable import Metrics
@testable import Network
@testable import Runs

/// Runs of a model with two inputs and two outputs: what they write, and that they can be gone on with.
@Suite struct SeveralRunTests {
    @Test func figuresAreNamedByOutput() throws {
        let fixture = try RunFixture.several()
        let part = try fixture.begin("run")
        let header = String(decoding: try fixture.bytes("run", "metrics.csv"), as: UTF8.self).prefix { $0 != "\n" }
        let own = ["loss", "kind_loss", "kind_accuracy", "kind_f1", "sizes_loss", "sizes_mae"]
        #expect(
            header.split(separator: ",").map(String.init)
                == ["epoch", "step", "learning_rate"] + own + own.map { "validation_" + $0 } + ["gradient_norm"])
        #expect(try fixture.rows("run").count == 3)
        let state = try #require(try RunState(directory: fixture.path("run")))
        #expect(state.best?.monitor == "validation_kind_accuracy")
        // The total is the sum of the outputs' losses, each times its weight.
        let record = try #require(part.outcome.history.last)
        let metrics = try #require(record.validationMetrics)
        #expect(abs((record.validationLoss ?? 0) - (metrics[0] + 0.25 * metrics[3])) < 1e-12)
    }

    @Test(arguments: ["", "data.memory_limit=70000", "training.accumulate=2"])
    func aRunThatIsGoneOnWithIsTheRunThatWasNotStopped(assignment: String) throws {
        let fixture = try RunFixture.several()
        let assignments = assignment.isEmpty ? [] : [assignment]
        let whole = try fixture.begin("whole", assignments)
        let steps = try #require(whole.outcome.history.last).step
        for place in [1, 3, steps - 1] {
            let name = "stopped-\(place)"
            _ = try fixture.begin(name, assignments, stop: StopRequest(after: place))
            let part = try fixture.goOn(name, workers: 1 + place % 3)
            for file in ["metrics.csv", "model.h5", "config.json"] {
                #expect(try fixture.bytes(name, file) == fixture.bytes("whole", file), "\(name): \(file)")
            }
            #expect(part.parameters == whole.parameters)
        }
    }

    @Test func theModelFileHoldsAllOfIt() throws {
        let fixture = try RunFixture.several()
        let part = try fixture.begin("run")
        let model = try TrainedModel(contentsOf: fixture.path("run/model.h5"))
        #expect(model.objective.model.inputs == [ModelInput("image", [6, 6, 1]), ModelInput("age", [2])])
        #expect(model.objective.outputs.map(\.name) == ["kind", "sizes"])
        #expect(model.objective.outputs.map(\.weight) == [1, 0.25])
        #expect(model.objective.outputs[0].ignoredLabel == -1)
        #expect(model.metricsByOutput.map { $0.map(\.name) } == [["accuracy", "f1"], ["mae"]])
        #expect(model.preprocessings.map(\.kind) == [.none, .standardize])
        #expect(model.preprocessings == part.run.trainer.preprocessings)
        #expect(Set(model.summaries.keys) == ["inputs:image", "inputs:age", "targets:sizes"])
        let (own, read) = (part.run.trainer.engine, model)
        #expect((0..<own.objective.layout.count).allSatisfy { own.parameters.floats[$0] == read.parameters.floats[$0] })
        let test = try #require(part.run.test)
        let evaluation = try model.evaluator(on: test, Parallelism(workers: 2)).evaluate(
            byOutput: model.metricsByOutput)
        #expect(abs(evaluation.loss - (part.outcome.test?.loss ?? 0)) < 1e-6)
    }

    @Test func dataThatHaveChangedAreNamed() throws {
        let fixture = try RunFixture.several()
        _ = try fixture.begin("run", stop: StopRequest(after: 2))
        try SeveralFixture.write(to: fixture.directory, training: 31)
        #expect(throws: (any Error).self) { _ = try fixture.goOn("run") }
    }

    /// The Swift face: names in the initialisers, and one of each as before.
    @Test func aTrainerTakesLossesByName() throws {
        let data = try SeveralFixture.data(24, ignoring: 0)
        let trainer = try Trainer(
            SeveralFixture.model(), losses: SeveralFixture.losses, weights: SeveralFixture.weights, on: data
        ) {
            $0.normalizations = ByName(entries: [.init("age", .standardize)])
            $0.metricsByOutput = ByName(entries: [.init("kind", [AccuracyMetric()])])
            $0.epochs = 60
            $0.batchSize = 8
            $0.optimizer = .adam(learningRate: 0.01)
        }
        let history = try trainer.fit()
        #expect((history.last?.loss ?? 9) < 0.2 * (history.first?.loss ?? 0))
        let results = try trainer.predictAll(data)
        #expect(results.map(\.count) == [24, 24] && results[0][0].count == 3 && results[1][0].count == 2)
        let directory = try TestDirectory()
        try trainer.save(directory.file("m.h5"))
        let model = try TrainedModel(contentsOf: directory.file("m.h5"))
        let again = try model.evaluator(on: data, Parallelism(workers: 1), predictsOnly: true).predictAll()
        #expect(again[1] == results[1].flatMap { $0 })
    }
}
