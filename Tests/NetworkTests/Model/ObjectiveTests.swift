import Foundation
import Kernels
import Network
import TestSupport
import Testing

struct ObjectiveTests {
    private func sentence(
        _ last: some Layer, _ loss: any Loss, input: Shape = [4]
    ) -> String? {
        do {
            _ = try Objective(try Model(input: input) { last }, loss: loss)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func sentences() {
        #expect(
            sentence(Dense(3, activation: .relu), .categoricalCrossEntropy)
                == "categorical_crossentropy needs probabilities, but the last layer 'dense' does not end with softmax; "
                + "give it \"activation\": \"softmax\", or set \"from_logits\": true in the loss")
        #expect(
            sentence(Dense(3, activation: .softmax), .binaryCrossEntropy)
                == "binary_crossentropy needs probabilities, but the last layer 'dense' does not end with sigmoid; "
                + "give it \"activation\": \"sigmoid\", or set \"from_logits\": true in the loss")
        #expect(
            sentence(Dense(1, activation: .softmax), .sparseCategoricalCrossEntropy)
                == "a categorical cross-entropy needs two classes or more, but the last layer 'dense' gives 1; "
                + "use binary_crossentropy with a sigmoid")
        #expect(
            sentence(Dense(3, activation: .softmax), .sparseCategoricalCrossEntropy(fromLogits: true))
                == "from_logits does not fit the last layer 'dense', which already ends with softmax; "
                + "leave one of them out")
        #expect(sentence(Dense(1), .huber(delta: 1)) == nil)
        #expect(
            sentence(Dense(3, activation: .softmax), .sparseCategoricalCrossEntropy(ignoring: 2_147_483_648))
                == "ignore_class must be from -2147483648 to 2147483647, the range of labels, but is 2147483648")
        #expect(sentence(Dense(3, activation: .softmax), .sparseCategoricalCrossEntropy(ignoring: 20_000_001)) == nil)
        #expect(sentence(Dense(3, activation: .softmax), .sparseCategoricalCrossEntropy(ignoring: -1)) == nil)
    }

    /// Each by the share of its labels that are not ignored: of 12 labels in 4 samples.
    @Test func countedSamples() throws {
        func objective(_ ignored: Int?) throws -> Objective {
            let model = try Model(input: [6]) {
                Dense(6)
                Reshape([3, 2])
                ActivationLayer(.softmax)
            }
            return try Objective(model, loss: .sparseCategoricalCrossEntropy(ignoring: ignored))
        }
        let labels = try AlignedMemory(byteCount: 48)
        let integers = labels.elements(of: Int32.self)
        for (place, label) in [-1, -1, -1, 0, -1, 1, 1, 1, 1, -1, -1, 0].enumerated() { integers[place] = Int32(label) }
        let targets = TensorPointer.int32(integers)
        #expect(try objective(-1).countedSamples(targets: targets, samples: 4) == 6.0 / 3)
        #expect(try objective(1).countedSamples(targets: targets, samples: 4) == 8.0 / 3)
        #expect(try objective(0).countedSamples(targets: targets, samples: 4) == 10.0 / 3)
        #expect(try objective(nil).countedSamples(targets: targets, samples: 4) == 4)
        #expect(try objective(-1).countedSamples(targets: targets, samples: 0) == 0)
        #expect(try objective(-1).ignoredLabel == -1)
        #expect(try objective(nil).ignoredLabel == nil)
    }

    /// Σ loss / counted samples is the mean over the labels that are not ignored, and so is its gradient.
    @Test("An ignored label's samples are as if they were not there", arguments: [true, false])
    func ignoredSamples(fromLogits: Bool) throws {
        let model = try Model(input: [4]) {
            Dense(5, activation: .tanh)
            Dense(3, activation: fromLogits ? .linear : .softmax)
        }
        let objective = try Objective(
            model, loss: .sparseCategoricalCrossEntropy(fromLogits: fromLogits, ignoring: 7))
        var random = SeededRandom(11)
        let inputs = random.floats(20)
        let targets: [Float] = [2, 7, 0, 7, 1]
        let parameters = try AlignedMemory(floats: objective.layout.count)
        objective.layout.initialise(parameters.floats, seed: 4)
        func run(_ rows: [Int]) throws -> (losses: [Float], gradients: [Float]) {
            let replica = try Replica(objective.training, samples: [rows.count])
            let gradients = try AlignedMemory(floats: objective.layout.count)
            replica.bind(
                arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
                gradients: gradients)
            let (x, t) = (
                replica.value(of: objective.input, samples: rows.count),
                replica.integers(of: objective.target, samples: rows.count)
            )
            for (place, row) in rows.enumerated() {
                for column in 0..<4 { x[place * 4 + column] = inputs[row * 4 + column] }
                t[place] = Int32(targets[row])
            }
            let counted = objective.countedSamples(targets: .int32(t.baseAddress!), samples: rows.count)
            #expect(counted == 3)
            replica.forward(samples: rows.count, KernelPass(isTraining: true))
            replica.backward(samples: rows.count, scale: 1 / Float(counted), KernelPass(isTraining: true))
            return (
                Array(replica.value(of: objective.sampleLoss, samples: rows.count)),
                Array(UnsafeBufferPointer(start: gradients.floats, count: objective.layout.count))
            )
        }
        let all = try run([0, 1, 2, 3, 4])
        let some = try run([0, 2, 4])
        #expect(all.losses[1] == 0 && all.losses[3] == 0)
        #expect(Deviation.relative([all.losses[0], all.losses[2], all.losses[4]], some.losses.map(Double.init)) < 1e-6)
        #expect(Deviation.relative(all.gradients, some.gradients.map(Double.init)) < 1e-6)
    }

    static let cases: [(layer: any Layer, loss: any Loss, fromLogits: Bool, target: Shape)] = [
        (Dense(3, activation: .softmax), .sparseCategoricalCrossEntropy, false, .scalar),
        (Dense(3, activation: .softmax), .categoricalCrossEntropy, false, [3]),
        (Dense(3), .sparseCategoricalCrossEntropy(fromLogits: true), true, .scalar),
        (Dense(3), .categoricalCrossEntropy(fromLogits: true), true, [3]),
        (ActivationLayer(.softmax), .sparseCategoricalCrossEntropy, false, .scalar),
        (Dense(1, activation: .sigmoid), .binaryCrossEntropy, false, [1]),
        (Dense(2), .binaryCrossEntropy(fromLogits: true), true, [2]),
        (Dense(2, activation: .tanh), .meanSquaredError(factor: 0.5), false, [2]),
        (Dense(1), .meanAbsoluteError, false, [1]), (Dense(2), .huber(delta: 0.5), false, [2]),
    ]

    /// Values within 2e-6 of the naive references, gradients within 1e-5 of central differences.
    @Test(
        "Every loss behind a last layer: values, gradients, and the three programs' agreement",
        arguments: cases.indices, [1, 5])
    func losses(_ index: Int, _ samples: Int) throws {
        let test = Self.cases[index]
        let model = try Model(input: [4]) {
            Dense(4, activation: .tanh)
            Dropout(0.2)
            test.layer
        }
        let objective = try Objective(model, loss: test.loss)
        #expect(objective.targetShape == test.target)
        #expect(objective.predictsLogits == test.fromLogits)
        #expect(objective.layerNodes.map(\.name) == model.steps.map(\.name))
        var random = SeededRandom(index)
        let inputs = random.floats(samples * 4)
        let count = samples * test.target.count
        let targets =
            switch test.loss {
            case is SparseCategoricalCrossEntropy: random.labels(count, below: objective.outputShape.last)
            case is CategoricalCrossEntropy: random.distributions(rows: samples, width: objective.outputShape.last)
            case is BinaryCrossEntropy: random.labels(count, below: 2)
            default: random.floats(count)
            }
        let layout = objective.layout
        let parameters = try AlignedMemory(floats: layout.count)
        layout.initialise(parameters.floats, seed: 9)

        /// A run without dropout: the prediction, and where there is a loss each sample's.
        func run(_ program: Program, isInference: Bool = false) throws -> (
            prediction: [Float], losses: [Float], gradients: [Float]
        ) {
            let replica = try Replica(program, samples: [samples])
            let gradients = try AlignedMemory(floats: layout.count)
            replica.bind(
                arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
                gradients: program.isDifferentiable ? gradients : nil)
            let x = replica.value(of: objective.input, samples: samples)
            for place in x.indices { x[place] = inputs[place] }
            let hasLoss = !isInference
            if hasLoss {
                replica.fill(objective.target, samples: samples, targets)
            }
            replica.forward(samples: samples, KernelPass(isTraining: false))
            if program.isDifferentiable { replica.backward(samples: samples, scale: 1, KernelPass(isTraining: false)) }
            return (
                Array(replica.value(of: objective.prediction, samples: samples)),
                hasLoss ? Array(replica.value(of: objective.sampleLoss, samples: samples)) : [],
                Array(UnsafeBufferPointer(start: gradients.floats, count: layout.count))
            )
        }
        let training = try run(objective.training)
        let evaluation = try run(objective.evaluation)
        let inference = try run(objective.inference, isInference: true)
        #expect(Deviation.relative(evaluation.losses, training.losses.map(Double.init)) < 1e-6)
        #expect(Deviation.relative(evaluation.prediction, training.prediction.map(Double.init)) < 1e-6)
        #expect(Deviation.relative(inference.prediction, training.prediction.map(Double.init)) < 1e-6)

        let graph = Graph()
        let built = try model.build(in: graph)
        let reference = ReferenceNetwork(graph, samples: samples, pass: KernelPass())
        let point = layout.entries.reduce(into: [built.input.index: inputs.map(Double.init)]) { point, entry in
            point[entry.node] = entry.range.map { Double(parameters.floats[$0]) }
        }
        func losses(_ change: ReferenceNetwork.Change? = nil) -> [Double] {
            Reference.loss(
                test.loss, fromLogits: test.fromLogits, reference.values(point, changing: change)[built.output.index],
                target: targets.map(Double.init), rows: 1, width: objective.outputShape.last)
        }
        #expect(Deviation.relative(training.losses, losses()) < 2e-6)
        for entry in layout.entries {
            let chosen = random.sample(8, below: entry.shape.count)
            let expected = chosen.compactMap { element in
                CentralDifferences.derivative {
                    losses(.init(node: entry.node, element: element, delta: $0)).reduce(0, +)
                }
            }
            let found = chosen.map { training.gradients[entry.offset + $0] }
            #expect(Deviation.relative(found, expected) < 1e-5, "\(entry.name)")
        }
    }

    /// Metrics read predictions and targets when the whole forward pass has run, so that nothing may stand in their places:
    /// with several outputs, with scaled targets, in training and in evaluation.
    @Test func targetsStandUntilTheyAreMeasured() throws {
        let model = try Model(inputs: [ModelInput("x", [64])], outputs: ["early", "late"]) {
            Dense(64).named("early", inputs: ["x"])
            Dense(64, activation: .tanh).named("wide", inputs: ["early"])
            Dense(64, activation: .tanh).named("wider")
            Dense(64).named("late")
        }
        let objective = try Objective(
            model, losses: ["early": .meanAbsoluteError, "late": .meanSquaredError(factor: 1)],
            targetScales: ["late": TargetScale(offset: [10], scale: [0.5])])
        let samples = 5
        for program in [objective.training, objective.evaluation] {
            let replica = try Replica(program, samples: [samples])
            let parameters = try AlignedMemory(floats: program.layout.count)
            program.layout.initialise(parameters.floats, seed: 3)
            let gradients = try AlignedMemory(floats: max(program.layout.trainedCount, 1))
            replica.bind(
                arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters, gradients: gradients)
            var random = SeededRandom(6)
            func fill(_ node: Int) -> [Float] {
                let place = replica.value(of: node, samples: samples)
                let values = random.floats(place.count)
                _ = place.update(from: values)
                return values
            }
            _ = fill(objective.input)
            let targets = objective.outputs.map { fill($0.target) }
            replica.forward(samples: samples, KernelPass(isTraining: true, seed: 0, step: 0))
            for (output, values) in zip(objective.outputs, targets) {
                #expect(Array(replica.value(of: output.target, samples: samples)) == values)
            }
            // y/scale + offset.
            let late = objective.outputs[1]
            let loss = Array(replica.value(of: late.sampleLoss, samples: samples))
            let predictions = Array(replica.value(of: late.prediction, samples: samples))
            for sample in 0..<samples {
                let errors = (sample * 64..<(sample + 1) * 64).map { pow((predictions[$0] - targets[1][$0]) * 0.5, 2) }
                #expect(abs(loss[sample] - errors.reduce(0, +) / 64) <= 1e-4 * loss[sample])
            }
        }
    }

    @Test func targetScalesThatDoNotFit() throws {
        func sentence(_ scale: TargetScale, _ loss: any Loss = .meanSquaredError(factor: 1)) -> String? {
            do {
                let model = try Model(input: [4]) { Dense(3).named("out") }
                _ = try Objective(model, losses: ["out": loss], targetScales: ["out": scale])
                return nil
            } catch {
                return "\(error)"
            }
        }
        #expect(sentence(TargetScale(offset: [1, 2, 3], scale: [1, 2, 3])) == nil)
        #expect(
            sentence(TargetScale(offset: [1, 2], scale: [1, 2]))
                == "the constants that scale the targets of the last layer 'out' are 2, but a sample has 3 targets")
        for wrong in [0, Double.infinity, .nan, 1e-46] {
            #expect(
                sentence(TargetScale(offset: [0], scale: [wrong]))
                    == "the constants that scale the targets of the last layer 'out' are no finite numbers, or too large or too "
                    + "small for floats")
        }
    }
}
