import Batches
import Kernels

/// By how much each sample's loss counts for an output: its own weight, that of its class, or both multiplied.
///
/// `@unchecked Sendable`: each worker has buffers of its own.
package final class SampleWeights: @unchecked Sendable {
    private let classes: ClassWeightTable?
    /// The samples' own weights among the fields of the data.
    private let place: Int?
    private let own: [AlignedMemory]
    private let product: [AlignedMemory]

    /// - Parameters:
    ///   - place: of the samples' own weights among the data's fields; nil where they have none.
    ///   - capacity: the most samples that a shard has.
    /// - Returns: nil where all samples count the same.
    init?(classes: ClassWeightTable?, place: Int?, workers: Int, capacity: Int) throws {
        if classes == nil, place == nil { return nil }
        (self.classes, self.place) = (classes, place)
        own = try (0..<workers).map { _ in try AlignedMemory(floats: capacity) }
        product = try (0..<workers).map { _ in try AlignedMemory(floats: capacity) }
    }

    /// Gathers the weights of a shard's samples.
    /// - Parameters:
    ///   - worker: who runs the shard.
    ///   - targets: as they are encoded for the loss.
    @discardableResult
    func fill(
        worker: Int, from pool: Pool, rows: UnsafePointer<Int64>, targets: TensorPointer, count: Int
    ) -> UnsafePointer<Float> {
        let result = product[worker].floats
        if let classes {
            classes.fill(result, targets: targets, samples: count)
        } else {
            result.update(repeating: 1, count: count)
        }
        if let place {
            let factors = own[worker].floats
            pool.tensors[place].gather(into: factors, rows: rows, count: count)
            for index in 0..<count { result[index] *= factors[index] }
        }
        return UnsafePointer(result)
    }

    /// What was gathered for the shard that a worker runs.
    func weights(of worker: Int) -> UnsafePointer<Float> { UnsafePointer(product[worker].floats) }
}
