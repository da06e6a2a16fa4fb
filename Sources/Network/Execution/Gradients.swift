import Kernels

/// The value of a variable, and its gradients with respect to all variables on which it depends.
public struct Gradients {
    /// The value of the variable that was differentiated.
    public let value: Float
    private let byVariable: [Int: [Float]]
    private let types: [TensorType]

    /// The gradient with respect to a variable of the same graph, row-major; zeros if the value does not depend on it.
    public subscript(variable: Variable) -> [Float] {
        byVariable[variable.index] ?? Array(repeating: 0, count: types[variable.index].shape.count)
    }

    init(of loss: Variable, seed: UInt64) throws {
        if let input = loss.graph.nodes.first(where: { if case .input = $0.kind { true } else { false } }) {
            throw GraphError(
                "gradients() evaluates constants and parameters alone, but '\(input.name)' is given with each batch; "
                    + "train a Model, or run a Replica")
        }
        let program = try Program(results: [], loss: loss, differentiatesConstants: true)
        let replica = try Replica(program, samples: [1], keepsAll: true)
        let parameters = try AlignedMemory(floats: program.layout.count)
        let gradients = try AlignedMemory(floats: program.layout.trained.count)
        program.layout.initialise(parameters.floats, seed: seed)
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
            gradients: gradients)
        replica.forward(samples: 1, KernelPass())
        replica.backward(samples: 1, scale: 1, KernelPass())
        value = replica.value(of: loss.index, samples: 1)[0]
        types = program.nodes.map(\.type)
        byVariable = Dictionary(
            uniqueKeysWithValues: program.nodes.indices.compactMap { index in
                replica.gradient(of: index, samples: 1).map { (index, Array($0)) }
            })
    }
}

extension Variable {
    /// Computes this variable and its gradients. It must be one number, in a graph of parameters and constants.
    /// - Parameter seed: the seed of random initializers.
    /// - Throws: `GraphError` for a mistake in the expression, or a graph that has inputs; `KernelError` where a kernel
    ///   can't be made or memory is short.
    public func gradients(seed: UInt64 = 0) throws -> Gradients { try Gradients(of: self, seed: seed) }
}
