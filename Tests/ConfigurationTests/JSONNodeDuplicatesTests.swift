import Testing

@testable import Configuration

@Suite struct JSONNodeDuplicatesTests {
    @Test func keysThatStandTwiceAreAllNamed() {
        let text = """
            {
              "seed": 1,
              "model": {"layers": [{"units": 1, "units": 2}]},
              "seed": 3
            }
            """
        #expect(
            sentence { () throws(ConfigurationError) in _ = try JSONParser.parse(text, file: "a.json") } == """
                2 mistakes in a.json:
                a.json:3: model.layers[0].units: is written twice, first on line 3; keep one
                a.json:4: seed: is written twice, first on line 2; keep one
                """)
    }

    @Test func aKeyMayStandThriceAndDuplicatesInDuplicatesCount() {
        let text = "{\"a\": 1,\n\"a\": {\"b\": [],\n\"\\u0062\": 2},\n\"a\": 3}"
        #expect(
            sentence { () throws(ConfigurationError) in _ = try JSONParser.parse(text, file: "a.json") } == """
                3 mistakes in a.json:
                a.json:2: a: is written twice, first on line 1; keep one
                a.json:3: a.b: is written twice, first on line 2; keep one
                a.json:4: a: is written twice, first on line 1; keep one
                """)
    }

    @Test func equalKeysInDifferentObjectsAreFine() throws {
        let text = #"[{"a": {"a": 1}}, {"a": 2, "A": 3}]"#
        #expect(try JSONParser.parse(text, file: "a.json") == [["a": ["a": 1]], ["a": 2, "A": 3]])
    }
}
