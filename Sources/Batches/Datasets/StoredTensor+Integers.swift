import Kernels

extension StoredTensor {
    /// The first number that is no 32-bit integer, or one that is `bad`.
    /// - Returns: where it stands, and how it is written.
    func firstInteger(where bad: (Int32) -> Bool) -> (row: Int, element: Int, number: String)? {
        let width = rowShape.count
        guard let index = type.firstInteger(memory.base, count: rows * width, where: bad) else { return nil }
        return (index / width, index % width, text(at: index))
    }

    /// Calls body with every number, in order: as an integer, and nil where it is none that 64 bits hold. No number goes
    /// through another type on the way.
    func forEachInteger(_ body: (_ index: Int, _ value: Int?) -> Void) {
        let base = memory.base
        @inline(__always)
        func each<T>(_: T.Type, _ integer: (T) -> Int?) {
            let values = base.assumingMemoryBound(to: T.self)
            for index in 0..<rows * rowShape.count { body(index, integer(values[index])) }
        }
        switch type {
        case .uint8: each(UInt8.self) { Int($0) }
        case .int8: each(Int8.self) { Int($0) }
        case .uint16: each(UInt16.self) { Int($0) }
        case .int16: each(Int16.self) { Int($0) }
        case .uint32: each(UInt32.self) { Int($0) }
        case .int32: each(Int32.self) { Int($0) }
        case .uint64: each(UInt64.self) { Int(exactly: $0) }
        case .int64: each(Int64.self) { Int($0) }
        case .float16: each(Float16.self) { Int(exactly: $0) }
        case .float32: each(Float.self) { Int(exactly: $0) }
        case .float64: each(Double.self) { Int(exactly: $0) }
        }
    }

    /// A number as a message has it.
    func text(at index: Int) -> String {
        let place = UnsafeRawPointer(memory.base) + index * type.byteCount
        return switch type {
        case .uint8: "\(place.load(as: UInt8.self))"
        case .int8: "\(place.load(as: Int8.self))"
        case .uint16: "\(place.load(as: UInt16.self))"
        case .int16: "\(place.load(as: Int16.self))"
        case .uint32: "\(place.load(as: UInt32.self))"
        case .int32: "\(place.load(as: Int32.self))"
        case .uint64: "\(place.load(as: UInt64.self))"
        case .int64: "\(place.load(as: Int64.self))"
        case .float16: StoredType.text(Double(place.load(as: Float16.self)))
        case .float32: StoredType.text(Double(place.load(as: Float.self)))
        case .float64: StoredType.text(place.load(as: Double.self))
        }
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

    /// The first of numbers that stand one after the other that is no 32-bit integer, or one that is `bad`.
    /// No number goes through another type on the way.
    fileprivate func firstInteger(_ base: UnsafeRawPointer, count: Int, where bad: (Int32) -> Bool) -> Int? {
        @inline(__always)
        func first<T>(_: T.Type, _ integer: (T) -> Int32?) -> Int? {
            let values = base.assumingMemoryBound(to: T.self)
            for index in 0..<count {
                guard let value = integer(values[index]), !bad(value) else { return index }
            }
            return nil
        }
        @inline(__always)
        func integers<T: FixedWidthInteger>(_ type: T.Type) -> Int? { first(type) { Int32(exactly: $0) } }
        switch self {
        case .uint8: return integers(UInt8.self)
        case .int8: return integers(Int8.self)
        case .uint16: return integers(UInt16.self)
        case .int16: return integers(Int16.self)
        case .uint32: return integers(UInt32.self)
        case .int32: return integers(Int32.self)
        case .uint64: return integers(UInt64.self)
        case .int64: return integers(Int64.self)
        case .float16: return first(Float16.self) { Int32(exactly: $0) }
        case .float32: return first(Float.self) { Int32(exactly: $0) }
        case .float64: return first(Double.self) { Int32(exactly: $0) }
        }
    }

    /// A number for a message: `3` rather than `3.0`.
    static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
