public import Kernels

/// The running state of one metric over the rows seen since the last reset, for a metric that needs more than the
/// shared counts.
///
/// Each shard of a mini-batch has an accumulator. They are merged in the order of the shards, so that a fixed number of
/// shards gives the same bits on any number of workers.
public protocol MetricAccumulator: AnyObject {
    /// Takes in rows. Called in every training step, so it should not allocate.
    ///
    /// Rows whose label is ``MetricLayout/ignoredLabel`` are given too: the accumulator must leave them out.
    /// - Parameters:
    ///   - predictions: rows × classes or outputs, row-major.
    ///   - targets: for sparse labels rows × 1 integers; else floats of the same shape as the predictions.
    func update(_ predictions: UnsafePointer<Float>, _ targets: TensorPointer, rows: Int)

    /// Adds what `other` has seen, as if its rows had come after this accumulator's. Both belong to the same metric.
    func merge(_ other: any MetricAccumulator)

    /// Forgets all rows.
    func reset()

    /// Appends the state as numbers, for a checkpoint.
    func append(to state: inout [Double])

    /// Restores the state from the numbers that `append` wrote. It must read exactly as many.
    /// - Parameter rows: the number of rows that `update` had been given.
    /// - Throws: `MetricError` for numbers that `append` can't have written.
    func restore(_ state: inout MetricState, rows: Int) throws(MetricError)
}
