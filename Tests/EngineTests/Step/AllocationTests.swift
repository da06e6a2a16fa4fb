import CAllocationCounter
import Configuration
import Engine
import Kernels
import Metrics
import Network
import Optimizers
import Recipes
import RunSupport
import TestSupport
import Testing

@testable import Batches

/// A training step allocates nothing on the heap; the kernel library's own argument lists are counted apart.
@Suite struct AllocationTests {
    /// The allocations of so many steps, without those of starting and ending a run.
    private static func allocations(_ model: Model, on data: Dataset, workers: Int, steps: Int) throws -> (
        own: Int, library: Int
    ) {
        try allocations(
            of: TrainingFixture.engine(
                model, on: data, batchSize: 8, workers: workers, shards: 3, metrics: [.accuracy, .f1]), steps: steps)
    }

    private static func allocations(of engine: TrainingEngine, steps: Int) throws -> (own: Int, library: Int) {
        func count(_ limit: Int) throws -> (Int, Int) {
            stormo_count_begin()
            _ = try engine.run(epoch: 1, limit: limit)
            stormo_count_end()
            return (stormo_count_own(), stormo_count_library())
        }
        // Warm: threads and lazily made state; and enough samples that each class occurs, since the figures of an epoch look
        // no further into a class that does.
        _ = try count(4)
        _ = try count(20)
        // What a step allocates it allocates each time. Threads that are not the engine's, which a loaded system starts now
        // and then, do so once.
        return try (0..<3).map { _ in
            let few = try count(20)
            let many = try count(20 + steps)
            return (own: many.0 - few.0, library: many.1 - few.1)
        }.min { abs($0.own) < abs($1.own) } ?? (0, 0)
    }

    private static func expectNone(_ model: Model) throws {
        let data = try TrainingFixture.noise(rows: 8 * 120 + 3)
        for workers in [1, 2] {
            let counted = try Self.allocations(model, on: data, workers: workers, steps: 100)
            #expect(counted.own == 0, "\(counted.own) allocations in 100 steps on \(workers) workers")
            #expect(counted.library > 0, "the counter sees the kernel library's allocations")
        }
    }

