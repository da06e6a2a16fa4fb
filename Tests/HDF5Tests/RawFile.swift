import CHDF5
import Foundation

@testable import HDF5

/// Writes, by the C library alone, what `HDF5` reads but never writes.
enum RawFile {
    /// Makes the file and hands its identifier to `body`, which makes the contents.
    static func create(_ path: String, _ body: (hid_t) throws -> Void) throws {
        Library.enter()
        defer { Library.leave() }
        let file = try check(H5Fcreate(path, chdf5_truncate(), 0, 0))
        defer { H5Fclose(file) }
        try body(file)
    }

    /// A one-dimensional dataset, or attribute of `owner`, from the bytes of `values`; closes `type`.
    static func add<T>(
        _ name: String, to file: hid_t, type: hid_t, memory: hid_t? = nil, values: [T], count: Int? = nil,
        asAttribute: Bool = false, creation: hid_t = 0
    ) throws {
        var count = hsize_t(count ?? values.count)
        let space = try check(H5Screate_simple(1, &count, nil))
        defer { H5Sclose(space) }
        defer { H5Tclose(type) }
        if asAttribute {
            let attribute = try check(H5Acreate2(file, name, type, space, 0, 0))
            defer { H5Aclose(attribute) }
            _ = try check(hid_t(values.withUnsafeBytes { H5Awrite(attribute, memory ?? type, $0.baseAddress) }))
        } else {
            let dataset = try check(H5Dcreate2(file, name, type, space, 0, creation, 0))
            defer { H5Dclose(dataset) }
            _ = try check(hid_t(values.withUnsafeBytes { H5Dwrite(dataset, memory ?? type, 0, 0, 0, $0.baseAddress) }))
        }
    }

    static func bigEndian(_ native: hid_t) -> hid_t {
        let type = H5Tcopy(native)
        H5Tset_order(type, H5T_ORDER_BE)
        return type
    }

    static func fixedString(_ size: Int, _ padding: H5T_str_t) -> hid_t {
        let type = H5Tcopy(chdf5_c_string())
        H5Tset_size(type, size)
        H5Tset_strpad(type, padding)
        return type
    }

    struct Failure: Error {}

    static func check(_ status: hid_t) throws -> hid_t {
        guard status >= 0 else { throw Failure() }
        return status
    }
}
