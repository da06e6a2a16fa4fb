public import Kernels

/// A model together with its loss: what training differentiates and what evaluation measures.
public struct Objective: Sendable {
    public let model: Model
    public let loss: LossFunction
    /// The label that a sparse categorical cross-entropy passes over: its rows have neither loss nor gradient.
    public let ignoredLabel: Int?

    /// The shape that one sample's target must have.
    public let targetShape: Shape
    /// The shape of one sample's prediction.
    public let outputShape: Shape
    /// Whether the model's own result are logits, so that a probability of one half is a 0.
    public let predictsLogits: Bool

    /// The nodes to be filled and read.
    public let input: Int
    public let target: Int
    public let prediction: Int
    /// Where a cross-entropy's logits are; nil for other losses. Where probabilities round to 0 or 1, these still tell
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

    /// - Parameters:
    ///   - fromLogits: the model's last layer gives logits for a cross-entropy, not probabilities.
    ///   - label: one that a sparse categorical cross-entropy passes over; it need not be one of the classes.
    /// - Throws: `ObjectiveError` where the loss does not fit the last layer; `ModelError`, `GraphError`.
    public init(_ model: Model, loss: LossFunction, fromLogits: Bool = false, ignoring label: Int? = nil) throws {
        if let label {
            guard loss == .sparseCategoricalCrossEntropy else {
                throw ObjectiveError("ignore_class belongs to sparse_categorical_crossentropy; leave it out")
            }
            guard Self.labels.contains(label) else {
                throw ObjectiveError(
                    "ignore_class must be from \(Self.labels.lowerBound) to \(Self.labels.upperBound), "
                        + "the whole numbers that single precision tells apart, but is \(label)")
            }
        }
        let graph = Graph()
        let built = try model.build(in: graph)
        let output = built.output
        let last = model.steps[model.steps.count - 1].name
        let operation = LossOperator(loss, fromLogits: true, ignoring: label)

        // The last activation, if it is one that the cross-entropy takes as its own.
        var logits: Variable?
        var probabilities: Variable?
        let wanted: Activation = loss == .binaryCrossEntropy ? .sigmoid : .softmax
        if case .operation(let final, let inputs) = graph.nodes[output.index].kind,
            final.pureActivation == wanted
        {
            (logits, probabilities) = (Variable(graph: graph, index: inputs[0]), output)
        }
        if loss.isCrossEntropy {
            if fromLogits {
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
                    "a cross-entropy needs probabilities, but the last layer '\(last)' does not end with \(wanted); "
                        + "give it \"activation\": \"\(wanted)\", or set \"from_logits\": true in the loss")
            }
            if loss.isRowwise, output.type.shape.rank == 0 || output.type.shape.last < 2 {
                throw ObjectiveError(
                    "a categorical cross-entropy needs two classes or more, but the last layer '\(last)' gives "
                        + "\(output.type.shape); use binary_crossentropy with a sigmoid")
            }
        } else if fromLogits {
            throw ObjectiveError("from_logits belongs to the cross-entropies; leave it out")
        }
        targetShape = operation.targetShape(for: output.type.shape)
        let target = graph.input(targetShape, name: "target")
        let lossValue: Variable
        if let logits, let probabilities, loss.isCrossEntropy {
            lossValue = try graph.apply(operation, to: [logits, probabilities, target], name: "loss")
        } else {
            lossValue = try graph.apply(LossOperator(loss), to: [output, target], name: "loss")
        }

        self.model = model
        self.loss = loss
        ignoredLabel = label
        outputShape = output.type.shape
        predictsLogits = loss.isCrossEntropy && fromLogits
        input = built.input.index
        self.target = target.index
        prediction = output.index
        self.logits = loss.isCrossEntropy ? logits?.index : nil
        sampleLoss = lossValue.index
        let nodes = graph.layerNodes
        layerNodes = model.steps.map { ($0.name, nodes[$0.name] ?? []) }
        let measured = [output, lossValue] + (loss.isCrossEntropy ? [logits].compactMap { $0 } : [])
        training = try Program(results: measured, loss: lossValue)
        evaluation = try Program(results: measured)
        inference = try Program(results: [output])
    }

    public var layout: ParameterLayout { training.layout }

    /// The labels that may be ignored: whole numbers that a float holds exactly.
    public static let labels = -(1 << 24)...(1 << 24)

    /// What the sum of a batch's sample losses is divided by: the samples, each counted by the share of its labels that
    /// are not ignored. The loss of a batch is thereby the mean over all of its labels that are not ignored, however
    /// they are spread over the samples, and so is its gradient, as in Keras and PyTorch. Where no label is ignored, all
    /// samples count, and the targets are not read.
    /// - Parameter targets: as the replica takes them, samples × the elements of `targetShape`.
    public func countedSamples(targets: UnsafePointer<Float>, samples: Int) -> Double {
        guard let ignoredLabel else { return Double(samples) }
        let ignored = Float(ignoredLabel)
        let labels = targetShape.count
        var count = 0
        for label in 0..<samples * labels where targets[label] != ignored { count += 1 }
        return Double(count) / Double(labels)
    }
}

/// A loss that does not fit its model, as a sentence.
public struct ObjectiveError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
