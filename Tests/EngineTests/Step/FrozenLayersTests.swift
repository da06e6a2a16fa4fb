import Foundation
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Interchange
@testable import Network
@testable import Optimizers
@testable import Runs

@Suite struct FrozenLayersTests {
    private func model(frozen: Set<String>) throws -> Model {
        try Model(
            input: [6, 6, 2],
            layers: [
                ModelLayer(
                    Conv2D(5, kernelSize: (3, 3), activation: .relu), name: "first",
                    isTrainable: !frozen.contains("first")),
                ModelLayer(Flatten()), ModelLayer(Dropout(0.2)),
                ModelLayer(Dense(7, activation: .tanh), name: "middle", isTrainable: !frozen.contains("middle")),
                ModelLayer(Dense(3, activation: .softmax), name: "last", isTrainable: !frozen.contains("last")),
            ])
    }

    private func tensors(_ engine: TrainingEngine) -> [String: [UInt32]] {
        Dictionary(
            uniqueKeysWithValues: engine.objective.layout.entries.map { entry in
                (entry.name, entry.range.map { engine.parameters.floats[$0].bitPattern })
            })
    }

    private func trained(_ frozen: Set<String>, workers: Int = 2, optimizer: any Optimizer = .adam(learningRate: 0.01))
        throws -> (before: [String: [UInt32]], after: [String: [UInt32]], engine: TrainingEngine)
    {
        let engine = try TrainingFixture.engine(
            model(frozen: frozen), on: TrainingFixture.noise(rows: 37), batchSize: 16, workers: workers, shards: 3,
            optimizer: optimizer)
        let before = tensors(engine)
        for epoch in 0..<3 { _ = try engine.run(epoch: epoch) }
        return (before, tensors(engine), engine)
    }

    @Test(
        "A frozen layer keeps its parameters, decay or not; all others learn", arguments: ["first", "middle", "last"])
    func frozenParametersStay(_ name: String) throws {
        for optimizer in [
            .adamW(learningRate: 0.01, weightDecay: 0.1),
            .sgd(learningRate: 0.1, momentum: 0.9, weightDecay: 0.1),
        ] as [any Optimizer] {
            let (before, after, engine) = try trained([name], optimizer: optimizer)
            for (tensor, values) in before {
                #expect((after[tensor] == values) == tensor.hasPrefix(name + "/"), "\(tensor)")
            }
            let unfrozen = try trained([], optimizer: optimizer)
            #expect(before == unfrozen.before)
            let trainedRange = engine.objective.layout.trained
            #expect(trainedRange.count < engine.objective.layout.count)
            #expect(engine.optimizer.vectors.allSatisfy { $0.byteCount == max(trainedRange.count * 4, 64) })
        }
    }

    @Test("The bits do not depend on the number of workers")
    func workers() throws {
        let one = try trained(["first", "middle"], workers: 1).after
        let three = try trained(["first", "middle"], workers: 3).after
        #expect(one == three)
    }

    @Test("What lies before the first trained layer goes forward alone")
    func noWorkForFrozenLayers() throws {
        func steps(_ frozen: Set<String>) throws -> [String] {
            let program = try Objective(model(frozen: frozen), loss: .sparseCategoricalCrossEntropy).training
            return program.backward.steps.map { step in
                if case .kernel(let node) = step { program.nodes[node].name } else { "sum" }
            }
        }
        #expect(try steps([]) == ["loss", "last", "middle", "dropout", "first"])
        #expect(try steps(["first"]) == ["loss", "last", "middle"])
        #expect(try steps(["first", "middle"]) == ["loss", "last"])
        // A frozen layer behind a trained one hands its input's gradient on, and computes none for its own weights.
        let objective = try Objective(model(frozen: ["middle", "last"]), loss: .sparseCategoricalCrossEntropy)
        let program = objective.training
        for layer in objective.layerNodes where layer.name == "middle" {
            for node in layer.nodes {
                guard let places = program.backward.inputGradients[node] else { continue }
                #expect(places.map { $0 != nil } == [true, false, false])
            }
        }
    }

    @Test func nothingLeftToTrainIsSaid() throws {
        #expect(
            throws: ObjectiveError(
                "every layer that has parameters is frozen (\"trainable\": false), so that nothing is left to train; "
                    + "leave it out of at least one of them")
        ) { _ = try trained(["first", "middle", "last"]) }
    }

    @Test("A model file holds frozen layers among the others, and says which they are")
    func modelFile() throws {
        let directory = try TestDirectory()
        let trainer = try Trainer(
            model(frozen: ["first"]), loss: .sparseCategoricalCrossEntropy, on: TrainingFixture.noise(rows: 12)
        ) {
            $0.epochs = 1
            $0.batchSize = 4
        }
        try trainer.fit()
        let model = try trainer.trainedModel()
        try model.save(directory.file("model.h5"))
        let read = try TrainedModel(contentsOf: directory.file("model.h5"))
        #expect(read.objective.model.steps.map(\.isTrainable) == [false, true, true, true, true])
        #expect(read.objective.layout == model.objective.layout)
        for entry in read.objective.layout.entries {
            #expect(entry.range.allSatisfy { read.parameters.floats[$0] == model.parameters.floats[$0] })
        }
        let keras = KerasFormat.modelConfiguration(model.objective.model, [.none], name: "m").jsonText(pretty: false)
        #expect(keras.components(separatedBy: #""trainable":false"#).count == 2)
    }
}
