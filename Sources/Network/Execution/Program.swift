import Kernels

/// A graph made ready to run: the nodes that the results need, in order, with activations fused, and the walk
/// backwards through them.
///
/// Reverse-mode differentiation: beginning at the loss, each node's gradient is the sum of what its consumers say
/// (the chain rule), and each operator turns its result's gradient into its inputs'. Where a node has one
/// consumer, that consumer writes the gradient in place; where several, each writes its own and a fixed-order sum
/// follows. A program says what is computed; a `Replica` does it.
public struct Program: Sendable {
    /// The graph's nodes, with fused operators in place of their parts.
    public let nodes: [Graph.Node]
    /// The nodes that are computed, in an order in which inputs come first.
    let order: [Int]
    public let layout: ParameterLayout
    /// The node whose values, one a sample, are summed into the loss; nil for inference.
    public let loss: Int?
    /// The nodes whose values stand until the end of a run.
    let results: Set<Int>
    let backward: Backward

    public var isDifferentiable: Bool { loss != nil }
    /// The nodes that are run, inputs and parameters included, in order.
    public var computed: [Int] { order }

    /// The floating-point operations that one sample needs of a node: forward, and backward for those gradients that
    /// are wanted; the first layer's input, for example, needs none. A multiply-add counts as two.
    public func operationsPerSample(of node: Int) -> (forward: Int, backward: Int) {
        guard case .operation(let operation, let inputs) = nodes[node].kind else { return (0, 0) }
        let forward = operation.operations(inputs: inputs.map { nodes[$0].type }, output: nodes[node].type)
        // A product has two factors, each of whose gradients costs what the product does; the rest is cheap.
        let gradients = backward.inputGradients[node]?.prefix(2).count { $0 != nil } ?? 0
        return (forward, forward * gradients)
    }

    /// The same for the whole program.
    public var operationsPerSample: Int {
        order.reduce(0) { sum, node in
            let (forward, backward) = operationsPerSample(of: node)
            return sum + forward + backward
        }
    }

    /// What happens in the backward pass.
    struct Backward: Sendable {
        /// Buffers for gradients in a replica's arena, by the type of what they hold.
        var buffers: [TensorType] = []
        /// For each node where its gradient stands.
        var gradient: [Int: Place] = [:]
        /// Where the gradient of the loss with respect to itself is put to begin with; nil where it depends on no
        /// parameter.
        var seed: Place?
        /// For each node and input where the node writes the input's gradient.
        var inputGradients: [Int: [Place?]] = [:]
        var steps: [Step] = []

        enum Place: Hashable, Sendable {
            case buffer(Int)
            /// A parameter's place in the gradient buffer, by its node.
            case parameter(Int)
        }

        enum Step: Sendable {
            /// The kernel of a node turns the gradient of its result into those of its inputs.
            case kernel(Int)
            /// The gradient of a node is the sum of several.
            case sum(Place, of: [Place], TensorType)
        }
    }

    /// - Parameters:
    ///   - results: the variables whose values can be read after a run.
    ///   - loss: the variable to be differentiated; its elements, one a sample, are added up.
    ///   - differentiatesConstants: constants have gradients too, as if they were parameters.
    /// - Throws: `GraphError`, the first mistake that was made in building the graph included.
    public init(
        results: [Variable], loss: Variable? = nil, differentiatesConstants: Bool = false
    ) throws(GraphError) {
        let wanted = results + (loss.map { [$0] } ?? [])
        guard let graph = wanted.first?.graph else { throw GraphError("a program needs a result or a loss") }
        if let error = graph.firstError { throw error }
        if let loss, loss.type.shape.count != 1 {
            throw GraphError("a loss is one number for each sample, but '\(loss.name)' is \(loss.type); use mean()")
        }
        self.results = Set(wanted.map(\.index))
        self.loss = loss?.index
        (nodes, order) = Self.fused(graph.nodes, wanted: self.results)

        // All parameters have a place, used or not, so that programs of one graph share one buffer.
        var layout = ParameterLayout()
        for (index, node) in graph.nodes.enumerated() {
            if case .parameter(let initializer) = node.kind {
                layout.append(node.name, node.type.shape, initializer, node: index)
            }
        }
        self.layout = layout
        guard let loss else {
            backward = Backward()
            return
        }
        backward = Self.differentiated(nodes, order, loss: loss.index, constants: differentiatesConstants)
    }

