public import Kernels

/// One kind of node: the type of its result, and the kernel that computes it.
///
/// An operator stands in the graph once, and makes a kernel for each replica. It knows only its local derivative:
/// `Program.Backward` applies the chain rule. Rewrites and tiling use only this protocol, and know no operator's type.
public protocol Operator: Sendable {
    /// The operator's name in messages and tables, such as `dense`.
    var name: String { get }

    /// Whether an input may have elements of this type. Only float32, unless an operator says otherwise.
    func accepts(_ element: ElementType, input: Int) -> Bool

    /// The type of the result, for inputs whose element types it accepts.
    /// - Throws: `GraphError` where the inputs do not fit.
    func output(of inputs: [TensorType]) throws(GraphError) -> TensorType

    /// Makes the kernel for the requested number of samples. Not called for views.
    func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel

    /// How the result relates to the inputs in memory, for inputs of these types.
    /// - Parameter isDifferentiable: whether backward passes will be run.
    func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> OperatorTransfer

    /// Whether the backward pass reads the inputs, and whether it reads the result. What it reads is kept until then.
    var backwardReads: (inputs: Bool, output: Bool) { get }

    /// Whether a gradient exists with respect to an input. A target, for example, has none; integers never have one.
    func isDifferentiable(input: Int) -> Bool

    /// The sums over the mini-batch on which each sample's result depends in training, as in batch normalisation. Nil,
    /// the default, for an operator that computes each sample by itself.
    ///
    /// An operator with a coupling must make a `CoupledKernel` where gradients are wanted. In evaluation it makes an
    /// ordinary kernel, which reads the state parameters, such as running statistics.
    func coupling(of inputs: [TensorType]) -> SampleCoupling?

    /// The number of floating-point operations of a forward pass for one sample. A multiply-add counts as two.
    func operations(inputs: [TensorType], output: TensorType) -> Int

    /// The activation, where this operator computes an activation and nothing else; else nil.
    var pureActivation: Activation? { get }

    /// The same operator with the activation applied to its result in the same kernel; nil where it has no such kernel.
    func fusing(_ activation: Activation) -> (any Operator)?

    /// Whether an activation before this operator can be moved behind it: the result is the same to the bit, and the
    /// activation then costs less. True of ReLU and max pooling, for example.
    func commutes(with activation: Activation) -> Bool
}

extension Operator {
    public func accepts(_ element: ElementType, input: Int) -> Bool { element == .float32 }

    /// The type of the result.
    /// - Throws: `GraphError` where the inputs do not fit, or have elements that the operator does not accept.
    func checkedOutput(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        for (place, type) in inputs.enumerated() where !accepts(type.element, input: place) {
            let accepted = ElementType.allCases.filter { accepts($0, input: place) }.map(\.rawValue)
            throw GraphError(
                "\(name): takes a tensor of \(accepted.joined(separator: " or ")), but was given one of \(type.element)"
            )
        }
        return try output(of: inputs)
    }

    public func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> OperatorTransfer { .computed }
    public var backwardReads: (inputs: Bool, output: Bool) { (true, false) }
    public func isDifferentiable(input: Int) -> Bool { true }
    public func coupling(of inputs: [TensorType]) -> SampleCoupling? { nil }
    public func operations(inputs: [TensorType], output: TensorType) -> Int { output.shape.count }
    public var pureActivation: Activation? { nil }
    public func fusing(_ activation: Activation) -> (any Operator)? { nil }
    public func commutes(with activation: Activation) -> Bool { false }
}

/// How an operator's result relates to its inputs in memory.
public enum OperatorTransfer: Sendable {
    /// The result and the gradients are computed into buffers of their own.
    case computed
    /// The result is computed. The gradient of each input is that of the result, unchanged, as in a sum.
    case gradientUnchanged
    /// The result is the only input in another shape: nothing is computed in either direction.
    case view
}

/// The sums over a mini-batch that an operator needs before it can compute anything for a single sample; see
/// `CoupledKernel`.
public struct SampleCoupling: Sendable, Hashable {
    /// The number of sums in each round of the forward pass.
    public var forward: [Int]
    /// The number of sums in each round of the backward pass.
    public var backward: [Int]

    public init(forward: [Int], backward: [Int]) {
        self.forward = forward
        self.backward = backward
    }
}

/// What a kernel is made for: the types of its tensors, and the gradients that are wanted.
public struct KernelRequest {
    package let context: KernelContext
    public let samples: Int
    public let inputs: [TensorType]
    public let output: TensorType
    /// For each input, whether its gradient is wanted.
    public let gradients: [Bool]
    /// The node's index in its graph. Operators that draw random numbers use it to have a stream of their own.
    public let node: Int
}

/// Why a graph can't be built, as a sentence.
public struct GraphError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
