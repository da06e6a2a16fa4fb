import Kernels
import Network
import TestSupport
import Testing

struct ReplicaTests {
    @Test("Sharing memory changes not one bit", arguments: 0..<80)
    func plannedMemory(_ seed: Int) throws {
        let network = try RandomNetwork(seed: seed)
        for samples in [1, 3] {
            let run = try NetworkRun(network.loss, results: network.results, samples: samples, seed: seed)
            let apart = try run.run(keepsAll: true)
            let shared = try run.run(keepsAll: false)
            let amongOthers = try run.run(keepsAll: false, alsoMadeFor: [1, 2, 5])
            #expect(apart.isIdentical(to: shared))
            #expect(apart.isIdentical(to: amongOthers))
            #expect(apart.gradients.allSatisfy { $0.isFinite })
            #expect(shared.arenaBytes <= apart.arenaBytes)
        }
    }

    /// Values within 1e-5, gradients within 1e-4 of central differences: these networks are deep.
    @Test("Networks drawn at random are differentiated rightly", arguments: 0..<24)
    func randomNetworks(_ seed: Int) throws {
        let network = try RandomNetwork(seed: seed, nodes: 10, hasMaxima: false)
        let run = try NetworkRun(network.loss, results: network.results, samples: 2, seed: seed)
        expectNone(try run.problems(value: 1e-5, gradient: 1e-4, coordinates: 4))
    }

    /// As above, of Σ weight·loss.
    @Test("Samples weigh as they are told", arguments: 0..<12)
    func sampleWeights(_ seed: Int) throws {
        let network = try RandomNetwork(seed: seed, nodes: 10, hasMaxima: false)
        let weights: [Float] = [0.5, 3, 0]
        let run = try NetworkRun(
            network.loss, results: network.results, samples: 3, scale: 0.25, weights: weights, seed: seed)
        expectNone(try run.problems(value: 1e-5, gradient: 1e-4, coordinates: 4))
    }

    @Test("Weights of 1 change not one bit, and losses are not weighted", arguments: 0..<12)
    func equalWeights(_ seed: Int) throws {
        let network = try RandomNetwork(seed: seed)
        func run(_ weights: [Float]?) throws -> NetworkRun.Result {
            try NetworkRun(network.loss, samples: 3, scale: 0.3, weights: weights, seed: seed).run(keepsAll: false)
        }
        let plain = try run(nil)
        #expect(plain.isIdentical(to: try run([1, 1, 1])))
        let weighted = try run([2, 0, 5])
        #expect(plain.loss.map(\.bitPattern) == weighted.loss.map(\.bitPattern))
        #expect(plain.gradients != weighted.gradients || plain.gradients.allSatisfy { $0 == 0 })
    }

    @Test("The random networks do what they are for: memory is shared, parameters too, dropout is among them")
    func randomNetworksAreVaried() throws {
        var (saved, dropouts, views) = (0, 0, 0)
        for seed in 0..<20 {
            let network = try RandomNetwork(seed: seed)
            let run = try NetworkRun(network.loss, samples: 3, seed: seed)
            saved += try run.run(keepsAll: false).arenaBytes < run.run(keepsAll: true).arenaBytes ? 1 : 0
            dropouts += network.graph.nodes.contains { $0.operation is DropoutOperator } ? 1 : 0
            views += network.graph.nodes.contains { $0.operation is ReshapeOperator } ? 1 : 0
        }
        #expect(saved >= 15)
        #expect(dropouts >= 5)
        #expect(views >= 5)
    }

