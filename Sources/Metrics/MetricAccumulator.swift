public import Kernels

/// What a metric adds up over the rows that it sees, where the counts that metrics share do not do.
///
/// Each shard has one of its own. They are joined in the order of the shards, so that a pinned number of shards gives the
/// same bits on any number of workers.
public protocol MetricAccumulator: AnyObject {
    /// Takes in rows. Called in every training step, so it should not allocate.
    /// - Parameters:
    ///   - predictions: rows × classes or outputs.
    ///   - targets: rows × 1 labels, which are integers, else floats, as wide as the predictions.
    func update(_ predictions: UnsafePointer<Float>, _ targets: TensorPointer, rows: Int)

    /// Adds what another of the same metric has seen, as if it had come after.
    func merge(_ other: any MetricAccumulator)

    /// Forgets all rows.
    func reset()

    /// Appends what it has seen, for a checkpoint.
    func append(to state: inout [Double])

    /// Takes what `append` gave.
    /// - Parameter rows: those that it had seen.
    /// - Throws: `MetricError` for numbers that it can't have given.
    func restore(_ state: inout MetricState, rows: Int) throws(MetricError)
}
