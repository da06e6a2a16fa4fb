/// Which operators that couple samples can meet in one round: those of the same depth, on branches beside each other.
///
/// The depth of a node is the greatest number of operators that couple samples on a way to it from an input, itself
/// included. Two of the same depth do not depend on each other.
struct CouplingDepth {
    /// By node, of operators that couple samples alone.
    let depths: [Int: Int]
    /// The nodes in an order in which operators of the same depth stand together, behind all that they need.
    let order: [Int]

    /// For programs that couple nothing.
    init(order: [Int]) { (depths, self.order) = ([:], order) }

    /// - Parameter order: inputs first. It stays as it is where no two operators meet.
    init(_ nodes: [Graph.Node], _ order: [Int]) {
        var behind = Array(repeating: 0, count: nodes.count)
        var depths: [Int: Int] = [:]
        for index in order {
            guard case .operation(let operation, let inputs) = nodes[index].kind else { continue }
            behind[index] = inputs.map { behind[$0] }.max() ?? 0
            guard operation.coupling(of: inputs.map { nodes[$0].type }) != nil else { continue }
            behind[index] += 1
            depths[index] = behind[index]
        }
        self.depths = depths
        guard Set(depths.values).count < depths.count else {
            self.order = order
            return
        }
        // Of each depth first what these operators alone take, as parameters, then they themselves, then the others.
        var keys = Array(repeating: Int.max, count: nodes.count)
        for index in order.reversed() {
            guard case .operation(_, let inputs) = nodes[index].kind else { continue }
            keys[index] = 3 * behind[index] + (depths[index] == nil ? 2 : 1)
            for input in inputs {
                if case .operation = nodes[input].kind { continue }
                keys[input] = min(keys[input], depths[index] == nil ? keys[index] : keys[index] - 1)
            }
        }
        self.order = order.enumerated().sorted { (keys[$0.element], $0.offset) < (keys[$1.element], $1.offset) }
            .map(\.element)
    }
}
