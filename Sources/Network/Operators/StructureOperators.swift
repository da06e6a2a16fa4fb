import Kernels

/// The same elements under another shape.
package struct ReshapeOperator: Operator {
    package let shape: Shape
    package init(_ shape: Shape) { self.shape = shape }

    package var name: String { "reshape" }
    package func accepts(_ element: ElementType, input: Int) -> Bool { true }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        guard inputs[0].shape.count == shape.count else {
            throw GraphError(
                "reshape: \(inputs[0].shape) has \(inputs[0].shape.count) elements and can't become \(shape), "
                    + "which has \(shape.count)")
        }
        return TensorType(shape, isBatched: inputs[0].isBatched, element: inputs[0].element)
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        throw .unsupported(operation: name, reason: "a view has no kernel")
    }

    package func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> OperatorTransfer { .view }
    package func operations(inputs: [TensorType], output: TensorType) -> Int { 0 }
}

/// Tensors side by side along one axis of a sample; all other dimensions must agree.
package struct ConcatenateOperator: Operator {
    package let axis: Int

    /// - Parameter axis: of a sample's shape, 0 for the first; negative ones count from the last, -1.
    package init(axis: Int = -1) { self.axis = axis }

    package var name: String { "concatenate" }
    package var backwardReads: (inputs: Bool, output: Bool) { (false, false) }
    package func operations(inputs: [TensorType], output: TensorType) -> Int { 0 }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let first = inputs[0]
        let axis = self.axis < 0 ? first.shape.rank + self.axis : self.axis
        guard axis >= 0, axis < first.shape.rank else {
            throw GraphError("concatenate: \(first.shape) has no axis \(self.axis)")
        }
        var shape = first.shape
        for other in inputs.dropFirst() {
            var expected = other.shape
            if expected.rank == shape.rank { expected.dimensions[axis] = first.shape[axis] }
            guard other.isBatched == first.isBatched else {
                throw GraphError("concatenate: takes tensors of each sample or tensors that all share, not both")
            }
            guard expected == first.shape else {
                throw GraphError(
                    "concatenate: \(first.shape) and \(other.shape) differ in more than axis \(self.axis)")
            }
            shape.dimensions[axis] += other.shape[axis]
        }
        return TensorType(shape, isBatched: first.isBatched)
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let rank = request.output.shape.rank
        let axis = self.axis < 0 ? rank + self.axis : self.axis
        let before = request.output.shape.dimensions[..<axis].reduce(1, *)
        return ConcatenateKernel(
            rows: before * (request.output.isBatched ? request.samples : 1),
            widths: request.inputs.map { $0.shape.dimensions[axis...].reduce(1, *) })
    }
}

/// Drops elements at random in training, and nothing otherwise.
package struct DropoutOperator: Operator {
    /// The share of elements that become 0; the others are scaled by 1 / (1 - rate).
    package let rate: Double
    package init(rate: Double) { self.rate = rate }

    package var name: String { "dropout" }
    package var backwardReads: (inputs: Bool, output: Bool) { (false, false) }
    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }

    package func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> OperatorTransfer {
        isDifferentiable && rate > 0 ? .computed : .view
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        DropoutKernel(
            samples: request.output.isBatched ? request.samples : 1, width: request.output.shape.count, rate: rate,
            layer: UInt32(truncatingIfNeeded: request.node))
    }
}
