import Kernels
import Machine

/// A mini-batch: which rows of the pool it holds. The rows themselves stay where they are until each worker gathers its
/// shard.
package struct Batch {
    package let rows: UnsafePointer<Int64>
    package let count: Int
}

/// Cuts an epoch's windows into mini-batches, in the order in which the rows are visited. The last one may be short.
///
/// `@unchecked Sendable`: one thread at a time uses it, the first worker during a run and the caller in between.
package final class BatchReader: @unchecked Sendable {
    package let rows: Int
    package let batchSize: Int
    private let windows: WindowReader
    private var window: LoadedWindow?
    /// The number of the window's rows that have been given out.
    private var used = 0
    /// The place in the epoch of the next batch.
    private var position = 0
    /// Windows that are done with as soon as the batch that was given out last has been gathered.
    private var finished = 0
    /// The rows of batches that lie in two windows: of this one and of the one before.
    private let seams: [AlignedMemory]
    private var seam = 0

    /// - Throws: `KernelError.outOfMemory`; `DataError` where the memory that the data may use is too small.
    package init(_ data: Dataset, batchSize: Int, isShuffled: Bool, seed: UInt64) throws {
        rows = data.count
        self.batchSize = batchSize
        windows = try WindowReader(data, isShuffled: isShuffled, seed: seed, atLeast: batchSize)
        seams = try (0..<2).map { _ in try AlignedMemory(byteCount: batchSize * MemoryLayout<Int64>.stride) }
    }

    package var pool: Pool { windows.pool }
    package var batchesPerEpoch: Int { (rows + batchSize - 1) / batchSize }
    package var profile: StepProfile? {
        get { windows.profile }
        set { windows.profile = newValue }
    }

    /// Goes to a step of an epoch.
    package func begin(epoch: Int, at step: Int = 0) throws {
        window = nil
        finished = 0
        position = step * batchSize
        windows.begin(epoch: epoch, at: position)
        guard position < rows else { return }
        let first = try windows.take()
        window = first
        used = position - first.window.first
    }

    /// The next batch. Nobody may read the one before any longer.
    /// - Throws: what made reading its rows fail.
    package func next() throws -> Batch {
        for _ in 0..<finished { windows.release() }
        finished = 0
        let count = min(batchSize, rows - position)
        position += count
        if let window, window.count - used >= count {
            defer { use(count, of: window) }
            return Batch(rows: window.rows + used, count: count)
        }
        seam = 1 - seam
        let slots = seams[seam].elements(of: Int64.self)
        var filled = 0
        while filled < count {
            let source: LoadedWindow
            if let window { source = window } else { source = try windows.take() }
            window = source
            let length = min(count - filled, source.count - used)
            (slots + filled).update(from: source.rows + used, count: length)
            filled += length
            use(length, of: source)
        }
        return Batch(rows: UnsafePointer(slots), count: count)
    }

    private func use(_ count: Int, of source: LoadedWindow) {
        used += count
        if used == source.count {
            finished += 1
            (window, used) = (nil, 0)
        }
    }
}
