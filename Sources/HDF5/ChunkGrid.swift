import Foundation

/// How a dataset's elements lie in chunks, and how a chunk's part of some rows is copied to its place among them.
struct ChunkGrid: Sendable {
    let shape: [Int]
    let chunk: [Int]
    /// The number of chunks along each axis.
    let counts: [Int]
    /// Bytes of a whole chunk; those that stand over the edge are stored whole, too.
    let chunkBytes: Int
    let elementSize: Int
    /// Whether each chunk is whole rows and nothing else.
    let holdsWholeRows: Bool
    /// Bytes from one element to the next along each axis, in a chunk and in the rows.
    private let chunkStrides: [Int]
    private let rowStrides: [Int]
    /// The first axis along which a chunk's elements can be copied in one piece.
    private let runAxis: Int

    /// Nil for chunks beyond the format's limit of 4 GiB and axes without elements, which a damaged file may have.
    init?(shape: [Int], chunk: [Int], elementSize: Int) {
        guard !shape.isEmpty, chunk.count == shape.count, shape.allSatisfy({ $0 > 0 }) else { return nil }
        var bytes = elementSize
        for size in chunk {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product < 1 << 32 else { return nil }
            bytes = product
        }
        func strides(_ shape: [Int]) -> [Int] {
            var strides = shape
            var stride = elementSize
            for axis in shape.indices.reversed() {
                strides[axis] = stride
                // The first axis of a hostile shape may overflow; its product is not used.
                stride = stride &* shape[axis]
            }
            return strides
        }
        let rank = shape.count
        self.shape = shape
        self.chunk = chunk
        self.elementSize = elementSize
        chunkBytes = bytes
        counts = zip(shape, chunk).map { ($0 - 1) / $1 + 1 }
        chunkStrides = strides(chunk)
        rowStrides = strides(shape)
        runAxis = (0..<rank).first { axis in (axis + 1..<rank).allSatisfy { chunk[$0] == shape[$0] } } ?? rank - 1
        holdsWholeRows = runAxis == 0
    }

    /// The number of all chunks; nil where it can't be counted.
    var count: Int? {
        var product = 1
        for size in counts {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            if overflow { return nil }
            product = next
        }
        return product
    }

    /// The place of the chunk that starts at an element, among all chunks in C order.
    func index(of start: UnsafePointer<UInt64>) -> Int {
        var index = 0
        for axis in counts.indices { index = index &* counts[axis] &+ Int(start[axis]) / chunk[axis] }
        return index
    }

    /// Moves `start` to the next chunk with the same rows. False after the last, with `start` at the first again.
    func advanceWithinRows(_ start: UnsafeMutablePointer<UInt64>) -> Bool {
        for axis in counts.indices.dropFirst().reversed() {
            let next = Int(start[axis]) + chunk[axis]
            if next < shape[axis] {
                start[axis] = UInt64(next)
                return true
            }
            start[axis] = 0
        }
        return false
    }

    /// The rows of a chunk, those over the edge left out.
    func rows(of start: UnsafePointer<UInt64>) -> Range<Int> {
        let first = Int(start[0])
        return first..<first + min(chunk[0], shape[0] - first)
    }

    /// Copies what `rows` have in the chunk `source` that starts at `start`.
    /// - Parameters:
    ///   - rows: rows of that chunk.
    ///   - target: where the first element of the row `firstRow` stands.
    func copy(
        _ rows: Range<Int>, of source: UnsafeRawPointer, at start: UnsafePointer<UInt64>,
        into target: UnsafeMutableRawPointer, firstRow: Int
    ) {
        var to = target + (rows.lowerBound - firstRow) * rowStrides[0]
        for axis in shape.indices.dropFirst() { to += Int(start[axis]) * rowStrides[axis] }
        let from = source + (rows.lowerBound - Int(start[0])) * chunkStrides[0]
        copy(axis: 0, count: rows.count, from, to, start)
    }

    private func copy(
        axis: Int, count: Int, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
        _ start: UnsafePointer<UInt64>
    ) {
        if axis == runAxis {
            memcpy(target, source, count &* chunkStrides[axis])
            return
        }
        let below = axis + 1
        let countBelow = min(chunk[below], shape[below] - Int(start[below]))
        for index in 0..<count {
            copy(
                axis: below, count: countBelow, source + index &* chunkStrides[axis],
                target + index &* rowStrides[axis], start)
        }
    }
}
