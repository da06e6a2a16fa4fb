import Kernels

extension StoredTensor {
    /// The first number that is no 32-bit integer, or one that is `bad`.
    /// - Returns: where it stands, and how it is written.
    func firstInteger(where bad: (Int32) -> Bool) -> (row: Int, element: Int, number: String)? {
        let width = rowShape.count
        guard let (index, number) = type.firstInteger(memory.base, count: rows * width, where: bad) else { return nil }
        return (index / width, index % width, number)
    }
}

extension StoredType {
    /// Whether all of its numbers are 32-bit integers.
    var isWithinInt32: Bool {
        switch self {
        case .uint8, .int8, .uint16, .int16, .int32: true
        case .uint32, .uint64, .int64, .float16, .float32, .float64: false
        }
    }

    /// The first of numbers that stand one after the other that is no 32-bit integer, or one that is `bad`, with its text.
    /// No number goes through another type on the way.
    fileprivate func firstInteger(
        _ base: UnsafeRawPointer, count: Int, where bad: (Int32) -> Bool
    ) -> (index: Int, number: String)? {
        @inline(__always)
        func first<T>(_: T.Type, _ integer: (T) -> Int32?, _ text: (T) -> String) -> (Int, String)? {
            let values = base.assumingMemoryBound(to: T.self)
            for index in 0..<count {
                guard let value = integer(values[index]), !bad(value) else { return (index, text(values[index])) }
            }
            return nil
        }
        @inline(__always)
        func integers<T: FixedWidthInteger>(_ type: T.Type) -> (Int, String)? {
            first(type, { Int32(exactly: $0) }, { "\($0)" })
        }
        switch self {
        case .uint8: return integers(UInt8.self)
        case .int8: return integers(Int8.self)
        case .uint16: return integers(UInt16.self)
        case .int16: return integers(Int16.self)
        case .uint32: return integers(UInt32.self)
        case .int32: return integers(Int32.self)
        case .uint64: return integers(UInt64.self)
        case .int64: return integers(Int64.self)
        case .float16: return first(Float16.self, { Int32(exactly: $0) }, { Self.text(Double($0)) })
        case .float32: return first(Float.self, { Int32(exactly: $0) }, { Self.text(Double($0)) })
        case .float64: return first(Double.self, { Int32(exactly: $0) }, { Self.text($0) })
        }
    }

    /// A number for a message: `3` rather than `3.0`.
    static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
