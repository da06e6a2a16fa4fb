import Foundation
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Network
@testable import Optimizers

/// Networks whose layers couple the samples of a mini-batch, trained through the engine.
@Suite struct CoupledTrainingTests {
    /// Where the two operators stand.
    enum Arrangement: String, CaseIterable, Sendable { case inARow, onBranches }

    private static func model(_ arrangement: Arrangement) throws -> Model {
        switch arrangement {
        case .inARow:
            try Model(input: [5]) {
                Dense(4).named("a")
                BatchStandardizing().named("norm")
                BatchCentering().named("centre")
                ActivationLayer(.tanh)
                Dense(1).named("b")
            }
        case .onBranches:
            try Model(input: [5]) {
                Dense(4).named("a")
                BatchStandardizing().named("norm")
                Dense(4).named("c", inputs: ["input"])
                BatchCentering().named("centre")
                Add().named("sum", inputs: ["norm", "centre"])
                ActivationLayer(.tanh)
                Dense(1).named("b")
            }
        }
    }

    private static let width = 5

    /// Means far from 0, so that centring matters.
    private static func data(rows: Int) throws -> Dataset {
        var random = SeededRandom(11)
        let inputs = (0..<rows).map { _ in random.floats(width).enumerated().map { Float($0) + $1 } }
        return try Dataset(inputs: inputs, targets: inputs.map { [sin($0[0] + $0[1]) + $0[2] / 4] })
    }

    private static func engine(
        _ model: Model, rows: Int = 37, batchSize: Int = 16, workers: Int = 1, shards: Int,
        optimizer: any Optimizer = .sgd(learningRate: 0.05, momentum: 0.9), skips: Bool = false
    ) throws -> TrainingEngine {
        var settings = TrainingSettings(
            optimizer: optimizer, epochs: 10, batchSize: batchSize,
            parallelism: Parallelism(workers: workers, shards: shards))
        settings.seed = 5
        settings.skipsNonFinite = skips
        return try TrainingEngine(
            Objective(model, loss: .meanSquaredError(factor: 1)), on: data(rows: rows), preprocessing: .none, settings)
    }

    // MARK: - A reference in double precision

    private typealias Rows = [[Double]]

    private struct Reference {
        var parameters: [String: [Double]]
        let arrangement: Arrangement
        /// The stored statistics take the place of the batch's.
        var isEvaluation = false

        init(_ engine: TrainingEngine, _ arrangement: Arrangement) {
            self.arrangement = arrangement
            let floats = engine.parameters.floats
            parameters = Dictionary(
                uniqueKeysWithValues: engine.objective.layout.entries.map { entry in
                    (entry.name, entry.range.map { Double(floats[$0]) })
                })
        }

        private func dense(_ rows: Rows, _ name: String) -> Rows {
            let (kernel, bias) = (parameters["\(name)/kernel"]!, parameters["\(name)/bias"]!)
            return rows.map { row in
                bias.indices.map { column in
                    row.indices.reduce(bias[column]) { $0 + row[$1] * kernel[$1 * bias.count + column] }
                }
            }
        }

        static func means(_ rows: Rows) -> [Double] {
            rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        }

