internal import HDF5

/// The values of one row in the type in which they are written.
struct EncodedRow {
    private(set) var bytes: [UInt8]
    private let type: HDF5MemoryType

    init(_ type: HDF5MemoryType, _ count: Int) {
        self.type = type
        bytes = [UInt8](repeating: 0, count: count * type.size)
    }

    /// Puts a number in its place; it must fit the type, which is not float16.
    @inline(__always)
    mutating func set(_ index: Int, _ value: Double) {
        switch type {
        case .float32: store(Float(value), index)
        case .float64: store(value, index)
        default: set(index, Int(value))
        }
    }

    @inline(__always)
    mutating func set(_ index: Int, _ value: Int) {
        switch type {
        case .uint8, .int8: bytes[index] = UInt8(truncatingIfNeeded: value)
        case .uint16, .int16: store(UInt16(truncatingIfNeeded: value), index)
        case .uint32, .int32: store(UInt32(truncatingIfNeeded: value), index)
        case .uint64, .int64: store(value, index)
        case .float64: store(Double(value), index)
        case .float32, .float16: store(Float(value), index)
        }
    }

    @inline(__always)
    private mutating func store<T: BitwiseCopyable>(_ value: T, _ index: Int) {
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: value, toByteOffset: index * MemoryLayout<T>.size, as: T.self)
        }
    }
}
