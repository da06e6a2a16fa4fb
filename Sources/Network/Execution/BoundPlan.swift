import Kernels

/// A program's kernels for one number of samples, with every buffer's place in the arena.
final class BoundPlan {
    struct ForwardStep {
        let kernel: any Kernel
        let node: Int
        /// The place in the shard of the kernel's first sample.
        let firstSample: Int
    }

    enum BackwardStep {
        case kernel(any Kernel, node: Int, firstSample: Int)
        case sum(UnsafeMutablePointer<Float>, of: [UnsafeMutablePointer<Float>], count: Int)
    }

    let samples: Int
    let byteCount: Int
    private(set) var values: [UnsafeMutablePointer<Float>?] = []
    private(set) var gradients: [UnsafeMutablePointer<Float>?] = []
    private(set) var forward: [ForwardStep] = []
    private(set) var backward: [BackwardStep] = []
    private(set) var seed: UnsafeMutablePointer<Float>?
    let seedCount: Int

    private let tiling: Tiling
    /// For each node that is computed its kernels: one for each tile, or one for all samples.
    private var kernels: [Int: [any Kernel]] = [:]
    /// For each node the node whose buffer it shares: itself, unless it is a view.
    private var owner: [Int] = []
    private var tileValues: Set<Int> = []
    private var tileGradients: Set<Int> = []
    private var valueOffsets: [Int: Int] = [:]
    private var gradientOffsets: [Int] = []
    /// For each node one place for each of its kernels.
    private var workspaceOffsets: [Int: [Int]] = [:]
    /// Where a tile's part of a weight's gradient stands until it is added to the others', by node and input.
    private var partOffsets: [Int: [Int: Int]] = [:]
    private var scratchOffset = 0

    init(_ program: Program, samples: Int, _ context: KernelContext, keepsAll: Bool) throws(KernelError) {
        self.samples = samples
        let nodes = program.nodes
        seedCount = program.loss.map { nodes[$0].type.count(samples: samples) } ?? 0
        owner = Array(nodes.indices)
        tiling = Tiling(program, samples: samples)
        for (position, index) in program.order.enumerated() {
            guard case .operation(let operation, let inputs) = nodes[index].kind else { continue }
            let types = inputs.map { nodes[$0].type }
            if case .view = operation.transfer(of: types, isDifferentiable: program.isDifferentiable) {
                owner[index] = owner[inputs[0]]
                continue
            }
            let wanted = program.backward.inputGradients[index]
            var own: [any Kernel] = []
            for tile in position < tiling.nodeCount ? tiling.tiles : [0..<samples] {
                own.append(
                    try operation.makeKernel(
                        KernelRequest(
                            context: context, samples: tile.count, inputs: types, output: nodes[index].type,
                            gradients: inputs.indices.map { wanted?[$0] != nil }, node: index)))
            }
            kernels[index] = own
        }

        let spans = Lifetimes(program, owner: owner, tiling)
        if !keepsAll {
            tileValues = spans.tileValues
            tileGradients = spans.tileGradients
        }
        var requests: [MemoryPlan.Request] = []
        func request(_ bytes: Int, _ span: ClosedRange<Int>) -> Int {
            requests.append(.init(bytes: bytes, span: keepsAll ? spans.whole : span))
            return requests.count - 1
        }
        let float = MemoryLayout<Float>.stride
        let tile = tiling.tiles.map(\.count).max() ?? samples
        var valueRequests: [Int: Int] = [:]
        for (index, span) in spans.values.sorted(by: { $0.key < $1.key }) {
            switch nodes[index].kind {
            case .parameter, .constant: continue
            case .input, .operation:
                let held = tileValues.contains(index) ? tile : samples
                valueRequests[index] = request(nodes[index].type.count(samples: held) * float, span)
            }
        }
        var gradientRequests: [Int] = []
        for (index, type) in program.backward.buffers.enumerated() {
            let held = tileGradients.contains(index) ? tile : samples
            gradientRequests.append(request(type.count(samples: held) * float, spans.gradients[index]))
        }
        var workspaceRequests: [Int: [Int]] = [:]
        var partRequests: [Int: [Int: Int]] = [:]
        for (index, own) in kernels.sorted(by: { $0.key < $1.key }) {
            let span = spans.kernels[index] ?? spans.whole
            workspaceRequests[index] = own.map { request($0.workspaceBytes, span) }
            guard own.count > 1, case .operation(_, let inputs) = nodes[index].kind else { continue }
            for (input, place) in (program.backward.inputGradients[index] ?? []).enumerated() {
                guard case .parameter = place else { continue }
                partRequests[index, default: [:]][input] = request(nodes[inputs[input]].type.shape.count * float, span)
            }
        }
        // Kernels run one after another, so they share one scratch, used at all times.
        let scratch = request(kernels.values.joined().map(\.scratchBytes).max() ?? 0, spans.whole)

        let plan = MemoryPlan(requests)
        byteCount = plan.byteCount
        valueOffsets = valueRequests.mapValues { plan.offsets[$0] }
        gradientOffsets = gradientRequests.map { plan.offsets[$0] }
        workspaceOffsets = workspaceRequests.mapValues { $0.map { plan.offsets[$0] } }
        partOffsets = partRequests.mapValues { $0.mapValues { plan.offsets[$0] } }
        scratchOffset = plan.offsets[scratch]
    }

