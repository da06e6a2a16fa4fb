import Kernels
import Network
import Synchronization

/// Sums the shards' gradients and steps the optimizer, each worker on its own slice of the parameters.
///
/// The vectors are cut into blocks of fixed length. A block's gradient is summed over the shards in a fixed tree,
/// its squares are added up, and the optimizer steps it at once, while it is in the cache. A block whose gradient is
/// not finite is not stepped, so the parameters stay finite whatever happens.
///
/// `@unchecked Sendable`: in a step each worker writes its own blocks of the parameters and of `blockNorms` alone;
/// others read them behind a barrier.
final class Reducer: @unchecked Sendable {
    private let count: Int
    private let shards: Int
    private let workers: Int
    private let blocks: Int
    private let gradients: [AlignedMemory]
    private let pointers: UnsafeMutablePointer<UnsafePointer<Float>?>
    private let blockNorms: AlignedMemory
    private let scratch: [AlignedMemory]
    private let sawNonFinite = Atomic<Bool>(false)

    /// - Parameter count: the length of the parameter buffer.
    /// - Throws: `KernelError.outOfMemory`.
    init(count: Int, shards: Int, workers: Int) throws(KernelError) {
        self.count = count
        self.shards = shards
        self.workers = workers
        blocks = (count + VectorLoops.block - 1) / VectorLoops.block
        var gradients: [AlignedMemory] = []
        for _ in 0..<shards { gradients.append(try AlignedMemory(floats: count)) }
        self.gradients = gradients
        var scratch: [AlignedMemory] = []
        for _ in 0..<workers { scratch.append(try AlignedMemory(floats: VectorLoops.block)) }
        self.scratch = scratch
        blockNorms = try AlignedMemory(byteCount: blocks * MemoryLayout<Double>.stride)
        pointers = .allocate(capacity: shards)
        for shard in 0..<shards { pointers[shard] = UnsafePointer(gradients[shard].floats) }
    }

    deinit { pointers.deallocate() }

    /// Where a shard's backward pass writes.
    func gradient(of shard: Int) -> UnsafeMutablePointer<Float> { gradients[shard].floats }

    /// A shard without samples has no part in the sum.
    func clearGradient(of shard: Int) { gradients[shard].floats.update(repeating: 0, count: count) }

    /// Reduces and steps a worker's slice.
    func step(
        worker: Int, _ optimizer: OptimizerState, _ parameters: UnsafeMutablePointer<Float>, rate: Double, step: Int
    ) {
        let norms = blockNorms.base.assumingMemoryBound(to: Double.self)
        let sum = scratch[worker].floats
        for block in worker * blocks / workers..<(worker + 1) * blocks / workers {
            let begin = block * VectorLoops.block
            let length = min(VectorLoops.block, count - begin)
            // A single shard's gradient is the sum already.
            let gradient = shards == 1 ? UnsafePointer(gradients[0].floats + begin) : UnsafePointer(sum)
            norms[block] =
                shards == 1
                ? VectorLoops.sumOfSquares(gradient, count: length)
                : VectorLoops.reduce(into: sum, pointers, shards: shards, from: begin, count: length)
            guard norms[block].isFinite else {
                sawNonFinite.store(true, ordering: .relaxed)
                continue
            }
            optimizer.update(parameters, gradient: gradient, from: begin, count: length, rate: rate, step: step)
        }
    }

    /// Whether any block's gradient has not been finite. To be read behind a barrier.
    var hasFailed: Bool { sawNonFinite.load(ordering: .relaxed) }

    /// The Euclidean norm of the last step's gradient, added up by blocks in order: the same for any number of
    /// workers. To be read behind a barrier.
    var norm: Double {
        let norms = blockNorms.base.assumingMemoryBound(to: Double.self)
        var sum = 0.0
        for block in 0..<blocks { sum += norms[block] }
        return sum.squareRoot()
    }
}
