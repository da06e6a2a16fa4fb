import Testing

@testable import Configuration

@Suite struct RegistryTests {
    private let fruits = Registry("fruit", [("apple", 1), ("pear", 2)])

    @Test func kindsAreFoundByTheirNames() throws {
        #expect(fruits["pear"] == 2)
        #expect(fruits["plum"] == nil)
        try fruits.register(3, as: "plum")
        #expect(fruits["plum"] == 3)
        #expect(fruits.names == ["apple", "pear", "plum"])
        #expect(fruits.builtInNames == ["apple", "pear"])
    }

    @Test func aTakenNameIsRefused() throws {
        #expect(throws: RegistryError(description: "the fruit 'apple' is known already; choose another name")) {
            try fruits.register(3, as: "apple")
        }
        #expect(fruits["apple"] == 1)
    }

    @Test func unknownWords() {
        #expect(fruits.unknown("aple") == "unknown fruit 'aple'; did you mean 'apple'?")
        #expect(fruits.unknown("zzz") == "unknown fruit 'zzz'; known: 'apple', 'pear'")
        let known = Registry(
            "fruit", [("apple", 1), ("pear", 2)], synonyms: ["pomme": ["apple"], "fruta": ["apple", "pear"]])
        #expect(known.unknown("Pomme") == "unknown fruit 'Pomme'; did you mean 'apple'?")
        #expect(known.unknown("fruta") == "unknown fruit 'fruta'; did you mean 'apple' or 'pear'?")
        #expect(fruits.unknown("a\n") == "unknown fruit 'a\\n'; known: 'apple', 'pear'")
    }

    /// What is read from `{"fruit": …}`, and the mistakes.
    private func read(_ text: String) throws -> (kind: Int?, size: Int?, problems: [String]) {
        let diagnostics = Diagnostics()
        let root = ObjectReader(
            try ConfigurationDocument(text: "{\n\"fruit\": \(text)\n}", file: "").root, path: "",
            diagnostics: diagnostics)
        let found = fruits.required("fruit", in: root)
        let size = found?.keys.integer("size", default: 5)
        found?.keys.finish()
        root.finish()
        return (found?.kind, size, diagnostics.problems.map { $0.sentence(file: "") })
    }

    @Test func theShortAndTheLongForm() throws {
        for (text, size) in [("\"pear\"", 5), (#"{"type": "pear"}"#, 5), (#"{"type": "pear", "size": 7}"#, 7)] {
            let (kind, read, problems) = try read(text)
            #expect(kind == 2 && read == size && problems == [])
        }
    }

    @Test func mistakesHaveTheirPlace() throws {
        #expect(try read("\"paer\"").problems == ["line 2: fruit: unknown fruit 'paer'; did you mean 'pear'?"])
        #expect(
            try read(#"{"type": "paer"}"#).problems == [
                "line 2: fruit.type: unknown fruit 'paer'; did you mean 'pear'?"
            ])
        #expect(
            try read(#"{"type": "pear", "siz": 7}"#).problems
                == ["line 2: fruit.siz: unknown key; did you mean 'size'?"])
        #expect(try read(#"{"size": 7}"#).problems == ["line 2: fruit.type: is missing; give one of 'apple', 'pear'"])
        #expect(try read("7").problems == ["line 2: fruit: must be a string or an object, but is 7"])
    }
}
