import Kernels
import Testing

@testable import Network

struct RewriteTests {
    private func names(_ graph: RewritableGraph) -> [String] {
        graph.needed.compactMap { index in
            if case .operation(let operation, _) = graph.nodes[index].kind { operation.name } else { nil }
        }
    }

    private func pooled(_ reduction: PoolingReduction, _ activation: Activation) throws -> (Graph, Variable) {
        let graph = Graph()
        let x = graph.input([4, 4, 2])
        let active = try graph.apply(ActivationOperator(activation), to: [x], name: "active")
        let pool = Pooling2DOperator(reduction, size: [2, 2], stride: [2, 2], same: false)
        return (graph, try graph.apply(pool, to: [active], name: "pool"))
    }

    @Test("An activation goes behind a max pooling where it never decreases")
    func activationBehindPooling() throws {
        for (reduction, activation, moves) in [
            (.max, .relu, true), (.max, .leakyRelu(0.1), true), (.max, .leakyRelu(-0.1), false),
            (.max, .tanh, false), (.average, .relu, false),
        ] as [(PoolingReduction, Activation, Bool)] {
            let (graph, result) = try pooled(reduction, activation)
            var rewritten = RewritableGraph(graph.nodes, results: [result.index])
            ActivationBehindOperator().apply(to: &rewritten)
            let (pool, function) = ("\(reduction) pooling", "\(activation)")
            #expect(names(rewritten) == (moves ? [pool, function] : [function, pool]))
            guard moves else { continue }
            // The result keeps its number; each node keeps its name.
            #expect(rewritten.nodes[result.index].name == "active")
            #expect(rewritten.needed.map { rewritten.nodes[$0].type.shape } == [[4, 4, 2], [2, 2, 2], [2, 2, 2]])
        }
    }

    @Test("An activation that somebody else reads stays where it is")
    func readByOthers() throws {
        let (graph, result) = try pooled(.max, .relu)
        let active = Variable(graph: graph, index: result.index - 1)
        var asResult = RewritableGraph(graph.nodes, results: [result.index, active.index])
        ActivationBehindOperator().apply(to: &asResult)
        #expect(names(asResult) == ["relu", "max pooling"])
        let sum = active.sum() + result.sum()
        var twice = RewritableGraph(graph.nodes, results: [sum.index])
        ActivationBehindOperator().apply(to: &twice)
        #expect(names(twice).prefix(2) == ["relu", "max pooling"])
    }

    @Test("An activation is computed by the operator before it where that can")
    func activationIntoProducer() throws {
        let graph = Graph()
        let x = graph.input([3])
        let w = graph.parameter([3, 2], .ones, name: "w")
        for (activation, joins) in [(.relu, true), (.gelu, false)] as [(Activation, Bool)] {
            let result = x.multiplied(by: w).applying(activation)
            var rewritten = RewritableGraph(graph.nodes, results: [result.index])
            ActivationIntoProducer().apply(to: &rewritten)
            #expect(names(rewritten) == (joins ? ["dense"] : ["dense", "\(activation)"]))
        }
        // Arithmetic has no place for an activation.
        let result = (x + 1).applying(.relu)
        var rewritten = RewritableGraph(graph.nodes, results: [result.index])
        ActivationIntoProducer().apply(to: &rewritten)
        #expect(names(rewritten) == ["add", "relu"])
    }

    /// So a table of operators says of a pooling what the pooling takes.
    @Test("What was moved is still its own layer's")
    func layersKeepTheirOperators() throws {
        let model = try Model(input: [6, 6, 1]) {
            Conv2D(2, kernelSize: (3, 3), activation: .relu)
            Pooling(.max)
            Flatten()
            Dense(2)
        }
        let objective = try Objective(model, loss: .meanSquaredError(factor: 1))
        func operators(_ layer: String) -> [String] {
            objective.layerNodes.first { $0.name == layer }?.nodes.compactMap { node in
                guard objective.training.order.contains(node),
                    case .operation(let operation, _) = objective.training.nodes[node].kind
                else { return nil }
                return operation.name
            } ?? []
        }
        #expect(operators("max_pooling2d") == ["max pooling"])
        #expect(operators("conv2d").contains("relu") && !operators("conv2d").contains("max pooling"))
    }
}
