import Kernels
import Network
import TestSupport
import Testing

struct ObjectiveTests {
    private func sentence(
        _ last: some Layer, _ loss: LossFunction, fromLogits: Bool = false, input: Shape = [4]
    ) -> String? {
        do {
            _ = try Objective(try Model(input: input) { last }, loss: loss, fromLogits: fromLogits)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func sentences() {
        #expect(
            sentence(Dense(3, activation: .relu), .categoricalCrossEntropy)
                == "a cross-entropy needs probabilities, but the last layer 'dense' does not end with softmax; "
                + "give it \"activation\": \"softmax\", or set \"from_logits\": true in the loss")
        #expect(
            sentence(Dense(3, activation: .softmax), .binaryCrossEntropy)
                == "a cross-entropy needs probabilities, but the last layer 'dense' does not end with sigmoid; "
                + "give it \"activation\": \"sigmoid\", or set \"from_logits\": true in the loss")
        #expect(
            sentence(Dense(1, activation: .softmax), .sparseCategoricalCrossEntropy)
                == "a categorical cross-entropy needs two classes or more, but the last layer 'dense' gives 1; "
                + "use binary_crossentropy with a sigmoid")
        #expect(
            sentence(Dense(3, activation: .softmax), .sparseCategoricalCrossEntropy, fromLogits: true)
                == "from_logits does not fit the last layer 'dense', which already ends with softmax; "
                + "leave one of them out")
        #expect(
            sentence(Dense(3), .meanSquaredError(factor: 1), fromLogits: true)
                == "from_logits belongs to the cross-entropies; leave it out")
        #expect(sentence(Dense(1), .huber(delta: 1)) == nil)
    }

    static let cases: [(layer: any Layer, loss: LossFunction, fromLogits: Bool, target: Shape)] = [
        (Dense(3, activation: .softmax), .sparseCategoricalCrossEntropy, false, .scalar),
        (Dense(3, activation: .softmax), .categoricalCrossEntropy, false, [3]),
        (Dense(3), .sparseCategoricalCrossEntropy, true, .scalar),
        (Dense(3), .categoricalCrossEntropy, true, [3]),
        (ActivationLayer(.softmax), .sparseCategoricalCrossEntropy, false, .scalar),
        (Dense(1, activation: .sigmoid), .binaryCrossEntropy, false, [1]),
        (Dense(2), .binaryCrossEntropy, true, [2]),
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
        let objective = try Objective(model, loss: test.loss, fromLogits: test.fromLogits)
        #expect(objective.targetShape == test.target)
        #expect(objective.predictsLogits == test.fromLogits)
        #expect(objective.layerNodes.map(\.name) == model.steps.map(\.name))
        var random = SeededRandom(index)
        let inputs = random.floats(samples * 4)
        let count = samples * test.target.count
        let targets =
            switch test.loss {
            case .sparseCategoricalCrossEntropy: random.labels(count, below: objective.outputShape.last)
            case .categoricalCrossEntropy: random.distributions(rows: samples, width: objective.outputShape.last)
            case .binaryCrossEntropy: random.labels(count, below: 2)
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
                arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters.floats,
                gradients: program.isDifferentiable ? gradients.floats : nil)
            let x = replica.value(of: objective.input, samples: samples)
            for place in x.indices { x[place] = inputs[place] }
            let hasLoss = !isInference
            if hasLoss {
                let t = replica.value(of: objective.target, samples: samples)
                for place in t.indices { t[place] = targets[place] }
            }
            replica.forward(samples: samples, Pass(isTraining: false))
            if program.isDifferentiable { replica.backward(samples: samples, scale: 1, Pass(isTraining: false)) }
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
        let reference = ReferenceNetwork(graph, samples: samples, pass: Pass())
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
}
