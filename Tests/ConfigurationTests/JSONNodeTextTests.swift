import Testing

@testable import Configuration

@Suite struct JSONNodeTextTests {
    @Test func prettyTextKeepsOrderAndPutsShortListsOnOneLine() throws {
        let node: JSONNode = [
            "name": "digits", "rate": 0.001, "kernel_size": [3, 5], "nothing": nil,
            "layers": [["type": "dense", "units": 10], ["type": "flatten"]], "empty": [], "none": [:],
            "nested": [[1, 2], [3, 4]],
        ]
        let text = """
            {
              "name": "digits",
              "rate": 0.001,
              "kernel_size": [3, 5],
              "nothing": null,
              "layers": [
                {
                  "type": "dense",
                  "units": 10
                },
                {
                  "type": "flatten"
                }
              ],
              "empty": [],
              "none": {},
              "nested": [
                [1, 2],
                [3, 4]
              ]
            }

            """
        #expect(node.jsonText() == text)
        #expect(try ConfigurationDocument(text: text, file: "a.json").root.jsonText() == text)
    }

    @Test func longListsTakeALineForEachElement() {
        let node = JSONNode((0..<40).map { JSONNode($0) })
        #expect(node.jsonText().split(separator: "\n").count == 42)
        #expect(node.jsonText().hasPrefix("[\n  0,\n  1,\n"))
    }

    @Test(arguments: [
        (0.001, "0.001"), (3.0, "3.0"), (0.1 + 0.2, "0.30000000000000004"), (1e-7, "1e-07"), (1e300, "1e+300"),
        (-0.0, "-0.0"), (.leastNonzeroMagnitude, "5e-324"), (Double.infinity, "null"), (-Double.infinity, "null"),
        (Double.nan, "null"),
    ])
    func doublesAreShortestAndReadBackToTheSameBits(number: Double, text: String) throws {
        #expect(JSONNode(number).jsonText(pretty: false) == text)
        guard number.isFinite else { return }
        let root = try ConfigurationDocument(text: "{\"a\": \(text)}", file: "a.json").root
        guard case .number(let back)? = root["a"]?.value else {
            Issue.record("\(text) was not read as a number")
            return
        }
        #expect(back.bitPattern == number.bitPattern)
    }

    @Test func stringsAreEscapedAndReadBack() throws {
        let string = "a\"b\\c/d\n\r\t\u{8}\u{0}\u{1B}[31m\u{7F}\u{85}é\u{2028}😀\u{301}"
        let text = (["k": JSONNode(string)] as JSONNode).jsonText(pretty: false)
        #expect(
            text == #"{"k":"a\"b\\c/d\n\r\t\u0008\u0000\u001b[31m\u007f\u0085é"# + "\u{2028}😀\u{301}\"}")
        let back = try ConfigurationDocument(text: text, file: "a.json").root["k"]
        guard case .string(let read)? = back?.value else {
            Issue.record("no string")
            return
        }
        #expect(Array(read.unicodeScalars) == Array(string.unicodeScalars))
    }

    @Test func valuesAreNamedInSentences() {
        #expect(JSONNode("ten").described == "the string \"ten\"")
        #expect(JSONNode(2.5).described == "2.5")
        #expect(JSONNode(true).described == "true")
        #expect(JSONNode(.null).described == "null")
        #expect(JSONNode([1]).described == "a list")
        #expect(JSONNode([]).described == "an empty list")
        #expect((["a": 1] as JSONNode).described == "an object")
        let long = String(repeating: "x", count: 100)
        #expect(JSONNode(long).described == "the string \"\(String(repeating: "x", count: 40))…\"")
    }
}
