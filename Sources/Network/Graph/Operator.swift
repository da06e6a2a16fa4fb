public import Kernels

/// One kind of node: what it makes of its inputs, and the kernel that does so.
///
/// An operator is described once, in the graph; a kernel is made of it for each replica. It knows only its own
/// local derivative: `Program.Backward` applies the chain rule. Rewrites and tiling ask it through this protocol, and know
/// no operator by type.
public protocol Operator: Sendable {
    /// A word for messages and tables, such as `dense`.
    var name: String { get }

    /// Whether an input may have elements of a type: floats alone, unless an operator says otherwise.
    func accepts(_ element: ElementType, input: Int) -> Bool

    /// The type of the result, for inputs with elements that it accepts.
    /// - Throws: `GraphError` where the inputs do not fit.
    func output(of inputs: [TensorType]) throws(GraphError) -> TensorType

    /// Makes the kernel for the requested number of samples. Not called for views.
    func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel

    /// How values and gradients pass, for inputs of these types.
    func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> Transfer

    /// Which values the backward pass reads, and so have to be kept until then.
    var backwardReads: (inputs: Bool, output: Bool) { get }

    /// Whether a gradient exists with respect to an input; targets, for example, have none. Integers have none in any case.
    func isDifferentiable(input: Int) -> Bool

    /// How the samples of a mini-batch depend on each other in training; nil, unless an operator says otherwise. Its kernel
    /// is then a `CoupledKernel` where gradients are wanted. Evaluation has an ordinary one, which reads state parameters.
    func coupling(of inputs: [TensorType]) -> SampleCoupling?

    /// The floating-point operations of a forward pass, for one sample; a multiply-add counts as two.
    func operations(inputs: [TensorType], output: TensorType) -> Int

    /// The activation function that is all this operator computes; nil for every other operator.
    var pureActivation: Activation? { get }

    /// The same operator with an activation computed on its result, if it can do that in one go.
    func fusing(_ activation: Activation) -> (any Operator)?

    /// Whether f(g(x)) = g(f(x)) to the bit, with g this operator and f the activation, and f costs less behind g.
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

    public func transfer(of inputs: [TensorType], isDifferentiable: Bool) -> Transfer { .computed }
    public var backwardReads: (inputs: Bool, output: Bool) { (true, false) }
    public func isDifferentiable(input: Int) -> Bool { true }
    public func coupling(of inputs: [TensorType]) -> SampleCoupling? { nil }
    public func operations(inputs: [TensorType], output: TensorType) -> Int { output.shape.count }
    public var pureActivation: Activation? { nil }
    public func fusing(_ activation: Activation) -> (any Operator)? { nil }
    public func commutes(with activation: Activation) -> Bool { false }
}

/// How an operator's result relates to its inputs in memory.
public enum Transfer: Sendable {
    /// The result is computed into a buffer of its own, and so are the gradients.
    case computed
    /// The result is computed; the gradient of each input is that of the result, unchanged.
    case gradientUnchanged
    /// The result is the one input under another shape: nothing is computed in either direction.
    case view
}

/// The sums over a mini-batch that an operator needs before it can compute anything for a single sample; see
/// `CoupledKernel`.
public struct SampleCoupling: Sendable, Hashable {
    /// For each round of the forward pass the number of its sums.
    public var forward: [Int]
    /// The same for the backward pass.
    public var backward: [Int]

    public init(forward: [Int], backward: [Int]) {
        self.forward = forward
        self.backward = backward
    }
}

/// What a kernel is asked for.
public struct KernelRequest {
    package let context: KernelContext
    public let samples: Int
    public let inputs: [TensorType]
    public let output: TensorType
    /// For each input whether its gradient is wanted.
    public let gradients: [Bool]
    /// The node's number in its graph: tells random streams apart.
    public let node: Int
}

/// Why a graph can't be built, as a sentence.
public struct GraphError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
