import Kernels

/// a ∘ b for + - × ÷, maximum and minimum, element by element. Dimensions of 1 are repeated; an operand with fewer dimensions
/// has ones in front.
package struct BinaryOperator: Operator {
    package let operation: BinaryKernel.Operation
    package init(_ operation: BinaryKernel.Operation) { self.operation = operation }

    package var name: String { "\(operation)" }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (a, b) = (inputs[0], inputs[1])
        guard let shape = a.shape.stretched(with: b.shape) else {
            throw GraphError("\(name): the shapes \(a) and \(b) do not fit: dimensions must be equal or 1")
        }
        return TensorType(shape, isBatched: a.isBatched || b.isBatched)
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let rank = request.output.shape.rank
        // The batch is a dimension like others, of 1 where an operand is the same for all samples.
        func dimensions(_ type: TensorType) -> [Int] {
            [type.isBatched ? request.samples : 1] + Array(repeating: 1, count: rank - type.shape.rank)
                + type.shape.dimensions
        }
        return BinaryKernel(
            operation, Stretching(dimensions(request.inputs[0]), dimensions(request.inputs[1])))
    }

    package func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> OperatorTransfer {
        operation == .add && inputs[0] == inputs[1] ? .gradientUnchanged : .computed
    }

    package var backwardReads: (inputs: Bool, output: Bool) {
        (operation != .add && operation != .subtract, false)
    }
}

extension Shape {
    /// The shape that both can be stretched to: the shorter has ones in front, and a dimension of 1 is repeated.
    /// - Returns: nil where they do not fit.
    func stretched(with other: Shape) -> Shape? {
        let rank = max(rank, other.rank)
        func padded(_ shape: Shape) -> [Int] { Array(repeating: 1, count: rank - shape.rank) + shape.dimensions }
        let pairs = zip(padded(self), padded(other))
        guard pairs.allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
        return Shape(pairs.map { $0 == 1 ? $1 : $0 })
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
