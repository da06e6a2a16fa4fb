internal import CHDF5

/// From the library's types and back.
extension HDF5ElementType {
    init(ofType type: Handle) {
        let size = H5Tget_size(type.id)
        switch H5Tget_class(type.id) {
        case H5T_INTEGER: self = Self.integer(type, size)
        case H5T_FLOAT: self = Self.float(type, size)
        case H5T_STRING: self = .string
        case H5T_COMPOUND: self = .compound
        case H5T_ENUM: self = Self.enumeration(type)
        case H5T_BITFIELD:
            self = [1, 2, 4, 8].contains(size) ? .bitField(bytes: size) : .other("bit field of \(size) bytes")
        case H5T_OPAQUE: self = .other("opaque of \(size) bytes")
        case H5T_REFERENCE: self = .other("reference")
        case H5T_VLEN: self = .other("variable-length list")
        case H5T_ARRAY: self = .other("array")
        case H5T_TIME: self = .other("time")
        default: self = .other("unknown type")
        }
    }

    private static func integer(_ type: Handle, _ size: Int) -> HDF5ElementType {
        let isSigned = H5Tget_sign(type.id) == H5T_SGN_2
        guard H5Tget_precision(type.id) == size * 8 else {
            return .other("integer of \(H5Tget_precision(type.id)) bits in \(size) bytes")
        }
        switch size {
        case 1: return isSigned ? .int8 : .uint8
        case 2: return isSigned ? .int16 : .uint16
        case 4: return isSigned ? .int32 : .uint32
        case 8: return isSigned ? .int64 : .uint64
        default: return .other("integer of \(size) bytes")
        }
    }

    private static func float(_ type: Handle, _ size: Int) -> HDF5ElementType {
        var (sign, exponent, exponentBits, mantissa, mantissaBits) = (0, 0, 0, 0, 0)
        H5Tget_fields(type.id, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits)
        switch (size, exponentBits, mantissaBits) {
        case (2, 5, 10): return .float16
        case (4, 8, 23): return .float32
        case (8, 11, 52): return .float64
        default: return .other("float of \(exponentBits) exponent and \(mantissaBits) mantissa bits")
        }
    }

    private static func enumeration(_ type: Handle) -> HDF5ElementType {
        guard let superType = Handle(H5Tget_super(type.id), closedBy: H5Tclose) else { return .other("enumeration") }
        let base = HDF5ElementType(ofType: superType)
        guard base == .int8, H5Tget_nmembers(type.id) == 2 else { return .enumeration(base: base) }
        for (name, expected) in booleanMembers {
            var value: Int8 = -1
            guard H5Tenum_valueof(type.id, name, &value) >= 0, value == expected else {
                return .enumeration(base: base)
            }
        }
        return .bool
    }

    private static let booleanMembers: [(String, Int8)] = [("FALSE", 0), ("TRUE", 1)]

    /// The type as new files have it: little-endian, on every machine.
    func makeType(_ place: Place) throws(HDF5Error) -> Handle {
        switch self {
        case .string: return try Self.makeStringType(place)
        case .bool: return try Self.makeBooleanType(place)
        case .enumeration, .compound, .other:
            throw place.error(.invalidArgument, "create", "a dataset of type \(self) can be read, but not made")
        default: break
        }
        guard let native = memoryType?.nativeID, let type = Handle(H5Tcopy(native), closedBy: H5Tclose),
            H5Tset_order(type.id, H5T_ORDER_LE) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        return type
    }

    /// UTF-8 of variable length, which h5py reads as `str`, or of `length` bytes, filled up with zeros.
    static func makeStringType(_ place: Place, length: Int? = nil) throws(HDF5Error) -> Handle {
        guard let type = Handle(H5Tcopy(chdf5_c_string()), closedBy: H5Tclose),
            H5Tset_size(type.id, length ?? chdf5_variable_length()) >= 0, H5Tset_cset(type.id, H5T_CSET_UTF8) >= 0,
            length == nil || H5Tset_strpad(type.id, H5T_STR_NULLPAD) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        return type
    }

    /// Turns a copy of a float type into IEEE 754 binary16: sign in bit 15, five bits of exponent (bias 15) above ten
    /// of mantissa.
    static func setHalf(_ type: hid_t) -> Bool {
        // The fields first, the size last: the library refuses fields that stand outside of the size.
        H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(type, 2) >= 0 && H5Tset_ebias(type, 15) >= 0
    }

    private static func makeBooleanType(_ place: Place) throws(HDF5Error) -> Handle {
        guard let type = Handle(H5Tenum_create(chdf5_native_int8()), closedBy: H5Tclose) else {
            throw place.libraryFailure("create", isWrite: true)
        }
        for (name, value) in booleanMembers {
            var value = value
            if H5Tenum_insert(type.id, name, &value) < 0 { throw place.libraryFailure("create", isWrite: true) }
        }
        return type
    }
}
