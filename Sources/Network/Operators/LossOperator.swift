import Kernels

/// The loss of each sample.
///
/// Inputs: prediction and target; for a loss that takes an activation as its own the logits, their probabilities and the
/// target. The gradient goes to the first input alone.
package struct LossOperator: Operator {
    package let loss: any Loss
    package let takesLogits: Bool

    /// - Parameter takesLogits: whether there are logits before the prediction; only for a loss that has an `activation`.
    package init(_ loss: any Loss, takesLogits: Bool = false) {
        self.loss = loss
        self.takesLogits = takesLogits && loss.activation != nil
    }

    package var name: String { "loss" }
    package func isDifferentiable(input: Int) -> Bool { input == 0 }

    /// Which of the types the target has is the loss's to say.
    package func accepts(_ element: ElementType, input: Int) -> Bool {
        element == .float32 || input == (takesLogits ? 2 : 1)
    }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (prediction, target) = (inputs[0], inputs[inputs.count - 1])
        guard inputs.count == (takesLogits ? 3 : 2) else {
            throw GraphError("loss: takes \(takesLogits ? "logits, probabilities" : "a prediction") and a target")
        }
        if loss.targetForm(for: prediction.shape).classes != nil, prediction.shape.rank == 0 {
            throw GraphError("loss: a categorical cross-entropy needs a dimension of classes, not single numbers")
        }
        guard target.isBatched, prediction.isBatched else {
            throw GraphError("loss: takes a prediction and a target for each sample, not tensors that all share")
        }
        let expected = loss.targetShape(for: prediction.shape)
        guard target.shape.count == expected.count else {
            throw GraphError(
                "loss: predictions of \(prediction.shape) need targets of \(expected), not of \(target.shape)")
        }
        let form = loss.targetForm(for: prediction.shape)
        guard target.element == form.element else {
            throw GraphError("loss: \(loss.typeName) takes targets of \(form.element), not of \(target.element)")
        }
        return .batched(.scalar)
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let shape = request.inputs[0].shape
        return try loss.makeKernel(
            LossKernel.Request(
                samples: request.samples, rows: shape.count / shape.last, width: shape.last, takesLogits: takesLogits))
    }

    package func operations(inputs: [TensorType], output: TensorType) -> Int { 4 * inputs[0].shape.count }
}
