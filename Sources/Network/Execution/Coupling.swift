import Kernels

/// Where the samples of a mini-batch meet in a training program: at the operators that couple them.
///
/// Each pass is cut there into **segments**. A segment ends with the sums that a shard contributes to a round; when all
/// shards have ended it, the sums are combined, and the next segment begins with the operator that reads them. Operators of
/// the same depth, on branches beside each other, share their rounds; see `CouplingDepth`. Several rounds of one operator
/// leave empty segments between them. A program that couples nothing is one segment in each direction.
package struct Coupling: Sendable {
    /// Sums that are combined over all shards before a pass goes on.
    package struct Round: Sendable, Hashable {
        /// The sums of one operator.
        package struct Part: Sendable, Hashable {
            package let node: Int
            /// Among the node's rounds in this pass, from 0.
            package let number: Int
            /// Where the sums stand among those of the program.
            package let places: Range<Int>
        }

        /// One for each operator that meets the others here.
        package let parts: [Part]
    }

    /// A parameter that an operator moves once a step.
    package struct StateMove: Sendable {
        package let node: Int
        /// Which of the node's inputs it is.
        package let input: Int
        package let name: String
        /// Its place among the parameters.
        package let range: Range<Int>
    }

    /// In the order in which they come; each one ends a segment.
    package private(set) var forward: [Round] = []
    package private(set) var backward: [Round] = []
    /// The combined sums of a step.
    package private(set) var sumCount = 0
    package private(set) var moves: [StateMove] = []
    /// The nodes that couple samples, in order.
    private(set) var nodes: [Int] = []
    /// Where each one's sums begin.
    private(set) var offsets: [Int: Int] = [:]
    /// For each segment of the backward pass the gradients of parameters that it finishes.
    package private(set) var gradients: [[Range<Int>]] = [[]]

    package var isEmpty: Bool { nodes.isEmpty }

    /// That of a program which couples nothing.
    init() {}

    /// - Throws: `GraphError` where two operators would move one state.
    init(
        _ nodes: [Graph.Node], _ meetings: CouplingDepth, _ layout: ParameterLayout, _ steps: Program.Backward
    ) throws(GraphError) {
        var couplings: [Int: SampleCoupling] = [:]
        let entries = Dictionary(uniqueKeysWithValues: layout.entries.map { ($0.node, $0) })
        for index in meetings.order {
            guard case .operation(let operation, let inputs) = nodes[index].kind,
                let coupling = operation.coupling(of: inputs.map { nodes[$0].type })
            else { continue }
            self.nodes.append(index)
            couplings[index] = coupling
            offsets[index] = sumCount
            sumCount += (coupling.forward + coupling.backward).reduce(0, +)
            for (position, input) in inputs.enumerated() {
                guard case .parameter(let parameter) = nodes[input].kind, parameter.role == .state,
                    let entry = entries[input]
                else { continue }
                guard !moves.contains(where: { $0.range == entry.range }) else {
                    throw GraphError(
                        "\(entry.name): a state is moved by one operator alone, but '\(nodes[index].name)' is not the "
                            + "first that takes it; give each a state of its own")
                }
                moves.append(StateMove(node: index, input: position, name: entry.name, range: entry.range))
            }
        }
        func byDepth(_ nodes: [Int]) -> [Int: [Int]] { Dictionary(grouping: nodes) { meetings.depths[$0] ?? 0 } }
        var meeting = byDepth(self.nodes)
        for index in self.nodes {
            guard let depth = meetings.depths[index], let nodes = meeting.removeValue(forKey: depth) else { continue }
            forward += rounds(nodes.map { parts(couplings[$0]!.forward, of: $0, from: offsets[$0]!) })
        }
        meeting = byDepth(
            steps.steps.compactMap { step in
                if case .kernel(let index) = step, couplings[index]?.backward.isEmpty == false { index } else { nil }
            })
        for step in steps.steps {
            if case .kernel(let index) = step, couplings[index]?.backward.isEmpty == false,
                let depth = meetings.depths[index], let nodes = meeting.removeValue(forKey: depth)
            {
                let own = rounds(
                    nodes.map { node in
                        let coupling = couplings[node]!
                        return parts(
                            coupling.backward, of: node, from: offsets[node]! + coupling.forward.reduce(0, +))
                    })
                backward += own
                gradients += own.map { _ in [] }
            }
            for parameter in steps.finished(by: step) {
                guard let entry = entries[parameter] else { continue }
                gradients[gradients.count - 1].append(entry.range)
            }
        }
    }

    /// The sums of an operator's rounds.
    private func parts(_ counts: [Int], of node: Int, from offset: Int) -> [Round.Part] {
        var begin = offset
        return counts.enumerated().map { number, count in
            defer { begin += count }
            return Round.Part(node: node, number: number, places: begin..<begin + count)
        }
    }

    /// The rounds of operators that meet: all of their first ones together, then all of their second ones.
    private func rounds(_ parts: [[Round.Part]]) -> [Round] {
        (0..<(parts.map(\.count).max() ?? 0)).map { number in
            Round(parts: parts.compactMap { $0.count > number ? $0[number] : nil })
        }
    }
}

extension Program.Backward {
    /// The parameters, by node, whose gradients a step writes. Each is written by one step, be it a sum.
    fileprivate func finished(by step: Step) -> [Int] {
        let places: [Place?] =
            switch step {
            case .kernel(let index): inputGradients[index] ?? []
            case .sum(let place, _, _): [place]
            }
        return places.compactMap { if case .parameter(let node) = $0 { node } else { nil } }
    }
}
