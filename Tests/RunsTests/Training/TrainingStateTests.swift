import Foundation
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Interchange
@testable import Runs

@Suite struct TrainingStateTests {
    private let model: TrainedModel

    init() throws { model = try ModelFixture.trained(ModelFixture.mlp(), metrics: [.accuracy, .f1]) }

    private func vector(_ scale: Float) throws -> AlignedMemory {
        let vector = try AlignedMemory(floats: model.objective.layout.count)
        for index in 0..<model.objective.layout.count { vector.floats[index] = Float(index) * scale }
        return vector
    }

    private func record(_ epoch: Int) -> EpochRecord {
        EpochRecord(
            epoch: epoch, step: epoch * 4, learningRate: 0.1 / Double(epoch), loss: 1 / 3.0, metrics: [0.1, 0.2],
            validationLoss: -0.0, validationMetrics: [.infinity, 0.7], samplesPerSecond: 12.5, gradientNorm: 0.3)
    }

    private func state() throws -> TrainingState {
        var totals = EpochTotals()
        totals.outputs = [.init(loss: 1.25, counted: 15)]
        (totals.norm, totals.samples) = (0.1, 16)
        (totals.steps, totals.skipped) = (2, 1)
        return TrainingState(
            parameters: model.parameters, moments: [try vector(2), try vector(3)], best: try vector(4),
            bestEpoch: .init(epoch: 1, value: 0.1 + 0.2), history: [record(1), record(2)],
            position: EpochPosition(epoch: 2, step: 10, totals: totals, metrics: [[1, 2], [], [.nan, -0.0]]), step: 10,
            rateFactor: 0.25, rewinds: 2, skipped: 3, spikes: [1, .infinity], health: [2, 0])
    }

    private func again(_ checkpoint: Checkpoint, moments: Int = 2, shards: Int = 3) throws -> TrainingState {
        try TrainingState(checkpoint, from: "a.h5", moments: moments, shards: shards)
    }

    private func floats(_ memory: AlignedMemory?) -> [Float] {
        memory.map { memory in (0..<model.objective.layout.count).map { memory.floats[$0] } } ?? []
    }

    @Test func everythingComesBack() throws {
        let directory = try TestDirectory()
        let state = try state()
        try state.checkpoint(model, rows: [30, 5, 0], data: DataFingerprint(sums: [7, 0])).save(directory.file("a.h5"))
        let checkpoint = try Checkpoint(contentsOf: directory.file("a.h5"))
        #expect(checkpoint.integers["rows"] == [30, 5, 0])
        let read = try again(checkpoint)
        #expect(floats(read.parameters) == floats(state.parameters))
        #expect(read.moments.map(floats) == state.moments.map(floats))
        #expect(floats(read.best) == floats(state.best))
        #expect(read.bestEpoch == state.bestEpoch)
        #expect(read.history == state.history)
        #expect(read.position?.epoch == 2)
        #expect(read.position?.step == 10)
        #expect(read.position?.totals == state.position?.totals)
        #expect(
            read.position?.metrics.map { $0.map(\.bitPattern) } == state.position?.metrics.map { $0.map(\.bitPattern) })
        #expect(read.step == 10)
        #expect(read.rateFactor == 0.25)
        #expect(read.rewinds == 2)
        #expect(read.skipped == 3)
        #expect(read.spikes == [1, .infinity])
        #expect(read.health == [2, 0])
        #expect(checkpoint.integers["data"] == [7, 0])
    }

    @Test func theBeginningComesBack() throws {
        let state = TrainingState(
            parameters: model.parameters, moments: [], history: [], step: 0, rateFactor: 1, rewinds: 0, skipped: 0)
        let read = try again(state.checkpoint(model, rows: [1, 0, 0], data: DataFingerprint(sums: [])), moments: 0)
        #expect(read.history.isEmpty && read.position == nil && read.best == nil && read.bestEpoch == nil)
    }

    private func sentence(_ change: (inout Checkpoint) -> Void) throws -> String {
        var checkpoint = try state().checkpoint(model, rows: [], data: DataFingerprint(sums: []))
        change(&checkpoint)
        do {
            _ = try again(checkpoint)
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    /// A file whose checksums are right can still hold nonsense.
    @Test func whatDoesNotFitIsNamed() throws {
        func damaged(_ what: String) -> String { "a.h5 is damaged: it lacks \(what), or it does not fit the rest" }
        #expect(try sentence { _ in } == "nothing")
        for name in [
            "step", "rewinds", "skipped", "epoch", "history_epoch", "history_step", "position_epoch", "position_step",
            "position_steps", "position_samples", "position_skipped", "best_epoch",
        ] {
            #expect(try sentence { $0.integers[name] = [-1] } == damaged("the integers '\(name)'"))
        }
        for name in [
            "rate_factor", "history_loss", "history_learning_rate", "history_gradient_norm",
            "history_samples_per_second", "history_f1", "history_validation_loss", "history_validation_accuracy",
            "best_value", "position_loss", "position_gradient_norm", "position_counted",
        ] {
            #expect(try sentence { $0.numbers[name] = [] } == damaged("the numbers '\(name)'"))
        }
        #expect(try sentence { $0.vectors["moment_2"] = nil } == damaged("'moment_2'"))
        #expect(
            try sentence { $0.numbers["position_metrics_of_shard_2"] = nil }
                == damaged("'position_metrics_of_shard_2'"))
        #expect(try sentence { $0.numbers["rate_factor"] = [.nan] } == damaged("a learning rate's factor"))
        #expect(try sentence { $0.numbers["history_accuracy"] = nil } == damaged("the numbers 'history_accuracy'"))
        #expect(try sentence { $0.integers["epoch"] = [.max] } == damaged("the history"))
        #expect(try sentence { $0.integers["step"] = [11] } == damaged("the position"))
        #expect(try sentence { $0.integers["step"] = [.max] } == damaged("the number of steps"))
    }
}
