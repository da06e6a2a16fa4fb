import Batches
import Kernels
import Network

/// Brings samples to a replica: gathers them out of the pool, normalises them and encodes their targets on the way.
package struct ShardFeed {
    package let objective: Objective
    package let constants: RowConstants?
    package let encoding: TargetEncoding

    /// - Throws: `DataError` where the targets do not fit the loss, or where integers were to be normalised.
    package init(_ objective: Objective, on data: Dataset, preprocessing: Preprocessing) throws {
        let element = objective.model.inputElement
        guard element == .float32 || preprocessing.kind == .none else {
            throw DataError(
                "the inputs are normalised by \(preprocessing.kind.rawValue), but the model takes whole numbers (\(element)), "
                    + "which stand for themselves; set data.normalize to none")
        }
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
            into: replica.tensor(of: objective.input, samples: count), rows: rows, count: count, constants: constants)
        if wantsTargets {
            loadTargets(replica.tensor(of: objective.target, samples: count), from: pool, rows: rows, count: count)
        }
    }

    @inline(__always)
    func loadTargets(_ target: TensorPointer, from pool: Pool, rows: UnsafePointer<Int64>, count: Int) {
        guard let targets = pool.targets else { return }
        encoding.gather(targets, into: target, rows: rows, count: count)
    }
}
