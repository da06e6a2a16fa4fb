import Kernels

/// How a program is run: some of its operators a few samples at a time, the others over a whole shard.
///
/// The activations of convolutions over a whole shard are larger than a core's cache, so that each operator would
/// fetch from memory what the one before has just stored there. A tile of few samples stays in the cache. But each tile
/// goes through all weights of an operator, and transforms them where the kernel wants them in another form. So there are
/// two limits for each operator:
///
/// - `fits`, the most samples whose input and output stay in the cache, at least one;
/// - `needs`, the fewest samples whose arithmetic is worth going through the weights.
///
/// Operators that follow each other are one stretch as long as the least of what fits is enough for what each one needs.
/// An operator that needs more begins a stretch of larger tiles. The last stretch begins where an operator has few
/// operations for each weight, as a dense layer over vectors: it is run over the whole shard.
///
/// An operator that couples the samples of a batch is run over the whole shard, and what stands behind it begins anew.
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
    private static let cache = 896 << 10
    /// Floating-point operations for each weight that make going through the weights worth it: with fewer than the first
    /// number for a sample, tiles are never worth it; a tile should have the second.
    private static let operationsPerWeight = (sample: 16, tile: 1024)

    init(_ program: Program, samples: Int) {
        let steps = program.backward.steps
        // An operator that couples samples is run over the whole shard, between stretches before and behind it.
        var runs: [Run] = []
        var first = 0
        for (position, index) in program.order.enumerated() where program.coupling.offsets[index] != nil {
            runs += Self.runs(program, first..<position, samples) + [Run(tile: samples, end: position + 1)]
            first = position + 1
        }
        runs += Self.runs(program, first..<program.order.count, samples)
        var made: [Stretch] = []
        for run in runs {
            let firstNode = made.last?.nodes.upperBound ?? 0
            let firstOfSteps = run.end == program.order.count ? 0 : Self.firstStep(program, endingWith: run.end)
            let endOfSteps = made.last?.steps.lowerBound ?? steps.count
            let count = max(1, (samples + run.tile - 1) / max(run.tile, 1))
            made.append(
                Stretch(
                    nodes: firstNode..<run.end, steps: firstOfSteps..<endOfSteps,
                    tiles: (0..<count).map { $0 * samples / count..<($0 + 1) * samples / count }))
        }
        stretches = made.filter { !$0.nodes.isEmpty }
    }

    /// A stretch's steps begin with the first one that runs a kernel of it, or of a stretch before it.
    private static func firstStep(_ program: Program, endingWith end: Int) -> Int {
        let nodes = Set(program.order[..<end])
        let steps = program.backward.steps
        return steps.firstIndex { step in
            if case .kernel(let node) = step { nodes.contains(node) } else { false }
        } ?? steps.count
    }

    /// Operators that are run together, up to a place in the program's order, and the samples of a tile.
    private struct Run {
        var tile: Int
        var end: Int
    }

    /// The runs of a range of the program's order: those that are tiled, and then the rest over the whole shard.
    private static func runs(_ program: Program, _ range: Range<Int>, _ samples: Int) -> [Run] {
        let rest = Run(tile: samples, end: range.upperBound)
        let tiled = tiledRuns(program, range).prefix { $0.tile < samples }
        guard let last = tiled.last else { return [rest] }
        let steps = firstStep(program, endingWith: last.end)..<firstStep(program, endingWith: range.lowerBound)
        guard
            canAccumulate(program, Set(program.order[range.lowerBound..<last.end]), program.backward.steps[steps])
        else { return [rest] }
        return tiled + [rest]
    }

    /// The runs of operators that can be tiled, for any number of samples; each one's tile is larger than the one's before.
    private static func tiledRuns(_ program: Program, _ range: Range<Int>) -> [Run] {
        let nodes = program.nodes
        var runs: [Run] = []
        var needed = 1
        for position in range {
            let index = program.order[position]
            guard case .operation(let operation, let inputs) = nodes[index].kind else { continue }
            let types = inputs.map { nodes[$0].type }
            var weights = 0
            for (input, type) in zip(inputs, types) where !type.isBatched {
                if case .operation = nodes[input].kind { return runs }
                weights += type.shape.count
            }
            let work = operation.operations(inputs: types, output: nodes[index].type)
            guard nodes[index].type.isBatched, weights == 0 || work >= operationsPerWeight.sample * weights else {
                return runs
            }
            let isView =
                if case .view = operation.transfer(of: types, isDifferentiable: program.isDifferentiable) { true } else
                {
                    false
                }
            let elements = ([nodes[index].type] + types.filter(\.isBatched)).reduce(0) { $0 + $1.shape.count }
            let fits = isView ? .max : max(1, cache / max(1, elements * MemoryLayout<Float>.stride))
            let needs = weights == 0 ? 1 : max(1, (operationsPerWeight.tile * weights + work - 1) / work)
            if let last = runs.last, needs <= last.tile {
                // What the operators before need goes before the cache.
                needed = max(needed, needs)
                runs[runs.count - 1] = Run(tile: max(min(last.tile, fits), needed), end: position + 1)
            } else {
                needed = needs
                runs.append(Run(tile: max(fits, needs), end: position + 1))
            }
        }
        return runs
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
