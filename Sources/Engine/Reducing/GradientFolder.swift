import Kernels

/// The gradients of a worker's shards, folded along the reduction tree as the shards finish.
///
/// `@unchecked Sendable`: in a step one thread runs the worker's shards, in order; others read what is left behind a barrier.
final class GradientFolder: @unchecked Sendable {
    let plan: FoldPlan
    private let length: Int
    private let buffers: [AlignedMemory]
    /// The arguments of each fold, so that folding allocates nothing.
    private let parts: [UnsafeMutablePointer<UnsafePointer<Float>?>?]

    /// - Parameter length: that of a gradient.
    /// - Throws: `KernelError.outOfMemory`.
    init(_ plan: FoldPlan, length: Int) throws(KernelError) {
        self.plan = plan
        self.length = length
        var buffers: [AlignedMemory] = []
        for _ in 0..<plan.bufferCount { buffers.append(try AlignedMemory(floats: length)) }
        self.buffers = buffers
        parts = plan.folds.map { fold in
            guard let fold else { return nil }
            let list = UnsafeMutablePointer<UnsafePointer<Float>?>.allocate(capacity: fold.buffers.count)
            for (index, buffer) in fold.buffers.enumerated() { list[index] = UnsafePointer(buffers[buffer].floats) }
            return list
        }
    }

    deinit { for list in parts { list?.deallocate() } }

    /// The sums that are left when all shards have finished, in order.
    var roots: [(node: ReductionTree.Node, gradient: AlignedMemory)] {
        plan.roots.map { ($0.node, buffers[$0.buffer]) }
    }

    /// The gradient of the worker's first shard.
    var first: AlignedMemory { buffers[0] }

    /// Where a shard's backward pass writes.
    func gradient(of shard: Int) -> AlignedMemory { buffers[plan.buffers[shard - plan.shards.lowerBound]] }

    /// A shard without samples adds zeros.
    func clearGradient(of shard: Int) { gradient(of: shard).floats.update(repeating: 0, count: length) }

    /// The same for parts of the gradient.
    func clearGradient(of shard: Int, in ranges: [Range<Int>]) {
        let gradient = gradient(of: shard).floats
        for index in 0..<ranges.count {
            (gradient + ranges[index].lowerBound).update(repeating: 0, count: ranges[index].count)
        }
    }

    /// Folds what is due when a shard's gradient stands.
    /// - Returns: whether anything was.
    @discardableResult
    func finish(_ shard: Int) -> Bool { fold(shard, 0..<length) }

    /// The same when parts of it stand. The worker's shards come in order for each part.
    @discardableResult
    func finish(_ shard: Int, in ranges: [Range<Int>]) -> Bool {
        var isDue = false
        for index in 0..<ranges.count where fold(shard, ranges[index]) { isDue = true }
        return isDue
    }

    private func fold(_ shard: Int, _ range: Range<Int>) -> Bool {
        let index = shard - plan.shards.lowerBound
        guard let fold = plan.folds[index], let list = parts[index] else { return false }
        let sum = buffers[fold.buffers[0]].floats
        fold.program.withUnsafeBufferPointer { program in
            for begin in stride(from: range.lowerBound, to: range.upperBound, by: VectorLoops.block) {
                VectorLoops.fold(
                    into: sum + begin, list, program, from: begin,
                    count: min(VectorLoops.block, range.upperBound - begin))
            }
        }
        return true
    }
}
