import Kernels

/// How the first part of a program is run: a few samples at a time, through all its operators, before the next few.
///
/// The activations of convolutions over a whole shard are larger than a core's cache, so that each operator would
/// fetch from memory what the one before has just stored there. A tile of few samples stays in the cache. The part
/// ends where an operator has so many weights that going through them once a tile would cost more than it saves, as in
/// a dense layer; the rest is run over the whole shard.
///
/// Tiles follow from the shapes and the number of samples alone, so they are the same on every machine and for any
/// number of workers.
struct Tiling {
    /// The samples of each tile; one range for all where nothing is gained by tiles.
    let tiles: [Range<Int>]
    /// The number of nodes, in the program's order, that are run tile by tile; those after them are not.
    let nodeCount: Int
    /// The number of backward steps, in the program's order, that are run over the whole shard, before the tiles.
    let wholeSteps: Int

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
        let first = steps.firstIndex { step in
            if case .kernel(let node) = step { tiled.contains(node) } else { false }
        }
        let capacity = max(1, Self.budget / largest)
        let count = (samples + capacity - 1) / capacity
        guard count > 1, Self.canAccumulate(program, tiled, steps[(first ?? steps.count)...]) else {
            tiles = [0..<samples]
            nodeCount = 0
            wholeSteps = steps.count
            return
        }
        tiles = (0..<count).map { $0 * samples / count..<($0 + 1) * samples / count }
        nodeCount = end
        wholeSteps = first ?? steps.count
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
