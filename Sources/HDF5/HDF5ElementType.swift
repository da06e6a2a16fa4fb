/// The type of the values in a file, whatever their byte order.
package indirect enum HDF5ElementType: Sendable, Hashable {
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64
    /// h5py's boolean: an enumeration of FALSE and TRUE over int8.
    case bool
    /// Named values over an integer type.
    case enumeration(base: HDF5ElementType)
    /// Bits in 1, 2, 4 or 8 bytes, as PyTables and Julia store booleans; read as the number that they make.
    case bitField(bytes: Int)
    /// Text, of fixed or variable length.
    case string
    case compound
    /// Anything else, in words.
    case other(String)

    /// Bytes of one number in the file; 0 where the type alone does not say (`string`, `compound`, `other`).
    package var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .int16, .uint16, .float16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        case .enumeration(let base): base.size
        case .bitField(let bytes): bytes
        case .string, .compound, .other: 0
        }
    }

    /// Whether the values can be read as numbers.
    package var isNumeric: Bool { memoryType != nil }

    /// The memory type that holds every value without loss and without needless width: the type itself, and the
    /// underlying integer for `bool`, enumerations and bit fields. Nil if the values are not numbers.
    package var memoryType: HDF5MemoryType? {
        switch self {
        case .int8, .bool: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .float16: .float16
        case .float32: .float32
        case .float64: .float64
        case .enumeration(let base): base.memoryType
        case .bitField(let bytes): bytes == 1 ? .uint8 : bytes == 2 ? .uint16 : bytes == 4 ? .uint32 : .uint64
        case .string, .compound, .other: nil
        }
    }
}

extension HDF5ElementType: CustomStringConvertible {
    /// Such as "uint8", "enumeration(int16)".
    package var description: String {
        switch self {
        case .enumeration(let base): "enumeration(\(base))"
        case .bitField(let bytes): "bit field of \(bytes * 8) bits"
        case .other(let words): words
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .uint8: "uint8"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float16: "float16"
        case .float32: "float32"
        case .float64: "float64"
        case .bool: "bool"
        case .string: "string"
        case .compound: "compound"
        }
    }
}
