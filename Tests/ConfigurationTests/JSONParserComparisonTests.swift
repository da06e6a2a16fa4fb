import Foundation
import TestSupport
import Testing

@testable import Configuration

/// The parser against Foundation's, which reads the same language but for a few liberties.
@Suite struct JSONParserComparisonTests {
    /// Whether both read the same. Foundation's truth values are numbers of type `c`, and its fractions come by way of
    /// decimals, whose last bits may differ.
    private func agrees(_ node: JSONNode, _ object: Any) -> Bool {
        let number = object as? NSNumber
        let isBool = number.map { String(cString: $0.objCType) == "c" } ?? false
        switch node.value {
        case .null: return object is NSNull
        case .bool(let value): return isBool && number?.boolValue == value
        case .integer(let value): return !isBool && number?.int64Value == Int64(value)
        case .number(let value):
            return !isBool && abs((number?.doubleValue ?? .nan) - value) <= 1e-14 * abs(value)
        case .string(let value): return (object as? String)?.utf8.elementsEqual(value.utf8) ?? false
        case .array(let elements):
            guard let objects = object as? [Any], objects.count == elements.count else { return false }
            return zip(elements, objects).allSatisfy(agrees)
        case .object(let members):
            guard let objects = object as? [String: Any], objects.count == members.count else { return false }
            return members.allSatisfy { member in objects[member.key].map { agrees(member.value, $0) } ?? false }
        }
    }

    private func foundation(_ text: String) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    @Test func validDocumentsComeOutAlikeAndWithTheirLines() throws {
        var writer = RandomWriter(seed: 7)
        for _ in 0..<600 {
            let (text, expected) = writer.document()
            let node = try JSONParser.parse(text, file: "a.json")
            let theirs = try #require(foundation(text), "\(text)")
            #expect(agrees(node, theirs), "\(text)")
            #expect(node == expected && lines(of: node) == lines(of: expected), "\(text)")
        }
    }

    private func lines(of node: JSONNode) -> [Int?] {
        switch node.value {
        case .array(let elements): [node.line] + elements.flatMap(lines)
        case .object(let members): [node.line] + members.flatMap { [$0.line] + lines(of: $0.value) }
        default: [node.line]
        }
    }

    static let valid = """
        {
          "$schema": "schema.json", "name": "größe \\ud83d\\ude00", "seed": 1,
          "model": {"layers": [
            {"type": "conv2d", "filters": 32, "kernel_size": [3, 5], "padding": "same"},
            {"type": "dense", "units": 10, "activation": "softmax", "rate": 1.5e-3}
          ]},
          "on": true, "off": false, "none": null
        }
        """

    /// Where we refuse what Foundation takes.
    static let strictness = [
        "a comma with nothing after it", "is written twice", "the number ", "more than 64 deep",
    ]

    /// Cuts, copies, and overwrites at random. What we take Foundation must take, and alike; what we refuse it must
    /// refuse, but for its liberties.
    @Test func randomMutationsAreReadAsFoundationDoesOrRefused() {
        var generator = SeededRandom(1)
        // Without U+FEFF, which Foundation drops from the beginning of a string.
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\n", "\r", "\t", " ", "#", "/", "'", "null",
            "1e5", "-", "+", ".", "e", "0", "9", "\u{0}", "\u{7F}", "\u{85}", "é", "\u{301}", "1e999",
        ].map { Array($0.utf8) }
        var accepted = 0
        for _ in 0..<3000 {
            var bytes = Array(Self.valid.utf8)
            for _ in 0...Int.random(in: 0...3, using: &generator) {
                let start = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, start + Int.random(in: 0...8, using: &generator))
                switch Int.random(in: 0...4, using: &generator) {
                case 0: bytes.removeSubrange(start..<end)
                case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: start)
                case 3 where start > 0: bytes.removeSubrange(start...)
                default: bytes[start] = UInt8.random(in: 0...255, using: &generator)
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let theirs = foundation(text)
            do {
                let node = try JSONParser.parse(text, file: "a.json")
                accepted += 1
                #expect(theirs.map { agrees(node, $0) } == true, "\(text)")
            } catch {
                let count = text.utf8.count { $0 == 10 || $0 == 13 } + 1
                #expect(error.problems.allSatisfy { (1...count).contains($0.line ?? 0) })
                if theirs != nil {
                    #expect(Self.strictness.contains { error.description.contains($0) }, "\(error)\n\(text)")
                }
            }
        }
        #expect((300...2700).contains(accepted))
    }
}

/// Writes random JSON by every freedom of the language, and says what must be read from it.
private struct RandomWriter {
    private var generator: SeededRandom
    private var text = ""
    private var line = 1

    init(seed: Int) { generator = SeededRandom(seed) }

    mutating func document() -> (text: String, expected: JSONNode) {
        text = ""
        line = 1
        let node = value(depth: 0)
        space()
        return (text, node)
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    private mutating func space() {
        while below(2) == 0 {
            let piece = [" ", "\t", "\n", "\r", "\r\n"][below(5)]
            // Two pieces must not become one line break.
            if piece == "\n", text.utf8.last == 13 { continue }
            text += piece
            if piece != " ", piece != "\t" { line += 1 }
        }
    }

    private mutating func value(depth: Int) -> JSONNode {
        space()
        let origin = JSONNode.Origin.line(line)
        switch below(depth < 5 ? 8 : 5) {
        case 0:
            let (word, content): (String, JSONNode.Content) =
                [("null", .null), ("true", .bool(true)), ("false", .bool(false))][below(3)]
            text += word
            return JSONNode(content, origin: origin)
        case 1:
            let number = Int(truncatingIfNeeded: generator.next()) >> below(64)
            text += String(number)
            return JSONNode(.integer(number), origin: origin)
        case 2:
            let number = Double(below(2_000_001) - 1_000_000) / 1024
            let exponent = below(41) - 20
            let written =
                "\(number)" + ["e", "E"][below(2)] + (exponent > 0 && below(2) == 0 ? "+" : "") + "\(exponent)"
            text += written
            return JSONNode(.number(Double(written) ?? .nan), origin: origin)
        case 3, 4: return JSONNode(.string(string()), origin: origin)
        case 5, 6:
            text += "["
            var elements: [JSONNode] = []
            for index in 0..<below(5) {
                if index > 0 { text += "," }
                elements.append(value(depth: depth + 1))
                space()
            }
            if elements.isEmpty { space() }
            text += "]"
            return JSONNode(.array(elements), origin: origin)
        default:
            text += "{"
            var members: [JSONNode.Member] = []
            for index in 0..<below(5) {
                if index > 0 { text += "," }
                space()
                let keyOrigin = JSONNode.Origin.line(line)
                let key = string(prefix: "\(index)")
                space()
                text += ":"
                members.append(.init(key: key, value: value(depth: depth + 1), origin: keyOrigin))
                space()
            }
            if members.isEmpty { space() }
            text += "}"
            return JSONNode(.object(members), origin: origin)
        }
    }

    private mutating func string(prefix: String = "") -> String {
        var meant = prefix
        text += "\"" + prefix
        let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "/", "\n", "\u{0}", "\u{7F}", "é", "\u{301}", "語", "😀"]
        for _ in 0..<below(8) {
            let scalar = scalars[below(scalars.count)]
            meant.unicodeScalars.append(scalar)
            if below(2) == 0 {
                for unit in UTF16.encode(scalar) ?? .init() {
                    let digits = String(unit, radix: 16, uppercase: below(2) == 0)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                text += JSONNode.escaped(String(scalar))
            }
        }
        text += "\""
        return meant
    }
}
