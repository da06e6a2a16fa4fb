import Kernels
import Network

/// A program with buffers, filled at random: runs it, and compares it with the naive reference.
package final class NetworkRun {
    package let graph: Graph
    package let loss: Variable
    package let program: Program
    package let samples: Int
    package let pass: KernelPass
    package let scale: Float
    /// One for each sample, or none.
    package let weights: [Float]?
    package private(set) var given: [Int: [Float]] = [:]
    private let results: [Variable]

    /// - Parameters:
    ///   - inputs: the values of some inputs by node, such as labels; the others are drawn from -1...1.
    ///   - magnitude: parameters are drawn from ± this.
    package init(
        _ loss: Variable, results: [Variable] = [], samples: Int, inputs: [Int: [Float]] = [:],
        pass: KernelPass = KernelPass(isTraining: true, seed: 5, step: 3), scale: Float = 1, weights: [Float]? = nil,
        magnitude: Float = 0.7, seed: Int = 1
    ) throws {
        graph = loss.graph
        self.loss = loss
        self.samples = samples
        self.pass = pass
        self.scale = scale
        self.weights = weights
        self.results = results
        program = try Program(results: results, loss: loss)
        var random = SeededRandom(seed)
        for (index, node) in graph.nodes.enumerated() {
            switch node.kind {
            case .input: given[index] = inputs[index] ?? random.floats(node.type.count(samples: samples))
            // A state may be a variance, which is positive.
            case .parameter(let parameter):
                let least: Float = parameter.role == .state ? 0.1 : -magnitude
                given[index] = random.floats(node.type.shape.count, in: least...magnitude)
            case .constant, .operation: break
            }
        }
    }

    package struct Result {
        package var loss: [Float] = []
        package var results: [[Float]] = []
        /// The whole gradient buffer, gaps included.
        package var gradients: [Float] = []
        /// With `keepsAll`: by node.
        package var nodeGradients: [Int: [Float]] = [:]
        package var arenaBytes = 0

        /// Whether all numbers have the same bits.
        package func isIdentical(to other: Result) -> Bool {
            bits(loss) == bits(other.loss) && results.map(bits) == other.results.map(bits)
                && bits(gradients) == bits(other.gradients)
        }

        private func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
    }

    /// A forward and a backward pass, in an arena filled with NaN.
    package func run(keepsAll: Bool, alsoMadeFor others: Set<Int> = []) throws -> Result {
        let replica = try Replica(program, samples: others.union([samples]), keepsAll: keepsAll)
        let layout = program.layout
        let arena = try AlignedMemory(byteCount: replica.arenaBytes)
        arena.floats.update(repeating: .nan, count: arena.byteCount / 4)
        let parameters = try AlignedMemory(floats: layout.count)
        let gradients = try AlignedMemory(floats: layout.count)
        for entry in layout.entries {
            for (index, value) in (given[entry.node] ?? []).enumerated() {
                parameters.floats[entry.offset + index] = value
            }
            // What the loss does not depend on keeps its gradient of 0; the others must be overwritten.
            let filling: Float = lossAncestors.contains(entry.node) ? .nan : 0
            (gradients.floats + entry.offset).update(repeating: filling, count: entry.shape.count)
        }
        replica.bind(arena: arena, parameters: parameters, gradients: gradients)
        for (index, values) in given where isInput(index) && allAncestors.contains(index) {
            replica.fill(index, samples: samples, values)
        }
        replica.forward(samples: samples, pass)
        if let weights {
            weights.withUnsafeBufferPointer {
                replica.backward(samples: samples, scale: scale, weights: $0.baseAddress, pass)
            }
        } else {
            replica.backward(samples: samples, scale: scale, pass)
        }

        var result = Result()
        result.arenaBytes = replica.arenaBytes
        result.loss = Array(replica.value(of: loss.index, samples: samples))
        result.results = results.map { Array(replica.value(of: $0.index, samples: samples)) }
        result.gradients = Array(UnsafeBufferPointer(start: gradients.floats, count: layout.count))
        if keepsAll {
            for index in graph.nodes.indices {
                result.nodeGradients[index] = replica.gradient(of: index, samples: samples).map { Array($0) }
            }
        }
        return result
    }

    private func isInput(_ node: Int) -> Bool {
        if case .input = graph.nodes[node].kind { true } else { false }
    }

    private lazy var lossAncestors = ancestors(of: [loss.index])
    private lazy var allAncestors = ancestors(of: results.map(\.index) + [loss.index])

    private func ancestors(of nodes: [Int]) -> Set<Int> {
        var found: Set<Int> = []
        var open = nodes
        while let node = open.popLast() {
            guard found.insert(node).inserted else { continue }
            if case .operation(_, let inputs) = graph.nodes[node].kind { open += inputs }
        }
        return found
    }

    /// What is wrong with the network, as sentences; none if nothing is.
    ///
    /// The values of the loss and the results are compared with the reference's, the gradients of the parameters and
    /// of every node in between with central differences of it.
    package func problems(
        value valueTolerance: Double = 2e-6, gradient gradientTolerance: Double = 1e-5, coordinates: Int = 24
    ) throws -> [String] {
        let measured = try run(keepsAll: true)
        let reference = ReferenceNetwork(graph, samples: samples, pass: pass)
        let point = given.mapValues { $0.map(Double.init) }
        let expected = reference.values(point)
        var problems: [String] = []
        let deviation = Deviation.relative(measured.loss, expected[loss.index])
        if !(deviation <= valueTolerance) { problems.append("loss: \(deviation) off") }
        for (result, values) in zip(results, measured.results) {
            let deviation = Deviation.relative(values, expected[result.index])
            if !(deviation <= valueTolerance) { problems.append("'\(result.name)': \(deviation) off") }
        }

        var gradients = measured.nodeGradients
        for entry in program.layout.trainedEntries { gradients[entry.node] = Array(measured.gradients[entry.range]) }
        var random = SeededRandom(samples)
        for (node, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
            let chosen = random.sample(coordinates, below: gradient.count)
            var (found, wanted): ([Float], [Double]) = ([], [])
            for element in chosen {
                let derivative = CentralDifferences.derivative { delta in
                    let change = ReferenceNetwork.Change(node: node, element: element, delta: delta)
                    let losses = reference.values(point, changing: change)[loss.index]
                    let weighted = losses.indices.map { losses[$0] * Double(weights?[$0] ?? 1) }
                    return Double(scale) * weighted.reduce(0, +)
                }
                guard let derivative else { continue }
                found.append(gradient[element])
                wanted.append(derivative)
            }
            if wanted.count * 10 < chosen.count * 9 { problems.append("node \(node): too many kinks") }
            let deviation = Deviation.relative(found, wanted)
            if !(deviation <= gradientTolerance) {
                problems.append("gradient of node \(node), '\(graph.nodes[node].name)': \(deviation) off")
            }
        }
        return problems
    }
}

extension Replica {
    /// Fills an input: with floats, or where it is of integers with whole numbers.
    package func fill(_ input: Int, samples: Int, _ values: [Float]) {
        switch tensor(of: input, samples: samples) {
        case .float32(let floats): for (place, value) in values.enumerated() { floats[place] = value }
        case .int32(let integers): for (place, value) in values.enumerated() { integers[place] = Int32(value) }
        }
    }
}
