import Configuration
import Testing

@Suite struct ByNameTests {
    private func sentence<T>(_ values: ByName<T>, _ names: [String]) -> String? {
        do {
            _ = try values.values(of: names, "output")
            return nil
        } catch { return "\(error)" }
    }

    @Test func oneValueBelongsToTheOnlyName() throws {
        #expect(try ByName(3).values(of: ["a"], "output") == [3])
        #expect(
            sentence(ByName(3), ["a", "b"])
                == "is given once, but there are the outputs a, b; give an object with what belongs to each output by its "
                + "name")
    }

    @Test func namedValuesComeInTheOrderOfTheNames() throws {
        let values = ByName(entries: [.init("b", 2), .init("a", 1)])
        #expect(try values.values(of: ["a", "b", "c"], "output") == [1, 2, nil])
        #expect(sentence(values, ["a"]) == "names 'b', which is no output; the output is a")
        #expect(sentence(values, ["b", "c"]) == "names 'a', which is no output; the outputs are b, c")
    }

    @Test func nothingBelongsToEveryName() throws {
        #expect(try ByName<Int>().values(of: ["a", "b"], "output") == [nil, nil])
        #expect(ByName<Int>().isEmpty)
    }

    @Test func readingKeepsTheOrderAndTheForm() throws {
        func read(_ text: String) throws -> (ByName<Int>, [String]) {
            let document = try ConfigurationDocument(text: #"{"k": \#(text)}"#, file: "c.json")
            let diagnostics = Diagnostics()
            let reader = ObjectReader(document.root, path: "", diagnostics: diagnostics)
            let values = ByName(reading: reader, key: "k", isOne: { _ in false }) { $0.optionalInteger($1, in: 0...9) }
            return (values, diagnostics.problems.map { "\($0.path): \($0.message)" })
        }
        let (one, none) = try read("4")
        #expect(one.only == 4 && none.isEmpty && one.configuration { JSONNode($0) } == 4)
        let (named, _) = try read(#"{"b": 2, "a": 1}"#)
        #expect(named.entries.map(\.name) == ["b", "a"])
        #expect(named.configuration { JSONNode($0) } == ["b": 2, "a": 1])
        let (_, problems) = try read(#"{"b": 20}"#)
        #expect(problems.count == 1 && problems[0].hasPrefix("k.b: "))
        #expect(try read("{}").1 == ["k: must name at least one, but is empty"])
    }
}
