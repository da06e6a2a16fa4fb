import Kernels
import Network
import TestSupport
import Testing

/// Integers in a graph: as inputs, through views, beside floats, and without gradients.
struct IntegerTensorTests {
    private func lookup(_ ids: Variable, _ table: Variable) throws -> Variable {
        try ids.graph.apply(LookupOperator(), to: [ids, table])
    }

    /// A table that two tensors of integers read, one of them under another shape, beside floats.
    private func network() throws -> (loss: Variable, ids: [Variable]) {
        let graph = Graph()
        let a = graph.input([4], name: "a", element: .int32)
        let b = graph.input([2, 2], name: "b", element: .int32)
        let x = graph.input([4, 3], name: "x")
        let table = graph.parameter([5, 3], .glorotUniform, name: "table")
        let w = graph.parameter([3, 2], .glorotUniform, name: "w")
        let flat = try graph.apply(ReshapeOperator([4]), to: [b])
        let sum = try lookup(a, table) * lookup(flat, table) + x
        return ((sum.multiplied(by: w).applying(.tanh)).mean(), [a, b])
    }

    /// Values within 2e-6 of the naive references, gradients within 1e-5 of central differences.
    @Test(arguments: [1, 3]) func valuesAndGradients(samples: Int) throws {
        let (loss, ids) = try network()
        var random = SeededRandom(samples)
        let inputs = Dictionary(
            uniqueKeysWithValues: ids.map { ($0.index, random.labels(4 * samples, below: 5)) })
        let run = try NetworkRun(loss, samples: samples, inputs: inputs)
        #expect(try run.problems() == [])
        #expect(try run.run(keepsAll: false).isIdentical(to: run.run(keepsAll: true)))
        let gradients = try run.run(keepsAll: true).nodeGradients
        for id in ids { #expect(gradients[id.index] == nil, "integers have no gradient") }
    }

    @Test func aReplicaHandsOutIntegers() throws {
        let graph = Graph()
        let ids = graph.input([2], name: "ids", element: .int32)
        let table = graph.parameter([3, 1], .values([1, 2, 3]), name: "table")
        let program = try Program(results: [try graph.apply(LookupOperator(first: 20_000_000), to: [ids, table])])
        let replica = try Replica(program, samples: [2])
        let parameters = try AlignedMemory(floats: program.layout.count)
        program.layout.initialise(parameters.floats, seed: 0)
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters, gradients: nil)
        let buffer = replica.integers(of: ids.index, samples: 2)
        #expect(buffer.count == 4)
        for (place, id) in [20_000_002, 20_000_001, 20_000_000, 20_000_001].enumerated() { buffer[place] = Int32(id) }
        replica.forward(samples: 2, KernelPass())
        #expect(replica.tensor(of: ids.index, samples: 2).element == .int32)
        #expect(Array(replica.value(of: 2, samples: 2)) == [3, 2, 1, 2])
    }

    @Test func integersAreNoLoss() throws {
        let id = Graph().input(.scalar, name: "id", element: .int32)
        #expect(throws: GraphError("a loss has a gradient, but 'id' is batch of int32, and only floats have one")) {
            _ = try Program(results: [], loss: id)
        }
    }

    // MARK: Models

    @Test func aLayerDecidesWhatTheInputIs() throws {
        let model = try Model(input: [2]) {
            Lookup(4, width: 3)
            Flatten()
            Dense(1)
        }
        #expect(model.element(of: model.inputs[0]) == .int32)
        #expect(try model.build(in: Graph()).input.type == .batched([2], .int32))
        let later = try Model(input: [2]) { Dense(1) }
        #expect(later.element(of: later.inputs[0]) == .float32)
    }

    @Test func layersThatDisagreeAreNamed() {
        #expect {
            _ = try Model(input: [2]) {
                Lookup(4, width: 3).named("ids")
                Flatten()
                Dense(6).named("values", inputs: ["input"])
                Add().named("sum", inputs: ["flatten", "values"])
            }
        } throws: {
            "\($0)"
                == "layers[2]: layer 'values' does not fit behind what comes before it ('input' gives 2): dense: takes a "
                + "tensor of float32, but was given one of int32"
        }
    }
}
