import Batches
import Kernels

/// By how much each sample's loss counts: its own weight, that of its class, or both multiplied.
///
/// `@unchecked Sendable`: each worker has buffers of its own.
package final class SampleWeights: @unchecked Sendable {
    private let classes: ClassWeightTable?
    private let own: [AlignedMemory]
    private let product: [AlignedMemory]

    /// - Parameter capacity: the most samples that a shard has.
    init(classes: ClassWeightTable?, workers: Int, capacity: Int) throws {
        self.classes = classes
        own = try (0..<workers).map { _ in try AlignedMemory(floats: capacity) }
        product = try (0..<workers).map { _ in try AlignedMemory(floats: capacity) }
    }

    /// The weights of a shard's samples.
    /// - Parameters:
    ///   - worker: who runs the shard.
    ///   - targets: as they are encoded for the loss.
    func fill(
        worker: Int, from pool: Pool, rows: UnsafePointer<Int64>, targets: TensorPointer, count: Int
    ) -> UnsafePointer<Float> {
        let result = product[worker].floats
        if let classes {
            classes.fill(result, targets: targets, samples: count)
        } else {
            result.update(repeating: 1, count: count)
        }
        if let weights = pool.weights {
            let factors = own[worker].floats
            weights.gather(into: factors, rows: rows, count: count)
            for index in 0..<count { result[index] *= factors[index] }
        }
        return UnsafePointer(result)
    }
}
