import Configuration
import Foundation
import RunSupport
import Testing

@testable import Engine
@testable import Files
@testable import Runs

/// A run that early stopping ended goes on with more patience, or with other epochs.
@Suite struct ResumedStoppingTests {
    /// No epoch improves by so much, so that the first stays the best.
    private func stopping(_ patience: Int, epochs: Int, _ rest: String = "") -> [String] {
        [
            #"training.early_stopping={"monitor": "loss", "patience": \#(patience), "min_delta": 100\#(rest)}"#,
            "training.epochs=\(epochs)",
        ]
    }

    private func expectSame(_ fixture: RunFixture, _ name: String, _ part: RunFixture.Part, _ whole: RunFixture.Part)
        throws
    {
        for file in ["metrics.csv", "model.h5", "config.json"] {
            #expect(try fixture.bytes(name, file) == fixture.bytes("whole", file), "\(name): \(file)")
        }
        #expect(part.parameters == whole.parameters, "\(name)")
    }

    private func sentences(_ part: RunFixture.Part) -> [String] {
        part.run.remarks.map(\.sentence).filter { $0.contains("early stopping") }
    }

    @Test func morePatienceIsTheRunThatHadItFromTheStart() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole", stopping(4, epochs: 9))
        #expect(whole.outcome.history.count == 5)
        #expect(whole.run.trainer.restoredEpoch == 1)
        // The list of runs tells of the same epoch.
        #expect(try RunState(directory: fixture.path("whole"))?.best?.epoch == 1)
        #expect(try fixture.begin("run", stopping(1, epochs: 9)).outcome.history.count == 2)
        let more = ["training.early_stopping.patience=4"]
        _ = try fixture.goOn("run", more, workers: 3, stop: StopRequest(after: 9))
        let part = try fixture.goOn("run", workers: 1)
        #expect(sentences(part) == [])
        try expectSame(fixture, "run", part, whole)
        // And one that had not ended yet.
        _ = try fixture.begin("stopped", stopping(3, epochs: 9), stop: StopRequest(after: 6))
        try expectSame(fixture, "stopped", fixture.goOn("stopped", more), whole)
    }

    @Test func lessPatienceThanWasTakenIsRefused() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run", stopping(3, epochs: 9))
        let error = #expect(throws: ConfigurationError.self) {
            try fixture.goOn("run", ["training.early_stopping.patience=2"])
        }
        #expect(
            error?.problems.map { "\($0.path) \($0.message)" } == [
                "training.early_stopping.patience is 2, with which the run would have ended after epoch 3, but it is in epoch 4 "
                    + "already; it can only be given more patience"
            ])
        // Within an epoch, too.
        _ = try fixture.begin("within", stopping(3, epochs: 9), stop: StopRequest(after: 10))
        #expect(try EarlierRun(fixture.path("within")).step == 10)
        #expect(throws: ConfigurationError.self) { try fixture.goOn("within", ["training.early_stopping.patience=1"]) }
        #expect(throws: Never.self) { try fixture.goOn("within", ["training.early_stopping.patience=2"]) }
    }

    /// As where Keras's `fit` is called again: patience begins anew, the best epoch stays.
    @Test func withOtherEpochsPatienceBeginsAnew() throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole", stopping(5, epochs: 6))
        #expect(try fixture.begin("run", stopping(2, epochs: 9)).outcome.history.count == 3)
        let same = try fixture.goOn("run")
        #expect(same.outcome.history.count == 3)
        #expect(
            sentences(same) == [
                "early stopping had ended the run after epoch 3, so no further epoch is trained; for more, say so by a larger "
                    + "training.early_stopping.patience, or by another training.epochs, with which patience begins anew"
            ])
        let part = try fixture.goOn("run", ["training.epochs=6"])
        #expect(
            sentences(part) == [
                "early stopping had ended the run after epoch 3; since training.epochs was 9 and is 6, it goes on, and "
                    + "training.early_stopping.patience begins anew"
            ])
        // Two epochs more, of the best of which the first of all is better.
        #expect(part.outcome.history.count == 5)
        #expect(part.run.trainer.stoppedEarly && part.run.trainer.restoredEpoch == 1)
        #expect(
            try fixture.rows("run").map { $0.prefix(4) } == fixture.rows("whole").prefix(5).map { $0.prefix(4) })
        // Once more, and the last epoch is reached; the epochs are those of a run with more patience.
        let last = try fixture.goOn("run", ["training.epochs=7"])
        #expect(last.outcome.history.count == 7)
        #expect(
            try fixture.rows("run").prefix(6).map { $0.prefix(4) } == fixture.rows("whole").map { $0.prefix(4) })
        #expect(last.run.trainer.restoredEpoch == whole.run.trainer.restoredEpoch)
        // A run that begins anew would end sooner.
        let fresh = try TrainingRun(fixture.configuration(stopping(2, epochs: 7)))
        #expect(
            try EarlierRun(fixture.path("run")).difference(from: fresh)
                == "it was made longer after early stopping had ended it")
    }

    @Test func aRunMadeLongerIsStoppedAnywhere() throws {
        let fixture = try RunFixture()
        let (short, long) = (stopping(1, epochs: 9), ["training.epochs=8", "parallel.workers=2"])
        _ = try fixture.begin("whole", short)
        let whole = try fixture.goOn("whole", long)
        #expect(whole.outcome.history.count == 3)
        let steps = whole.outcome.history.map(\.step)
        for place in steps[1] + 1...steps[2] {
            let name = "stopped-\(place)"
            _ = try fixture.begin(name, short)
            _ = try fixture.goOn(name, long, stop: StopRequest(after: place))
            try expectSame(fixture, name, fixture.goOn(name), whole)
        }
    }

    @Test func withoutEarlyStoppingItWouldBeAnotherRun() throws {
        let fixture = try RunFixture()
        _ = try fixture.begin("run", stopping(1, epochs: 9))
        let earlier = try EarlierRun(fixture.path("run"))
        var document = earlier.document
        try document.set("training.early_stopping=false")
        let error = #expect(throws: ConfigurationError.self) { try earlier.check(document) }
        #expect(
            error?.problems.first?.message.hasSuffix(
                "; to train all epochs, give training.early_stopping.patience as many as training.epochs") == true)
    }
}
