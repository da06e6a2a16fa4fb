/// How a mini-batch is cut into shards, and who runs which.
///
/// The cut depends on the number of shards alone, so that with the shards pinned the same sums are formed by any
/// number of workers.
package struct ShardPlan: Sendable, Equatable {
    let shards: Int
    let workers: Int

    /// The samples of a shard in a batch: the batch in equal parts, the first ones larger by one where it does not
    /// divide. Empty for the last ones where there are more shards than samples.
    func samples(of shard: Int, in batch: Int) -> Range<Int> {
        let (size, rest) = batch.quotientAndRemainder(dividingBy: shards)
        let start = shard * size + min(shard, rest)
        return start..<start + size + (shard < rest ? 1 : 0)
    }

    /// The numbers of samples that the shards of a batch have.
    func sizes(in batch: Int) -> [Int] {
        let (size, rest) = batch.quotientAndRemainder(dividingBy: shards)
        return rest == 0 ? [size] : [size, size + 1]
    }

    /// The shards that a worker runs: neighbours, so that a worker's part of the batch is contiguous.
    func shards(of worker: Int) -> Range<Int> {
        worker * shards / workers..<(worker + 1) * shards / workers
    }
}
