import Kernels

/// f(x·W + b) over the last dimension.
///
/// Inputs: x (…, inputs), W (inputs, outputs) and, if it has one, b (outputs). Result: (…, outputs).
package struct DenseOperator: Operator {
    package var activation: Activation
    package init(activation: Activation = .linear) { self.activation = activation }

    package var name: String { "dense" }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (x, weights) = (inputs[0], inputs[1])
        guard x.shape.rank > 0, weights.shape.rank == 2, !weights.isBatched, x.shape.last == weights.shape[0] else {
            throw GraphError(
                "dense: rows of \(x.shape) can't be multiplied by a matrix of \(weights.shape): "
                    + "the last dimension must be the matrix's first")
        }
        if inputs.count > 2, inputs[2] != .single([weights.shape[1]]) {
            throw GraphError("dense: the bias must have shape \(weights.shape[1]), but has \(inputs[2].shape)")
        }
        return TensorType(Shape(x.shape.dimensions.dropLast() + [weights.shape[1]]), isBatched: x.isBatched)
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let weights = request.inputs[1].shape
        return try DenseKernel(
            request.context, rows: request.output.rows(samples: request.samples), inputs: weights[0],
            outputs: weights[1], hasBias: request.inputs.count > 2, activation: activation,
            gradients: (request.gradients[0], request.gradients[1]))
    }

    package var backwardReads: (inputs: Bool, output: Bool) { (true, activation != .linear) }

    package func operations(inputs: [TensorType], output: TensorType) -> Int {
        2 * inputs[1].shape[0] * output.shape.count
    }

    package func fusing(_ activation: Activation) -> (any Operator)? {
        self.activation == .linear ? DenseOperator(activation: activation) : nil
    }
}
