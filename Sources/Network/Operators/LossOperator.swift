public import Kernels

/// The loss of each sample.
///
/// Inputs: prediction and target; for a cross-entropy from logits the logits, their probabilities and the target.
/// The gradient goes to the first input alone.
public struct LossOperator: Operator {
    public let function: LossFunction
    public let fromLogits: Bool
    /// The label that a sparse categorical cross-entropy passes over.
    public let ignoredLabel: Int?

    public init(_ function: LossFunction, fromLogits: Bool = false, ignoring label: Int? = nil) {
        self.function = function
        self.fromLogits = fromLogits && function.isCrossEntropy
        ignoredLabel = function == .sparseCategoricalCrossEntropy ? label : nil
    }

    public var name: String { "loss" }
    public func isDifferentiable(input: Int) -> Bool { input == 0 }

    /// The shape that a target must have for a prediction of the given shape.
    public func targetShape(for prediction: Shape) -> Shape {
        function == .sparseCategoricalCrossEntropy ? Shape(prediction.dimensions.dropLast()) : prediction
    }

    public func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (prediction, target) = (inputs[0], inputs[inputs.count - 1])
        guard inputs.count == (fromLogits ? 3 : 2) else {
            throw GraphError("loss: takes \(fromLogits ? "logits, probabilities" : "a prediction") and a target")
        }
        if function.isRowwise, prediction.shape.rank == 0 {
            throw GraphError("loss: a categorical cross-entropy needs a dimension of classes, not single numbers")
        }
        guard target.isBatched, prediction.isBatched else {
            throw GraphError("loss: takes a prediction and a target for each sample, not tensors that all share")
        }
        guard target.shape.count == targetShape(for: prediction.shape).count else {
            throw GraphError(
                "loss: predictions of \(prediction.shape) need targets of \(targetShape(for: prediction.shape)), "
                    + "not of \(target.shape)")
        }
        return .batched(.scalar)
    }

    public func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let shape = request.inputs[0].shape
        return LossKernel(
            function, fromLogits: fromLogits, samples: request.samples, rows: shape.count / shape.last,
            width: shape.last, ignoring: ignoredLabel)
    }

    public func operations(inputs: [TensorType], output: TensorType) -> Int { 4 * inputs[0].shape.count }
}
