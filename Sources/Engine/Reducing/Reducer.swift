import Kernels
import Network
import Optimizers

/// Sums the shards' gradients and steps the optimizer, each worker on its own slice of the parameters.
///
/// The vectors are cut into blocks of fixed length. A block's gradient is summed over the shards in a fixed tree,
/// its squares are added up, and the optimizer steps it at once, while it is in the cache. A block whose gradient is
/// not finite is not stepped, so the parameters stay finite whatever happens.
///
/// What needs to know all of the gradient before any of it is stepped takes two passes with a barrier between:
/// `reduce` and then `step`. In both forms the bits are the same, for any number of workers.
///
/// `@unchecked Sendable`: in a step each worker writes its own blocks of the parameters, of the total, of the sums and of
/// `failures` alone, the first one `isWhole` too; others read them behind a barrier. `wantsTensorNorms` says itself when it may
/// change.
final class Reducer: @unchecked Sendable {
    private let count: Int
    private let workers: Int
    private let blocks: Int
    private let clipping: GradientClipping
    /// Whether a gradient that is not finite anywhere is not stepped at all.
    let isAllOrNothing: Bool
    /// One for each worker.
    private let folders: [GradientFolder]
    /// What the workers' folding leaves, in order, and how it is added.
    private let items: UnsafeMutablePointer<UnsafePointer<Float>?>
    private let program: UnsafeMutableBufferPointer<Int32>
    /// Where the whole sum is formed in the first of two passes: the first of the items. There it stands already where one
    /// item is all there is.
    private let total: AlignedMemory
    private let isSummed: Bool
    private let blockNorms: AlignedMemory
    private let scratch: [AlignedMemory]
    /// For each worker a cache line that begins with the number of its blocks that were not finite.
    private let failures: AlignedMemory
    /// Whether the last step has left the whole sum in `total`; else its parts lie in `items` as they were. Written by the
    /// first worker in a step.
    private var isWhole = false
    private let tensors: [ParameterLayout.Entry]
    private let cut: TensorPieces
    /// The sums of squares of the pieces: of the gradient, and of the parameters.
    private let gradientSquares: AlignedMemory
    private let parameterSquares: AlignedMemory

    /// Whether the next step takes down the norms of each tensor, for `tensorNorms`. It then needs two passes.
    ///
    /// To be changed by one thread between the last barrier of a step and the first of the next, so that all workers
    /// see the same in a step.
    var wantsTensorNorms = false

    /// - Parameters:
    ///   - count: the length of the parameter buffer.
    ///   - tensors: the layout's entries, for clipping by each one's norm and for `tensorNorms`.
    ///   - isAllOrNothing: whether a gradient that is not finite anywhere is not stepped at all.
    ///   - team: whose workers are the first to touch their gradients' memory.
    /// - Throws: `KernelError.outOfMemory`.
    init(
        count: Int, tensors: [ParameterLayout.Entry] = [], shards: Int, workers: Int,
        clipping: GradientClipping = .none, isAllOrNothing: Bool = false, team: WorkerTeam? = nil
    ) throws {
        self.count = count
        self.workers = workers
        self.clipping = clipping
        // A norm that is not finite has no share to give to anybody.
        self.isAllOrNothing = isAllOrNothing || clipping.needsNorm
        self.tensors = tensors
        blocks = (count + VectorLoops.block - 1) / VectorLoops.block
        cut = TensorPieces(tensors, blocks: blocks, blockLength: VectorLoops.block)
        let (tree, plan) = (ReductionTree(shards: shards), ShardPlan(shards: shards, workers: workers))
        let folder = { @Sendable (worker: Int) in
            try GradientFolder(FoldPlan(tree, shards: plan.shards(of: worker)), length: count)
        }
        folders = try team?.run(folder) ?? (0..<workers).map(folder)
        let roots = folders.flatMap(\.roots)
        (total, isSummed) = (roots[0].gradient, roots.count == 1)
        items = .allocate(capacity: roots.count)
        for (index, root) in roots.enumerated() { items[index] = UnsafePointer(root.gradient.floats) }
        let order = ReductionTree.program(adding: roots.map(\.node), to: tree.root)
        program = .allocate(capacity: order.count)
        _ = program.initialize(from: order)
        var scratch: [AlignedMemory] = []
        for _ in 0..<workers { scratch.append(try AlignedMemory(floats: VectorLoops.block)) }
        self.scratch = scratch
        blockNorms = try AlignedMemory(doubles: blocks)
        failures = try AlignedMemory(byteCount: workers * AlignedMemory.alignment)
        gradientSquares = try AlignedMemory(doubles: cut.pieces.count)
        parameterSquares = try AlignedMemory(doubles: cut.pieces.count)
    }

    deinit {
        items.deallocate()
        program.deallocate()
    }

    /// Where the gradients of a worker's shards go.
    func folder(of worker: Int) -> GradientFolder { folders[worker] }

    /// Whether every worker must have called `reduce`, and a barrier must have passed, before any calls `step`.
    /// Does not change within a step.
    var needsTwoPasses: Bool { isAllOrNothing || wantsTensorNorms }

    private func slice(of worker: Int) -> Range<Int> { worker * blocks / workers..<(worker + 1) * blocks / workers }

    private func extent(of block: Int) -> (begin: Int, count: Int) {
        let begin = block * VectorLoops.block
        return (begin, min(VectorLoops.block, count - begin))
    }

