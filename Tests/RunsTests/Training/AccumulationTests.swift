import RunSupport
import Testing

@testable import Engine
@testable import Runs

@Suite struct AccumulationTests {
    /// Counted labels, weights, dropout, augmentation and the schedule refer to the whole batch.
    private static let settings = [
        [String](),
        [#"loss={"type": "sparse_categorical_crossentropy", "ignore_class": 1}"#],
        [#"data.class_weight={"0": 1, "1": 3}"#, #"data.augment=[{"type": "gaussian_noise", "stddev": 0.2}]"#],
        [
            #"optimizer={"type": "sgd", "momentum": 0.9, "schedule": {"type": "cosine", "warmup_epochs": 0.5}}"#,
            "data.shuffle_window=48",
        ],
    ]

    @Test("A batch in parts is the whole batch with as many shards, to the bit", arguments: settings, [1, 2, 3])
    func theBitsAreThoseOfTheWholeBatch(assignments: [String], workers: Int) throws {
        let fixture = try RunFixture(rows: 100, hasValidation: false)
        let all = assignments + ["parallel.workers=\(workers)"]
        let whole = try fixture.begin("whole", all + ["training.batch_size=24", "parallel.shards=6"])
        let parts = try fixture.begin(
            "parts", all + ["training.batch_size=8", "training.accumulate=3", "parallel.shards=2"])
        #expect(parts.run.trainer.engine.parallelism == Parallelism(workers: workers, shards: 6))
        #expect(parts.parameters == whole.parameters)
        #expect(parts.outcome.history.map(\.loss) == whole.outcome.history.map(\.loss))
        #expect(parts.run.trainer.engine.step == 3 * 5)
    }

    @Test func aBatchLargerThanTheDataIsAShortOne() throws {
        let fixture = try RunFixture()
        let large = try fixture.begin("a", ["training.batch_size=8", "training.accumulate=4"])
        #expect(large.run.trainer.engine.step == large.outcome.history.count)
    }
}
