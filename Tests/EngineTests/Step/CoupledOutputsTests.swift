import Configuration
import Kernels
import RunSupport
import Synchronization
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Network
@testable import Optimizers

/// Two inputs and two outputs, one of which ignores labels, with operators that couple samples before the branches and on one
/// of them.
@Suite struct CoupledOutputsTests {
    private static func objective() throws -> Objective {
        let model = try Model(
            inputs: [ModelInput("image", SeveralFixture.image), ModelInput("age", [2])], outputs: ["kind", "sizes"]
        ) {
            Conv2D(3, kernelSize: (3, 3)).named("conv", inputs: ["image"])
            BatchStandardizing().named("norm")
            ActivationLayer(.tanh)
            Flatten()
            Dense(5, activation: .tanh).named("years", inputs: ["age"])
            BatchCentering().named("centre")
            Concatenate().named("both", inputs: ["flatten", "centre"])
            Dense(6, activation: .tanh).named("shared")
            Dense(3, activation: .softmax).named("kind")
            Dense(4).named("before", inputs: ["both"])
            BatchStandardizing().named("last")
            Dense(2).named("sizes")
        }
        return try Objective(model, losses: SeveralFixture.losses, weights: SeveralFixture.weights)
    }

    private static func engine(
        workers: Int, shards: Int, rows: Int = 43, batch: Int = 16, optimizer: any Optimizer = .adam(learningRate: 0.01)
    ) throws -> TrainingEngine {
        var settings = TrainingSettings(
            optimizer: optimizer, epochs: 3, batchSize: batch,
            parallelism: Parallelism(workers: workers, shards: shards))
        settings.seed = 11
        let (objective, data) = (try objective(), try SeveralFixture.data(rows, weighs: true))
        let preprocessing = try Preprocessing.all(
            ByName(entries: [.init("age", .standardize)]), fittedTo: data, of: ["image", "age"])
        return try TrainingEngine(objective, on: data, preprocessing: preprocessing.values, settings)
    }

    @Test func theGradientIsThatOfTheWeightedTotal() throws {
        let data = try SeveralFixture.data(8)
        let check = try GradientCheck(
            Self.objective(), on: data,
            preprocessing: Preprocessing.all(
                ByName(entries: [.init("age", .standardize)]), fittedTo: data, of: ["image", "age"]
            ).values, seed: 3)
        #expect(check.passes, "\(check.rows)")
        for name in ["norm/gamma", "last/beta", "years/kernel", "conv/kernel"] {
            #expect(check.rows.contains { $0.parameter == name && $0.compared > 0 }, "\(name)")
        }
    }

    /// With plain SGD and rate 1 a step is the gradient, whatever the number of shards.
    @Test func shardsChangeRoundingAlone() throws {
        let steps = try [1, 2, 5].map { shards in
            let engine = try Self.engine(
                workers: 2, shards: shards, rows: 13, batch: 13, optimizer: .sgd(learningRate: 1))
            let before = TrainingFixture.values(engine)
            _ = try engine.run(epoch: 0)
            return zip(before, TrainingFixture.values(engine)).map { $0 - $1 }
        }
        for step in steps { #expect(Deviation.relative(step, steps[0].map(Double.init), floor: 0.1) < 2e-5) }
    }

    /// 43 rows in batches of 16 leave a last batch of 11, in which of 13 shards two are empty.
    @Test("Pinned shards give the same bits for any number of workers", arguments: [1, 5, 13])
    func pinnedShards(shards: Int) throws {
        func bits(_ workers: Int) throws -> [UInt64] {
            try TrainingFixture.bits(of: Self.engine(workers: workers, shards: shards), epochs: 3)
        }
        let one = try bits(1)
        for workers in [2, 3] { #expect(try bits(workers) == one, "\(workers) workers") }
    }

    @Test func theWatchSeesCoupledLayers() throws {
        let engine = try Self.engine(workers: 2, shards: 3)
        // What stands before a standardization is judged by what comes back through it.
        let gamma = try #require(engine.objective.layout.entry(named: "norm/gamma"))
        for index in gamma.range { engine.parameters.floats[index] = 1e-9 }
        let warnings = Mutex<[String]>([])
        _ = try engine.run(epoch: 0, hooks: EpochHooks(warning: { text in warnings.withLock { $0.append(text) } }))
        let told = warnings.withLock { $0 }
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("the gradient vanishes: that of layer 'conv' is") == true, "\(told)")
    }
}
