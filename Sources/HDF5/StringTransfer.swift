internal import CHDF5
import Foundation

/// Strings between Swift and the library's two forms: fixed length, and pointers to C strings.
enum StringTransfer {
    /// Strings out of a buffer of `count` elements of the file's string type, of fixed length.
    static func decodeFixed(_ bytes: UnsafeMutableRawBufferPointer, count: Int, type: Handle) -> [String] {
        let size = H5Tget_size(type.id)
        let padding = H5Tget_strpad(type.id)
        return (0..<count).map { index in
            let field = bytes[(index * size)..<((index + 1) * size)]
            let text =
                switch padding {
                case H5T_STR_NULLTERM: field.prefix { $0 != 0 }
                case H5T_STR_SPACEPAD: field[..<((field.lastIndex { $0 != 0x20 } ?? field.startIndex - 1) + 1)]
                default: field[..<((field.lastIndex { $0 != 0 } ?? field.startIndex - 1) + 1)]
                }
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// Strings out of a buffer of `count` pointers to C strings; a null pointer is an empty string.
    static func decodeVariable(_ bytes: UnsafeMutableRawBufferPointer, count: Int) -> [String] {
        let pointers = UnsafeMutableBufferPointer(
            start: bytes.baseAddress?.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self), count: count)
        return pointers.map { $0.map { String(cString: $0) } ?? "" }
    }

    static func checkNoNUL(_ strings: [String], _ place: Place, _ action: String) throws(HDF5Error) {
        for string in strings where string.utf8.contains(0) {
            throw place.error(
                .invalidArgument, action, "HDF5 can't keep a NUL inside a string: \(string.debugDescription)")
        }
    }

    /// Hands `body` an array of pointers to C strings; frees them after. `body` returns the library's status.
    static func withCStrings(
        _ strings: [String], _ place: Place, _ action: String, _ body: (UnsafeRawPointer) -> herr_t
    ) throws(HDF5Error) {
        try checkNoNUL(strings, place, action)
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        guard pointers.allSatisfy({ $0 != nil }) else {
            throw place.error(.tooLarge, action, "the strings do not fit into memory")
        }
        let status = pointers.withUnsafeBytes { bytes in bytes.baseAddress.map(body) ?? 0 }
        if status < 0 { throw place.libraryFailure(action, isWrite: true) }
    }
}
