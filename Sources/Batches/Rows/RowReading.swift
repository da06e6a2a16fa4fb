import HDF5
import Kernels

/// Where a part of a field gets its rows from: a dataset as it is, or what is made of one or several.
protocol RowReading: Sendable {
    /// The number of rows that are best read together.
    var blockRows: Int { get }
    /// Memory in bytes that one call of `read` may use beside its destination, at most.
    var scratchBytes: Int { get }
    /// Memory in bytes that all calls of `read` use together beside it, at most.
    var sharedScratchBytes: Int { get }
    /// Reads rows in C order; any thread may call it.
    func read(rows range: Range<Int>, into destination: UnsafeMutableRawPointer) throws
}

extension HDF5RowReader: RowReading {}

extension StoredType {
    /// Calls body with numbers that stand one after the other.
    @inline(__always)
    package func forEach(_ base: UnsafeRawPointer, count: Int, _ body: (_ index: Int, _ value: Double) -> Void) {
        @inline(__always)
        func each<T>(_: T.Type, _ convert: (T) -> Double) {
            let values = base.assumingMemoryBound(to: T.self)
            for index in 0..<count { body(index, convert(values[index])) }
        }
        // Written out, since `Double.init` of a UInt64 can also mean the number with that pattern of bits.
        switch self {
        case .uint8: each(UInt8.self) { Double($0) }
        case .int8: each(Int8.self) { Double($0) }
        case .uint16: each(UInt16.self) { Double($0) }
        case .int16: each(Int16.self) { Double($0) }
        case .uint32: each(UInt32.self) { Double($0) }
        case .int32: each(Int32.self) { Double($0) }
        case .uint64: each(UInt64.self) { Double($0) }
        case .int64: each(Int64.self) { Double($0) }
        case .float16: each(Float16.self) { Double($0) }
        case .float32: each(Float.self) { Double($0) }
        case .float64: each(Double.self) { $0 }
        }
    }

    /// The type that holds the values of both: float32 where it holds them exactly, else float64.
    func joined(with other: StoredType) -> StoredType {
        if self == other { return self }
        let narrow: Set<StoredType> = [.uint8, .int8, .uint16, .int16, .float16, .float32]
        return narrow.contains(self) && narrow.contains(other) ? .float32 : .float64
    }
}
