import Foundation
import RunSupport
import Testing

@testable import Engine
@testable import Interchange
@testable import Runs

/// What `training.on_nan` makes of a run that leaves the finite numbers, and clipping from the config.
@Suite struct TrainerDivergenceTests {
    private func isFinite(_ part: RunFixture.Part) -> Bool {
        part.parameters.allSatisfy { Float(bitPattern: $0).isFinite }
    }

    /// A regression without activations whose loss overflows for one row of the thirty.
    private static let outlier = [
        "data.normalize=none", #"model.layers=[{"type": "flatten"}, {"type": "dense", "units": 1}]"#,
        "loss=mean_squared_error", "metrics=[]", #"optimizer={"type": "sgd", "learning_rate": 0.001}"#,
    ]

    @Test func stopIsTheDefault() throws {
        let fixture = try RunFixture(outlier: 3e38)
        #expect(throws: Divergence.self) { try fixture.begin("run", Self.outlier) }
        #expect(try RunState(directory: fixture.path("run"))?.phase == .failed)
        let model = try TrainedModel(contentsOf: fixture.path("run/model.h5"))
        #expect(model.parameter("dense/kernel")?.allSatisfy(\.isFinite) == true)
    }

    @Test(arguments: [1, 2])
    func skipDropsTheStepAndCountsIt(workers: Int) throws {
        let fixture = try RunFixture(outlier: 3e38)
        let assignments = Self.outlier + ["training.on_nan=skip", "parallel.workers=\(workers)"]
        let part = try fixture.begin("run", assignments)
        #expect(part.run.trainer.skippedSteps == 3, "one step of each of the three epochs")
        #expect(isFinite(part))
        #expect(
            part.warnings.filter { $0.contains("dropped") }
                == (1...3).map {
                    "epoch \($0): 1 of its steps were dropped, since the loss or a gradient was not finite"
                })
        let rows = try fixture.rows("run")
        #expect(rows.map { $0[1] } == ["4", "8", "12"])
        #expect(rows.allSatisfy { $0.allSatisfy { Double($0)?.isFinite == true } })
        // The same in pieces, the count of dropped steps included.
        var piece = try fixture.begin("pieces", assignments, stop: StopRequest(after: 1))
        for step in 2...12 { piece = try fixture.goOn("pieces", workers: 2, stop: StopRequest(after: step)) }
        piece = try fixture.goOn("pieces")
        #expect(piece.parameters == part.parameters)
        #expect(piece.run.trainer.skippedSteps == 3)
        #expect(try fixture.bytes("pieces", "metrics.csv") == fixture.bytes("run", "metrics.csv"))
    }

    /// Each step multiplies the error: the loss overflows after some epochs.
    private static func diverging(rate: Double) -> [String] {
        outlier + [
            #"optimizer={"type": "sgd", "learning_rate": \#(rate)}"#, "training.epochs=30",
            "checkpoint.every={\"epochs\": 2}",
        ]
    }

    @Test func rewindGoesBackWithASmallerRate() throws {
        let fixture = try RunFixture()
        let listener = RunFixture.Listener()
        let assignments =
            Self.diverging(rate: 2) + [#"training.on_nan={"type": "rewind", "factor": 0.001, "times": 2}"#]
        let part = try fixture.begin("run", assignments, listener: listener)
        #expect(part.run.trainer.rewinds == 1)
        #expect(isFinite(part))
        #expect(part.outcome.history.count == 30)
        let back = try #require(listener.ends.withLock { $0.first })
        #expect(back.count > 0)
        let said = try #require(part.warnings.first { $0.contains("goes back") })
        #expect(
            said.hasPrefix("training diverged in epoch ")
                && said.hasSuffix(
                    " is not finite; training goes back to step \(4 * back.count) with 0.001 times the learning rate"),
            "\(said)")
        let rows = try fixture.rows("run")
        #expect(rows.map { $0[0] } == (1...30).map(String.init), "each epoch once")
        #expect(rows[..<back.count].allSatisfy { $0[2] == "2.0" })
        #expect(rows[back.count...].allSatisfy { $0[2] == "0.002" })
        // In pieces it goes back as well.
        _ = try fixture.begin("pieces", assignments, stop: StopRequest(after: 4 * back.count))
        #expect(try fixture.goOn("pieces", stop: StopRequest(after: 90)).outcome.signal == 15)
        let piece = try fixture.goOn("pieces")
        #expect(piece.parameters == part.parameters)
        #expect(try fixture.bytes("pieces", "metrics.csv") == fixture.bytes("run", "metrics.csv"))
        #expect(try fixture.bytes("pieces", "model.h5") == fixture.bytes("run", "model.h5"))
    }

    @Test func rewindGivesUpInTheEnd() throws {
        let fixture = try RunFixture()
        let listener = RunFixture.Listener()
        let assignments =
            Self.diverging(rate: 1e6) + [#"training.on_nan={"type": "rewind", "factor": 0.9, "times": 3}"#]
        #expect(throws: Divergence.self) { try fixture.begin("run", assignments, listener: listener) }
        #expect(listener.ends.withLock { $0.count } == 3)
        #expect(listener.warnings.withLock { $0.filter { $0.contains("goes back") }.count } == 3)
        #expect(try RunState(directory: fixture.path("run"))?.phase == .failed)
        let rows = try fixture.rows("run")
        #expect(rows.map { $0[0] } == (0..<rows.count).map { "\($0 + 1)" })
    }

    /// With plain SGD and rate 1 a step is as long as the clipped gradient.
    @Test(arguments: [(#""global_clipnorm": 0.01"#, 0.01), (#""clipvalue": 0.001"#, 0.001 * Double(37).squareRoot())])
    func clippingComesFromTheConfig(key: String, longest: Double) throws {
        let fixture = try RunFixture()
        let assignments = Self.outlier + [#"optimizer={"type": "sgd", "learning_rate": 1, \#(key)}"#]
        let run = try TrainingRun(fixture.configuration(assignments))
        func values() -> [Float] {
            (0..<run.trainer.objective.layout.count).map { run.trainer.engine.parameters.floats[$0] }
        }
        let before = values()
        _ = try run.trainer.engine.run(epoch: 0, limit: 1)
        let length = zip(before, values()).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
        #expect(length > 0.3 * longest && length < 1.01 * longest, "\(length)")
    }
}
