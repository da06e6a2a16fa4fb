import Kernels
import Machine

extension Dataset {
    /// The order in which epochs visit the rows.
    /// - Parameters:
    ///   - windowRows: the most rows that are mixed; nil for all.
    ///   - batch: the size of a batch. It is at most half of `windowRows`, or all rows are one window; no batch then lies
    ///     in more than two windows, which is as many as there is room for.
    func order(windowRows: Int?, batch: Int = 1, isShuffled: Bool, seed: UInt64) -> VisitingOrder {
        // No more than there are, so that the order of rows in memory is that of rows in files.
        guard let windowRows = windowRows.map({ min($0, count) }) else {
            return VisitingOrder(selection, isShuffled: isShuffled, seed: seed)
        }
        return VisitingOrder(
            selection, blocks: blocks(windowRows: windowRows, batch: batch), windowRows: windowRows,
            isShuffled: isShuffled, seed: seed)
    }

    /// The rows cut into what is read at once, as places in the selection.
    ///
    /// A block is some chunks of a file, 64 KiB or more where 32 of them fit into a window. Windows of fewer than eight
    /// blocks would hardly mix, so larger chunks are cut, in four at the most, and then read as often.
    private func blocks(windowRows: Int, batch: Int) -> [Range<Int>] {
        var result: [Range<Int>] = []
        // A window ends where the next block does not fit, so with blocks of this length all but the last have a batch
        // or more.
        let longest = max(windowRows - batch + 1, 1)
        for part in inputs.parts {
            let chunk = max(part.reader?.blockRows ?? 1, 1)
            let least = (65_536 + inputs.rowBytes - 1) / max(inputs.rowBytes, 1)
            let most = max(windowRows / 8, 1)
            let pieces = min((chunk + most - 1) / most, 4)
            let wanted = min((least + chunk - 1) / chunk, max(windowRows / 32 / chunk, 1)) * chunk
            let length = min(pieces > 1 ? (chunk + pieces - 1) / pieces : wanted, longest)
            // Cut within the chunks, so that no piece lies in two of them.
            let group = max(length, chunk)
            for first in stride(from: 0, to: part.rows, by: group) {
                let end = min(first + group, part.rows)
                for start in stride(from: first, to: end, by: length) {
                    let rows = part.first + start..<part.first + min(start + length, end)
                    let places = selection.positions(in: rows)
                    if !places.isEmpty { result.append(places) }
                }
            }
        }
        return result
    }

    /// Among how many rows a shuffle mixes where they are in memory; nil for all.
    /// - Throws: `DataError` where `shuffleWindow` has too few for the batches.
    func mixedRows(atLeast batch: Int) throws -> Int? {
        guard let shuffleWindow else { return nil }
        if let problem = shuffleWindowProblem(batch: batch) { throw DataError("data.shuffle_window \(problem)") }
        return min(shuffleWindow, count)
    }

    /// Why batches of this size can't be taken from windows of `shuffleWindow` rows; the rest of a sentence that begins
    /// with the key.
    package func shuffleWindowProblem(batch: Int) -> String? {
        guard let shuffleWindow, shuffleWindow < min(2 * batch, count) else { return nil }
        return "is \(shuffleWindow) rows; it must be at least two batches, \(2 * batch) rows"
    }

    /// How many rows a window has where two of them share `windowBytes`.
    ///
    /// A `shuffleWindow` decides it alone, so that it means the same order of rows on every machine. It must fit into
    /// `windowBytes` with what one thread needs to read; how many read then follows from the rest.
    /// - Throws: `DataError` where a batch would not fit, or `shuffleWindow` does not.
    package func windowRows(atLeast batch: Int) throws -> Int {
        let rowBytes = windowRowBytes
        let own = try mixedRows(atLeast: batch)
        let scratch = scratchBytes * (own == nil ? AvailableCPUs.count : 1) + sharedScratchBytes
        let rows = max(windowBytes - scratch, 0) / (2 * rowBytes)
        let needed = 2 * batch
        if let own, own <= rows { return own }
        guard rows >= min(needed, count) else {
            let least = 2 * needed * rowBytes + scratch
            // What takes the room decides what helps.
            let advice =
                scratch > least / 2
                ? "\(ByteCount(scratch)) of it for undoing the compression of chunks; raise the limit, or make the "
                    + "chunks smaller with stormo data rechunk"
                : "raise the limit or make the batches smaller"
            throw DataError(
                "data.memory_limit leaves \(ByteCount(windowBytes)) for \(inputsPlace), but reading it in batches of "
                    + "\(batch) samples needs about \(ByteCount(least))\(scratch > least / 2 ? ", " : "; ")\(advice)")
        }
        if let own {
            throw DataError(
                "data.shuffle_window is \(own) rows, but data.memory_limit leaves room for \(rows) of \(inputsPlace); raise "
                    + "the limit or make the window smaller")
        }
        return min(rows, count)
    }

    /// Sees that rows that stay in files have room for their windows.
    /// - Throws: as `windowRows(atLeast:)`.
    package func checkWindow(batch: Int, isShuffled: Bool) throws {
        guard !isInMemory else { return }
        var data = self
        if !isShuffled { data.shuffleWindow = nil }
        _ = try data.windowRows(atLeast: batch)
    }

    /// What a row takes in a window: each has a place in the order, and while a window is made in one more.
    private var windowRowBytes: Int {
        fields.reduce(2 * MemoryLayout<Int64>.stride) { $0 + $1.field.rowBytes }
    }

    /// What a thread needs beside the rows while it reads some.
    private var scratchBytes: Int {
        let streamed = fields.map(\.field).filter { !$0.isInMemory }
        return streamed.flatMap { $0.parts.prefix(1) }.map { $0.reader?.scratchBytes ?? 0 }.max() ?? 0
    }

    /// What all threads together need where the library reads.
    private var sharedScratchBytes: Int {
        let streamed = fields.map(\.field).filter { !$0.isInMemory }
        return streamed.flatMap { $0.parts }.compactMap { $0.reader?.sharedScratchBytes }.reduce(0, +)
    }

    /// How many threads may read at once beside two windows of so many rows.
    func readingThreads(windowRows: Int) -> Int {
        let room = windowBytes - sharedScratchBytes - 2 * windowRows * windowRowBytes
        return min(max(room / max(scratchBytes, 1), 1), AvailableCPUs.count)
    }

    /// Calls the body for all rows of the split, some at a time, by as many threads as there are CPUs.
    ///
    /// The rows are cut in the same way wherever they are, so that sums formed block by block have the same bits.
    /// - Parameter body: gets rows of the field and the place in the split of the first.
    /// - Returns: what the body returns, in the order of the rows.
    func mapBlocks<T: Sendable>(
        of field: Field, _ body: @Sendable (_ rows: StoredTensor, _ first: Int) throws -> T
    ) throws -> [T] {
        let length = max((1 << 20) / max(field.rowBytes, 1), 1)
        let starts = Array(stride(from: 0, to: count, by: length))
        let results = ResultList<T>(starts.count)
        try inParallel(starts.count) { index in
            let places = starts[index]..<min(starts[index] + length, count)
            let rows = try StoredTensor(field.type, rows: places.count, rowShape: field.rowShape) {
                try field.read(selection, places, into: $0)
            }
            results[index] = try body(rows, places.lowerBound)
        }
        return results.all
    }
}
