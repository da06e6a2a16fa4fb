import Kernels
import Network

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
    /// By shard, each in the same places.
    private let partials: [AlignedMemory]
    private let pointers: [UnsafeMutablePointer<Double>]
    private let pairs: [ReductionTree.Pair]

    /// - Parameter count: the combined sums of a step.
    /// - Throws: `KernelError.outOfMemory`.
    init(count: Int, shards: Int) throws(KernelError) {
        combined = try AlignedMemory(doubles: count)
        var partials: [AlignedMemory] = []
        for _ in 0..<shards { partials.append(try AlignedMemory(doubles: count)) }
        self.partials = partials
        pointers = partials.map(\.doubles)
        pairs = ReductionTree(shards: shards).pairs
    }

    /// Where a shard's sums go.
    func partial(of shard: Int) -> UnsafeMutablePointer<Double> { pointers[shard] }

    /// A shard without samples adds zeros.
    func clear(_ shard: Int, _ round: Coupling.Round) {
        for index in 0..<round.parts.count {
            let places = round.parts[index].places
            (pointers[shard] + places.lowerBound).update(repeating: 0, count: places.count)
        }
    }

    /// Adds up a worker's slice of a round. All shards' sums must stand.
    func combine(_ round: Coupling.Round, worker: Int, of workers: Int) {
        for index in 0..<round.parts.count { combine(round.parts[index].places, worker, of: workers) }
    }

    private func combine(_ places: Range<Int>, _ worker: Int, of workers: Int) {
        // Whole cache lines, so that workers do not share one.
        let line = AlignedMemory.alignment / MemoryLayout<Double>.stride
        let first = places.lowerBound / line
        let lines = (places.upperBound + line - 1) / line - first
        let begin = max((first + worker * lines / workers) * line, places.lowerBound)
        let end = min((first + (worker + 1) * lines / workers) * line, places.upperBound)
        guard begin < end else { return }
        for index in 0..<pairs.count {
            let (sum, other) = (pointers[pairs[index].sum], pointers[pairs[index].other])
            for place in begin..<end { sum[place] += other[place] }
        }
        (combined.doubles + begin).update(from: pointers[0] + begin, count: end - begin)
    }
}
