/// Why some text is not JSON, and where.
struct JSONMistake: Error {
    /// In UTF-8 bytes from the start.
    var place: Int
    var message: String

    typealias Bracket = (scalar: Unicode.Scalar, place: Int)

    /// What stands at `index`, the end of the text included, may not stand there.
    /// - Parameter open: the innermost bracket that is not closed yet.
    static func unexpected(in bytes: [UInt8], at index: Int, open: Bracket?) -> JSONMistake {
        guard index < bytes.count else {
            guard let open else { return JSONMistake(place: index, message: "the text ends where a value must stand") }
            return JSONMistake(place: open.place, message: "this '\(open.scalar)' is never closed")
        }
        let word = JSONParser.word(in: bytes, at: index)
        let found = word.unicodeScalars.first ?? Unicode.Scalar(bytes[index])
        let message = bracketMessage(found, open: open) ?? wordMessage(word)
        let shown = found == "\"" ? "\"" : JSONNode.escaped(String(found))
        return JSONMistake(
            place: index,
            message: message ?? "unexpected '\(shown)'; is a comma, a colon or a quote missing before it?")
    }

    private static func bracketMessage(_ found: Unicode.Scalar, open: Bracket?) -> String? {
        guard found == "}" || found == "]" else { return nil }
        guard let open else { return "this '\(found)' closes nothing" }
        let expected: Unicode.Scalar = open.scalar == "{" ? "}" : "]"
        if found == expected { return nil }
        return "'\(found)' stands where '\(expected)' must close the '\(open.scalar)' before it"
    }

    private static func wordMessage(_ word: String) -> String? {
        guard let first = word.unicodeScalars.first, !["true", "false", "null"].contains(word) else { return nil }
        if ("0"..."9").contains(first) { return nil }
        let shown = shown(word)
        if word.hasPrefix("//") || word.hasPrefix("/*") || first == "#" { return "JSON has no comments; remove it" }
        if first == "'" || first == "\u{2018}" || first == "\u{201C}" {
            return "\(shown) begins with the wrong quote; strings are written in double quotes, \"\""
        }
        if let meant = ["true": "true", "false": "false", "none": "null", "null": "null"][word.lowercased()] {
            return "'\(shown)' is not a JSON value; write \(meant)"
        }
        return "'\(shown)' is not a JSON value; write words in double quotes"
    }

    /// What begins like a number at `index` is none.
    static func malformedNumber(in bytes: [UInt8], at index: Int, open: Bracket?) -> JSONMistake {
        let word = JSONParser.word(in: bytes, at: index)
        guard word.utf8.contains(where: { "0"..."9" ~= $0 }) else {
            return unexpected(in: bytes, at: index, open: open)
        }
        return JSONMistake(
            place: index,
            message: "'\(shown(word))' is not a JSON number; write it like 0.5 or -2e-3, or in double quotes")
    }

    /// A word as a sentence quotes it: short, and with nothing in it that a terminal obeys.
    static func shown(_ word: String) -> String { JSONNode.escaped(String(word.prefix(40))) }

    /// The mistake's line and column, from 1; the column counts characters. `\n`, `\r` and both together end a line.
    func position(in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var start = 0
        for (index, byte) in bytes[..<place].enumerated() where byte == 0x0A || byte == 0x0D {
            if byte == 0x0D || index == 0 || bytes[index - 1] != 0x0D { line += 1 }
            start = index + 1
        }
        return (line, String(decoding: bytes[start..<place], as: UTF8.self).count + 1)
    }
}

/// Lets bytes be matched against ASCII literals: `case "{":`.
func ~= (pattern: Unicode.Scalar, byte: UInt8) -> Bool { pattern.value == byte }

func ~= (pattern: ClosedRange<Unicode.Scalar>, byte: UInt8) -> Bool { pattern.contains(Unicode.Scalar(byte)) }
