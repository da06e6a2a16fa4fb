import Kernels

/// How a program is run: some of its operators a few samples at a time, the others over a whole shard.
///
/// The activations of convolutions over a whole shard are larger than a core's cache, so that each operator would
/// fetch from memory what the one before has just stored there. A tile of few samples stays in the cache. The tiled part
/// ends where an operator has so many weights that going through them once a tile would cost more than it saves, as in
/// a dense layer; the rest is run over the whole shard.
///
/// Tiles follow from the shapes and the number of samples alone, so they are the same on every machine and for any
/// number of workers.
struct Tiling {
    /// Operators that are run together: all of them for a tile, before the next tile.
    struct Stretch {
        /// Places in the program's order.
        let nodes: Range<Int>
        /// Places in the program's backward steps.
        let steps: Range<Int>
        /// The samples of each tile: one range for all where nothing is gained by several.
        let tiles: [Range<Int>]

        var isTiled: Bool { tiles.count > 1 }

        /// The distinct numbers of samples among the tiles, in the order in which they occur.
        var sizes: [Int] {
            tiles.reduce(into: []) { sizes, tile in if !sizes.contains(tile.count) { sizes.append(tile.count) } }
        }
    }

    /// In the program's order; they cover it. The backward pass takes them from the last to the first.
    let stretches: [Stretch]

    /// A little less than the second-level cache of today's server cores, in bytes.
    private static let budget = 896 << 10

    init(_ program: Program, samples: Int) {
        let nodes = program.nodes
        var largest = 1
        var end = 0
        search: for (position, index) in program.order.enumerated() {
            guard case .operation(let operation, let inputs) = nodes[index].kind else { continue }
            let types = inputs.map { nodes[$0].type }
            var weights = 0
            for (input, type) in zip(inputs, types) where !type.isBatched {
                if case .operation = nodes[input].kind { break search }
                weights += type.shape.count
            }
            let work = operation.operations(inputs: types, output: nodes[index].type)
            // A tile's arithmetic must be worth fetching the weights and adding up their gradient.
            guard nodes[index].type.isBatched, weights == 0 || work >= 16 * weights else { break }
            end = position + 1
            if case .view = operation.transfer(of: types, isDifferentiable: program.isDifferentiable) { continue }
            let bytes = ([nodes[index].type] + types.filter(\.isBatched)).reduce(0) {
                $0 + $1.shape.count * MemoryLayout<Float>.stride
            }
            largest = max(largest, bytes)
        }
        let tiled = Set(program.order[..<end])
        let steps = program.backward.steps
        let first =
            steps.firstIndex { step in
                if case .kernel(let node) = step { tiled.contains(node) } else { false }
            } ?? steps.count
        let capacity = max(1, Self.budget / largest)
        let count = (samples + capacity - 1) / capacity
        guard count > 1, Self.canAccumulate(program, tiled, steps[first...]) else {
            stretches = [Stretch(nodes: program.order.indices, steps: steps.indices, tiles: [0..<samples])]
            return
        }
        let tiles = (0..<count).map { $0 * samples / count..<($0 + 1) * samples / count }
        stretches = [
            Stretch(nodes: 0..<end, steps: first..<steps.count, tiles: tiles),
            Stretch(nodes: end..<program.order.count, steps: 0..<first, tiles: [0..<samples]),
        ]
    }

    /// Whether each gradient of a weight among the tiled nodes comes from one operator alone, so that the tiles'
    /// parts can be added up where they arise.
    private static func canAccumulate(
        _ program: Program, _ tiled: Set<Int>, _ steps: ArraySlice<Program.Backward.Step>
    ) -> Bool {
        steps.allSatisfy { step in
            guard case .sum(let place, _, let type) = step else { return true }
            if case .parameter = place { return false }
            return type.isBatched
        }
            && tiled.allSatisfy { node in
                guard case .operation(_, let inputs) = program.nodes[node].kind else { return true }
                let places = program.backward.inputGradients[node] ?? []
                return zip(inputs, places).allSatisfy { input, place in
                    guard case .buffer = place else { return true }
                    return program.nodes[input].type.isBatched
                }
            }
    }
}
