import Kernels

/// The order in which an epoch visits the rows of a dataset: a function of the seed and the epoch alone.
///
/// The rows are cut into blocks that are read at once, the blocks are visited in a random order, as many of them as fit
/// make a window, and the rows of a window are mixed. A dataset that is one block is one window, and its order is a
/// plain permutation.
package struct VisitingOrder: Sendable {
    package let selection: RowSelection
    /// Places in the selection; each block's rows lie in one file, beside each other but for rows that are not selected.
    package let blocks: [Range<Int>]
    /// The most rows that a window has.
    package let windowRows: Int
    let isShuffled: Bool
    package let seed: UInt64

    /// Some blocks that are mixed.
    package struct Window: Sendable {
        let epoch: Int
        let index: Int
        /// Places in `blocks`.
        let blocks: ArraySlice<Int>
        /// The place in the epoch of its first row.
        package let first: Int
        package let count: Int
    }

    init(
        _ selection: RowSelection, blocks: [Range<Int>]? = nil, windowRows: Int? = nil, isShuffled: Bool, seed: UInt64
    ) {
        self.selection = selection
        self.blocks = blocks ?? [0..<selection.count]
        self.windowRows = max(windowRows ?? selection.count, self.blocks.map(\.count).max() ?? 0)
        self.isShuffled = isShuffled
        self.seed = seed
    }

    /// The windows of an epoch, in order.
    package func windows(epoch: Int) -> [Window] {
        var order = Array(blocks.indices)
        if isShuffled, order.count > 1 {
            var random = Philox(seed: seed, stream: .blocks, index: epoch)
            order.withUnsafeMutableBufferPointer { random.shuffle($0) }
        }
        var windows: [Window] = []
        var (start, first, count) = (0, 0, 0)
        func close(_ end: Int) {
            guard end > start else { return }
            windows.append(
                Window(epoch: epoch, index: windows.count, blocks: order[start..<end], first: first, count: count))
            (start, first, count) = (end, first + count, 0)
        }
        for place in order.indices {
            let length = blocks[order[place]].count
            if count + length > windowRows { close(place) }
            count += length
        }
        close(order.count)
        return windows
    }

    /// The order in which a window's rows are visited, as places in the sequence of its blocks' rows, written to
    /// `places`.
    func order(of window: Window, into places: UnsafeMutablePointer<Int64>) {
        for index in 0..<window.count { places[index] = Int64(index) }
        guard isShuffled else { return }
        // The first window has the seed itself, the others seeds far from it.
        let seed = seed &+ 0x9E37_79B9_7F4A_7C15 &* UInt64(window.index)
        var random = Philox(seed: seed, stream: .shuffling, index: window.epoch)
        random.shuffle(UnsafeMutableBufferPointer(start: places, count: window.count))
    }

    /// Replaces places in the sequence of a window's rows by the rows themselves.
    func rows(of window: Window, in places: UnsafeMutablePointer<Int64>) {
        if blocks.count == 1 {
            guard let rows = selection.rows else { return }
            for index in 0..<window.count { places[index] = rows[Int(places[index])] }
            return
        }
        var sequence: [Int64] = []
        sequence.reserveCapacity(window.count)
        for block in window.blocks { for place in blocks[block] { sequence.append(Int64(selection[place])) } }
        for index in 0..<window.count { places[index] = sequence[Int(places[index])] }
    }
}
