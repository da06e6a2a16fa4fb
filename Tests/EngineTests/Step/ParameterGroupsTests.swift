import Kernels
import RunSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Network
@testable import Optimizers

@Suite struct ParameterGroupsTests {
    private func model(_ trainings: [LayerTraining] = Array(repeating: .init(), count: 3)) throws -> Model {
        try Model(
            input: [6, 6, 2],
            layers: [
                ModelLayer(Conv2D(5, kernelSize: (3, 3), activation: .tanh), name: "first", training: trainings[0]),
                ModelLayer(Flatten()),
                ModelLayer(
                    Dense(7, activation: .tanh, biasInitializer: .constant(0.5)), name: "middle", training: trainings[1]
                ),
                ModelLayer(
                    Dense(3, activation: .softmax, biasInitializer: .constant(0.25)), name: "last",
                    training: trainings[2]
                ),
            ])
    }

    private func objective(_ trainings: [LayerTraining] = Array(repeating: .init(), count: 3)) throws -> Objective {
        try Objective(model(trainings), loss: .sparseCategoricalCrossEntropy)
    }

    private let decaying = AdamW(learningRate: 0.01, weightDecay: 0.1)

    /// The parameters that do not decay.
    private func excluded(_ words: [String]) throws -> [String] {
        let objective = try objective()
        let groups = try ParameterGroups(objective, decaying, excluding: words)
        return objective.layout.entries.filter { entry in
            groups.segments.first { $0.end > entry.offset }?.weightDecay == 0
        }.map(\.name)
    }

    @Test(arguments: [
        (["bias"], ["first/bias", "middle/bias", "last/bias"]),
        (["bias", "normalization"], ["first/bias", "middle/bias", "last/bias"]),
        (["middle"], ["middle/kernel", "middle/bias"]), (["last/kernel"], ["last/kernel"]),
        (["*st/bias"], ["first/bias", "last/bias"]), (["m*"], ["middle/kernel", "middle/bias"]),
        (["*i*/k*"], ["first/kernel", "middle/kernel"]),
        (["kernel", "last"], ["first/kernel", "middle/kernel", "last/kernel", "last/bias"]),
    ])
    func wordsNameWhatDoesNotDecay(words: [String], names: [String]) throws {
        #expect(try excluded(words) == names)
    }