    /// The first of two passes: sums a worker's slice into the first shard's gradient, and adds up its squares.
    func reduce(worker: Int) {
        let (total, order) = (total.floats, UnsafeBufferPointer(program))
        let norms = blockNorms.doubles
        let squares = gradientSquares.doubles
        let needsPieces = wantsTensorNorms || clipping.isByTensor
        var failed = 0
        if worker == 0 { isWhole = true }
        for block in slice(of: worker) {
            let (begin, length) = extent(of: block)
            norms[block] =
                isSummed
                ? VectorLoops.sumOfSquares(total + begin, count: length)
                : VectorLoops.reduce(into: total + begin, items, order, from: begin, count: length)
            if !norms[block].isFinite { failed += 1 }
            guard needsPieces else { continue }
            for index in cut.ofBlock[block] {
                let piece = cut.pieces[index]
                squares[index] =
                    piece.count == length
                    ? norms[block] : VectorLoops.sumOfSquares(total + piece.begin, count: piece.count)
            }
        }
        failureCount(of: worker).pointee = failed
    }

    /// Steps a worker's slice: reduces it as well, or takes what `reduce` left where `needsTwoPasses`.
    func step(
        worker: Int, _ optimizer: OptimizerState, _ parameters: UnsafeMutablePointer<Float>, rate: Double, step: Int
    ) {
        if needsTwoPasses {
            if wantsTensorNorms { measure(parameters, worker) }
            if isAllOrNothing, hasFailed { return }
            if clipping.isByTensor {
                stepByTensor(worker, optimizer, parameters, rate: rate, step: step)
                return
            }
        }
        let (isReduced, order) = (needsTwoPasses, UnsafeBufferPointer(program))
        let scale = clipping.needsNorm ? clipping.scale(norm: norm) : 1
        let norms = blockNorms.doubles
        let sum = scratch[worker].floats
        var failed = 0
        if worker == 0, !isReduced { isWhole = isSummed }
        for block in slice(of: worker) {
            let (begin, length) = extent(of: block)
            var gradient = isReduced || isSummed ? UnsafePointer(total.floats + begin) : UnsafePointer(sum)
            if !isReduced {
                norms[block] =
                    isSummed
                    ? VectorLoops.sumOfSquares(gradient, count: length)
                    : VectorLoops.reduce(into: sum, items, order, from: begin, count: length)
            }
            guard norms[block].isFinite else {
                failed += 1
                continue
            }
            if case .value(let limit) = clipping {
                VectorLoops.clip(into: sum, gradient, limit: Float(limit), count: length)
                gradient = UnsafePointer(sum)
            }
            optimizer.update(
                parameters, gradient: gradient, from: begin, count: length, scale: scale, rate: rate, step: step)
        }
        if !isReduced { failureCount(of: worker).pointee = failed }
    }

    /// Steps the pieces of a worker's slice, each with the scale of its tensor.
    private func stepByTensor(
        _ worker: Int, _ optimizer: OptimizerState, _ parameters: UnsafeMutablePointer<Float>, rate: Double, step: Int
    ) {
        let squares = gradientSquares.doubles
        var (tensor, scale) = (-1, Float(1))
        for block in slice(of: worker) {
            for index in cut.ofBlock[block] {
                let piece = cut.pieces[index]
                if piece.tensor != tensor {
                    tensor = piece.tensor
                    scale = clipping.scale(norm: self.norm(of: tensor, squares))
                }
                optimizer.update(
                    parameters, gradient: total.floats + piece.begin, from: piece.begin, count: piece.count,
                    scale: scale, rate: rate, step: step)
            }
        }
    }

    private func measure(_ parameters: UnsafePointer<Float>, _ worker: Int) {
        let squares = parameterSquares.doubles
        for block in slice(of: worker) {
            for index in cut.ofBlock[block] {
                let piece = cut.pieces[index]
                squares[index] = VectorLoops.sumOfSquares(parameters + piece.begin, count: piece.count)
            }
        }
    }

    private func failureCount(of worker: Int) -> UnsafeMutablePointer<Int> {
        (failures.base + worker * AlignedMemory.alignment).assumingMemoryBound(to: Int.self)
    }

    /// Whether any block of the last gradient that was reduced was not finite. Each reduction says it anew, so that
    /// nothing needs to be reset. To be read behind a barrier.
    var hasFailed: Bool {
        for worker in 0..<workers where failureCount(of: worker).pointee > 0 { return true }
        return false
    }

    /// The Euclidean norm of the last step's gradient before clipping, added up by blocks in order: the same for any
    /// number of workers. To be read behind a barrier.
    var norm: Double {
        let norms = blockNorms.doubles
        var sum = 0.0
        for block in 0..<blocks { sum += norms[block] }
        return sum.squareRoot()
    }

    /// The last step's gradient before clipping, to the bit as it was stepped. To be called between two steps.
    func gradient(into sum: UnsafeMutablePointer<Float>) {
        if isWhole { return sum.update(from: total.floats, count: count) }
        let order = UnsafeBufferPointer(program)
        for block in 0..<blocks {
            let (begin, length) = extent(of: block)
            _ = VectorLoops.reduce(into: sum + begin, items, order, from: begin, count: length)
        }
    }

    private func norm(of tensor: Int, _ squares: UnsafePointer<Double>) -> Double {
        var sum = 0.0
        for index in cut.ofTensor[tensor] { sum += squares[index] }
        return sum.squareRoot()
    }

    /// The norms of each tensor in the last step, if `wantsTensorNorms` was set for it: of the gradient before
    /// clipping, and of the parameters before the step. To be read behind a barrier, and before the next reduction.
    func tensorNorms() -> [TensorNorms] {
        let gradient = gradientSquares.doubles
        let parameter = parameterSquares.doubles
        return tensors.enumerated().map { index, tensor in
            TensorNorms(
                name: tensor.name, layer: tensor.layer, gradient: norm(of: index, gradient),
                parameter: norm(of: index, parameter),
                count: tensor.shape.count)
        }
    }
}
