import Batches
import Kernels
import Network

/// Brings samples to a replica: gathers them out of the pool, normalises them and encodes their targets on the way.
package struct ShardFeed {
    package let objective: Objective
    package let constants: RowConstants?
    package let encoding: TargetEncoding

    /// - Throws: `DataError` where the targets do not fit the loss.
    package init(_ objective: Objective, on data: Dataset, preprocessing: Preprocessing) throws {
        self.objective = objective
        constants = try preprocessing.rowConstants(data.inputs.rowShape)
        encoding = try data.encoding(for: objective)
    }

    /// - Parameter rows: where the samples stand in the pool.
    @inline(__always)
    package func load(
        _ replica: Replica, from pool: Pool, rows: UnsafePointer<Int64>, count: Int, wantsTargets: Bool = true
    ) {
        pool.inputs.gather(
            into: replica.value(of: objective.input, samples: count).baseAddress!, rows: rows, count: count,
            offset: constants?.offset, scale: constants?.scale, exactOffset: constants?.exactOffset)
        if wantsTargets {
            loadTargets(
                replica.value(of: objective.target, samples: count).baseAddress!, from: pool, rows: rows, count: count)
        }
    }

    @inline(__always)
    func loadTargets(
        _ target: UnsafeMutablePointer<Float>, from pool: Pool, rows: UnsafePointer<Int64>, count: Int
    ) {
        guard let targets = pool.targets else { return }
        targets.gather(into: target, rows: rows, count: count)
        encoding.encode(target, samples: count)
    }
}
