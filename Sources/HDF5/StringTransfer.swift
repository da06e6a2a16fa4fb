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
            return Self.text(text)
        }
    }

    /// Strings out of a buffer of `count` pointers to C strings; a null pointer is an empty string.
    static func decodeVariable(_ bytes: UnsafeMutableRawBufferPointer, count: Int) -> [String] {
        let pointers = UnsafeMutableBufferPointer(
            start: bytes.baseAddress?.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self), count: count)
        return pointers.map { $0.map { Self.text($0) } ?? "" }
    }

    /// A text of the file: UTF-8, or Latin-1 where it is not, as older programs write it. So nothing is replaced, and two
    /// texts do not become the same one.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self) ?? String(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
    }

    static func text(_ string: UnsafePointer<CChar>) -> String {
        text(UnsafeRawBufferPointer(start: string, count: strlen(string)))
    }

    /// The name of an object as messages show it: bytes that are no UTF-8 as `\xFC`.
    /// - Returns: with it, whether the name is UTF-8, by which alone an object is found.
    static func name(_ string: UnsafePointer<CChar>) -> (text: String, isUTF8: Bool) {
        if let name = String(validatingCString: string) { return (name, true) }
        let bytes = UnsafeRawBufferPointer(start: string, count: strlen(string))
        let shown = bytes.map { byte in
            (0x20..<0x7F).contains(byte)
                ? String(Unicode.Scalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
        }
        return (shown.joined(), false)
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
