import Batches
internal import HDF5

/// The header of NumPy's format, versions 1 to 3
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
enum NPYHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads the header of an array and finds its numbers.
    static func read(_ source: ByteSource) throws -> StoredArray {
        let start = try source.bytes(0..<min(source.count, 12))
        guard start.count >= 10, start.starts(with: magic) else {
            throw DataError("\(source.name) is no NPY file: it does not begin with \\x93NUMPY")
        }
        let version = start[6]
        guard (1...3).contains(version) else {
            throw DataError("\(source.name) is in version \(version) of NPY; versions 1 to 3 are known")
        }
        guard version == 1 || start.count == 12 else { throw source.endsEarly() }
        let length =
            version == 1
            ? Int(start[8]) | Int(start[9]) << 8
            : Int(start[8]) | Int(start[9]) << 8 | Int(start[10]) << 16 | Int(start[11]) << 24
        let begin = version == 1 ? 10 : 12
        guard length <= 1 << 20 else { throw damaged(source, "its header is said to be \(length) bytes long") }
        // Version 3 was made for names that are not Latin-1.
        let bytes = try source.bytes(begin..<begin + length)
        guard
            let text = version == 3
                ? String(validating: bytes, as: UTF8.self) : String(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
        else { throw damaged(source, "its header is not UTF-8") }
        let fields = try fields(of: text, source)
        guard let descr = fields["descr"], let order = fields["fortran_order"], let shape = fields["shape"] else {
            throw damaged(source, "its header lacks descr, fortran_order or shape")
        }
        let (type, isBig) = try type(descr, source)
        let sizes = shape.split { "(), L\n".contains($0) }.map { Int($0) }
        guard shape.hasPrefix("("), shape.hasSuffix(")"), sizes.allSatisfy({ $0 != nil }) else {
            throw damaged(source, "its header gives the shape \(shape)")
        }
        guard order == "True" || order == "False" else {
            throw damaged(source, "its header gives the order \(order)")
        }
        let isLittleMachine = Int(littleEndian: 1) == 1
        return try StoredArray(
            source, offset: begin + length, shape: sizes.compactMap { $0 }, type: type,
            isSwapped: isBig == isLittleMachine, isFortran: order == "True")
    }

    /// The values of a Python dictionary literal, as text; strings without their quotes.
    private static func fields(of text: String, _ source: ByteSource) throws -> [String: String] {
        var fields: [String: String] = [:]
        var rest = text.drop { $0.isWhitespace }
        guard rest.first == "{" else { throw damaged(source, "its header is no dictionary") }
        rest = rest.dropFirst()
        func skipBlanks() { rest = rest.drop { $0.isWhitespace || $0 == "," } }
        func string() -> String? {
            guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
            let body = rest.dropFirst().prefix { $0 != quote }
            rest = rest[body.endIndex...].dropFirst()
            return String(body)
        }
        while true {
            skipBlanks()
            if rest.first == "}" { return fields }
            guard let key = string() else { throw damaged(source, "its header can't be read") }
            skipBlanks()
            guard rest.first == ":" else { throw damaged(source, "its header can't be read") }
            rest = rest.dropFirst()
            skipBlanks()
            if let value = string() {
                fields[key] = value
                continue
            }
            // A tuple, a list (of a structured type), a word.
            var depth = 0
            let value = rest.prefix { character in
                if "([".contains(character) { depth += 1 }
                if ")]".contains(character) { depth -= 1 }
                return !(depth == 0 && (character == "," || character == "}"))
            }
            guard !value.isEmpty else { throw damaged(source, "its header can't be read") }
            rest = rest[value.endIndex...]
            fields[key] = String(value)
        }
    }

    private static func type(_ descr: String, _ source: ByteSource) throws -> (HDF5ElementType, isBig: Bool) {
        let types: [Substring: HDF5ElementType] = [
            "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16,
            "u4": .uint32, "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64,
        ]
        let order = descr.first.flatMap { "<>|=".contains($0) ? $0 : nil }
        let name = order == nil ? descr[...] : descr.dropFirst()
        if let type = types[name] { return (type, order == ">") }
        let what: String
        switch name.first {
        case "O": what = "Python objects (a pickle), which are not read, since reading them can run programs"
        case "U", "S", "a": what = "strings"
        case "c": what = "complex numbers"
        case "M", "m": what = "dates"
        case "[": what = "records of several fields"
        case "f": what = "floats of \(name.dropFirst()) bytes"
        default: what = "values of the type '\(descr)'"
        }
        throw DataError("\(source.name) holds \(what); save an array of numbers, such as numpy.float32")
    }

    private static func damaged(_ source: ByteSource, _ reason: String) -> DataError {
        DataError("\(source.name) is damaged: \(reason); copy, download or make it again")
    }
}
