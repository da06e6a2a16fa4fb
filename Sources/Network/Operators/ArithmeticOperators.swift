import Kernels

/// a ∘ b for + - × ÷, element by element; the shorter operand is repeated.
package struct BinaryOperator: Operator {
    package let operation: BinaryKernel.Operation
    package init(_ operation: BinaryKernel.Operation) { self.operation = operation }

    package var name: String { "\(operation)" }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (a, b) = (inputs[0], inputs[1])
        if a == b || b.repeats(into: a) { return a }
        if a.repeats(into: b) { return b }
        throw GraphError("\(name): the shapes \(a) and \(b) do not fit: they must be equal, or one end with the other")
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        BinaryKernel(
            operation,
            counts: (
                request.inputs[0].count(samples: request.samples), request.inputs[1].count(samples: request.samples)
            ))
    }

    package func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> OperatorTransfer {
        operation == .add && inputs[0] == inputs[1] ? .gradientUnchanged : .computed
    }

    package var backwardReads: (inputs: Bool, output: Bool) {
        (operation == .multiply || operation == .divide, false)
    }
}

extension TensorType {
    /// Whether the longer type ends with this one, so that repeating this tensor gives one of the longer type.
    func repeats(into longer: TensorType) -> Bool {
        if isBatched { return longer.isBatched && shape == longer.shape }
        return longer.shape.dimensions.suffix(shape.rank) == shape.dimensions[...] || shape.count == 1
    }
}

/// A function of arithmetic, element by element.
package struct UnaryOperator: Operator {
    package let function: UnaryKernel.Function
    package init(_ function: UnaryKernel.Function) { self.function = function }

    package var name: String { "\(function)" }
    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }
    package var backwardReads: (inputs: Bool, output: Bool) { (true, true) }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        UnaryKernel(function, count: request.output.count(samples: request.samples))
    }
}

/// The sum or the mean of a sample's elements.
package struct SumOperator: Operator {
    package let isMean: Bool
    package init(isMean: Bool) { self.isMean = isMean }

    package var name: String { isMean ? "mean" : "sum" }
    package var backwardReads: (inputs: Bool, output: Bool) { (false, false) }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        TensorType(.scalar, isBatched: inputs[0].isBatched)
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let width = request.inputs[0].shape.count
        return SumKernel(
            rows: request.output.count(samples: request.samples), width: width, factor: isMean ? 1 / Float(width) : 1)
    }
}
