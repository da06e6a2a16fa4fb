import Kernels

/// A program's kernels for one number of samples, and, once it is bound, their calls in order.
///
/// Made in three steps: kernels (`Tiling`), places (`ArenaLayout`), pointers (`bind`). Only the last is repeated.
final class BoundPlan {
    enum BackwardStep {
        case kernel(KernelCall)
        case sum(GradientSum)
    }

    let samples: Int
    /// The size of the arena.
    let byteCount: Int
    private(set) var forward: [KernelCall] = []
    private(set) var backward: [BackwardStep] = []

    private let program: Program
    private let tiling: Tiling
    private var nodes: [PlannedNode]
    private let scratch: Int
    /// By their places in `Program.Backward.buffers`.
    private let gradientBuffers: [TensorPlace]
    /// By node.
    private let parameterOffsets: [Int: Int]
    private var memory: BoundMemory?
    /// The calls and sums that write gradients of parameters.
    private var gradientCalls: [KernelCall] = []
    private var gradientSums: [GradientSum] = []

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
                nodes[index].value = TensorPlace(memory: .parameters, offset: parameterOffsets[owner]!, stride: 0)
            case .constant: nodes[index].value = TensorPlace(memory: .constant(owner), offset: 0, stride: 0)
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

    private func gradientPlace(_ place: Program.Backward.Place?) -> TensorPlace? {
        switch place {
        case .buffer(let index): gradientBuffers[index]
        case .parameter(let node): TensorPlace(memory: .gradients, offset: parameterOffsets[node]!, stride: 0)
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
                    nodes[index].kernels.append(
                        try operation.makeKernel(
                            KernelRequest(
                                context: context, samples: samples, inputs: types, output: node.type,
                                gradients: inputs.indices.map { wanted?[$0] != nil }, node: index)))
                }
            }
        }
        return nodes
    }

    /// Points all calls at memory.
    func bind(_ memory: BoundMemory) {
        self.memory = memory
        forward = []
        // By node and tile.
        var calls: [Int: [KernelCall]] = [:]
        for stretch in tiling.stretches {
            for (number, tile) in stretch.tiles.enumerated() {
                for index in program.order[stretch.nodes] where !nodes[index].kernels.isEmpty {
                    let call = call(of: index, stretch, number, tile, memory)
                    calls[index, default: []].append(call)
                    forward.append(call)
                }
            }
        }
        backward = []
        for stretch in tiling.stretches.reversed() {
            for (number, tile) in stretch.tiles.enumerated().reversed() {
                for step in program.backward.steps[stretch.steps] {
                    switch step {
                    case .kernel(let index):
                        backward.append(.kernel(calls[index]![number]))
                        if number < stretch.tiles.count - 1 { appendPartialSums(of: index, memory) }
                    case .sum(let place, let parts, let type):
                        appendSum(place, parts, count: type.count(samples: tile.count), from: tile.lowerBound, memory)
                    }
                }
            }
        }
        gradientCalls = forward.filter(\.writesParameterGradients)
        gradientSums = backward.compactMap { step in
            guard case .sum(let sum) = step, sum.parameterOffset != nil else { return nil }
            return sum
        }
    }

    /// Lets the gradients of parameters go to another buffer of the same layout; allocates nothing.
    func rebind(gradients: UnsafeMutablePointer<Float>) {
        guard memory?.gradients != gradients else { return }
        memory?.gradients = gradients
        for index in gradientCalls.indices { gradientCalls[index].rebind(gradients: gradients) }
        for index in gradientSums.indices { gradientSums[index].rebind(gradients: gradients) }
    }

    /// The call of a node's kernel for a tile.
    private func call(
        of index: Int, _ stretch: Tiling.Stretch, _ number: Int, _ tile: Range<Int>, _ memory: BoundMemory
    ) -> KernelCall {
        let node = nodes[index]
        guard case .operation(_, let inputs) = program.nodes[index].kind else {
            preconditionFailure("kernels belong to operators")
        }
        func address(_ place: TensorPlace?) -> UnsafeMutablePointer<Float>? {
            place.flatMap { memory.address(of: $0, from: tile.lowerBound) }
        }
        // The backward pass runs the last tile first. That tile writes a weight's gradient where it belongs; each other tile
        // writes a part, which is then added.
        let places = inputs.indices.map { input in
            (number < stretch.tiles.count - 1 ? node.partialGradients[input] : nil) ?? node.inputGradients[input]
        }
        return KernelCall(
            node.kernels[stretch.sizes.firstIndex(of: tile.count)!], node: index, firstSample: tile.lowerBound,
            isShared: stretch.tiles.count { $0.count == tile.count } > 1,
            Binding(
                src: inputs.map { address(nodes[$0].value)! }, dst: address(node.value)!,
                diffSrc: places.map(address), diffDst: address(node.gradient),
                workspace: UnsafeMutableRawPointer(memory.arena) + node.workspaces[number],
                scratch: UnsafeMutableRawPointer(memory.arena) + scratch),
            parameterGradients: places.enumerated().compactMap { input, place in
                guard let place, place.isParameterGradient else { return nil }
                return (input, place.offset)
            })
    }

    /// Adds a tile's parts of the gradients of weights to what the tiles behind it have left.
    private func appendPartialSums(of index: Int, _ memory: BoundMemory) {
        guard case .operation(_, let inputs) = program.nodes[index].kind else { return }
        for (input, node) in inputs.enumerated() {
            guard let part = nodes[index].partialGradients[input], let sum = nodes[index].inputGradients[input],
                let total = memory.address(of: sum)
            else { continue }
            backward.append(
                .sum(
                    GradientSum(
                        total, of: [total, memory.address(of: part)!], count: program.nodes[node].type.shape.count,
                        parameterOffset: sum.offset)))
        }
    }

    private func appendSum(
        _ place: Program.Backward.Place, _ parts: [Program.Backward.Place], count: Int, from sample: Int,
        _ memory: BoundMemory
    ) {
        guard let sum = gradientPlace(place), let total = memory.address(of: sum, from: sample) else { return }
        backward.append(
            .sum(
                GradientSum(
                    total, of: parts.compactMap { gradientPlace($0).flatMap { memory.address(of: $0, from: sample) } },
                    count: count, parameterOffset: sum.isParameterGradient ? sum.offset : nil)))
    }

    /// Where the values of a node begin: those of all samples, unless its buffer holds one tile.
    func value(of node: Int) -> UnsafeMutablePointer<Float>? {
        nodes[node].value.flatMap { memory?.address(of: $0) }
    }

    /// Where the gradient of the loss with respect to a node begins; nil where none is computed.
    func gradient(of node: Int) -> UnsafeMutablePointer<Float>? {
        nodes[node].gradient.flatMap { memory?.address(of: $0) }
    }

    /// Sets the gradient with which the backward pass begins, that of Σ scale·weight·loss.
    func fillSeed(scale: Float, weights: UnsafePointer<Float>?) {
        guard let loss = program.loss, let place = gradientPlace(program.backward.seed),
            let seed = memory?.address(of: place)
        else { return }
        let count = program.nodes[loss].type.count(samples: samples)
        guard let weights else { return seed.update(repeating: scale, count: count) }
        precondition(count == samples, "a loss that all samples share has no weight for each")
        for sample in 0..<samples { seed[sample] = scale * weights[sample] }
    }
}
