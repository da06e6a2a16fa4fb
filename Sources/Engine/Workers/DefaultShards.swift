/// Into how many shards a batch is cut unless a config says: a rule from the network and the batch alone, so that the results
/// do not follow the machine.
///
/// The largest power of two, at most 64, that leaves each shard eight samples, and that lets a single worker lose some 5%
/// against a single shard. What a further shard costs is counted in floating-point operations: a fixed part for its kernels'
/// calls, and for each parameter a gradient that is written, read again and added up.
///
/// The barriers at operators that couple samples do not count: their number follows from the operators, not from the shards,
/// and a single worker, whose loss is limited here, waits at none.
struct DefaultShards {
    let count: Int

    private static let most = 64
    private static let leastSamples = 8
    private static let loss = 0.05
    /// As measured: a gradient's element costs as much as these operations of a matrix product.
    private static let operationsForParameter = 40.0
    private static let operationsForShard = 1e6

    /// - Parameters:
    ///   - operations: of one sample, forward and backward.
    ///   - parameters: the number of those that are trained.
    init(batchSize: Int, operations: Int, parameters: Int) {
        let work = Double(batchSize) * Double(operations)
        let cost = Self.operationsForShard + Self.operationsForParameter * Double(parameters)
        var count = 1
        while 2 * count <= Self.most, 2 * count * Self.leastSamples <= batchSize,
            Double(2 * count - 1) * cost <= Self.loss * work
        {
            count *= 2
        }
        self.count = count
    }
}
