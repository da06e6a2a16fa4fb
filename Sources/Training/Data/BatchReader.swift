internal import Dispatch
import Kernels

/// The order in which an epoch visits the rows: a permutation that is a function of the seed and the epoch alone.
struct EpochOrder: Sendable {
    private let memory: AlignedMemory
    let count: Int

    init(rows count: Int, shuffled: Bool, seed: UInt64, epoch: Int) throws {
        self.count = count
        memory = try AlignedMemory(byteCount: count * MemoryLayout<Int64>.stride)
        let rows = memory.base.assumingMemoryBound(to: Int64.self)
        for index in 0..<count { rows[index] = Int64(index) }
        guard shuffled else { return }
        // Fisher and Yates's shuffle, written out so that it never changes with a library.
        var random = Philox(seed: seed, stream: .shuffling, index: epoch)
        for index in stride(from: count - 1, to: 0, by: -1) {
            let other = Int(random.next().multipliedFullWidth(by: UInt64(index + 1)).high)
            (rows[index], rows[other]) = (rows[other], rows[index])
        }
    }

    /// The given rows in the given order.
    init(_ rows: [Int64]) throws {
        count = rows.count
        memory = try AlignedMemory(byteCount: count * MemoryLayout<Int64>.stride)
        for (index, row) in rows.enumerated() { memory.base.assumingMemoryBound(to: Int64.self)[index] = row }
    }

    var rows: UnsafePointer<Int64> { UnsafePointer(memory.base.assumingMemoryBound(to: Int64.self)) }
}

/// A mini-batch: which rows of the dataset it holds. The rows themselves stay where they are until each worker
/// gathers its shard.
struct Batch {
    let rows: UnsafePointer<Int64>
    let count: Int
}

/// Prepares batches ahead of the workers, on a queue of its own.
///
/// With data in memory a batch is a slice of the epoch's order; the order of the next epoch is made while this one
/// runs.
///
/// `@unchecked Sendable`: `pending` is touched by the thread that calls `epoch` alone.
final class BatchReader: @unchecked Sendable {
    let rows: Int
    let batchSize: Int
    private let shuffled: Bool
    private let seed: UInt64
    private let queue = DispatchQueue(label: "stormo.reader", qos: .userInitiated)
    private var pending: (epoch: Int, result: PendingOrder)?
    /// Told of each order that is made. To be changed between epochs only.
    var profile: StepProfile?

    init(rows: Int, batchSize: Int, shuffled: Bool, seed: UInt64) {
        self.rows = rows
        self.batchSize = batchSize
        self.shuffled = shuffled
        self.seed = seed
    }

    var batchesPerEpoch: Int { (rows + batchSize - 1) / batchSize }

    /// The order of an epoch, and a start on the next one's.
    func epoch(_ epoch: Int) throws -> EpochOrder {
        let order = try pending?.epoch == epoch ? pending!.result.wait() : make(epoch)
        let next = PendingOrder()
        pending = (epoch + 1, next)
        queue.async { [self, profile] in
            next.fulfil(
                Result { try profile?.noteReading(epoch: epoch + 1) { try make(epoch + 1) } ?? make(epoch + 1) })
        }
        return order
    }

    private func make(_ epoch: Int) throws -> EpochOrder {
        try EpochOrder(rows: rows, shuffled: shuffled, seed: seed, epoch: epoch)
    }

    /// The batch at a place in an epoch; the last may be short.
    static func batch(_ index: Int, of order: EpochOrder, size: Int) -> Batch {
        let start = index * size
        return Batch(rows: order.rows + start, count: min(size, order.count - start))
    }
}

/// A result that another queue is working on.
///
/// `@unchecked Sendable`: the semaphore puts the one write before the one read.
private final class PendingOrder: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var result: Result<EpochOrder, any Error>?

    func fulfil(_ result: Result<EpochOrder, any Error>) {
        self.result = result
        done.signal()
    }

    func wait() throws -> EpochOrder {
        done.wait()
        return try result!.get()
    }
}
