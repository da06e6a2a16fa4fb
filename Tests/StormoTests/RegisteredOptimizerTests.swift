import Configuration
import Kernels
import OwnKinds
import RunSupport
import Testing

@testable import Engine

@Suite struct RegisteredOptimizerTests {
    init() { #expect(SignDescent.isRegistered) }

    @Test func aProgramsOwnOptimizerAndScheduleTrainFromAConfig() throws {
        let fixture = try RunFixture()
        let optimizer = #"{"type": "test_sign_descent", "learning_rate": 0.25, "schedule": {"type": "test_halving"}}"#
        // Steps of 1/4, 1/8 and 1/16, so that each parameter is where it began plus a multiple of 1/16.
        let part = try fixture.begin("run", ["optimizer=\(optimizer)", "training.epochs=3"])
        let engine = part.run.trainer.engine
        let start = try AlignedMemory(floats: engine.objective.layout.count)
        engine.objective.layout.initialise(start.floats, seed: 7)
        var largest: Float = 0
        for entry in engine.objective.layout.entries {
            for index in entry.range {
                let moved = engine.parameters.floats[index] - start.floats[index]
                #expect(abs(moved * 16 - (moved * 16).rounded()) < 1e-4)
                largest = max(largest, abs(moved))
                #expect(engine.optimizer.vectors[0].floats[index] == 12, "four steps in each of three epochs")
            }
        }
        #expect(largest > 0.5 && largest <= 4 * (0.25 + 0.125 + 0.0625))
        let written = part.run.resolved["optimizer"]
        #expect(written?["type"] == "test_sign_descent")
        #expect(written?["schedule"] == ["type": "test_halving"])
    }

    @Test func itGoesOnWhereItStopped() throws {
        let fixture = try RunFixture()
        let assignments = [
            #"optimizer={"type": "test_sign_descent", "schedule": {"type": "test_halving"}}"#
        ]
        let whole = try fixture.begin("whole", assignments)
        _ = try fixture.begin("parts", assignments, stop: StopRequest(after: 7))
        #expect(try fixture.goOn("parts").parameters == whole.parameters)
    }

    @Test func anUnknownKindIsRefusedWithTheNearest() throws {
        let fixture = try RunFixture()
        for (assignment, sentence) in [
            ("optimizer=test_sign_decent", "unknown optimizer 'test_sign_decent'; did you mean 'test_sign_descent'?"),
            (
                #"optimizer={"type": "sgd", "schedule": {"type": "test_halvin"}}"#,
                "unknown schedule 'test_halvin'; did you mean 'test_halving'?"
            ),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try fixture.configuration([assignment]) }
            #expect(error?.problems.first?.message == sentence)
        }
    }
}
