import Kernels
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Optimizers

/// What is told of a step whose loss is finite and whose gradient is not.
@Suite struct DivergenceTests {
    private static let culprit: Float = 3e38

    /// A single dense layer of zeros, whose first weight stays so until the culprit comes: the loss does not see it, and
    /// the gradient is as large as 2·100·3e38.
    private func engine(
        _ data: Dataset, workers: Int = 1, clipping: GradientClipping = .none
    ) throws -> TrainingEngine {
        let model = try Model(input: [2]) { Dense(1, kernelInitializer: .constant(0)) }
        var settings = TrainingSettings(
            optimizer: .sgd(learningRate: 0.01), epochs: 1, batchSize: 8,
            parallelism: Parallelism(workers: workers, shards: 2))
        settings.clipping = clipping
        settings.seed = 3
        return try TrainingEngine(
            Objective(model, loss: .meanSquaredError(factor: 1)), on: data, preprocessing: .none, settings)
    }

    private func inputs(culprit row: Int) -> [[Float]] {
        (0..<32).map { [$0 == row ? Self.culprit : 0, 1] }
    }

    /// Windows of two batches, so that every other batch ends with its window: the rows are those of the batch that
    /// failed, not what stands there later.
    @Test(arguments: 0..<32)
    func theRowsAreThoseOfTheBatch(row: Int) throws {
        var data = try Dataset(inputs: inputs(culprit: row), targets: (0..<32).map { _ in [100] })
        data.shuffleWindow = 16
        let engine = try engine(data)
        let order = try BatchReader(data, batchSize: 8, isShuffled: true, seed: 3)
        try order.begin(epoch: 0)
        let batches = try (0..<4).map { _ in
            let batch = try order.next()
            return (0..<batch.count).map { Int(batch.rows[$0]) }
        }
        let step = try #require(batches.firstIndex { $0.contains(row) })
        let half = try #require([batches[step].prefix(4), batches[step].suffix(4)].first { $0.contains(row) })
        let error = #expect(throws: Divergence.self) { try engine.run(epoch: 0) }
        #expect(error?.step == step)
        #expect(error?.tensor == "the gradient of the parameter 'dense/kernel'")
        #expect(error?.rows == Array(half))
    }

    @Test(arguments: [0, 5, 11, 17, 23, 31])
    func theTensorIsFoundInStreamedRows(row: Int) throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/inputs", .float32, shape: [32, 2], chunk: [5, 2], gzip: 1)
                .write(inputs(culprit: row).flatMap { $0 })
            try root.createDataset("/targets", .float32, shape: [32]).write((0..<32).map { _ in Float(100) })
        }
        let source = DataSource(file: path, inputs: "/inputs", targets: "/targets")
        let error = #expect(throws: Divergence.self) {
            try engine(NumberedRows.streamed(source, window: 16), workers: 2).run(epoch: 0)
        }
        #expect(error?.tensor == "the gradient of the parameter 'dense/kernel'")
    }

    /// What is told of the parameters is so.
    @Test func theParametersAreThoseThatAreTold() throws {
        let block = VectorLoops.block
        let width = 2 * block
        let rows = (0..<8).map { row in (0..<width).map { $0 == 3 && row == 5 ? Self.culprit : 0.5 } }
        let data = try Dataset(inputs: rows, targets: (0..<8).map { _ in [100] })
        let model = try Model(input: [width]) { Dense(1, kernelInitializer: .constant(0)) }
        for clipping in [GradientClipping.none, .globalNorm(1)] {
            var settings = TrainingSettings(
                optimizer: .sgd(learningRate: 0.1), epochs: 1, batchSize: 8, parallelism: Parallelism(workers: 1))
            settings.clipping = clipping
            let engine = try TrainingEngine(
                Objective(model, loss: .meanSquaredError(factor: 1)), on: data, preprocessing: .none, settings)
            let error = #expect(throws: Divergence.self) { try engine.run(epoch: 0) }
            let parameters = TrainingFixture.values(engine)
            #expect(parameters.allSatisfy { $0.isFinite })
            #expect(parameters[0..<block].allSatisfy { $0 == 0 })
            #expect(error?.isPartlyStepped == (clipping == .none))
            #expect(parameters[block..<2 * block].allSatisfy { ($0 != 0) == (clipping == .none) })
            let kept =
                clipping == .none
                ? "Where the gradient was finite the parameters have taken that step, elsewhere they are as they were before it"
                : "The parameters are kept as they were before that step"
            #expect(error?.description.contains("training data). \(kept). Try a smaller learning_rate") == true)
        }
    }
}
