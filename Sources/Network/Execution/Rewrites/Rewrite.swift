/// A change of a graph that leaves every result as it is, to the bit, and makes it cheaper.
///
/// A new rewrite is one file, and its place in `Program.rewrites`. It asks operators through their protocol and knows none
/// by type.
protocol Rewrite: Sendable {
    func apply(to graph: inout RewritableGraph)
}

/// A graph's nodes while they are rewritten.
struct RewritableGraph {
    var nodes: [Graph.Node]
    /// The nodes that somebody wants to read, so that they must keep their value and their number.
    let results: Set<Int>

    init(_ nodes: [Graph.Node], results: Set<Int>) {
        self.nodes = nodes
        self.results = results
    }

    /// The nodes that the results depend on, inputs before their consumers.
    var needed: [Int] {
        var isNeeded = Array(repeating: false, count: nodes.count)
        for index in results { isNeeded[index] = true }
        for index in nodes.indices.reversed() where isNeeded[index] {
            if case .operation(_, let inputs) = nodes[index].kind { for input in inputs { isNeeded[input] = true } }
        }
        return nodes.indices.filter { isNeeded[$0] }
    }

    /// For each node how many inputs of needed nodes it is.
    var consumers: [Int] { Self.consumers(nodes, needed) }

    static func consumers(_ nodes: [Graph.Node], _ order: [Int]) -> [Int] {
        var consumers = Array(repeating: 0, count: nodes.count)
        for index in order {
            if case .operation(_, let inputs) = nodes[index].kind { for input in inputs { consumers[input] += 1 } }
        }
        return consumers
    }
}
