public import Kernels

/// A computation graph of operators (nodes) and tensors (edges). It is built once, then compiled into a `Program`.
///
/// ```swift
/// let graph = Graph()
/// let w = graph.parameter(2.0, name: "w")
/// let x = graph.constant(3.0)
/// let loss = (w * x - 10) ** 2
/// print(try loss.gradients()[w])  // [-24.0]
/// ```
///
/// Expressions need no `try`: the first mistake, such as shapes that do not fit, is kept in the graph and thrown when
/// it is compiled, for example by `gradients()`.
public final class Graph {
    package struct Node: Sendable {
        package enum Kind: Sendable {
            /// Given anew for each batch: inputs and targets.
            case input
            case parameter(Parameter)
            case constant([Float])
            case operation(any Operator, inputs: [Int])
        }
        package var kind: Kind
        package var type: TensorType
        /// What the node is called in messages: a layer's name, `dense/kernel`.
        package var name: String
        /// The layer of a model to which it belongs; nil where a graph is built otherwise, as for inputs and the loss.
        package var layer: LayerReference?
    }

    /// What is said of all that is added to a graph while a layer adds its nodes.
    struct Scope {
        var layer: LayerReference?
        /// Whether parameters that would be trained are frozen.
        var isFrozen = false
    }

    package private(set) var nodes: [Node] = []
    package private(set) var firstError: GraphError?
    var scope = Scope()

    public init() {}

    /// A tensor that is given for each sample of a batch.
    /// - Parameter element: integers for tokens and labels.
    package func input(_ shape: Shape, name: String = "input", element: ElementType = .float32) -> Variable {
        if let error = tooLarge(shape, name) { fail(error) }
        return append(Node(kind: .input, type: .batched(shape, element), name: name))
    }

    /// Adds a parameter of the network. The initializer fills it before training, from the run's seed.
    /// - Parameters:
    ///   - role: how training changes it. In a frozen layer `trained` becomes `frozen`.
    ///   - kind: what it is for. Weight decay can be excluded by kind.
    public func parameter(
        _ shape: Shape, _ initializer: Initializer, name: String, role: ParameterRole = .trained,
        kind: ParameterKind = .kernel
    ) -> Variable {
        if let error = tooLarge(shape, name) { fail(error) }
        if case .values(let values) = initializer, values.count != shape.count {
            fail(
                GraphError(
                    "\(name): a parameter of shape \(shape) takes \(shape.count) values, but its initializer has "
                        + "\(values.count)"))
        }
        let role = role == .trained && scope.isFrozen ? .frozen : role
        let parameter = Parameter(initializer: initializer, role: role, kind: kind)
        return append(Node(kind: .parameter(parameter), type: .single(shape), name: name))
    }

    /// A trained scalar that starts at `value`.
    public func parameter(_ value: Float, name: String) -> Variable {
        parameter(.scalar, .constant(value), name: name)
    }

    public func constant(_ value: Float) -> Variable { constant([value], .scalar) }

    /// A constant tensor, which is not trained. The values are row-major.
    public func constant(_ values: [Float], _ shape: Shape) -> Variable {
        if values.count != shape.count {
            fail(GraphError("a constant of shape \(shape) takes \(shape.count) values, not \(values.count)"))
            return append(Node(kind: .constant([0]), type: .single(.scalar), name: "constant"))
        }
        return append(Node(kind: .constant(values), type: .single(shape), name: "constant"))
    }

    /// Adds an operator.
    /// - Parameter name: what messages call the node; the operator's name unless given.
    /// - Returns: the operator's result.
    /// - Throws: `GraphError` where the inputs do not fit, belong to another graph, or would give too large a tensor.
    public func apply(
        _ operation: any Operator, to inputs: [Variable], name: String? = nil
    ) throws(GraphError) -> Variable {
        for input in inputs where input.graph !== self {
            throw GraphError("\(operation.name) takes variables of one graph, but '\(input.name)' is of another")
        }
        let type = try operation.checkedOutput(of: inputs.map(\.type))
        if let error = tooLarge(type.shape, name ?? operation.name) { throw error }
        return append(
            Node(
                kind: .operation(operation, inputs: inputs.map(\.index)), type: type, name: name ?? operation.name))
    }

    /// The result of an operator, or a stand-in where the inputs do not fit; see `firstError`.
    func expression(_ operation: any Operator, _ inputs: Variable...) -> Variable {
        do {
            return try apply(operation, to: inputs)
        } catch {
            fail(error)
            return append(Node(kind: .constant([0]), type: .single(.scalar), name: operation.name))
        }
    }

    /// A size beyond this is a slip of the pen, and products of sizes below it do not overflow.
    private static let largestTensor = Int(Int32.max)

    private func tooLarge(_ shape: Shape, _ name: String) -> GraphError? {
        guard shape.count > Self.largestTensor else { return nil }
        return GraphError(
            "\(name): a tensor of \(shape) has more than the \(Self.largestTensor) elements that are possible")
    }

    private func fail(_ error: GraphError) { firstError = firstError ?? error }

    private func append(_ node: Node) -> Variable {
        var node = node
        node.layer = scope.layer
        nodes.append(node)
        return Variable(graph: self, index: nodes.count - 1)
    }
}

/// A layer of a model: its place among the layers, and its name.
package struct LayerReference: Hashable, Sendable {
    package let index: Int
    package let name: String
}

extension [Graph.Node] {
    /// The nodes of each of so many layers.
    func indices(ofLayers count: Int) -> [[Int]] {
        var result = [[Int]](repeating: [], count: count)
        for (index, node) in enumerated() {
            if let layer = node.layer { result[layer.index].append(index) }
        }
        return result
    }
}

/// A tensor in a graph: the result of one of its nodes. Expressions are made of variables.
public struct Variable {
    public let graph: Graph
    package let index: Int

    public var type: TensorType { graph.nodes[index].type }
    public var name: String { graph.nodes[index].name }
}