        static func variances(_ rows: Rows) -> [Double] {
            let means = means(rows)
            return means.indices.map { column in
                rows.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) } / Double(rows.count)
            }
        }

        private func centred(_ rows: Rows) -> Rows {
            let means = isEvaluation ? parameters["centre/moving_mean"]! : Self.means(rows)
            return rows.map { row in row.indices.map { row[$0] - means[$0] } }
        }

        private func standardized(_ rows: Rows) -> Rows {
            let means = isEvaluation ? parameters["norm/moving_mean"]! : Self.means(rows)
            let variances = isEvaluation ? parameters["norm/moving_variance"]! : Self.variances(rows)
            let (gamma, beta) = (parameters["norm/gamma"]!, parameters["norm/beta"]!)
            return rows.map { row in
                row.indices.map {
                    gamma[$0] * (row[$0] - means[$0]) / (variances[$0] + 1e-3).squareRoot() + beta[$0]
                }
            }
        }

        /// What enters the first and the second of the two operators.
        func entering(_ inputs: Rows) -> (norm: Rows, centre: Rows) {
            let first = dense(inputs, "a")
            return (first, arrangement == .inARow ? standardized(first) : dense(inputs, "c"))
        }

        func losses(_ inputs: Rows, _ targets: [Double]) -> [Double] {
            let (norm, centre) = entering(inputs)
            let sum =
                arrangement == .inARow
                ? centred(centre) : zip(standardized(norm), centred(centre)).map { zip($0, $1).map { $0 + $1 } }
            return zip(dense(sum.map { $0.map { tanh($0) } }, "b"), targets).map { ($0[0] - $1) * ($0[0] - $1) }
        }
    }

    /// The rows of an engine's next batch, as the reference takes them.
    private static func rows(_ engine: TrainingEngine, _ places: [Int]) -> (inputs: Rows, targets: [Double]) {
        var (inputs, targets) = (
            [Float](repeating: 0, count: places.count * width), [Float](repeating: 0, count: places.count)
        )
        let rows = places.map { Int64($0) }
        engine.reader.pool.tensors[0].gather(into: &inputs, rows: rows, count: places.count)
        engine.reader.pool.tensors[1].gather(into: &targets, rows: rows, count: places.count)
        return (
            places.indices.map { row in (0..<width).map { Double(inputs[row * width + $0]) } }, targets.map(Double.init)
        )
    }

    // MARK: - Gradients and statistics

    /// With plain SGD and rate 1 a step is the gradient of the mean loss over the whole batch, through the statistics.
    @Test("A step is the gradient over the whole batch", arguments: Arrangement.allCases, [1, 3, 8])
    func gradientsAreThoseOfTheWholeBatch(arrangement: Arrangement, shards: Int) throws {
        let engine = try Self.engine(
            Self.model(arrangement), rows: 13, batchSize: 13, workers: min(shards, 2), shards: shards,
            optimizer: .sgd(learningRate: 1))
        // Away from ones and zeros.
        for name in ["norm/gamma", "norm/beta", "a/bias"] {
            let range = try #require(engine.objective.layout.entry(named: name)).range
            for index in range { engine.parameters.floats[index] += 0.1 * Float(index - range.lowerBound) - 0.15 }
        }
        let reference = Reference(engine, arrangement)
        let before = TrainingFixture.values(engine)
        let (inputs, targets) = Self.rows(engine, Array(0..<13))
        let loss = try engine.run(epoch: 0).loss
        let expectedLoss = reference.losses(inputs, targets).reduce(0, +) / 13
        #expect(abs(loss - expectedLoss) < 1e-5)
        let after = TrainingFixture.values(engine)
        for entry in engine.objective.layout.trainedEntries {
            let measured = entry.range.map { before[$0] - after[$0] }
            let expected = (0..<entry.shape.count).map { element in
                CentralDifferences.derivative { delta in
                    var moved = reference
                    moved.parameters[entry.name]![element] += delta
                    return moved.losses(inputs, targets).reduce(0, +) / 13
                } ?? .nan
            }
            #expect(Deviation.relative(measured, expected, floor: 0.1) < 1e-5, "\(entry.name)")
        }
        // The bias before a batch's mean has no effect.
        if let entry = engine.objective.layout.entry(named: "a/bias") {
            #expect(entry.range.allSatisfy { abs(before[$0] - after[$0]) < 1e-6 })
        }
    }

    @Test("States move by the statistics of the whole batch", arguments: Arrangement.allCases, [1, 4])
    func statesMove(arrangement: Arrangement, shards: Int) throws {
        let engine = try Self.engine(Self.model(arrangement), rows: 13, batchSize: 13, shards: shards)
        let reference = Reference(engine, arrangement)
        let (norm, centre) = reference.entering(Self.rows(engine, Array(0..<13)).inputs)
        _ = try engine.run(epoch: 0)
        for (name, old, new) in [
            ("norm/moving_mean", 0, Reference.means(norm)), ("norm/moving_variance", 1, Reference.variances(norm)),
            ("centre/moving_mean", 0, Reference.means(centre)),
        ] {
            let entry = try #require(engine.objective.layout.entry(named: name))
            let measured = entry.range.map { engine.parameters.floats[$0] }
            #expect(Deviation.relative(measured, new.map { 0.9 * Double(old) + 0.1 * $0 }) < 1e-5, "\(name)")
        }
    }

    @Test("Evaluation has the stored statistics", arguments: Arrangement.allCases)
    func evaluationReadsStates(arrangement: Arrangement) throws {
        let engine = try Self.engine(Self.model(arrangement), shards: 2)
        for epoch in 0..<3 { _ = try engine.run(epoch: epoch) }
        var reference = Reference(engine, arrangement)
        reference.isEvaluation = true
        let (inputs, targets) = Self.rows(engine, Array(0..<37))
        let expected = reference.losses(inputs, targets).reduce(0, +) / 37
        for shards in [1, 3] {
            let evaluator = try Evaluator(
                engine.objective, on: engine.data, preprocessing: .none, parameters: engine.parameters,
                Parallelism(workers: 1, shards: shards), chunk: 4)
            let loss = try evaluator.evaluate([]).loss
            #expect(abs(loss - expected) < 1e-5 * max(1, expected))
        }
    }

    // MARK: - Workers and shards

    /// 37 rows in batches of 16 leave a last batch of 5, in which of 8 shards three are empty, of 16 eleven.
    @Test("Pinned shards give the same bits for any number of workers", arguments: Arrangement.allCases, [1, 5, 8, 16])
    func pinnedShards(arrangement: Arrangement, shards: Int) throws {
        let results = try [1, 2, 3, 5].map { workers in
            let engine = try Self.engine(Self.model(arrangement), workers: workers, shards: shards)
            let losses = try (0..<5).map { try engine.run(epoch: $0).loss }
            return (TrainingFixture.bits(engine), losses)
        }
        for result in results {
            #expect(result.0 == results[0].0)
            #expect(result.1 == results[0].1)
        }
        #expect(results[0].1[4] < results[0].1[0])
    }

    @Test("The number of shards changes rounding alone", arguments: Arrangement.allCases)
    func anyShards(arrangement: Arrangement) throws {
        let results = try [1, 2, 4, 8].map { shards in
            let engine = try Self.engine(Self.model(arrangement), workers: 2, shards: shards)
            for epoch in 0..<3 { _ = try engine.run(epoch: epoch) }
            return TrainingFixture.values(engine)
        }
        for result in results.dropFirst() {
            #expect(Deviation.relative(result, results[0].map(Double.init)) < 2e-5)
        }
    }

    /// Whether a step is shared is decided by the clock, so it must not show.
    @Test func stepsTakenAloneGiveTheBitsOfSharedSteps() throws {
        let results = try [true, false].map { isShared in
            let engine = try Self.engine(Self.model(.onBranches), workers: 3, shards: 8)
            engine.pace = Pace(first: Pace.Chunk(isShared: isShared, steps: 1_000_000))
            let losses = try (0..<3).map { try engine.run(epoch: $0).loss }
            return (TrainingFixture.bits(engine), losses)
        }
        #expect(results[0].0 == results[1].0)
        #expect(results[0].1 == results[1].1)
    }

    /// Convolutions that are run in tiles before and behind an operator that couples samples: of 24 samples in four tiles or
    /// more, of 3 in one.
    @Test func tilesChangeRoundingAlone() throws {
        let model = try Model(input: [28, 28, 1]) {
            Conv2D(32, kernelSize: (3, 3), padding: .same)
            BatchStandardizing().named("norm")
            ActivationLayer(.tanh)
            Conv2D(16, kernelSize: (3, 3), padding: .same, activation: .tanh)
            GlobalAveragePooling2D()
            Dense(3, activation: .softmax)
        }
        let data = try TrainingFixture.noise(rows: 24, shape: [28, 28, 1])
        func trained(_ shards: Int, _ workers: Int = 1) throws -> TrainingEngine {
            let engine = try TrainingFixture.engine(
                model, on: data, batchSize: 24, workers: workers, shards: shards, optimizer: .sgd(learningRate: 0.1))
            for epoch in 0..<2 { _ = try engine.run(epoch: epoch) }
            return engine
        }
        let tiled = try trained(1)
        #expect(Tiling(tiled.objective.training, samples: 24).stretches.count { $0.isTiled } == 2)
        let untiled = try TrainingFixture.values(trained(8))
        #expect(Deviation.relative(untiled, TrainingFixture.values(tiled).map(Double.init)) < 2e-5)
        let pair = try [1, 2].map { try TrainingFixture.bits(trained(2, $0)) }
        #expect(pair[0] == pair[1])
    }

    /// Operators that meet, one of them with two consumers, so that its gradient is a sum for which both wait.
    @Test func sharedRoundsWaitForSums() throws {
        let model = try Model(input: [5]) {
            Dense(4).named("a")
            BatchStandardizing().named("norm")
            ActivationLayer(.tanh).named("tanh")
            Dense(4).named("b", inputs: ["input"])
            BatchCentering().named("centre")
            Dense(4).named("c", inputs: ["tanh"])
            BatchStandardizing().named("second")
            Concatenate().named("all", inputs: ["norm", "centre", "second"])
            Add().named("sum", inputs: ["second", "centre"])
            Concatenate().named("both", inputs: ["all", "sum"])
            ActivationLayer(.tanh)
            Dense(1).named("out")
        }
        let objective = try Objective(model, loss: .meanSquaredError(factor: 1))
        #expect(objective.training.coupling.forward.map(\.parts.count) == [2, 1, 1, 1])
        let check = try GradientCheck(objective, on: Self.data(rows: 8), preprocessing: .none, seed: 3)
        #expect(check.passes, "\(check.rows)")
        for name in ["norm/gamma", "a/kernel", "b/kernel", "c/kernel", "second/beta"] {
            #expect(check.rows.contains { $0.parameter == name && $0.compared > 0 }, "\(name)")
        }
        let results = try [1, 2, 3].map { workers in
            let engine = try Self.engine(model, workers: workers, shards: 5)
            let losses = try (0..<3).map { try engine.run(epoch: $0).loss }
            return (TrainingFixture.bits(engine), losses)
        }
        for result in results { #expect(result.0 == results[0].0 && result.1 == results[0].1) }
    }

    // MARK: - Checks and failures

    @Test("The gradient check passes", arguments: Arrangement.allCases)
    func gradientCheckPasses(arrangement: Arrangement) throws {
        let objective = try Objective(Self.model(arrangement), loss: .meanSquaredError(factor: 1))
        let check = try GradientCheck(objective, on: Self.data(rows: 8), preprocessing: .none, seed: 3)
        #expect(check.passes, "\(check.rows)")
        #expect(check.rows.contains { $0.parameter == "norm/gamma" && $0.compared > 0 })
    }

    @Test("A step that is not finite moves no state", arguments: [1, 2])
    func noStateMovesWithADroppedStep(workers: Int) throws {
        let engine = try Self.engine(
            Self.model(.inARow), rows: 16, workers: workers, shards: 4, skips: true)
        let kernel = try #require(engine.objective.layout.entry(named: "b/kernel"))
        engine.parameters.floats[kernel.offset] = .infinity
        let before = TrainingFixture.bits(engine)
        // That all of the epoch's steps were dropped is the end.
        #expect(throws: Divergence.self) { try engine.run(epoch: 0) }
        #expect(TrainingFixture.bits(engine) == before)
    }

    /// The loss and the gradient are finite, a running mean is not.
    @Test("A state that would not be finite ends training", arguments: [false, true])
    func aStateMustBeFinite(skips: Bool) throws {
        let model = try Model(input: [5]) {
            Dense(4)
            BatchCentering(momentum: .infinity).named("centre")
            Dense(1)
        }
        let engine = try Self.engine(model, rows: 16, workers: 2, shards: 4, skips: skips)
        let before = TrainingFixture.bits(engine)
        let error = #expect(throws: Divergence.self) { try engine.run(epoch: 0) }
        #expect(TrainingFixture.bits(engine) == before)
        guard !skips else { return }
        #expect(
            error?.description
                == "training diverged in epoch 1, step 1: what the step makes of 'centre/moving_mean' is not finite. The "
                + "parameters are kept as they were before that step. Try a smaller learning_rate, or look at these rows"
        )
    }

    @Test func theFirstTensorThatIsNotFiniteIsNamed() throws {
        let engine = try Self.engine(Self.model(.inARow), rows: 16, workers: 2, shards: 4)
        let kernel = try #require(engine.objective.layout.entry(named: "a/kernel"))
        // The last of the inputs is about 4.
        engine.parameters.floats[kernel.range.upperBound - 1] = 3e38
        let error = #expect(throws: Divergence.self) { try engine.run(epoch: 0) }
        #expect(error?.tensor == "the output of layer 'a'")
        #expect(error?.rows.count == 16)
    }
}
