/// Moves an activation behind the operator that follows it where the two commute: pooling(relu(x)) becomes
/// relu(pooling(x)).
///
/// Behind a max pooling relu has a fraction of the elements to compute, and what stands before the pooling need not be
/// kept for the backward pass.
struct ActivationBehindOperator: Rewrite {
    func apply(to graph: inout RewritableGraph) {
        let consumers = graph.consumers
        for index in graph.needed {
            guard case .operation(let operation, let inputs) = graph.nodes[index].kind, inputs.count == 1,
                consumers[inputs[0]] == 1, !graph.results.contains(inputs[0]),
                case .operation(let before, let sources) = graph.nodes[inputs[0]].kind,
                let activation = before.pureActivation, operation.commutes(with: activation)
            else { continue }
            let input = inputs[0]
            let (behind, activated) = (graph.nodes[index], graph.nodes[input])
            graph.nodes[input] = behind
            graph.nodes[input].kind = .operation(operation, inputs: sources)
            graph.nodes[index] = activated
            graph.nodes[index].kind = .operation(before, inputs: inputs)
            graph.nodes[index].type = behind.type
        }
    }
}
