import Kernels

/// The sums over a mini-batch by which samples are coupled: those of each shard, and what they come to.
///
/// Shards' sums are added in double along the reducer's tree. So the bits follow from the number of shards alone, whoever
/// adds which of them, and a tree over processes could finish what each of them has added.
///
/// `@unchecked Sendable`: a shard's sums are written by who runs it, the combined ones each by one worker; others read them
/// behind a barrier.
final class BatchSums: @unchecked Sendable {
    /// Those of all rounds of a step, as a replica is bound to them.
    let combined: AlignedMemory
    /// Those of the round under way, by shard.
    private let partials: [AlignedMemory]
    private let pointers: [UnsafeMutablePointer<Double>]
    private let pairs: [ReductionTree.Pair]

    /// - Parameters:
    ///   - count: the combined sums of a step.
    ///   - largest: those of the largest round.
    /// - Throws: `KernelError.outOfMemory`.
    init(count: Int, largest: Int, shards: Int) throws(KernelError) {
        combined = try AlignedMemory(doubles: count)
        var partials: [AlignedMemory] = []
        for _ in 0..<shards { partials.append(try AlignedMemory(doubles: largest)) }
        self.partials = partials
        pointers = partials.map(\.doubles)
        pairs = ReductionTree(shards: shards).pairs
    }

    /// Where a shard's sums of a round go.
    func partial(of shard: Int) -> UnsafeMutablePointer<Double> { pointers[shard] }

    /// A shard without samples adds zeros.
    func clear(_ shard: Int, count: Int) { pointers[shard].update(repeating: 0, count: count) }

    /// Adds up a worker's slice of a round. All shards' sums must stand.
    /// - Parameter places: those of the round among the combined sums.
    func combine(_ places: Range<Int>, worker: Int, of workers: Int) {
        // Whole cache lines, so that workers do not share one.
        let line = AlignedMemory.alignment / MemoryLayout<Double>.stride
        let lines = (places.count + line - 1) / line
        let begin = worker * lines / workers * line
        let end = min((worker + 1) * lines / workers * line, places.count)
        guard begin < end else { return }
        for index in 0..<pairs.count {
            let (sum, other) = (pointers[pairs[index].sum], pointers[pairs[index].other])
            for place in begin..<end { sum[place] += other[place] }
        }
        (combined.doubles + places.lowerBound + begin).update(from: pointers[0] + begin, count: end - begin)
    }
}
