import Kernels

/// Rows of numbers in memory, in the type in which they were stored: bytes stay bytes until a worker gathers them.
package struct StoredTensor: Sendable {
    package let type: StoredType
    package let rows: Int
    /// The shape of one row.
    package let rowShape: Shape
    // Written once, before the tensor is shared; only read afterwards.
    package let memory: AlignedMemory

    package var rowBytes: Int { rowShape.count * type.byteCount }
    package var byteCount: Int { rows * rowBytes }

    /// - Parameter fill: writes all rows, row-major.
    /// - Throws: `KernelError.outOfMemory`, and what `fill` throws.
    package init(
        _ type: StoredType, rows: Int, rowShape: Shape, fill: (UnsafeMutableRawPointer) throws -> Void
    ) throws {
        self.type = type
        self.rows = rows
        self.rowShape = rowShape
        memory = try AlignedMemory(byteCount: rows * rowShape.count * type.byteCount)
        try fill(memory.base)
    }

    /// Rows of single-precision numbers.
    package init(_ values: [[Float]], rowShape: Shape) throws { try self.init(.float32, values, rowShape) }

    /// Rows of 32-bit integers.
    package init(integers values: [[Int32]], rowShape: Shape) throws { try self.init(.int32, values, rowShape) }

    private init<T: BitwiseCopyable>(_ type: StoredType, _ values: [[T]], _ rowShape: Shape) throws {
        try self.init(type, rows: values.count, rowShape: rowShape) { base in
            let elements = base.assumingMemoryBound(to: T.self)
            for (index, row) in values.enumerated() {
                for (column, value) in row.enumerated() { elements[index * rowShape.count + column] = value }
            }
        }
    }

    /// Brings chosen rows to where a network reads them, in the type that it reads: how a worker gathers its shard of a
    /// field. Allocates nothing.
    /// - Parameter constants: for floats alone; integers stay as they are, and so must be such as 32 bits hold.
    @inline(__always)
    package func gather(
        into dst: TensorPointer, rows: UnsafePointer<Int64>, count: Int, constants: RowConstants? = nil
    ) {
        switch dst {
        case .float32(let floats):
            gather(
                into: floats, rows: rows, count: count, offset: constants?.offset, scale: constants?.scale,
                exactOffset: constants?.exactOffset)
        case .int32(let integers):
            type.gather(into: integers, from: memory.base, rows: rows, count: count, width: rowShape.count)
        }
    }

    /// Converts chosen rows to floats, with constants of one row's length or none.
    @inline(__always)
    package func gather(
        into dst: UnsafeMutablePointer<Float>, rows: UnsafePointer<Int64>, count: Int,
        offset: UnsafePointer<Float>? = nil, scale: UnsafePointer<Float>? = nil,
        exactOffset: UnsafePointer<Double>? = nil
    ) {
        type.gather(
            into: dst, from: memory.base, rows: rows, count: count, width: rowShape.count, offset: offset, scale: scale,
            exactOffset: exactOffset)
    }

    /// The place of the first number that is NaN or infinite, or that no float holds, in some of the rows or in all.
    func firstNonFinite(rows range: Range<Int>? = nil) -> (row: Int, element: Int)? {
        let range = range ?? 0..<rows
        let count = range.count * rowShape.count
        let base = memory.base + range.lowerBound * rowBytes
        let index: Int?
        switch type {
        case .float16:
            let halves = base.assumingMemoryBound(to: Float16.self)
            index = (0..<count).first { !halves[$0].isFinite }
        case .float32:
            index = VectorLoops.firstNonFinite(base.assumingMemoryBound(to: Float.self), count: count)
        case .float64:
            index = VectorLoops.firstThatIsNoFloat(base.assumingMemoryBound(to: Double.self), count: count)
        default: index = nil
        }
        return index.map { (range.lowerBound + $0 / rowShape.count, $0 % rowShape.count) }
    }

    /// The place of the first number that is infinite, or that no float holds. NaN is passed over.
    func firstInfinite(rows range: Range<Int>? = nil) -> (row: Int, element: Int)? {
        guard type.isFloatingPoint else { return nil }
        var found: Int?
        forEach(rows: range) { index, value in
            if found == nil, !value.isNaN, !Float(value).isFinite { found = index }
        }
        return found.map { ($0 / rowShape.count, $0 % rowShape.count) }
    }

    /// Calls body with every number, in order, or with those of some rows; indices are those in the whole.
    package func forEach(rows range: Range<Int>? = nil, _ body: (_ index: Int, _ value: Double) -> Void) {
        let range = range ?? 0..<rows
        let first = range.lowerBound * rowShape.count
        type.forEach(memory.base + range.lowerBound * rowBytes, count: range.count * rowShape.count) {
            body(first + $0, $1)
        }
    }
}
