internal import CHDF5

/// The types of numbers into which values are read and from which they are written, in the machine's byte order.
package enum HDF5MemoryType: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .int8, .uint8: 1
        case .int16, .uint16, .float16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        }
    }

    package var description: String { rawValue }

    var nativeID: hid_t {
        switch self {
        case .int8: chdf5_native_int8()
        case .int16: chdf5_native_int16()
        case .int32: chdf5_native_int32()
        case .int64: chdf5_native_int64()
        case .uint8: chdf5_native_uint8()
        case .uint16: chdf5_native_uint16()
        case .uint32: chdf5_native_uint32()
        case .uint64: chdf5_native_uint64()
        case .float16: Self.half
        case .float32: chdf5_native_float()
        case .float64: chdf5_native_double()
        }
    }
}

extension HDF5MemoryType {
    /// The library has no name for it before 1.14. Made once, inside `Library.enter()`, and kept.
    private static let half: hid_t = {
        let type = H5Tcopy(chdf5_native_float())
        return HDF5ElementType.setHalf(type) ? type : -1
    }()
}

/// A Swift number that HDF5 can read and write.
package protocol HDF5Element: BitwiseCopyable {
    static var hdf5MemoryType: HDF5MemoryType { get }
}

extension Int8: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .int8 } }
extension Int16: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .int16 } }
extension Int32: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .int32 } }
extension Int64: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .int64 } }
extension Int: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .int64 } }
extension UInt8: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .uint8 } }
extension UInt16: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .uint16 } }
extension UInt32: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .uint32 } }
extension UInt64: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .uint64 } }
extension Float16: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .float16 } }
extension Float: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .float32 } }
extension Double: HDF5Element { package static var hdf5MemoryType: HDF5MemoryType { .float64 } }
