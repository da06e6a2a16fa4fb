public import Kernels

/// a ∘ b for + - × ÷, element by element; the shorter operand is repeated.
public struct BinaryOperator: Operator {
    public let operation: BinaryKernel.Operation
    public init(_ operation: BinaryKernel.Operation) { self.operation = operation }

    public var name: String { "\(operation)" }

    public func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        let (a, b) = (inputs[0], inputs[1])
        if a == b || b.repeats(into: a) { return a }
        if a.repeats(into: b) { return b }
        throw GraphError("\(name): the shapes \(a) and \(b) do not fit: they must be equal, or one end with the other")
    }

    public func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        BinaryKernel(
            operation,
            counts: (
                request.inputs[0].count(samples: request.samples), request.inputs[1].count(samples: request.samples)
            ))
    }

    public func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> Transfer {
        operation == .add && inputs[0] == inputs[1] ? .gradientUnchanged : .computed
    }

    public var backwardReads: (inputs: Bool, output: Bool) {
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
public struct UnaryOperator: Operator {
    public let function: UnaryKernel.Function
    public init(_ function: UnaryKernel.Function) { self.function = function }

    public var name: String { "\(function)" }
    public func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }
    public var backwardReads: (inputs: Bool, output: Bool) { (true, true) }

    public func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        UnaryKernel(function, count: request.output.count(samples: request.samples))
    }
}

/// The sum or the mean of a sample's elements.
public struct SumOperator: Operator {
    public let isMean: Bool
    public init(isMean: Bool) { self.isMean = isMean }

    public var name: String { isMean ? "mean" : "sum" }
    public var backwardReads: (inputs: Bool, output: Bool) { (false, false) }

    public func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        TensorType(.scalar, isBatched: inputs[0].isBatched)
    }

    public func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let width = request.inputs[0].shape.count
        return SumKernel(
            rows: request.output.count(samples: request.samples), width: width, factor: isMean ? 1 / Float(width) : 1)
    }
}