    /// Sets the gradient with which the backward pass begins, that of Σ scale·weight·loss.
    func fillSeed(scale: Float, weights: UnsafePointer<Float>?) {
        guard let seed else { return }
        guard let weights else { return seed.update(repeating: scale, count: seedCount) }
        precondition(seedCount == samples, "a loss that all samples share has no weight for each")
        for sample in 0..<samples { seed[sample] = scale * weights[sample] }
    }

    func bind(
        _ program: Program, _ arena: UnsafeMutableRawPointer, _ constants: [Int: AlignedMemory],
        parameters: UnsafeMutablePointer<Float>, gradients gradientBuffer: UnsafeMutablePointer<Float>?
    ) {
        let nodes = program.nodes
        let offsets = Dictionary(uniqueKeysWithValues: program.layout.entries.map { ($0.node, $0.offset) })
        func floats(_ offset: Int) -> UnsafeMutablePointer<Float> {
            (arena + offset).assumingMemoryBound(to: Float.self)
        }
        /// Where a node's value begins for a tile.
        func value(_ index: Int, _ tile: Range<Int>) -> UnsafeMutablePointer<Float>? {
            let buffer = owner[index]
            if let offset = valueOffsets[buffer] {
                let skipped = nodes[index].type.isBatched && !tileValues.contains(buffer) ? tile.lowerBound : 0
                return floats(offset) + skipped * nodes[index].type.shape.count
            }
            if let constant = constants[buffer] { return constant.floats }
            return offsets[buffer].map { parameters + $0 }
        }
        /// Where a gradient begins for a tile.
        func gradient(_ place: Program.Backward.Place?, _ tile: Range<Int>) -> UnsafeMutablePointer<Float>? {
            switch place {
            case .buffer(let index):
                let type = program.backward.buffers[index]
                let skipped = type.isBatched && !tileGradients.contains(index) ? tile.lowerBound : 0
                return floats(gradientOffsets[index]) + skipped * type.shape.count
            case .parameter(let node): return gradientBuffer.map { $0 + offsets[node]! }
            case nil: return nil
            }
        }
        let whole = 0..<samples
        values = nodes.indices.map { value($0, whole) }
        gradients = nodes.indices.map { gradient(program.backward.gradient[$0], whole) }
        seed = gradient(program.backward.seed, whole)

        func bindKernel(_ index: Int, _ number: Int, _ tile: Range<Int>) {
            guard let kernel = kernels[index]?[number], case .operation(_, let inputs) = nodes[index].kind else {
                return
            }
            let places = program.backward.inputGradients[index]
            kernel.bind(
                Binding(
                    inputs: inputs.map { value($0, tile)! }, output: value(index, tile)!,
                    inputGradients: inputs.indices.map { input in
                        // The tile that comes first going backward, the last one, lays the ground for the others.
                        if let part = partOffsets[index]?[input], number < tiling.tiles.count - 1 {
                            return floats(part)
                        }
                        return gradient(places?[input], tile)
                    },
                    outputGradient: gradient(program.backward.gradient[index], tile),
                    workspace: arena + (workspaceOffsets[index]?[number] ?? 0), scratch: arena + scratchOffset))
            forward.append(ForwardStep(kernel: kernel, node: index, firstSample: tile.lowerBound))
        }
        forward = []
        for (number, tile) in tiling.tiles.enumerated() {
            for index in program.order[..<tiling.nodeCount] { bindKernel(index, number, tile) }
        }
        for index in program.order[tiling.nodeCount...] { bindKernel(index, 0, whole) }

        func append(_ step: Program.Backward.Step, _ number: Int, _ tile: Range<Int>) {
            switch step {
            case .kernel(let index):
                guard let kernel = kernels[index]?[number], case .operation(_, let inputs) = nodes[index].kind else {
                    return
                }
                backward.append(.kernel(kernel, node: index, firstSample: tile.lowerBound))
                guard number < tiling.tiles.count - 1 else { return }
                for (input, part) in (partOffsets[index] ?? [:]).sorted(by: { $0.key < $1.key }) {
                    let sum = gradient(program.backward.inputGradients[index]?[input], whole)!
                    backward.append(.sum(sum, of: [sum, floats(part)], count: nodes[inputs[input]].type.shape.count))
                }
            case .sum(let place, let parts, let type):
                backward.append(
                    .sum(
                        gradient(place, tile)!, of: parts.map { gradient($0, tile)! },
                        count: type.count(samples: tile.count)))
            }
        }
        backward = []
        let steps = program.backward.steps
        for step in steps[..<tiling.wholeSteps] { append(step, 0, whole) }
        for (number, tile) in tiling.tiles.enumerated().reversed() {
            for step in steps[tiling.wholeSteps...] { append(step, number, tile) }
        }
    }
}
