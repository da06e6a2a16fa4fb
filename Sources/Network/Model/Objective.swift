public import Kernels

/// A model together with its loss: what training differentiates and what evaluation measures.
public struct Objective: Sendable {
    public let model: Model
    public let loss: any Loss

    /// What one sample's target looks like beside its prediction.
    public let targetForm: TargetForm
    /// The shape that one sample's target must have.
    public let targetShape: Shape
    /// The shape of one sample's prediction.
    public let outputShape: Shape

    /// The nodes to be filled and read.
    public let input: Int
    public let target: Int
    public let prediction: Int
    /// What the loss's activation is taken of; nil for losses without one. Where probabilities round to 0 or 1, these still tell
    /// which of two samples has the greater one.
    public let logits: Int?
    /// The number of nodes of each layer, for tables and messages: layer's name to its nodes.
    public let layerNodes: [(name: String, nodes: [Int])]

    /// Forward and backward: what a training step runs.
    public let training: Program
    /// Forward, with the loss: what evaluation runs.
    public let evaluation: Program
    /// Forward, without loss or target: what prediction runs.
    public let inference: Program
    /// The loss of each sample in `evaluation`.
    public let sampleLoss: Int

    /// - Throws: `ObjectiveError` where the loss does not fit the last layer; `ModelError`, `GraphError`.
    public init(_ model: Model, loss: any Loss) throws {
        let graph = Graph()
        let built = try model.build(in: graph)
        let output = built.output
        let last = model.steps[model.steps.count - 1].name

        // The last activation, if the loss takes it as its own.
        var logits: Variable?
        var probabilities: Variable?
        if let wanted = loss.activation {
            if case .operation(let final, let inputs) = graph.nodes[output.index].kind, final.pureActivation == wanted {
                (logits, probabilities) = (Variable(graph: graph, index: inputs[0]), output)
            }
            if loss.fromLogits {
                if logits != nil {
                    throw ObjectiveError(
                        "from_logits does not fit the last layer '\(last)', which already ends with \(wanted); "
                            + "leave one of them out")
                }
                logits = output
                probabilities = try graph.apply(ActivationOperator(wanted), to: [output], name: "\(wanted)")
            }
            guard logits != nil else {
                throw ObjectiveError(
                    "\(loss.typeName) needs probabilities, but the last layer '\(last)' does not end with \(wanted); "
                        + "give it \"activation\": \"\(wanted)\", or set \"from_logits\": true in the loss")
            }
        }
        if let problem = loss.problem(for: output.type.shape, layer: last) { throw ObjectiveError(problem) }
        targetForm = loss.targetForm(for: output.type.shape)
        targetShape = loss.targetShape(for: output.type.shape)
        let target = graph.input(targetShape, name: "target", element: targetForm.element)
        let operation = LossOperator(loss, takesLogits: logits != nil)
        let sources = if let logits, let probabilities { [logits, probabilities, target] } else { [output, target] }
        let lossValue = try graph.apply(operation, to: sources, name: "loss")

        self.model = model
        self.loss = loss
        outputShape = output.type.shape
        input = built.input.index
        self.target = target.index
        prediction = output.index
        self.logits = logits?.index
        sampleLoss = lossValue.index
        let nodes = graph.nodes(ofLayers: model.steps.count)
        layerNodes = zip(model.steps, nodes).map { ($0.name, $1) }
        let measured = [output, lossValue] + [logits].compactMap { $0 }
        training = try Program(results: measured, loss: lossValue)
        evaluation = try Program(results: measured)
        inference = try Program(results: [output])
    }

    public var layout: ParameterLayout { training.layout }

    /// The label that the loss passes over: its rows have neither loss nor gradient.
    public var ignoredLabel: Int? { loss.ignoredLabel }

    /// Whether the model's own result are logits, so that a probability of one half is a 0.
    public var predictsLogits: Bool { loss.activation != nil && loss.fromLogits }

    /// What the sum of a batch's sample losses is divided by; see `Loss.countedSamples`.
    /// - Parameter targets: as the replica takes them, samples × the elements of `targetShape`.
    public func countedSamples(targets: TensorPointer, samples: Int) -> Double {
        loss.countedSamples(targets: targets, samples: samples, labels: targetShape.count)
    }
}

/// A loss that does not fit its model, as a sentence.
public struct ObjectiveError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
