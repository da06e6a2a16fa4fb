import Kernels
import Network
import RunSupport
import Testing

@testable import Batches
@testable import Engine

@Suite struct TrainingEngineTests {
    @Test(arguments: [4, 8])
    func pinnedShardsGiveTheSameBitsForAnyNumberOfWorkers(shards: Int) throws {
        let data = try TrainingFixture.digits()
        var expected: (bits: [UInt32], losses: [Double])?
        for workers in 1...5 {
            // 1258 rows in batches of 48 leave a short last batch of 10, on some shards of one sample.
            let engine = try TrainingFixture.engine(
                TrainingFixture.mlp(), on: data, batchSize: 48, workers: workers, shards: shards)
            let losses = try (0..<10).map { try engine.run(epoch: $0).loss }
            if let expected {
                #expect(TrainingFixture.bits(engine) == expected.bits, "\(workers) workers")
                #expect(losses == expected.losses, "\(workers) workers")
            } else {
                expected = (TrainingFixture.bits(engine), losses)
            }
        }
    }

    @Test func pinnedShardsGiveTheSameBitsForAConvolutionalNetwork() throws {
        let data = try TrainingFixture.noise(rows: 37)
        let results = try [1, 2, 3, 5].map { workers in
            let engine = try TrainingFixture.engine(
                TrainingFixture.cnn(), on: data, batchSize: 16, workers: workers, shards: 5,
                optimizer: .sgd(learningRate: 0.1, momentum: 0.9))
            for epoch in 0..<10 { _ = try engine.run(epoch: epoch) }
            return TrainingFixture.bits(engine)
        }
        for result in results { #expect(result == results[0]) }
    }

    /// Its operators are run in tiles of two sizes and over the whole shard.
    @Test func pinnedShardsGiveTheSameBitsForANetworkInSeveralStretches() throws {
        let model = try Model(input: [64, 64, 1]) {
            Conv2D(16, kernelSize: (3, 3), padding: .same, activation: .relu)
            Pooling(.max, poolSize: (8, 8))
            Dropout(0.2)
            Conv2D(64, kernelSize: (3, 3), padding: .same, activation: .relu)
            Pooling(.max)
            Flatten()
            Dense(3, activation: .softmax)
        }
        let data = try TrainingFixture.noise(rows: 280, shape: [64, 64, 1])
        let results = try [1, 2, 3, 5].map { workers in
            let engine = try TrainingFixture.engine(model, on: data, batchSize: 280, workers: workers, shards: 5)
            for epoch in 0..<2 { _ = try engine.run(epoch: epoch) }
            return TrainingFixture.bits(engine)
        }
        for result in results { #expect(result == results[0]) }
    }

    /// Whether a step is shared is decided by the clock, so it must not show.
    @Test func stepsTakenAloneGiveTheBitsOfSharedSteps() throws {
        let data = try TrainingFixture.digits()
        let results = try [true, false].map { isShared in
            let engine = try TrainingFixture.engine(
                TrainingFixture.mlp(), on: data, batchSize: 32, workers: 3, metrics: [.accuracy, .f1])
            engine.pace = Pace(first: Pace.Chunk(isShared: isShared, steps: 1_000_000))
            let epochs = try (0..<3).map { try engine.run(epoch: $0) }
            return (TrainingFixture.bits(engine), epochs.map(\.loss), epochs.map(\.metrics))
        }
        #expect(results[0].0 == results[1].0)
        #expect(results[0].1 == results[1].1)
        #expect(results[0].2 == results[1].2)
    }

    @Test func aStepTakenAloneThatIsNotFiniteStopsAllWorkers() throws {
        let engine = try TrainingFixture.engine(
            TrainingFixture.cnn(), on: TrainingFixture.noise(rows: 12), batchSize: 4, workers: 2)
        engine.pace = Pace(first: Pace.Chunk(isShared: false, steps: 1_000_000))
        engine.parameters.floats[0] = .nan
        let error = #expect(throws: Divergence.self) { try engine.run(epoch: 0) }
        #expect(error?.step == 0)
        #expect(error?.tensor == "the parameter 'conv2d/kernel'")
    }

    @Test func twoRunsGiveTheSameBits() throws {
        let data = try TrainingFixture.digits()
        let runs = try (0..<2).map { _ in
            let engine = try TrainingFixture.engine(TrainingFixture.mlp(), on: data, batchSize: 32, workers: 3)
            for epoch in 0..<3 { _ = try engine.run(epoch: epoch) }
            return TrainingFixture.bits(engine)
        }
        #expect(runs[0] == runs[1])
    }

    @Test func anotherSeedGivesOtherParameters() throws {
        let data = try TrainingFixture.noise(rows: 8)
        let results = try [UInt64(1), 2].map { seed in
            var settings = TrainingSettings(
                optimizer: .adam(learningRate: 0.01), epochs: 1, batchSize: 4, parallelism: Parallelism(workers: 1))
            settings.seed = seed
            let engine = try TrainingEngine(
                Objective(TrainingFixture.cnn(), loss: .sparseCategoricalCrossEntropy), on: data,
                preprocessing: .none, settings)
            return TrainingFixture.values(engine)
        }
        #expect(results[0] != results[1])
    }

    /// The workers' gradients are sums in another order, so they differ by rounding alone.
    @Test(arguments: [1, 2, 3, 7, 40])
    func oneStepOnManyWorkersEqualsOneStepOnOne(workers: Int) throws {
        // 13 samples: shards of unequal size, and with 40 workers most have none.
        let data = try TrainingFixture.noise(rows: 13)
        func step(_ workers: Int) throws -> (values: [Float], loss: Double) {
            let engine = try TrainingFixture.engine(
                TrainingFixture.cnn(), on: data, batchSize: 13, workers: workers, optimizer: .sgd(learningRate: 1))
            let loss = try engine.run(epoch: 0, limit: 1).loss
            return (TrainingFixture.values(engine), loss)
        }
        let one = try step(1)
        let many = try step(workers)
        #expect(abs(many.loss - one.loss) < 1e-6)
        for (a, b) in zip(one.values, many.values) { #expect(abs(a - b) < 1e-6) }
    }

    /// The gradient of the last, short batch is the mean over its own samples: with plain SGD and rate 1 the step is
    /// the gradient, which one sample in a batch of its own must give as well.
    @Test func theShortLastBatchIsAMeanOverItsOwnSamples() throws {
        let data = try TrainingFixture.noise(rows: 9)
        func trained(batchSize: Int, workers: Int) throws -> TrainingEngine {
            var settings = TrainingSettings(
                optimizer: .sgd(learningRate: 0.5), epochs: 1, batchSize: batchSize,
                parallelism: Parallelism(workers: workers))
            settings.shuffle = false
            return try TrainingEngine(
                Objective(TrainingFixture.cnn(), loss: .sparseCategoricalCrossEntropy), on: data,
                preprocessing: .none, settings)
        }
        // Eight rows and then one, on one worker and on three; by hand: a first step on the eight, a second on the one.
        let one = try trained(batchSize: 8, workers: 1)
        let three = try trained(batchSize: 8, workers: 3)
        _ = try one.run(epoch: 0)
        _ = try three.run(epoch: 0)
        #expect(one.step == 2)
        for (a, b) in zip(TrainingFixture.values(one), TrainingFixture.values(three)) { #expect(abs(a - b) < 1e-6) }

        let byHand = try trained(batchSize: 8, workers: 1)
        _ = try byHand.run(epoch: 0, limit: 1)
        let inspection = try Inspection(
            byHand.objective, parameters: byHand.parameters, pool: byHand.reader.pool, feed: byHand.feed, rows: [8],
            KernelPass(isTraining: true))
        for index in 0..<byHand.objective.layout.count {
            let expected = byHand.parameters.floats[index] - 0.5 * inspection.gradients.floats[index]
            #expect(abs(expected - one.parameters.floats[index]) < 1e-6)
        }
    }

    @Test func trainingLearns() throws {
        let engine = try TrainingFixture.engine(
            TrainingFixture.mlp(), on: TrainingFixture.digits(), batchSize: 32, workers: 2)
        let first = try engine.run(epoch: 0)
        var last = first
        for epoch in 1..<8 { last = try engine.run(epoch: epoch) }
        #expect(last.loss < first.loss / 4)
        #expect(last.metrics[0] > 0.9)
        #expect(last.samples == 1258)
        #expect(last.gradientNorm > 0)
    }

    @Test func aLossThatIsNotFiniteStopsWithTheFirstTensorAndKeepsTheParameters() throws {
        let data = try TrainingFixture.noise(rows: 8)
        let engine = try TrainingFixture.engine(
            TrainingFixture.cnn(), on: data, batchSize: 4, workers: 2, optimizer: .sgd(learningRate: 1))
        let entry = try #require(engine.objective.layout.entry(named: "conv2d_1/kernel"))
        engine.parameters.floats[entry.offset] = .infinity
        let before = TrainingFixture.bits(engine)
        let error = #expect(throws: Divergence.self) { try engine.run(epoch: 2) }
        #expect(error?.epoch == 2)
        #expect(error?.step == 0)
        #expect(error?.tensor == "the parameter 'conv2d_1/kernel'")
        #expect(error?.rows.count == 2)
        #expect(TrainingFixture.bits(engine) == before)
        let rows = error.map { $0.rows.map(String.init).joined(separator: ", ") } ?? ""
        #expect(
            error?.description
                == "training diverged in epoch 3, step 1: the parameter 'conv2d_1/kernel' is not finite "
                + "(rows \(rows) of the training data). Where the gradient was finite the parameters have taken that step, "
                + "elsewhere they are as they were before it. "
                + "Try a smaller learning_rate, or look at these rows")
    }

    @Test func aRateThatIsFarTooLargeLeavesFiniteParameters() throws {
        let engine = try TrainingFixture.engine(
            TrainingFixture.cnn(), on: TrainingFixture.noise(rows: 32), batchSize: 4, workers: 2,
            optimizer: .sgd(learningRate: 1e38))
        #expect(throws: Divergence.self) { try (0..<20).forEach { _ = try engine.run(epoch: $0) } }
        #expect(TrainingFixture.values(engine).allSatisfy { $0.isFinite })
    }

    /// As in Keras and PyTorch, and to the bit.
    @Test func aBatchThatIsLargerThanTheDataIsAllOfThem() throws {
        let data = try TrainingFixture.noise(rows: 5)
        let values = try [5, 6, 4000].map { batch in
            let engine = try TrainingFixture.engine(
                TrainingFixture.cnn(), on: data, batchSize: batch, workers: 1, shards: 2)
            let epoch = try engine.run(epoch: 0)
            #expect(epoch.samples == 5)
            return TrainingFixture.values(engine)
        }
        #expect(values[0] == values[1] && values[0] == values[2])
    }

    @Test func moreShardsThanTheLimitAreRefused() throws {
        let data = try TrainingFixture.noise(rows: 5)
        #expect(
            throws: DataError("a batch has at most 4096 shards, but there are to be 4097; make them fewer")
        ) { _ = try TrainingFixture.engine(TrainingFixture.cnn(), on: data, batchSize: 5, workers: 1, shards: 4097) }
    }

    /// Only rows of this process count for its speed, though the epoch was begun by another.
    @Test func theSpeedIsThatOfTheStepsTakenHere() throws {
        let data = try TrainingFixture.noise(rows: 40)
        let engine = try TrainingFixture.engine(TrainingFixture.cnn(), on: data, batchSize: 8, workers: 1, metrics: [])
        var totals = EpochTotals()
        (totals.steps, totals.samples) = (3, 24)
        let position = EpochPosition(epoch: 0, step: 3, totals: totals, metrics: [[0]])
        guard case .finished(let result, _) = try engine.run(epoch: 0, from: position, hooks: EpochHooks()) else {
            Issue.record("the epoch did not end")
            return
        }
        #expect(result.samples == 40 && result.ownSamples == 16)
        #expect(abs(result.samplesPerSecond * result.seconds - 16) < 1e-6)
    }
}
