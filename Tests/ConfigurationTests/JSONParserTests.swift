import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite struct JSONParserTests {
    @Test func everyValueAndKeyKnowsItsLine() throws {
        let text = """
            {
            \t"name": "größe 😀",\t"seed"
            \t\t:
            \t\t\t1,
              "layers": [
                {"type": "dense",
                 "units": 10}, [
                  1,
                  [2, -3.5e-1]]
              ],

              "last": null}
            """
        for newline in ["\n", "\r\n", "\r"] {
            let root = try root(text.replacingOccurrences(of: "\n", with: newline))
            guard case .object(let members) = root.value else {
                Issue.record("no object")
                return
            }
            #expect(members.map(\.key) == ["name", "seed", "layers", "last"])
            #expect(members.map(\.line) == [2, 2, 5, 12])
            #expect(members.map(\.value.line) == [2, 4, 5, 12])
            guard case .array(let layers)? = root["layers"]?.value, case .object(let dense) = layers[0].value,
                case .array(let list) = layers[1].value, case .array(let inner) = list[1].value
            else {
                Issue.record("wrong shape")
                return
            }
            #expect(layers.map(\.line) == [6, 7])
            #expect(dense.map(\.line) == [6, 7])
            #expect(list.map(\.line) == [8, 9])
            #expect(inner.map(\.line) == [9, 9])
            #expect(inner == [2, -0.35])
        }
    }

    @Test func lineSeparatorsInsideStringsAreNoLines() throws {
        let root = try root("{\"a\": \"\u{FEFF}x\u{2028}y\u{85}z\",\n\"b\": 1}")
        #expect(root["a"] == "\u{FEFF}x\u{2028}y\u{85}z")
        #expect(root["b"]?.line == 2)
    }

    @Test(
        arguments: [
            ("1", 1), ("-0", 0), ("1e-3", 0.001), ("1E+2", 100.0), ("3.0", 3.0),
            ("9223372036854775807", JSONNode(Int.max)),
            ("9223372036854775808", 9223372036854775808.0),
            ("-9223372036854775808", JSONNode(Int.min)), ("-0.0", JSONNode(-0.0)), ("1e0", 1.0), ("0", 0), ("10", 10),
            ("1.7976931348623157e308", JSONNode(Double.greatestFiniteMagnitude)), (" \t\r\n[ ]\r", []), ("1e-999", 0.0),
            ("true", true), ("false", false),
            ("null", nil), ("\"\"", ""), ("[]", []), ("{}", [:]),
        ] as [(String, JSONNode)])
    func valuesAreThoseOfJSON(text: String, value: JSONNode) throws {
        #expect(try root("{\"a\":\(text)}")["a"] == value)
        #expect(try JSONParser.parse(text, file: "a.json") == value)
    }

    @Test(arguments: [
        "", " ", "1.", ".5", "+1", "-", "1e", "1e+", "1.e3", "00", "-01", "0x10", "1_000", "NaN", "-Infinity", "nul",
        "truex", "[1 2]", "[1,,2]", "[,]", "[,1]", "{,}", "{\"a\"}", "{\"a\" 1}", "{\"a\":1,}", "{1:2}", "{a:1}", "1 2",
        "[] []", "\"\\u+123\"", "\"\\u00g0\"", "\"\\ud83d\\u0041\"", "\"\\U0041\"", "\"\u{0}\"", "\"\u{1F}\"", "\u{0}",
        "1\u{A0}", "\u{FEFF}1", "\u{B}1", "\u{C}1", "[1;2]", "[\u{661}]", "\"\\", "\"\\\"", "\"\\u", "\"\\ud83d\\u",
    ])
    func nothingElseIsJSON(text: String) {
        #expect(throws: ConfigurationError.self) { try JSONParser.parse(text, file: "a.json") }
    }

    @Test func aMegabyteIsReadAtOnce() throws {
        let layer =
            #"{"type": "dense", "units": 64, "rate": 0.125, "name": "gr\u00f6\u00dfe", "on": [true, null]},"# + "\n"
        let text = "[" + String(repeating: layer, count: 12_000) + "{}]"
        #expect(text.utf8.count > 1_000_000)
        var root: JSONNode?
        // A quadratic step anywhere would take minutes; an optimised build takes some hundredths of a second.
        try expectThreadTime(below: .seconds(20)) { root = try JSONParser.parse(text, file: "a.json") }
        guard case .array(let layers)? = root?.value else {
            Issue.record("no list")
            return
        }
        #expect(layers.count == 12_001)
        #expect(layers.last?.line == 12_001)
    }

    @Test func anObjectMayHaveManyKeys() throws {
        let text = "{" + (0..<50_000).map { "\"k\($0)\": \($0)" }.joined(separator: ",\n") + "}"
        guard case .object(let members) = try JSONParser.parse(text, file: "a.json").value else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.key) == (0..<50_000).map { "k\($0)" })
        #expect(members.map(\.line) == Array(1...50_000))
    }

    @Test(arguments: [
        "yes", "no", "on", "true", "null", "~", "1", "1e3", "0x10", "1_000", "12:30:00", "2001-01-01", ".inf", "<<",
        "*a", "&a", "!tag", "# no comment", "- a", "? a", "a: b", "  spaces  ", "%YAML", "---", "'", "{", "\t",
    ])
    func quotedTextIsAlwaysTheSameString(text: String) throws {
        let quoted = JSONNode(text).jsonText(pretty: false)
        let root = try root("{\(quoted): \(quoted)}")
        #expect(root == JSONNode(.object([.init(key: text, value: JSONNode(text))])))
    }

    @Test func escapesComeOutRight() throws {
        let root = try root(#"{"\ud83d\ude00\/": "\uD83D\uDE00 \/ \\ \" \b\f\n\r\t \u00e9 \u0000 \\u0041 \uFEFF"}"#)
        #expect(root["😀/"] == "😀 / \\ \" \u{8}\u{C}\n\r\t é \u{0} \\u0041 \u{FEFF}")
    }

    @Test func keysMayBeLongOrFarFromTheirColonOrBeginWithACombiningMark() throws {
        let key = String(repeating: "k", count: 5000)
        let root = try root("{\"\(key)\"\n\n:\n1, \"\u{301}a\": 2, \"\": 3}")
        #expect(root[key] == 1)
        #expect(root[key]?.line == 4)
        #expect(root["\u{301}a"] == 2)
        #expect(root[""] == 3)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":", "]", "\"", "\\", "{"])
    func deepNestingIsASentence(piece: String) {
        let text = String(repeating: piece, count: 100_000)
        #expect(throws: ConfigurationError.self) { try JSONParser.parse(text, file: "a.json") }
    }

    @Test func theDepthIsLimited() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[\n", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONParser.parse(nested(64), file: "a.json")
        #expect(
            sentence { () throws(ConfigurationError) in _ = try JSONParser.parse(nested(65), file: "a.json") }
                == "a.json:65: not valid JSON at column 1: objects and lists are nested more than 64 deep; no config "
                + "needs that")
    }
}
