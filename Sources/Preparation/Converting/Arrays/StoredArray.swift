import Batches
internal import HDF5

/// An array of numbers as it lies in a source, of IDX or of NumPy.
struct StoredArray {
    let source: ByteSource
    /// Where the numbers begin.
    let offset: Int
    let shape: [Int]
    let type: HDF5ElementType
    /// Whether the machine has the other order of bytes.
    var isSwapped = false
    /// Whether the first axis runs fastest.
    var isFortran = false

    var rows: Int { shape.first ?? 0 }
    private var elementSize: Int { type.size }

    /// - Throws: `DataError` where the shape is impossible or the source is shorter than it says.
    init(
        _ source: ByteSource, offset: Int, shape: [Int], type: HDF5ElementType, isSwapped: Bool = false,
        isFortran: Bool = false
    ) throws {
        self.source = source
        self.offset = offset
        self.shape = shape
        self.type = type
        self.isSwapped = isSwapped && type.size > 1
        // With one axis there is no other order.
        self.isFortran = isFortran && shape.count > 1
        var size = type.size
        for axis in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: axis)
            guard axis >= 0, !overflow else {
                throw DataError("\(source.name) is damaged: its header gives the impossible shape \(shape)")
            }
            size = product
        }
        guard size <= source.count - offset else {
            throw DataError(
                "\(source.name) is cut off: its header promises \(size) bytes of values, and there are "
                    + "\(max(0, source.count - offset)); copy, download or make it again")
        }
    }

    /// Writes the array as a dataset.
    /// - Parameter rowShape: the shape of a row, with as many elements as the array's.
    func write(
        to file: HDF5File, _ path: String, rowShape: [Int]? = nil, storage: DatasetStorage,
        progress: (_ rows: Int) -> Void
    ) throws -> HDF5Dataset {
        let writer = try RowWriter(
            file, path, type, rowShape: rowShape ?? Array(shape.dropFirst()), rows: rows, storage: storage)
        let columns = shape.dropFirst().reduce(1, *)
        let sourceRow = columns * elementSize
        let blockRows = max(1, (1 << 20) / max(sourceRow, 1))
        let input = try ByteBuffer(min(blockRows, max(rows, 1)) * sourceRow, for: source.name)
        // Rows are scattered over the whole of a Fortran array.
        let whole = isFortran ? try ByteBuffer(rows * sourceRow, for: source.name) : nil
        if let whole { try source.read(at: offset, into: whole.bytes) }
        var row = 0
        while row < rows {
            let count = min(blockRows, rows - row)
            let block = UnsafeMutableRawBufferPointer(rebasing: input.bytes[..<(count * sourceRow)])
            if let whole {
                gather(whole.bytes, rows: row..<row + count, into: block)
            } else {
                try source.read(at: offset + row * sourceRow, into: block)
            }
            if isSwapped { swap(block) }
            if type == .bool { for index in block.indices where block[index] > 1 { block[index] = 1 } }
            try writer.append(UnsafeRawBufferPointer(block))
            row += count
            progress(row)
        }
        try writer.finish()
        return writer.dataset
    }

    /// Rows of a Fortran array in C order.
    private func gather(
        _ whole: UnsafeMutableRawBufferPointer, rows range: Range<Int>, into block: UnsafeMutableRawBufferPointer
    ) {
        // Strides of the source, in elements, and the axes of a row from the last, which runs fastest in C order.
        var strides: [Int] = []
        var stride = 1
        for size in shape {
            strides.append(stride)
            stride *= size
        }
        let columns = shape.dropFirst().reduce(1, *)
        var places = [Int](repeating: 0, count: columns)
        var index = [Int](repeating: 0, count: shape.count)
        for column in 0..<columns {
            places[column] = zip(index, strides).dropFirst().reduce(0) { $0 + $1.0 * $1.1 }
            for axis in (1..<shape.count).reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        func copy<T: FixedWidthInteger>(_: T.Type) {
            let (from, to) = (whole.bindMemory(to: T.self), block.bindMemory(to: T.self))
            for row in range {
                for column in 0..<columns {
                    to[(row - range.lowerBound) * columns + column] = from[row + places[column]]
                }
            }
        }
        switch elementSize {
        case 1: copy(UInt8.self)
        case 2: copy(UInt16.self)
        case 4: copy(UInt32.self)
        default: copy(UInt64.self)
        }
    }

    private func swap(_ block: UnsafeMutableRawBufferPointer) {
        func swap<T: FixedWidthInteger>(_: T.Type) {
            let values = block.bindMemory(to: T.self)
            for index in values.indices { values[index] = values[index].byteSwapped }
        }
        switch elementSize {
        case 2: swap(UInt16.self)
        case 4: swap(UInt32.self)
        case 8: swap(UInt64.self)
        default: break
        }
    }
}
