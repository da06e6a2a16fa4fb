import Configuration
import Files
import Kernels
import Network
import OwnKinds
import RunSupport
import Testing

@testable import Engine
@testable import Interchange
@testable import Metrics
@testable import Runs

/// A loss and a metric of a program's own: trained, checked, kept in files, gone on with.
@Suite struct RegisteredLossTests {
    private let assignments = [
        #"loss={"type": "test_log_cosh", "scale": 2}"#, #"metrics=["mae", "test_largest_error"]"#,
        #"model.layers[3]={"type": "dense", "units": 1}"#,
    ]

    init() {
        #expect(LogCosh.isRegistered)
        #expect(LargestError.isRegistered)
    }

    @Test func aProgramsOwnLossAndMetricTrainFromAConfig() throws {
        let fixture = try RunFixture()
        let part = try fixture.begin("run", assignments + ["training.epochs=8"])
        #expect(part.run.resolved["loss"] == ["type": "test_log_cosh", "scale": 2.0])
        let losses = part.outcome.history.compactMap(\.loss)
        #expect(losses[7] < 0.9 * losses[0])
        // Read from the model's file, it measures what it measured.
        let model = try TrainedModel(contentsOf: fixture.path("run") + "/model.h5")
        let own = try #require(part.outcome.test)
        let read = try model.evaluator(on: #require(part.run.test), Parallelism(workers: 1, shards: 3))
            .evaluate(model.metrics)
        #expect(read.loss == own.loss && read.metrics == own.metrics)
        // The largest error is no less than the mean one, and their names head the columns.
        #expect(own.metrics[1] >= own.metrics[0] && own.metrics[1] > 0)
        #expect(model.metrics.map(\.name) == ["mae", "test_largest_error"])
        let check = try GradientCheck(
            part.run.trainer.objective, on: part.run.training, preprocessing: part.run.trainer.preprocessing, seed: 1)
        #expect(check.passes)
    }

    /// A loss that is not registered could not be read again: that is said before anything is written.
    @Test func oneThatIsNotRegisteredIsRefusedWhenTheModelIsSaved() throws {
        struct Absolute: LossFormula {
            static let name = "test_absolute"
            init() {}
            init(reading reader: ObjectReader) {}
            func value(of prediction: Variable, against target: Variable) -> Variable { (prediction - target) ** 2 }
        }
        let fixture = try RunFixture()
        let run = try TrainingRun(fixture.configuration(assignments))
        let trainer = try Trainer(run.model, loss: Absolute(), on: run.training)
        let path = fixture.path("own.h5")
        #expect(
            throws: FileError(
                "\(path) is not written: the loss type 'test_absolute' is not registered, so that no program could read the "
                    + "model again; register it first, by LossRegistry.kinds.register(…, as: \"test_absolute\")")
        ) { try trainer.save(path) }
    }

    @Test(arguments: [1, 2, 3])
    func itGoesOnWhereItStopped(workers: Int) throws {
        let fixture = try RunFixture()
        let whole = try fixture.begin("whole", assignments)
        _ = try fixture.begin("parts", assignments, stop: StopRequest(after: 6))
        let part = try fixture.goOn("parts", workers: workers)
        #expect(part.parameters == whole.parameters)
        #expect(part.outcome.history.map(\.metrics) == whole.outcome.history.map(\.metrics))
    }

    @Test func anUnknownKindIsRefusedWithTheNearest() throws {
        let fixture = try RunFixture()
        for (assignment, sentence) in [
            ("loss=test_log_cos", "unknown loss 'test_log_cos'; did you mean 'test_log_cosh'?"),
            (
                #"metrics=["test_largest_eror"]"#,
                "unknown metric 'test_largest_eror'; did you mean 'test_largest_error'?"
            ),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try fixture.configuration([assignment]) }
            #expect(error?.problems.first?.message == sentence)
        }
        #expect(throws: ConfigurationError.self) {
            try TrainingRun(fixture.configuration([#"metrics=["test_largest_error"]"#]))
        }
    }
}
