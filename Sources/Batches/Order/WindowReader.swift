import Dispatch
import Kernels
import Machine

/// A window of rows that is ready: where in the pool its rows stand, in the order in which they are visited.
package struct LoadedWindow: Sendable {
    let window: VisitingOrder.Window
    private let memory: AlignedMemory
    /// What the window's second-but-one neighbour will overwrite.
    package var rows: UnsafePointer<Int64> { UnsafePointer(memory.elements(of: Int64.self)) }
    package var count: Int { window.count }

    init(_ window: VisitingOrder.Window, _ memory: AlignedMemory) {
        self.window = window
        self.memory = memory
    }
}

/// Makes windows of rows ready ahead of their use, on a queue of its own: two at a time, epoch after epoch.
///
/// With data in memory only the order is made. Otherwise the pool has room for two windows: while one is used, the next
/// is read, its blocks by several threads.
///
/// `@unchecked Sendable`: what changes is touched by the one thread that takes windows; the queue's jobs write only
/// places of the pool that nobody reads until they are done.
package final class WindowReader: @unchecked Sendable {
    package let pool: Pool
    package let order: VisitingOrder
    private let data: Dataset
    /// Rows of half the pool; 0 for data in memory.
    private let half: Int
    /// How many read a window's blocks.
    private let threads: Int
    private let queue = DispatchQueue(label: "stormo.reader", qos: .userInitiated)
    /// Windows that are being made, ready or taken, in order; two at most.
    private var coming: [Coming] = []
    /// How many of them have been taken.
    private var taken = 0
    /// What is to be made next.
    private var upcoming: ArraySlice<VisitingOrder.Window> = []
    private var upcomingEpoch = 0
    /// The number of windows begun, which decides in which half of the pool the next one goes.
    private var begun = 0
    /// Told of each window that is made. To be changed between epochs only.
    package var profile: StepProfile?

    /// - Throws: `KernelError.outOfMemory`; `DataError` where the memory that the data may use is too small.
    package init(_ data: Dataset, isShuffled: Bool, seed: UInt64, atLeast batch: Int = 1) throws {
        self.data = data
        if let pool = Pool(data) {
            self.pool = pool
            half = 0
            threads = 1
            let rows = try isShuffled ? data.mixedRows(atLeast: batch) : nil
            order = data.order(windowRows: rows, batch: batch, isShuffled: isShuffled, seed: seed)
        } else {
            var data = data
            // Rows that are visited in their order are so whatever the window.
            if !isShuffled { data.shuffleWindow = nil }
            let rows = try data.windowRows(atLeast: batch)
            order = data.order(windowRows: rows, batch: batch, isShuffled: isShuffled, seed: seed)
            half = order.windowRows
            threads = data.readingThreads(windowRows: half)
            pool = try Pool(rows: 2 * half, of: data)
        }
    }

    /// Goes to a place in an epoch: the next window taken is the one that holds the row visited there.
    package func begin(epoch: Int, at position: Int = 0) {
        while taken > 0 { release() }
        let windows = order.windows(epoch: epoch)
        let first = windows.lastIndex { $0.first <= position } ?? 0
        if coming.first?.window.epoch != epoch || coming.first?.window.index != first {
            // What has been made ahead is not what is wanted.
            for window in coming { window.wait() }
            coming = []
            upcoming = windows[first...]
            upcomingEpoch = epoch
        }
        fill()
    }

    /// The next window; waits until it is ready.
    /// - Throws: what made reading it fail.
    package func take() throws -> LoadedWindow {
        precondition(taken < 2, "there is room for two windows")
        fill()
        let next = coming[taken]
        taken += 1
        do {
            return try next.wait().get()
        } catch {
            for window in coming { window.wait() }
            (coming, taken) = ([], 0)
            throw error
        }
    }

    /// Gives back the window that was taken first; its rows may be overwritten.
    package func release() {
        precondition(taken > 0, "only what was taken can be given back")
        coming.removeFirst()
        taken -= 1
        fill()
    }

    private func fill() {
        while coming.count < 2 {
            if upcoming.isEmpty {
                upcomingEpoch += 1
                upcoming = order.windows(epoch: upcomingEpoch)[...]
            }
            guard let window = upcoming.popFirst() else { return }
            let place = Coming(window)
            let base = begun % 2 * half
            begun += 1
            coming.append(place)
            queue.async { [self, profile] in
                place.fulfil(
                    Result {
                        try profile?.noteReading(epoch: window.epoch) { try make(window, at: base) }
                            ?? make(window, at: base)
                    })
            }
        }
    }

    /// Makes a window whose rows begin at a place in the pool.
    private func make(_ window: VisitingOrder.Window, at base: Int) throws -> LoadedWindow {
        let memory = try AlignedMemory(byteCount: window.count * MemoryLayout<Int64>.stride)
        let places = memory.elements(of: Int64.self)
        order.order(of: window, into: places)
        if half == 0 {
            order.rows(of: window, in: places)
        } else {
            try read(window, at: base)
            for index in 0..<window.count { places[index] += Int64(base) }
        }
        return LoadedWindow(window, memory)
    }

    private func read(_ window: VisitingOrder.Window, at base: Int) throws {
        var starts: [Int] = []
        var start = base
        for block in window.blocks {
            starts.append(start)
            start += order.blocks[block].count
        }
        let blocks = Array(window.blocks)
        try inParallel(blocks.count, threads: threads) { [starts, order, data, pool] index in
            let places = order.blocks[blocks[index]]
            for (entry, tensor) in zip(data.fields, pool.tensors) {
                let target = tensor.memory.base + starts[index] * entry.field.rowBytes
                try entry.field.read(order.selection, places, into: target)
                try data.check(
                    entry.field, tensor, at: starts[index], order.selection, places, areWeights: entry.role == .weight)
            }
        }
    }
}

/// A window that another queue is working on.
///
/// `@unchecked Sendable`: the group puts the one write before the reads.
private final class Coming: @unchecked Sendable {
    let window: VisitingOrder.Window
    private let done = DispatchGroup()
    private var result: Result<LoadedWindow, any Error>?

    init(_ window: VisitingOrder.Window) {
        self.window = window
        done.enter()
    }

    func fulfil(_ result: Result<LoadedWindow, any Error>) {
        self.result = result
        done.leave()
    }

    @discardableResult
    func wait() -> Result<LoadedWindow, any Error> {
        done.wait()
        return result!
    }
}
