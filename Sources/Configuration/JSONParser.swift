/// Reads JSON text (RFC 8259, strictly) into nodes that know their lines, by recursive descent over UTF-8.
///
/// Stormo has its own parser because no JSON reader of the toolchain tells on which line a value stood. Foundation's
/// moreover accepts trailing commas, keeps one of two equal keys without a word and, on Linux, rounds some numbers
/// wrongly in the last bit.
struct JSONParser {
    /// How many objects and lists may stand in one another. It bounds the recursion.
    static let deepest = 64

    /// Always valid UTF-8, so that any part between two ASCII characters is valid too.
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var open: [JSONMistake.Bracket] = []
    private var hasDuplicates = false

    /// - Parameters:
    ///   - text: any JSON value.
    ///   - file: the name for the sentences.
    /// - Throws: the first mistake in syntax, or every key that stands twice in its object.
    static func parse(_ text: String, file: String) throws(ConfigurationError) -> JSONNode {
        var parser = JSONParser(bytes: Array(text.utf8))
        let root: JSONNode
        do throws(JSONMistake) {
            root = try parser.value()
            parser.skipSpace()
            if parser.index < parser.bytes.count { throw parser.unexpected }
        } catch {
            let (line, column) = error.position(in: parser.bytes)
            let message = "not valid JSON at column \(column): \(error.message)"
            throw ConfigurationError(file: file, origin: .line(line), message: message)
        }
        if parser.hasDuplicates {
            let diagnostics = Diagnostics()
            root.noteDuplicateKeys(path: "", in: diagnostics)
            try diagnostics.throwIfAny(file: file)
        }
        return root
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    // MARK: - Values

    private mutating func value() throws(JSONMistake) -> JSONNode {
        skipSpace()
        guard index < bytes.count else { throw unexpected }
        let origin = JSONNode.Origin.line(line)
        switch bytes[index] {
        case "{": return JSONNode(.object(try object()), origin: origin)
        case "[": return JSONNode(.array(try array()), origin: origin)
        case "\"": return JSONNode(.string(try string()), origin: origin)
        case "-", "+", ".", "0"..."9": return JSONNode(try number(), origin: origin)
        default: break
        }
        let word = Self.word(in: bytes, at: index)
        switch word {
        case "null", "true": index += 4
        case "false": index += 5
        default: throw unexpected
        }
        return JSONNode(word == "null" ? .null : .bool(word == "true"), origin: origin)
    }

    private mutating func object() throws(JSONMistake) -> [JSONNode.Member] {
        try enter("{")
        var members: [JSONNode.Member] = []
        var keys: Set<String> = []
        if leaves("}") { return members }
        repeat {
            guard isAt("\"") else { throw unexpected }
            let origin = JSONNode.Origin.line(line)
            let key = try string()
            skipSpace()
            guard isAt(":") else { throw unexpected }
            index += 1
            members.append(JSONNode.Member(key: key, value: try value(), origin: origin))
            if !keys.insert(key).inserted { hasDuplicates = true }
        } while try goesOn(until: "}")
        return members
    }

    private mutating func array() throws(JSONMistake) -> [JSONNode] {
        try enter("[")
        var elements: [JSONNode] = []
        if leaves("]") { return elements }
        repeat { elements.append(try value()) } while try goesOn(until: "]")
        return elements
    }

    private mutating func enter(_ bracket: Unicode.Scalar) throws(JSONMistake) {
        if open.count == Self.deepest {
            let message = "objects and lists are nested more than \(Self.deepest) deep; no config needs that"
            throw JSONMistake(place: index, message: message)
        }
        open.append((bracket, index))
        index += 1
    }

    private mutating func leaves(_ bracket: Unicode.Scalar) -> Bool {
        skipSpace()
        guard isAt(bracket) else { return false }
        open.removeLast()
        index += 1
        return true
    }

    /// Passes over a comma, up to what must follow it, or over the closing bracket.
    private mutating func goesOn(until bracket: Unicode.Scalar) throws(JSONMistake) -> Bool {
        if leaves(bracket) { return false }
        guard isAt(",") else { throw unexpected }
        let comma = index
        index += 1
        if leaves(bracket) { throw JSONMistake(place: comma, message: "a comma with nothing after it; remove it") }
        return true
    }

    // MARK: - Characters

    private func isAt(_ scalar: Unicode.Scalar) -> Bool { index < bytes.count && scalar ~= bytes[index] }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case " ", "\t": break
            case "\n": if index == 0 || bytes[index - 1] != UInt8(ascii: "\r") { line += 1 }
            case "\r": line += 1
            default: return
            }
            index += 1
        }
    }

    private var unexpected: JSONMistake { .unexpected(in: bytes, at: index, open: open.last) }

    /// What stands from `index` up to the next space, bracket, comma, colon or quote.
    static func word(in bytes: [UInt8], at index: Int) -> String {
        let end = bytes[index...].firstIndex(where: endsWord) ?? bytes.count
        return String(decoding: bytes[index..<end], as: UTF8.self)
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case " ", "\t", "\n", "\r", "{", "}", "[", "]", ",", ":", "\"": true
        default: false
        }
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONMistake) -> JSONNode.Content {
        let start = index
        if isAt("-") { index += 1 }
        let first = index
        var isWellFormed = skipDigits()
        var isInteger = true
        if index > first + 1, bytes[first] == UInt8(ascii: "0") {
            throw JSONMistake(place: first + 1, message: "a number must not begin with a superfluous 0")
        }
        if isAt(".") {
            index += 1
            isInteger = false
            isWellFormed = skipDigits() && isWellFormed
        }
        if isAt("e") || isAt("E") {
            index += 1
            isInteger = false
            if isAt("+") || isAt("-") { index += 1 }
            isWellFormed = skipDigits() && isWellFormed
        }
        let end = index
        index = start
        guard isWellFormed, end == bytes.count || Self.endsWord(bytes[end]) else {
            throw .malformedNumber(in: bytes, at: index, open: open.last)
        }
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        index = end
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw JSONMistake(place: start, message: "the number \(JSONMistake.shown(text)) is too large")
        }
        return .number(number)
    }

    /// Whether there was one.
    private mutating func skipDigits() -> Bool {
        let start = index
        while index < bytes.count, "0"..."9" ~= bytes[index] { index += 1 }
        return index > start
    }

    // MARK: - Strings

    private mutating func string() throws(JSONMistake) -> String {
        let start = index
        index += 1
        /// What stood before `run`, with its escapes resolved.
        var resolved: [UInt8] = []
        var run = index
        while index < bytes.count {
            switch bytes[index] {
            case "\"":
                let last = bytes[run..<index]
                index += 1
                return String(decoding: resolved.isEmpty ? last : resolved[...] + last, as: UTF8.self)
            case "\\" where index + 1 < bytes.count:
                resolved += bytes[run..<index]
                resolved += try escape().utf8
                run = index
            case "\n", "\r":
                let message = "this string is not closed on its line; write a line break in it as \\n"
                throw JSONMistake(place: start, message: message)
            case 0..<0x20:
                let message = "a control character in a string; write a tab as \\t and others as \\u00.."
                throw JSONMistake(place: index, message: message)
            default:
                index += 1
            }
        }
        throw JSONMistake(place: start, message: "this string is never closed")
    }

    private mutating func escape() throws(JSONMistake) -> Unicode.Scalar {
        let start = index
        index += 2
        switch bytes[start + 1] {
        case "\"", "\\", "/": return Unicode.Scalar(bytes[start + 1])
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": break
        default:
            let message = "a backslash in a string must be followed by one of \" \\ / b f n r t u; "
            throw JSONMistake(place: start, message: message + "write \\\\ for a backslash")
        }
        guard let unit = takeCodeUnit() else {
            throw JSONMistake(place: start, message: "after \\u four hexadecimal digits must follow")
        }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if UTF16.isLeadSurrogate(unit), bytes[index...].starts(with: "\\u".utf8) {
            index += 2
            if let second = takeCodeUnit(), UTF16.isTrailSurrogate(second) {
                return UTF16.decode(UTF16.EncodedScalar([unit, second]))
            }
        }
        throw JSONMistake(
            place: start, message: "this \\u escape is half of a surrogate pair; the other half is missing")
    }

    private mutating func takeCodeUnit() -> UInt16? {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else {
            return nil
        }
        index += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