    @Test("Without groups there is one segment, with the optimizer's own decay")
    func oneSegment() throws {
        let objective = try objective()
        #expect(
            try ParameterGroups(objective, decaying, excluding: []).segments
                == [ParameterSegment(end: objective.layout.trained.upperBound, weightDecay: 0.1)])
    }

    @Test("Neighbours that step alike are one segment; each ends where the next entry begins")
    func segments() throws {
        let objective = try objective([.init(), .init(rateFactor: 0.1), .init(rateFactor: 0.1, weightDecay: 0.3)])
        let layout = objective.layout
        func place(_ name: String) throws -> Int { try #require(layout.entry(named: name)).offset }
        #expect(
            try ParameterGroups(objective, decaying, excluding: ["bias"]).segments == [
                ParameterSegment(end: place("first/bias"), weightDecay: 0.1),
                ParameterSegment(end: place("middle/kernel"), weightDecay: 0),
                ParameterSegment(end: place("middle/bias"), rateFactor: 0.1, weightDecay: 0.1),
                ParameterSegment(end: place("last/kernel"), rateFactor: 0.1, weightDecay: 0),
                ParameterSegment(end: place("last/bias"), rateFactor: 0.1, weightDecay: 0.3),
                ParameterSegment(end: layout.trained.upperBound, rateFactor: 0.1, weightDecay: 0),
            ])
    }

    @Test func whatDoesNotFitIsSaid() throws {
        let frozen = try objective([.init(isTrainable: false), .init(), .init(weightDecay: 0.2)])
        for (words, optimizer, sentence) in [
            (
                ["middel"], decaying,
                "exclude_from_weight_decay[0]: unknown layer, parameter or kind of parameters 'middel'; did you mean 'middle'?"
            ),
            (
                ["bias", "last/kernal"], decaying,
                "exclude_from_weight_decay[1]: unknown layer, parameter or kind of parameters 'last/kernal'; did you mean "
                    + "'last/kernel'?"
            ),
            (
                ["x*"], decaying,
                "exclude_from_weight_decay[0]: unknown layer, parameter or kind of parameters 'x*'; known: 'kernel', "
                    + "'bias', 'normalization', 'middle', 'last', 'middle/kernel', 'middle/bias', 'last/kernel', 'last/bias'"
            ),
            (
                ["first"], decaying,
                "exclude_from_weight_decay[0]: names 'first', which is not trained and so does not decay; leave it out"
            ),
            (
                ["normalization"], decaying,
                "exclude_from_weight_decay: excludes nothing, since the network has no such parameters; leave it out"
            ),
        ] as [([String], any Optimizer, String)] {
            let error = #expect(throws: ParameterGroupsError.self) {
                try ParameterGroups(frozen, optimizer, excluding: words)
            }
            #expect(error?.description == "optimizer." + sentence)
        }
        let own = #expect(throws: ParameterGroupsError.self) {
            try ParameterGroups(frozen, decaying, excluding: ["last"])
        }
        #expect(
            own?.description == "model.layers[3].weight_decay: has nothing to act on, since "
                + "optimizer.exclude_from_weight_decay names all parameters of the layer; leave one of the two out")
        let zero = #expect(throws: ParameterGroupsError.self) {
            try ParameterGroups(objective(), SGD(learningRate: 0.1), excluding: ["bias"])
        }
        #expect(
            zero?.description == "optimizer.exclude_from_weight_decay: has nothing to act on, since weight_decay is 0; "
                + "leave one of the two out")
        #expect(throws: ModelError.self) { try model([.init(isTrainable: false, rateFactor: 2), .init(), .init()]) }
    }

    // MARK: - In training

    private func parameters(
        _ trainings: [LayerTraining], _ optimizer: any Optimizer, excluding words: [String] = [], workers: Int = 2,
        clipping: GradientClipping = .none, skips: Bool = false, limit: Int? = nil, epochs: Int = 1
    ) throws -> [String: [UInt32]] {
        let data = try TrainingFixture.noise(rows: 37)
        var settings = TrainingSettings(
            optimizer: optimizer, epochs: 3, batchSize: 16, parallelism: Parallelism(workers: workers, shards: 4))
        settings.seed = 5
        settings.excludedFromWeightDecay = words
        settings.clipping = clipping
        settings.skipsNonFinite = skips
        let engine = try TrainingEngine(
            objective(trainings), on: data, preprocessing: Preprocessing(fitting: .scale, to: data), settings)
        for epoch in 0..<epochs { _ = try engine.run(epoch: epoch, limit: limit) }
        return Dictionary(
            uniqueKeysWithValues: engine.objective.layout.entries.map { entry in
                (entry.name, entry.range.map { engine.parameters.floats[$0].bitPattern })
            })
    }

    private static let plain = Array(repeating: LayerTraining(), count: 3)

    @Test("After a step each parameter is where a run with its group's rate and decay for all has it, to the bit")
    func aStepOfEachGroup() throws {
        func all(_ rate: Double, _ decay: Double) throws -> [String: [UInt32]] {
            try parameters(Self.plain, .adamW(learningRate: rate, weightDecay: decay), limit: 1)
        }
        let groups = try parameters(
            [.init(), .init(rateFactor: 0.5), .init(rateFactor: 0.25, weightDecay: 0.3)],
            .adamW(learningRate: 0.5, weightDecay: 0.1), excluding: ["bias"], limit: 1)
        for (name, rate, decay) in [
            ("first/kernel", 0.5, 0.1), ("first/bias", 0.5, 0), ("middle/kernel", 0.25, 0.1), ("middle/bias", 0.25, 0),
            ("last/kernel", 0.125, 0.3), ("last/bias", 0.125, 0),
        ] {
            #expect(try groups[name] == all(rate, decay)[name], "\(name)")
            if decay == 0, name != "first/bias" { #expect(try groups[name] != all(rate, 0.1)[name], "\(name)") }
        }
    }

    @Test("Workers, and one pass or two, step the same bits")
    func bitsDoNotDependOnWorkersOrPasses() throws {
        let trainings = [LayerTraining(rateFactor: 0.5), .init(weightDecay: 0.4), .init(rateFactor: 2)]
        func run(workers: Int, _ clipping: GradientClipping = .none, skips: Bool = false) throws -> [String: [UInt32]] {
            try parameters(
                trainings, .adamW(learningRate: 0.01, weightDecay: 0.1), excluding: ["bias", "last"], workers: workers,
                clipping: clipping, skips: skips, epochs: 3)
        }
        let one = try run(workers: 1)
        for workers in 2...3 { #expect(try run(workers: workers) == one) }
        #expect(try run(workers: 2, skips: true) == one)
        #expect(try run(workers: 2, .globalNorm(1e6)) == one)
        #expect(try run(workers: 3, .norm(1e6)) == one)
        #expect(try run(workers: 2, .value(1e6)) == one)
    }
}