    @Test("Runs of several sizes in one arena do not disturb each other")
    func severalSizes() throws {
        let network = try RandomNetwork(seed: 4)
        let run = try NetworkRun(network.loss, samples: 3, seed: 4)
        let program = run.program
        let replica = try Replica(program, samples: [1, 2, 3])
        let layout = program.layout
        let parameters = try AlignedMemory(floats: layout.count)
        let gradients = try AlignedMemory(floats: layout.count)
        for entry in layout.entries {
            for (index, value) in (run.given[entry.node] ?? []).enumerated() {
                parameters.floats[entry.offset + index] = value
            }
        }
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
            gradients: gradients)
        /// The gradient of the given samples, in one run.
        func gradient(_ range: Range<Int>) -> [Float] {
            for (node, values) in run.given {
                guard case .input = program.nodes[node].kind else { continue }
                let width = program.nodes[node].type.shape.count
                replica.fill(
                    node, samples: range.count, Array(values[range.lowerBound * width..<range.upperBound * width]))
            }
            var pass = run.pass
            pass.firstSample = range.lowerBound
            replica.forward(samples: range.count, pass)
            replica.backward(samples: range.count, scale: 1, pass)
            return Array(UnsafeBufferPointer(start: gradients.floats, count: layout.count))
        }
        let whole = gradient(0..<3)
        let parts = [gradient(0..<1), gradient(1..<3)]
        // The sum over shards is the gradient of the batch, dropout's masks included.
        let sum = whole.indices.map { Double(parts[0][$0]) + Double(parts[1][$0]) }
        #expect(Deviation.relative(whole, sum) < 1e-5)
        #expect(gradient(0..<3).map(\.bitPattern) == whole.map(\.bitPattern))
    }

    @Test("A replica keeps the buffers to which it is bound, whoever else lets go of them")
    func buffersAreHeld() throws {
        let graph = Graph()
        let w = graph.parameter([2], .values([3, 4]), name: "w")
        let loss = (w * w).sum()
        let program = try Program(results: [], loss: loss)
        let replica = try Replica(program, samples: [1], keepsAll: true)
        weak var parameters: AlignedMemory?
        weak var gradients: AlignedMemory?
        do {
            let values = try AlignedMemory(floats: program.layout.count)
            let sums = try AlignedMemory(floats: program.layout.count)
            program.layout.initialise(values.floats, seed: 0)
            replica.bind(arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: values, gradients: sums)
            (parameters, gradients) = (values, sums)
        }
        #expect(parameters != nil && gradients != nil)
        replica.forward(samples: 1, KernelPass())
        replica.backward(samples: 1, scale: 1, KernelPass())
        #expect(replica.value(of: loss.index, samples: 1)[0] == 25)
        #expect(gradients.map { [$0.floats[0], $0.floats[1]] } == [6, 8])
    }

    @Test("Bound again to another gradient buffer, a replica writes there what it wrote before", arguments: 0..<40)
    func rebinding(_ seed: Int) throws {
        let network = try RandomNetwork(seed: seed)
        let run = try NetworkRun(network.loss, samples: 3, seed: seed)
        let layout = run.program.layout
        let parameters = try AlignedMemory(floats: layout.count)
        for entry in layout.entries {
            for (index, value) in (run.given[entry.node] ?? []).enumerated() {
                parameters.floats[entry.offset + index] = value
            }
        }
        let buffers = try (0..<3).map { _ in try AlignedMemory(floats: layout.count) }
        /// The gradient of the given samples, in a buffer that holds something else before.
        func gradient(_ replica: Replica, _ range: Range<Int>, in buffer: AlignedMemory) -> [UInt32] {
            buffer.floats.update(repeating: 7, count: layout.count)
            for (node, values) in run.given {
                guard case .input = run.program.nodes[node].kind else { continue }
                let width = run.program.nodes[node].type.shape.count
                replica.fill(
                    node, samples: range.count, Array(values[range.lowerBound * width..<range.upperBound * width]))
            }
            var pass = run.pass
            pass.firstSample = range.lowerBound
            replica.forward(samples: range.count, pass)
            replica.backward(samples: range.count, scale: 1, pass)
            return (0..<layout.count).map { buffer.floats[$0].bitPattern }
        }
        let shards = [0..<2, 2..<3, 1..<3]
        let expected = try shards.map { range in
            let replica = try Replica(run.program, samples: [range.count])
            let buffer = try AlignedMemory(floats: layout.count)
            replica.bind(
                arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters, gradients: buffer)
            return gradient(replica, range, in: buffer)
        }
        let replica = try Replica(run.program, samples: [1, 2])
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters, gradients: buffers[0])
        for round in 0..<2 {
            for (number, range) in shards.enumerated() {
                let buffer = buffers[(number + round) % 3]
                replica.rebind(gradients: buffer)
                #expect(gradient(replica, range, in: buffer) == expected[number])
            }
        }
    }

    @Test func inferenceNeedsNoGradients() throws {
        let graph = Graph()
        let x = graph.input([3])
        let w = graph.parameter([3, 2], .values([1, 2, 3, 4, 5, 6]), name: "w")
        let y = try graph.apply(DropoutOperator(rate: 0.5), to: [x.multiplied(by: w).applying(.relu)])
        let program = try Program(results: [y])
        #expect(!program.isDifferentiable)
        let replica = try Replica(program, samples: [2])
        let parameters = try AlignedMemory(floats: program.layout.count)
        program.layout.initialise(parameters.floats, seed: 0)
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters, gradients: nil)
        let input = replica.value(of: x.index, samples: 2)
        for (index, value) in ([1, 0, 0, 0, -1, 1] as [Float]).enumerated() { input[index] = value }
        replica.forward(samples: 2, KernelPass())
        #expect(Array(replica.value(of: y.index, samples: 2)) == [1, 2, 2, 2])
    }
}
