/// Joins an activation with the operator before it, where that computes both in one go and nobody else reads the value in
/// between: relu(dense(x)) becomes one operator.
struct ActivationIntoProducer: Rewrite {
    func apply(to graph: inout RewritableGraph) {
        let consumers = graph.consumers
        for index in graph.needed {
            // The value in between is not kept, so the derivative must follow from the result.
            guard case .operation(let operation, let inputs) = graph.nodes[index].kind,
                let activation = operation.pureActivation, activation != .linear,
                activation.derivativeFollowsFromValue, consumers[inputs[0]] == 1, !graph.results.contains(inputs[0]),
                case .operation(let producer, let sources) = graph.nodes[inputs[0]].kind,
                let joined = producer.fusing(activation)
            else { continue }
            graph.nodes[index].kind = .operation(joined, inputs: sources)
        }
    }
}
