import HDF5
import Kernels

/// A dataset whose axes stand in another order: axis i of what is read is axis order[i] of the file, as in NumPy's
/// `transpose`. MATLAB writes the samples last.
struct TransposedRows: RowReading {
    let blockRows: Int
    let scratchBytes: Int
    let sharedScratchBytes: Int
    private let dataset: HDF5Dataset
    private let memoryType: HDF5MemoryType
    private let order: [Int]
    private let elementSize: Int
    /// Reads the rows where they come first in the file, too.
    private let rows: HDF5RowReader?

    /// Of a dataset in one piece, that much is read at once: each time all of it is passed over.
    private static let sliceBytes = 32 << 20

    /// - Parameter order: each axis of the dataset once.
    init(_ dataset: HDF5Dataset, _ order: [Int], elementSize: Int) throws {
        self.dataset = dataset
        self.order = order
        self.elementSize = elementSize
        let reader = try HDF5RowReader(dataset)
        memoryType = reader.memoryType
        rows = order[0] == 0 ? reader : nil
        let count = dataset.shape[order[0]]
        let rowBytes = dataset.count / max(count, 1) * elementSize
        if order[0] == 0 {
            blockRows = reader.blockRows
        } else if case .chunked(let chunk) = dataset.layout, order[0] < chunk.count {
            blockRows = max(1, min(chunk[order[0]], count))
        } else {
            blockRows = max(1, min(count, Self.sliceBytes / max(rowBytes, 1)))
        }
        sharedScratchBytes = reader.sharedScratchBytes
        scratchBytes = reader.scratchBytes + blockRows * rowBytes
    }

    func read(rows range: Range<Int>, into destination: UnsafeMutableRawPointer) throws {
        guard !range.isEmpty else { return }
        var shape = dataset.shape
        shape[order[0]] = range.count
        let count = shape.reduce(1, *)
        let slab = try AlignedMemory(byteCount: count * elementSize)
        if let rows {
            try rows.read(rows: range, into: slab.base)
        } else {
            try dataset.read(
                into: UnsafeMutableRawBufferPointer(start: slab.base, count: count * elementSize), as: memoryType,
                along: order[0], range)
        }
        switch elementSize {
        case 1: permute(slab.base, destination, shape, UInt8.self)
        case 2: permute(slab.base, destination, shape, UInt16.self)
        case 4: permute(slab.base, destination, shape, UInt32.self)
        default: permute(slab.base, destination, shape, UInt64.self)
        }
    }

    /// dst[i0, i1, …] = src at the place where axis order[k] is at ik.
    private func permute<T>(
        _ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer, _ shape: [Int], _: T.Type
    ) {
        let (src, dst) = (source.assumingMemoryBound(to: T.self), destination.assumingMemoryBound(to: T.self))
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        let sizes = order.map { shape[$0] }
        let steps = order.map { strides[$0] }
        let (inner, innerStep) = (sizes[sizes.count - 1], steps[steps.count - 1])
        var place = [Int](repeating: 0, count: sizes.count)
        var (from, to) = (0, 0)
        while true {
            for index in 0..<inner { dst[to + index] = src[from + index * innerStep] }
            to += inner
            var axis = sizes.count - 2
            while axis >= 0 {
                place[axis] += 1
                from += steps[axis]
                if place[axis] < sizes[axis] { break }
                from -= steps[axis] * sizes[axis]
                place[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
