import Kernels

/// A program's kernels for one number of samples, with every buffer's place in the arena.
final class BoundPlan {
    enum BackwardStep {
        case kernel(any Kernel, node: Int)
        case sum(UnsafeMutablePointer<Float>, of: [UnsafeMutablePointer<Float>], count: Int)
    }

    let samples: Int
    let byteCount: Int
    private(set) var values: [UnsafeMutablePointer<Float>?] = []
    private(set) var gradients: [UnsafeMutablePointer<Float>?] = []
    private(set) var forward: [(kernel: any Kernel, node: Int)] = []
    private(set) var backward: [BackwardStep] = []
    private(set) var seed: UnsafeMutablePointer<Float>?
    let seedCount: Int

    private var kernels: [Int: any Kernel] = [:]
    /// For each node the node whose buffer it shares: itself, unless it is a view.
    private var owner: [Int] = []
    private var valueOffsets: [Int: Int] = [:]
    private var gradientOffsets: [Int] = []
    private var workspaceOffsets: [Int: Int] = [:]
    private var scratchOffset = 0

    init(_ program: Program, samples: Int, _ context: KernelContext, keepsAll: Bool) throws(KernelError) {
        self.samples = samples
        let nodes = program.nodes
        seedCount = program.loss.map { nodes[$0].type.count(samples: samples) } ?? 0
        owner = Array(nodes.indices)
        for index in program.order {
            guard case .operation(let operation, let inputs) = nodes[index].kind else { continue }
            let types = inputs.map { nodes[$0].type }
            if case .view = operation.transfer(of: types, isDifferentiable: program.isDifferentiable) {
                owner[index] = owner[inputs[0]]
                continue
            }
            let wanted = program.backward.inputGradients[index]
            kernels[index] = try operation.makeKernel(
                KernelRequest(
                    context: context, samples: samples, inputs: types, output: nodes[index].type,
                    gradients: inputs.indices.map { wanted?[$0] != nil }, node: index))
        }

        let spans = Lifetimes(program, owner: owner)
        var requests: [MemoryPlan.Request] = []
        func request(_ bytes: Int, _ span: ClosedRange<Int>) -> Int {
            requests.append(.init(bytes: bytes, span: keepsAll ? spans.whole : span))
            return requests.count - 1
        }
        let float = MemoryLayout<Float>.stride
        var valueRequests: [Int: Int] = [:]
        for (index, span) in spans.values.sorted(by: { $0.key < $1.key }) {
            switch nodes[index].kind {
            case .parameter, .constant: continue
            case .input, .operation:
                valueRequests[index] = request(nodes[index].type.count(samples: samples) * float, span)
            }
        }
        let gradientRequests = zip(program.backward.buffers, spans.gradients).map { type, span in
            request(type.count(samples: samples) * float, span)
        }
        var workspaceRequests: [Int: Int] = [:]
        for (index, kernel) in kernels.sorted(by: { $0.key < $1.key }) where kernel.workspaceBytes > 0 {
            workspaceRequests[index] = request(kernel.workspaceBytes, spans.kernels[index] ?? spans.whole)
        }
        // Kernels run one after another, so they share one scratch, used at all times.
        let scratch = request(kernels.values.map(\.scratchBytes).max() ?? 0, spans.whole)

        let plan = MemoryPlan(requests)
        byteCount = plan.byteCount
        valueOffsets = valueRequests.mapValues { plan.offsets[$0] }
        gradientOffsets = gradientRequests.map { plan.offsets[$0] }
        workspaceOffsets = workspaceRequests.mapValues { plan.offsets[$0] }
        scratchOffset = plan.offsets[scratch]
    }

    func bind(
        _ program: Program, _ arena: UnsafeMutableRawPointer, _ constants: [Int: AlignedMemory],
        parameters: UnsafeMutablePointer<Float>, gradients gradientBuffer: UnsafeMutablePointer<Float>?
    ) {
        let offsets = Dictionary(uniqueKeysWithValues: program.layout.entries.map { ($0.node, $0.offset) })
        values = Array(repeating: nil, count: program.nodes.count)
        gradients = values
        for index in program.order {
            let buffer = owner[index]
            if let offset = valueOffsets[buffer] {
                values[index] = (arena + offset).assumingMemoryBound(to: Float.self)
            } else if let constant = constants[buffer] {
                values[index] = constant.floats
            } else if let offset = offsets[buffer] {
                values[index] = parameters + offset
            }
        }
        func pointer(_ place: Program.Backward.Place?) -> UnsafeMutablePointer<Float>? {
            switch place {
            case .buffer(let index): (arena + gradientOffsets[index]).assumingMemoryBound(to: Float.self)
            case .parameter(let node): gradientBuffer.map { $0 + offsets[node]! }
            case nil: nil
            }
        }
        for (index, place) in program.backward.gradient { gradients[index] = pointer(place) }
        seed = pointer(program.backward.seed)

        forward = []
        for index in program.order {
            guard let kernel = kernels[index], case .operation(_, let inputs) = program.nodes[index].kind else {
                continue
            }
            let wanted = program.backward.inputGradients[index]
            kernel.bind(
                Binding(
                    inputs: inputs.map { values[$0]! }, output: values[index]!,
                    inputGradients: inputs.indices.map { pointer(wanted?[$0]) }, outputGradient: gradients[index],
                    workspace: arena + (workspaceOffsets[index] ?? 0), scratch: arena + scratchOffset))
            forward.append((kernel, index))
        }
        backward = program.backward.steps.map { step in
            switch step {
            case .kernel(let index): .kernel(kernels[index]!, node: index)
            case .sum(let place, let parts, let type):
                .sum(pointer(place)!, of: parts.map { pointer($0)! }, count: type.count(samples: samples))
            }
        }
    }
}