    /// In a process of its own, in which no other test allocates.
    @Test(.enabled(if: stormo_count_available() != 0))
    func aStepAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            let model = try Model(input: [6, 6, 2]) {
                Conv2D(5, kernelSize: (3, 3), padding: .same, activation: .relu)
                Pooling(.max).named("pool")
                Conv2D(5, kernelSize: (3, 3), padding: .same, activation: .gelu)
                Add().named("add", inputs: ["conv2d_1", "pool"])
                Flatten()
                Dropout(0.3)
                Dense(7, activation: .tanh)
                Dense(3, activation: .softmax)
            }
            try Self.expectNone(model)
        }
    }

    /// Segment by segment, with the sums of all shards combined in between.
    @Test(.enabled(if: stormo_count_available() != 0))
    func aStepThatCouplesSamplesAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            let model = try Model(input: [6, 6, 2]) {
                Conv2D(5, kernelSize: (3, 3), padding: .same)
                BatchStandardizing()
                ActivationLayer(.relu)
                BatchCentering()
                BatchNormalization()
                Flatten()
                Dense(3, activation: .softmax)
            }
            try Self.expectNone(model)
        }
    }

    /// Two inputs, two outputs, one of which ignores labels and the other of which has weights.
    @Test(.enabled(if: stormo_count_available() != 0))
    func aStepOfSeveralOutputsAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            let data = try SeveralFixture.data(8 * 120 + 3, weighs: true)
            for workers in [1, 2] {
                var settings = TrainingSettings(
                    optimizer: .adam(learningRate: 0.01), epochs: 10, batchSize: 8,
                    parallelism: Parallelism(workers: workers, shards: 3))
                settings.metricsByOutput = ByName(entries: [
                    .init("kind", [AccuracyMetric(), F1Metric()]), .init("sizes", [MAEMetric()]),
                ])
                let engine = try TrainingEngine(
                    SeveralFixture.objective(), on: data, preprocessing: [.none, .none], settings)
                let counted = try Self.allocations(of: engine, steps: 100)
                #expect(counted.own == 0, "\(counted.own) allocations in 100 steps on \(workers) workers")
            }
        }
    }

    /// A table, whose raw rows become features when a worker gathers them.
    @Test(.enabled(if: stormo_count_available() != 0))
    func aStepOnATableAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            var columns = [
                RecipeColumn("a", .number, missing: .indicator),
                RecipeColumn("c", .category, missing: .category, categories: ["p", "q", "r"]),
                RecipeColumn("d", .date, missing: .mean),
                RecipeColumn("b", .boolean, missing: .mode, categories: ["no", "yes"]),
            ]
            columns[0].fit = .number(fill: 0.5, indicator: true)
            columns[1].fit = .category(own: [0, 1], pooled: [2], marksMissing: true, fill: nil)
            columns[2].fit = .date(parts: [.year, .weekday, .time], fill: 19_000, indicator: false)
            columns[3].fit = .category(own: [0, 1], pooled: [], marksMissing: false, fill: 1)
            var random = SeededRandom(1)
            let rows = (0..<8 * 120 + 3).map { row -> [Float] in
                let number: Float = row % 5 == 0 ? .nan : random.floats(1)[0]
                let code: Float = row % 7 == 0 ? .nan : Float(row % 3)
                return [number, code, row % 3 == 0 ? .nan : 19_000.25 + Float(row % 30), Float(row % 2)]
            }
            let raw = Field(try StoredTensor(rows, rowShape: [4]), place: "inputs").named(by: Recipe(columns))
            let data = try Dataset(
                inputs: raw.encoded(by: Recipe(columns)), targets: Field(labels: rows.indices.map { $0 % 3 }))
            let model = try Model(input: [13]) {
                Dense(7, activation: .tanh)
                Dense(3, activation: .softmax)
            }
            for workers in [1, 2] {
                let counted = try Self.allocations(model, on: data, workers: workers, steps: 100)
                #expect(counted.own == 0, "\(counted.own) allocations in 100 steps on \(workers) workers")
            }
        }
    }

    /// One replica bound again for each shard, with kernels that several tiles share and a weight that two layers share.
    @Test(.enabled(if: stormo_count_available() != 0))
    func bindingAgainAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            let objective = try Objective(
                Model(input: [28, 28, 1]) {
                    Conv2D(32, kernelSize: (3, 3), padding: .same, activation: .relu)
                    Pooling(.max).named("pool")
                    Conv2D(32, kernelSize: (3, 3), padding: .same, activation: .gelu)
                    Add().named("add", inputs: ["conv2d_1", "pool"])
                    Concatenate().named("both", inputs: ["add", "pool"])
                    Conv2D(16, kernelSize: (5, 5), activation: .tanh)
                    Dropout(0.3)
                    Flatten()
                    Dense(7, activation: .tanh)
                    Dense(3, activation: .softmax)
                }, loss: .sparseCategoricalCrossEntropy)
            let replica = try Replica(objective.training, samples: [20, 21])
            let parameters = try AlignedMemory(floats: objective.layout.count)
            objective.layout.initialise(parameters.floats, seed: 1)
            let gradients = try (0..<3).map { _ in try AlignedMemory(floats: objective.layout.count) }
            replica.bind(
                arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
                gradients: gradients[0])
            KernelContext.withPreparedThread {
                func steps(_ count: Int) {
                    for step in 0..<count {
                        let samples = 20 + step % 2
                        replica.rebind(gradients: gradients[step % 3])
                        replica.forward(samples: samples, KernelPass(isTraining: true, step: step))
                        replica.backward(samples: samples, scale: 1, KernelPass(isTraining: true, step: step))
                    }
                }
                steps(6)
                stormo_count_begin()
                steps(12)
                stormo_count_end()
            }
            #expect(stormo_count_own() == 0, "\(stormo_count_own()) allocations in 12 passes")
            #expect(stormo_count_library() > 0, "the counter sees the kernel library's allocations")
        }
    }
}
