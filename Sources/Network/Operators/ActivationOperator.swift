import Kernels

/// An activation function, element by element, or row by row for softmax.
package struct ActivationOperator: Operator {
    package let activation: Activation
    package init(_ activation: Activation) { self.activation = activation }

    package var name: String { "\(activation)" }
    package var pureActivation: Activation? { activation }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        if activation == .softmax, inputs[0].shape.rank == 0 {
            throw GraphError("softmax: needs a dimension of classes, but was given single numbers")
        }
        return inputs[0]
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        try ActivationKernel(
            request.context, activation, rows: request.output.rows(samples: request.samples),
            width: request.output.shape.last, gradient: request.gradients[0])
    }

    package func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> OperatorTransfer {
        activation == .linear ? .view : .computed
    }

    package var backwardReads: (inputs: Bool, output: Bool) {
        let readsValue = activation == .softmax || activation.derivativeFollowsFromValue
        return (!readsValue, readsValue)
    }
    package func operations(inputs: [TensorType], output: TensorType) -> Int { 4 * output.shape.count }
}