    /// Drops what the results do not need, puts relu behind a max pooling that follows it, and joins an activation with
    /// the operator before it where that can compute both in one go and nobody else wants the value in between.
    private static func fused(_ nodes: [Graph.Node], wanted: Set<Int>) -> ([Graph.Node], [Int]) {
        var nodes = nodes
        func needed() -> [Int] {
            var isNeeded = Array(repeating: false, count: nodes.count)
            for index in wanted { isNeeded[index] = true }
            for index in nodes.indices.reversed() where isNeeded[index] {
                if case .operation(_, let inputs) = nodes[index].kind { for input in inputs { isNeeded[input] = true } }
            }
            return nodes.indices.filter { isNeeded[$0] }
        }
        var consumers = Array(repeating: 0, count: nodes.count)
        for index in needed() {
            if case .operation(_, let inputs) = nodes[index].kind { for input in inputs { consumers[input] += 1 } }
        }
        // The largest of relu(x) is relu of the largest x. Behind the pooling it has a fraction of the elements, and
        // what stands before the pooling need not be kept for the backward pass.
        for index in needed() {
            guard case .operation(let operation, let inputs) = nodes[index].kind,
                let pooling = operation as? Pooling2DOperator, pooling.reduction == .max,
                consumers[inputs[0]] == 1, !wanted.contains(inputs[0]),
                case .operation(let before, let sources) = nodes[inputs[0]].kind,
                let activate = before as? ActivationOperator, activate.activation.commutesWithMaximum
            else { continue }
            let (pooled, activated) = (nodes[index], nodes[inputs[0]])
            nodes[inputs[0]] = Graph.Node(
                kind: .operation(pooling, inputs: sources), type: pooled.type, name: pooled.name)
            nodes[index] = Graph.Node(
                kind: .operation(activate, inputs: inputs), type: pooled.type, name: activated.name)
        }
        for index in needed() {
            guard case .operation(let operation, let inputs) = nodes[index].kind,
                let activate = operation as? ActivationOperator, activate.activation.derivativeFollowsFromValue,
                activate.activation != .linear, consumers[inputs[0]] == 1, !wanted.contains(inputs[0]),
                case .operation(let producer, let sources) = nodes[inputs[0]].kind,
                let joined = producer.fusing(activate.activation)
            else { continue }
            nodes[index].kind = .operation(joined, inputs: sources)
        }
        return (nodes, needed())
    }

    private static func differentiated(
        _ nodes: [Graph.Node], _ order: [Int], loss: Int, constants: Bool
    ) -> Backward {
        // Which nodes depend on a parameter, so that a gradient is wanted at all.
        var depends = Array(repeating: false, count: nodes.count)
        for index in order {
            switch nodes[index].kind {
            case .parameter: depends[index] = true
            case .operation(let operation, let inputs):
                depends[index] = inputs.enumerated().contains { operation.isDifferentiable(input: $0) && depends[$1] }
            case .constant: depends[index] = constants
            case .input: break
            }
        }

        var consumers = Array(repeating: 0, count: nodes.count)
        for index in order {
            if case .operation(_, let inputs) = nodes[index].kind { for input in inputs { consumers[input] += 1 } }
        }

        var result = Backward()
        /// What consumers have written for a node; `isOwn` tells that it is nobody else's gradient.
        var received: [Int: [(place: Backward.Place, isOwn: Bool)]] = [:]
        func newBuffer(_ type: TensorType) -> Backward.Place {
            result.buffers.append(type)
            return .buffer(result.buffers.count - 1)
        }
        if depends[loss] {
            let seed = newBuffer(nodes[loss].type)
            result.seed = seed
            received[loss] = [(seed, true)]
        }

        for index in order.reversed() where depends[index] {
            guard let parts = received[index], let only = parts.first else { continue }
            let node = nodes[index]
            var gradient = only
            if case .parameter = node.kind {
                gradient = (.parameter(index), true)
                // A single kernel writes straight into the parameter's place (see `place` below).
                if parts.count > 1 || only.place != gradient.place {
                    result.steps.append(.sum(gradient.place, of: parts.map(\.place), node.type))
                }
            } else if parts.count > 1 {
                gradient = parts.first { $0.isOwn } ?? (newBuffer(node.type), true)
                let others = parts.map(\.place).filter { $0 != gradient.place }
                let whole = parts.contains { $0.place == gradient.place } ? [gradient.place] + others : others
                result.steps.append(.sum(gradient.place, of: whole, node.type))
            }
            result.gradient[index] = gradient.place

            guard case .operation(let operation, let inputs) = node.kind else { continue }
            let types = inputs.map { nodes[$0].type }
            let transfer = operation.transfer(of: types, isDifferentiable: true)
            let wanted = inputs.enumerated().map { operation.isDifferentiable(input: $0) && depends[$1] }
            var places: [Backward.Place?] = []
            for (position, input) in inputs.enumerated() {
                guard wanted[position] else {
                    places.append(nil)
                    continue
                }
                let part: (place: Backward.Place, isOwn: Bool)
                switch transfer {
                // The buffer is this node's gradient too, so nothing may be added to it.
                case .view, .gradientUnchanged: part = (gradient.place, false)
                case .computed:
                    if case .parameter = nodes[input].kind, consumers[input] == 1 {
                        part = (.parameter(input), true)
                    } else {
                        part = (newBuffer(nodes[input].type), true)
                    }
                }
                places.append(part.place)
                received[input, default: []].append(part)
            }
            result.inputGradients[index] = places
            if case .computed = transfer { result.steps.append(.kernel(index)) }
        }
        return result
    }
}
