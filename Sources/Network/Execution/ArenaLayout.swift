import Kernels

/// Where each buffer of a plan lies in its arena: from lifetimes and sizes to offsets.
struct ArenaLayout {
    /// The arena's size.
    let byteCount: Int
    /// Where kernels work while they run: one after another, so that all share it.
    let scratch: Int

    private let offsets: [Use: Int]
    /// The buffers that hold one tile at a time, by owner and by place.
    private let tileValues, tileGradients: Set<Int>

    /// What a buffer is for.
    private enum Use: Hashable {
        /// By the node that owns it.
        case value(Int)
        /// By the place in `Program.Backward.buffers`.
        case gradient(Int)
        case workspace(node: Int, tile: Int)
        case partialGradient(node: Int, input: Int)
        case scratch
    }

    /// - Parameters:
    ///   - nodes: with their owners and kernels.
    ///   - keepsAll: no buffer is used twice.
    init(_ program: Program, _ nodes: [PlannedNode], _ tiling: Tiling, samples: Int, keepsAll: Bool) {
        let lifetimes = Lifetimes(program, owner: nodes.map(\.owner), tiling)
        let (tileValues, tileGradients) = keepsAll ? ([:], [:]) : (lifetimes.tileValues, lifetimes.tileGradients)
        (self.tileValues, self.tileGradients) = (Set(tileValues.keys), Set(tileGradients.keys))
        let whole = lifetimes.whole
        var uses: [Use] = []
        var requests: [MemoryPlan.Request] = []
        func request(_ use: Use, _ bytes: Int, _ span: ClosedRange<Int>) {
            uses.append(use)
            requests.append(.init(bytes: bytes, span: keepsAll ? whole : span))
        }
        for (index, span) in lifetimes.values.sorted(by: { $0.key < $1.key }) {
            switch program.nodes[index].kind {
            case .parameter, .constant: continue
            case .input, .operation:
                let held = tileValues[index] ?? samples
                request(.value(index), program.nodes[index].type.byteCount(samples: held), span)
            }
        }
        for (index, type) in program.backward.buffers.enumerated() {
            let held = tileGradients[index] ?? samples
            request(.gradient(index), type.byteCount(samples: held), lifetimes.gradients[index])
        }
        for stretch in tiling.stretches {
            let sizes = stretch.sizes
            for index in program.order[stretch.nodes] where !nodes[index].kernels.isEmpty {
                let span = lifetimes.kernels[index] ?? whole
                for (number, tile) in stretch.tiles.enumerated() {
                    let kernel = nodes[index].kernels[sizes.firstIndex(of: tile.count)!]
                    request(.workspace(node: index, tile: number), kernel.workspaceBytes, span)
                }
                guard stretch.isTiled, case .operation(_, let inputs) = program.nodes[index].kind else { continue }
                for (input, place) in (program.backward.inputGradients[index] ?? []).enumerated() {
                    guard case .parameter = place else { continue }
                    let type = program.nodes[inputs[input]].type
                    request(.partialGradient(node: index, input: input), type.byteCount(samples: 1), span)
                }
            }
        }
        request(.scratch, nodes.lazy.flatMap(\.kernels).map(\.scratchBytes).max() ?? 0, whole)

        let plan = MemoryPlan(requests)
        byteCount = plan.byteCount
        offsets = Dictionary(uniqueKeysWithValues: zip(uses, plan.offsets))
        scratch = offsets[.scratch]!
    }

    /// Where the value of a node with a buffer of its own lies; nil where it has none in the arena.
    func value(of node: Int, _ type: TensorType) -> TensorPlace? {
        offsets[.value(node)].map { place($0, type, holdsTile: tileValues.contains(node)) }
    }

    /// Where a gradient lies that has a buffer in the arena.
    func gradient(_ buffer: Int, _ type: TensorType) -> TensorPlace {
        place(offsets[.gradient(buffer)]!, type, holdsTile: tileGradients.contains(buffer))
    }

    func workspace(of node: Int, tile: Int) -> Int { offsets[.workspace(node: node, tile: tile)]! }

    /// Where the tiles but the last put their part of a weight's gradient; nil where there is one tile.
    func partialGradient(of node: Int, input: Int) -> TensorPlace? {
        offsets[.partialGradient(node: node, input: input)].map {
            TensorPlace(memory: .arena, offset: $0, stride: 0)
        }
    }

    private func place(_ offset: Int, _ type: TensorType, holdsTile: Bool) -> TensorPlace {
        TensorPlace(
            memory: .arena, offset: offset, stride: type.isBatched && !holdsTile ? type.byteCount(samples: 1) : 0)
    }
}
