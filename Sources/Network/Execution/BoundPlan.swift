import Kernels

/// A plan's kernel calls in order, bound to memory.
final class BoundPlan {
    enum BackwardStep {
        case kernel(KernelCall)
        case sum(GradientSum)
    }

    /// A part of a pass: some calls, and then the sums of a round that are to be combined over all shards.
    struct Segment {
        /// Places among the calls or steps of the pass.
        var steps: Range<Int>
        /// Whose sums end it, and where these stand among those of the program; none for the last one.
        var coupled: [(call: KernelCall, round: Int, place: Int)] = []
    }

    let plan: ReplicaPlan
    private(set) var forward: [KernelCall] = []
    private(set) var backward: [BackwardStep] = []
    /// One, where nothing couples samples.
    private(set) var forwardSegments: [Segment] = []
    private(set) var backwardSegments: [Segment] = []

    private var program: Program { plan.program }
    private var memory: BoundMemory
    /// Whether others use the plan's kernels as well.
    private let sharesKernels: Bool
    /// The calls and sums that write gradients of parameters.
    private var gradientCalls: [KernelCall] = []
    private var gradientSums: [GradientSum] = []

    /// - Parameter sharesKernels: whether other bound plans use the kernels between any two runs.
    init(_ plan: ReplicaPlan, _ memory: BoundMemory, sharesKernels: Bool) {
        self.plan = plan
        self.memory = memory
        self.sharesKernels = sharesKernels
        // By node and tile.
        var calls: [Int: [KernelCall]] = [:]
        for stretch in plan.tiling.stretches {
            for (number, tile) in stretch.tiles.enumerated() {
                for index in program.order[stretch.nodes] where !plan.nodes[index].kernels.isEmpty {
                    let call = call(of: index, stretch, number, tile)
                    calls[index, default: []].append(call)
                    forward.append(call)
                }
            }
        }
        for stretch in plan.tiling.stretches.reversed() {
            for (number, tile) in stretch.tiles.enumerated().reversed() {
                for step in program.backward.steps[stretch.steps] {
                    switch step {
                    case .kernel(let index):
                        backward.append(.kernel(calls[index]![number]))
                        if number < stretch.tiles.count - 1 { appendPartialSums(of: index) }
                    case .sum(let place, let parts, let type):
                        appendSum(place, parts, count: type.count(samples: tile.count), from: tile.lowerBound)
                    }
                }
            }
        }
        gradientCalls = forward.filter(\.writesParameterGradients)
        gradientSums = backward.compactMap { step in
            guard case .sum(let sum) = step, sum.parameterOffset != nil else { return nil }
            return sum
        }
        forwardSegments = segments(program.coupling.forward, of: forward.count) { forward[$0] }
        backwardSegments = segments(program.coupling.backward, of: backward.count) {
            if case .kernel(let call) = backward[$0] { call } else { nil }
        }
    }

    /// Cuts a pass before the calls of the nodes that couple samples.
    /// - Parameter call: the call at a place of the pass.
    private func segments(
        _ rounds: [Coupling.Round], of count: Int, call: (_ place: Int) -> KernelCall?
    ) -> [Segment] {
        var segments: [Segment] = []
        var begin = 0
        for round in rounds {
            let found = round.parts.map { part in
                guard let place = (begin..<count).first(where: { call($0)?.node == part.node }) else {
                    preconditionFailure("each round is one of operators in the pass")
                }
                return (place: place, part: part)
            }
            let cut = found.map(\.place).min() ?? begin
            segments.append(
                Segment(
                    steps: begin..<cut,
                    coupled: found.map { (call($0.place)!, $0.part.number, $0.part.places.lowerBound) }))
            begin = cut
        }
        return segments + [Segment(steps: begin..<count)]
    }

    /// Lets the gradients of parameters go to another buffer of the same layout; allocates nothing.
    func rebind(gradients: UnsafeMutablePointer<Float>) {
        guard memory.gradients != gradients else { return }
        memory.gradients = gradients
        for index in gradientCalls.indices { gradientCalls[index].rebind(gradients: gradients) }
        for index in gradientSums.indices { gradientSums[index].rebind(gradients: gradients) }
    }

