/// When each buffer of a program is in use, on a clock that counts the nodes forward and then the steps backward.
///
/// A stretch that is run tile by tile is gone through once for each tile, so all of it counts as one moment. A buffer that
/// is used in one such moment alone need hold no more than a tile.
struct Lifetimes {
    /// By the node that owns the buffer.
    private(set) var values: [Int: ClosedRange<Int>] = [:]
    /// By the place in `Program.Backward.buffers`.
    private(set) var gradients: [ClosedRange<Int>]
    /// From a node's forward to its backward computation.
    private(set) var kernels: [Int: ClosedRange<Int>] = [:]
    /// All of a pass.
    let whole: ClosedRange<Int>
    /// The buffers, by owner and by place, that hold one tile at a time, with the samples of the longest one.
    private(set) var tileValues: [Int: Int] = [:]
    private(set) var tileGradients: [Int: Int] = [:]

    /// - Parameter owner: for each node the node whose buffer it shares; itself, unless it is a view.
    init(_ program: Program, owner: [Int], _ tiling: Tiling) {
        let nodes = program.nodes
        let turn = program.order.count
        let end = turn + program.backward.steps.count
        whole = -1...end
        gradients = Array(repeating: end...end, count: program.backward.buffers.count)
        var values: [Int: ClosedRange<Int>] = [:]
        var gradients = [ClosedRange<Int>?](repeating: nil, count: program.backward.buffers.count)

        func use(_ node: Int, at time: Int) { values[owner[node]] = Self.extended(values[owner[node]], to: time) }
        func use(_ place: Program.Backward.Place?, at time: Int) {
            guard case .buffer(let index) = place else { return }
            gradients[index] = Self.extended(gradients[index], to: time)
        }
        for (time, index) in program.order.enumerated() {
            switch nodes[index].kind {
            case .input: use(index, at: -1)
            case .operation(_, let inputs):
                use(index, at: time)
                for input in inputs { use(input, at: time) }
                kernels[index] = time...time
            case .parameter, .constant: break
            }
            if program.results.contains(index) { use(index, at: end) }
        }
        for seed in program.backward.seeds { use(seed, at: turn) }
        for (position, step) in program.backward.steps.enumerated() {
            let time = turn + position
            switch step {
            case .kernel(let index):
                guard case .operation(let operation, let inputs) = nodes[index].kind else { continue }
                if operation.backwardReads.inputs { for input in inputs { use(input, at: time) } }
                if operation.backwardReads.output { use(index, at: time) }
                use(program.backward.gradient[index], at: time)
                for place in program.backward.inputGradients[index] ?? [] { use(place, at: time) }
                kernels[index] = Self.extended(kernels[index], to: time)
            case .sum(let place, let parts, _):
                use(place, at: time)
                for part in parts { use(part, at: time) }
            }
        }
        // What is run tile by tile is one moment, forward and again backward.
        var moments: [(span: ClosedRange<Int>, samples: Int)] = []
        for stretch in tiling.stretches where stretch.isTiled {
            let samples = stretch.tiles.map(\.count).max() ?? 0
            moments.append((stretch.nodes.lowerBound...stretch.nodes.upperBound - 1, samples))
            guard !stretch.steps.isEmpty else { continue }
            moments.append((turn + stretch.steps.lowerBound...turn + stretch.steps.upperBound - 1, samples))
        }
        func widened(_ span: ClosedRange<Int>) -> ClosedRange<Int> {
            moments.reduce(span) { span, moment in
                guard span.overlaps(moment.span) else { return span }
                return min(span.lowerBound, moment.span.lowerBound)...max(span.upperBound, moment.span.upperBound)
            }
        }
        func tile(within span: ClosedRange<Int>) -> Int? {
            moments.first { $0.span.lowerBound <= span.lowerBound && span.upperBound <= $0.span.upperBound }?.samples
        }
        tileValues = values.compactMapValues(tile)
        for (index, span) in gradients.enumerated() { tileGradients[index] = span.flatMap(tile) }
        // The gradients of the losses themselves are laid down for all samples before the first step.
        for case .buffer(let seed)? in program.backward.seeds { tileGradients[seed] = nil }
        self.values = values.mapValues(widened)
        self.gradients = gradients.map { widened($0 ?? end...end) }
        kernels = kernels.mapValues(widened)
    }

    private static func extended(_ span: ClosedRange<Int>?, to time: Int) -> ClosedRange<Int> {
        guard let span else { return time...time }
        return min(span.lowerBound, time)...max(span.upperBound, time)
    }
}
