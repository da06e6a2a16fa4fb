import Kernels

/// A graph made ready to run: the nodes that the results need, in order, rewritten where that saves work (`Rewrite`),
/// and the steps of the backward pass (`Program.Backward`).
///
/// A program says what is computed; a `Replica` does it.
package struct Program: Sendable {
    /// The graph's nodes, with fused operators in place of their parts.
    package let nodes: [Graph.Node]
    /// The nodes that are computed, in an order in which inputs come first.
    let order: [Int]
    package let layout: ParameterLayout
    /// The nodes whose values, one a sample, are summed into the loss, each times a factor of its own; none for inference.
    package let losses: [Int]
    /// The nodes whose values stand until the end of a run.
    let results: Set<Int>
    let backward: Backward
    /// Where the samples of a mini-batch meet; empty without a loss, since evaluation couples nothing.
    package let coupling: Coupling

    /// Applied to every graph, in this order.
    private static let rewrites: [any Rewrite] = [ActivationBehindOperator(), ActivationIntoProducer()]

    package var isDifferentiable: Bool { !losses.isEmpty }
    /// The first layer that couples the samples of a mini-batch in training; nil where each sample stands for itself.
    package var couplingLayer: String? {
        coupling.nodes.first.map { nodes[$0].layer?.name ?? nodes[$0].name }
    }
    /// The nodes that are run, inputs and parameters included, in order.
    package var computed: [Int] { order }

    /// The floating-point operations that one sample needs of a node: forward, and backward for those gradients that
    /// are wanted; the first layer's input, for example, needs none. A multiply-add counts as two.
    package func operationsPerSample(of node: Int) -> (forward: Int, backward: Int) {
        guard case .operation(let operation, let inputs) = nodes[node].kind else { return (0, 0) }
        let forward = operation.operations(inputs: inputs.map { nodes[$0].type }, output: nodes[node].type)
        // A product has two factors, each of whose gradients costs what the product does; the rest is cheap.
        let gradients = backward.inputGradients[node]?.prefix(2).count { $0 != nil } ?? 0
        return (forward, forward * gradients)
    }

    /// The same for the whole program.
    package var operationsPerSample: Int {
        order.reduce(0) { sum, node in
            let (forward, backward) = operationsPerSample(of: node)
            return sum + forward + backward
        }
    }

    /// - Parameters:
    ///   - results: the variables whose values can be read after a run.
    ///   - loss: the variable to be differentiated; its elements, one a sample, are added up.
    ///   - losses: several such variables, whose sums are added up, each times the factor that the backward pass is given.
    ///   - differentiatesConstants: constants have gradients too, as if they were parameters.
    /// - Throws: `GraphError`, the first mistake that was made in building the graph included.
    package init(
        results: [Variable], loss: Variable? = nil, differentiatesConstants: Bool = false
    ) throws(GraphError) {
        try self.init(
            results: results, losses: loss.map { [$0] } ?? [], differentiatesConstants: differentiatesConstants)
    }

    package init(
        results: [Variable], losses: [Variable], differentiatesConstants: Bool = false
    ) throws(GraphError) {
        let wanted = results + losses
        guard let graph = wanted.first?.graph else { throw GraphError("a program needs a result or a loss") }
        if let error = graph.firstError { throw error }
        if let loss = losses.first(where: { $0.type.shape.count != 1 }) {
            throw GraphError("a loss is one number for each sample, but '\(loss.name)' is \(loss.type); use mean()")
        }
        if let loss = losses.first(where: { !$0.type.element.isDifferentiable }) {
            throw GraphError("a loss has a gradient, but '\(loss.name)' is \(loss.type), and only floats have one")
        }
        self.results = Set(wanted.map(\.index))
        self.losses = losses.map(\.index)
        var rewriting = RewritableGraph(graph.nodes, results: self.results)
        for rewrite in Self.rewrites { rewrite.apply(to: &rewriting) }
        nodes = rewriting.nodes
        let meetings =
            losses.isEmpty ? CouplingDepth(order: rewriting.needed) : CouplingDepth(nodes, rewriting.needed)
        order = meetings.order

        layout = ParameterLayout(graph.nodes)
        backward = Backward(nodes, meetings, losses: self.losses, constants: differentiatesConstants)
        coupling = losses.isEmpty ? Coupling() : try Coupling(nodes, meetings, layout, backward)
    }
}