    /// The call of a node's kernel for a tile.
    private func call(
        of index: Int, _ stretch: Tiling.Stretch, _ number: Int, _ tile: Range<Int>
    ) -> KernelCall {
        let node = plan.nodes[index]
        guard case .operation(_, let inputs) = program.nodes[index].kind else {
            preconditionFailure("kernels belong to operators")
        }
        func tensor(_ node: Int) -> TensorPointer {
            TensorPointer(
                memory.address(of: plan.nodes[node].value!, from: tile.lowerBound)!, program.nodes[node].type.element)
        }
        func gradient(_ place: TensorPlace?) -> UnsafeMutablePointer<Float>? {
            place.flatMap { memory.floats(of: $0, from: tile.lowerBound) }
        }
        // The backward pass runs the last tile first. That tile writes a weight's gradient where it belongs; each other tile
        // writes a part, which is then added.
        let places = inputs.indices.map { input in
            (number < stretch.tiles.count - 1 ? node.partialGradients[input] : nil) ?? node.inputGradients[input]
        }
        return KernelCall(
            node.kernels[stretch.sizes.firstIndex(of: tile.count)!], node: index, firstSample: tile.lowerBound,
            isShared: sharesKernels || stretch.tiles.count { $0.count == tile.count } > 1,
            KernelBinding(
                src: inputs.map(tensor), dst: tensor(index),
                diffSrc: places.map(gradient), diffDst: gradient(node.gradient),
                workspace: memory.arena + node.workspaces[number], scratch: memory.arena + plan.scratch,
                sums: program.coupling.offsets[index].flatMap { offset in
                    memory.sums.map { UnsafePointer($0 + offset) }
                }),
            parameterGradients: places.enumerated().compactMap { input, place in
                guard let place, place.isParameterGradient else { return nil }
                return (input, place.floatOffset)
            })
    }

    /// Adds a tile's parts of the gradients of weights to what the tiles behind it have left.
    private func appendPartialSums(of index: Int) {
        guard case .operation(_, let inputs) = program.nodes[index].kind else { return }
        for (input, node) in inputs.enumerated() {
            guard let part = plan.nodes[index].partialGradients[input],
                let sum = plan.nodes[index].inputGradients[input],
                let total = memory.floats(of: sum)
            else { continue }
            backward.append(
                .sum(
                    GradientSum(
                        total, of: [total, memory.floats(of: part)!], count: program.nodes[node].type.shape.count,
                        parameterOffset: sum.floatOffset)))
        }
    }

    private func appendSum(
        _ place: Program.Backward.Place, _ parts: [Program.Backward.Place], count: Int, from sample: Int
    ) {
        guard let sum = plan.gradientPlace(place), let total = memory.floats(of: sum, from: sample) else { return }
        backward.append(
            .sum(
                GradientSum(
                    total,
                    of: parts.compactMap { plan.gradientPlace($0).flatMap { memory.floats(of: $0, from: sample) } },
                    count: count, parameterOffset: sum.isParameterGradient ? sum.floatOffset : nil)))
    }

    /// Where the values of a node begin: those of all samples, unless its buffer holds one tile.
    func value(of node: Int) -> TensorPointer? {
        plan.nodes[node].value.flatMap { memory.address(of: $0) }
            .map { TensorPointer($0, program.nodes[node].type.element) }
    }

    /// Where the gradient of the loss with respect to a node begins; nil where none is computed.
    func gradient(of node: Int) -> UnsafeMutablePointer<Float>? {
        plan.nodes[node].gradient.flatMap { memory.floats(of: $0) }
    }

    /// Sets the gradient with which the backward pass begins at one of the losses, that of Σ scale·weight·loss.
    func fillSeed(of loss: Int, scale: Float, weights: UnsafePointer<Float>?) {
        guard let place = plan.gradientPlace(program.backward.seeds[loss]), let seed = memory.floats(of: place) else {
            return
        }
        let count = program.nodes[program.losses[loss]].type.count(samples: plan.samples)
        guard let weights else { return seed.update(repeating: scale, count: count) }
        precondition(count == plan.samples, "a loss that all samples share has no weight for each")
        for sample in 0..<count { seed[sample] = scale * weights[sample] }
    }
}
