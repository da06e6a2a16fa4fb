import Kernels

/// A program's kernels for one number of samples, and where their buffers lie in an arena.
///
/// Made in two steps: kernels (`Tiling`), places (`ArenaLayout`). A `BoundPlan` then points them at memory; several, which run
/// one after another, may share one plan.
final class ReplicaPlan {
    let program: Program
    let samples: Int
    /// The size of the arena.
    let byteCount: Int
    let tiling: Tiling
    private(set) var nodes: [PlannedNode]
    /// In the arena, in bytes.
    let scratch: Int
    /// By their places in `Program.Backward.buffers`.
    private let gradientBuffers: [TensorPlace]
    /// By node.
    private let parameterOffsets: [Int: Int]

    init(_ program: Program, samples: Int, _ context: KernelContext, keepsAll: Bool) throws(KernelError) {
        self.program = program
        self.samples = samples
        tiling = Tiling(program, samples: samples)
        nodes = try Self.kernels(program, tiling, context)
        let arena = ArenaLayout(program, nodes, tiling, samples: samples, keepsAll: keepsAll)
        byteCount = arena.byteCount
        scratch = arena.scratch
        gradientBuffers = program.backward.buffers.enumerated().map { arena.gradient($0, $1) }
        parameterOffsets = Dictionary(
            uniqueKeysWithValues: program.layout.entries.map { ($0.node, $0.offset) })
        place(program.order, in: arena)
    }

    /// Fills in the places of each node's tensors.
    private func place(_ order: [Int], in arena: ArenaLayout) {
        for index in order {
            let owner = nodes[index].owner
            switch program.nodes[owner].kind {
            case .parameter:
                nodes[index].value = TensorPlace(.parameters, floatOffset: parameterOffsets[owner]!)
            case .constant: nodes[index].value = TensorPlace(.constant(owner))
            case .input, .operation: nodes[index].value = arena.value(of: owner, program.nodes[owner].type)
            }
            nodes[index].gradient = gradientPlace(program.backward.gradient[index])
            guard !nodes[index].kernels.isEmpty, case .operation(_, let inputs) = program.nodes[index].kind else {
                continue
            }
            let places = program.backward.inputGradients[index]
            nodes[index].inputGradients = inputs.indices.map { gradientPlace(places?[$0]) }
            nodes[index].partialGradients = inputs.indices.map { arena.partialGradient(of: index, input: $0) }
        }
        for stretch in tiling.stretches {
            for index in program.order[stretch.nodes] where !nodes[index].kernels.isEmpty {
                nodes[index].workspaces = stretch.tiles.indices.map { arena.workspace(of: index, tile: $0) }
            }
        }
    }

    func gradientPlace(_ place: Program.Backward.Place?) -> TensorPlace? {
        switch place {
        case .buffer(let index): gradientBuffers[index]
        case .parameter(let node): TensorPlace(.gradients, floatOffset: parameterOffsets[node]!)
        case nil: nil
        }
    }

    /// The nodes with their owners and kernels, and without places.
    private static func kernels(
        _ program: Program, _ tiling: Tiling, _ context: KernelContext
    ) throws(KernelError) -> [PlannedNode] {
        var nodes = program.nodes.indices.map { PlannedNode(owner: $0) }
        for stretch in tiling.stretches {
            for index in program.order[stretch.nodes] {
                let node = program.nodes[index]
                guard case .operation(let operation, let inputs) = node.kind else { continue }
                let types = inputs.map { program.nodes[$0].type }
                if case .view = operation.transfer(of: types, isDifferentiable: program.isDifferentiable) {
                    nodes[index] = PlannedNode(owner: nodes[inputs[0]].owner)
                    continue
                }
                let wanted = program.backward.inputGradients[index]
                for samples in stretch.sizes {
                    let kernel = try operation.makeKernel(
                        KernelRequest(
                            context: context, samples: samples, inputs: types, output: node.type,
                            gradients: inputs.indices.map { wanted?[$0] != nil }, node: index))
                    if program.coupling.offsets[index] != nil, !(kernel is any CoupledKernel) {
                        throw .notCoupled(operation: operation.name)
                    }
                    nodes[index].kernels.append(kernel)
                }
            }
        }
        return nodes
    }
}
