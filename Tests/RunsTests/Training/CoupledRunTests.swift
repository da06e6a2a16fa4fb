import Foundation
import Network
import RunSupport
import Testing

@testable import Engine
@testable import Interchange
@testable import Runs

/// Runs from configs whose layers couple samples: their states are saved, restored and taken back with the parameters.
@Suite struct CoupledRunTests {
    private static let states = ["norm/moving_mean", "norm/moving_variance", "centre/moving_mean"]

    private func values(_ part: RunFixture.Part, _ name: String) throws -> [Float] {
        let entry = try #require(part.run.trainer.objective.layout.entry(named: name))
        return entry.range.map { part.run.trainer.engine.parameters.floats[$0] }
    }

    @Test func theModelFileHoldsTheStates() throws {
        let fixture = try RunFixture()
        let part = try fixture.begin("run", [TestLayers.coupled()])
        let model = try TrainedModel(contentsOf: fixture.path("run/model.h5"))
        for name in Self.states {
            let values = try values(part, name)
            #expect(model.parameter(name) == values)
            #expect(values.contains { $0 != 0 && $0 != 1 }, "\(name) has moved")
            #expect(model.objective.layout.entry(named: name)?.role == .state)
        }
        // Read from the file, it measures what it measured.
        let own = try #require(part.outcome.test)
        let read = try model.evaluator(on: #require(part.run.test), Parallelism(workers: 1, shards: 3))
            .evaluate(model.metrics)
        #expect(read.loss == own.loss && read.metrics == own.metrics)
    }

    /// The best epoch's states come back with its parameters.
    @Test func theBestEpochIsRestoredWithItsStates() throws {
        let fixture = try RunFixture()
        let early = #"training.early_stopping={"monitor": "validation_loss", "patience": 30, "restore_best": true}"#
        let assignments = [TestLayers.coupled(), "training.epochs=12", "optimizer.learning_rate=0.3"]
        let part = try fixture.begin("run", assignments + [early])
        let best = try #require(
            part.run.trainer.restoredEpoch, "this test wants a run whose last epoch is not the best")
        let short = try fixture.begin("short", assignments + ["training.epochs=\(best)"])
        #expect(part.parameters == short.parameters)
    }

    /// A step that is far too long is taken back: what follows is the run that began with the smaller rate, states included.
    @Test func statesAreTakenBack() throws {
        let fixture = try RunFixture()
        func sgd(_ rate: Double) -> [String] {
            [TestLayers.coupled(), #"optimizer={"type": "sgd", "learning_rate": \#(rate)}"#, "training.epochs=2"]
        }
        // Powers of two, so that the factor makes the very rate.
        let back = #"training.on_nan={"type": "rewind", "factor": \#(exp2(-133.0)), "times": 1}"#
        let part = try fixture.begin("run", sgd(exp2(126)) + [back])
        #expect(part.run.trainer.rewinds == 1)
        #expect(part.run.trainer.engine.step == 8)
        let tame = try fixture.begin("tame", sgd(exp2(-7)))
        #expect(part.parameters == tame.parameters)
    }

    @Test("A batch in parts is refused, and the layer is named")
    func accumulationIsRefused() throws {
        let fixture = try RunFixture()
        do {
            _ = try TrainingRun(fixture.configuration([TestLayers.coupled(), "training.accumulate=2"]))
            Issue.record("it was accepted")
        } catch {
            #expect(
                "\(error)".contains(
                    "training.accumulate: is 2, but layer 'norm' takes statistics over the whole batch, so that all of it "
                        + "must be in memory at once; leave accumulate out, and make batch_size smaller where memory is short"
                ), "\(error)")
        }
    }
}
