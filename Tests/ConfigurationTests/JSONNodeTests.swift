import Configuration
import Testing

@Suite struct JSONNodeTests {
    @Test func literalsMakeEveryKindOfValue() {
        let node: JSONNode = ["a": nil, "b": true, "c": 3, "d": 0.5, "e": "x", "f": [1, 2], "g": [:]]
        #expect(
            node.value
                == .object([
                    .init(key: "a", value: JSONNode(.null)), .init(key: "b", value: JSONNode(true)),
                    .init(key: "c", value: JSONNode(3)), .init(key: "d", value: JSONNode(0.5)),
                    .init(key: "e", value: JSONNode("x")), .init(key: "f", value: JSONNode([1, 2])),
                    .init(key: "g", value: JSONNode(.object([]))),
                ]))
        #expect(node.line == nil)
    }

    @Test func equalityLooksAtValuesOnly() {
        #expect(JSONNode(.integer(3), origin: .line(7)) == 3)
        #expect(["a": 1, "b": 2] as JSONNode == ["b": 2, "a": 1])
        #expect(["a": 1] as JSONNode != ["a": 2])
        #expect(["a": 1] as JSONNode != ["a": 1, "b": 1])
        #expect([1, 2] as JSONNode != [2, 1])
        #expect(JSONNode(1) != JSONNode(true))
        #expect(JSONNode(0) != JSONNode(false))
    }

    @Test func subscriptReadsReplacesAppendsAndRemoves() {
        var node: JSONNode = ["a": 1, "b": 2]
        #expect(node["b"] == 2)
        #expect(node["c"] == nil)
        #expect(JSONNode(3)["a"] == nil)
        node["a"] = "x"
        node["c"] = [true]
        node["b"] = nil
        #expect(node.jsonText(pretty: false) == #"{"a":"x","c":[true]}"#)
        var scalar: JSONNode = 3
        scalar["a"] = nil as JSONNode?
        #expect(scalar == 3)
        scalar["a"] = 1
        #expect(scalar == ["a": 1])
    }
}
