import Configuration
import Testing

private enum Metric: String, CaseIterable {
    case accuracy, precision
}

@Suite struct ObjectReaderNestedTests {
    let diagnostics = Diagnostics()

    private func reader(_ value: JSONNode) -> ObjectReader {
        ObjectReader(["k": value], path: "p", diagnostics: diagnostics)
    }

    private var sentences: [String] { diagnostics.problems.map { "\($0.path): \($0.message)" } }

    @Test func objects() {
        #expect(reader([:]).object("k")?.path == "p.k")
        #expect(reader(nil).object("k") == nil)
        #expect(reader(1).object("none") == nil)
        #expect(reader([["a": 1], ["a": 2]]).objects("k").map(\.path) == ["p.k[0]", "p.k[1]"])
        #expect(reader([[:]]).requiredObjects("k").count == 1)
        #expect(reader(1).objects("none").isEmpty)
        #expect(sentences.isEmpty)
        #expect(reader(1).object("k") == nil)
        #expect(reader(nil).requiredObject("k") == nil)
        #expect(reader(1).requiredObject("none") == nil)
        #expect(reader([[:], 1, [:]]).objects("k").map(\.path) == ["p.k[0]", "p.k[2]"])
        #expect(reader([:]).objects("k").isEmpty)
        #expect(reader([]).requiredObjects("k").isEmpty)
        #expect(reader([]).requiredObjects("none").isEmpty)
        #expect(
            sentences == [
                "p.k: must be an object, but is 1", "p.k: must be an object, but is null",
                "p.none: is missing; give an object", "p.k[1]: must be an object, but is 1",
                "p.k: must be a list of objects, but is an object",
                "p.k: must be a list of objects, at least one, but is an empty list",
                "p.none: is missing; give a list of objects",
            ])
    }

    @Test func aWordOrAnObject() {
        func short(_ value: ObjectReader.StringOrObject?) -> String? {
            switch value {
            case .string(let string)?: string
            case .object(let reader)?: "object at \(reader.path)"
            case nil: nil
            }
        }
        #expect(short(reader("mse").stringOrObject("k")) == "mse")
        #expect(short(reader(["type": "mse"]).requiredStringOrObject("k")) == "object at p.k")
        #expect(short(reader(1).stringOrObject("none")) == nil)
        let list = reader(["a", ["type": "b"], 3, "c"]).stringsOrObjects("k")
        #expect(list.map { short($0.value) } == ["a", "object at p.k[1]", "c"])
        #expect(list.map(\.index) == [0, 1, 3])
        #expect(short(reader(1).stringOrObject("k")) == nil)
        #expect(short(reader(1).requiredStringOrObject("none")) == nil)
        #expect(reader("a").stringsOrObjects("k").isEmpty)
        #expect(
            sentences == [
                "p.k[2]: must be a string or an object, but is 3", "p.k: must be a string or an object, but is 1",
                "p.none: is missing; give a string or an object",
                "p.k: must be a list of strings or objects, but is the string \"a\"",
            ])
    }

    @Test func lists() {
        #expect(reader(["a", "b"]).strings("k") == ["a", "b"])
        #expect(reader([]).strings("k") == [])
        #expect(reader(1).strings("none") == nil)
        #expect(reader([1, 2.0]).integers("k", in: 1...) == [1, 2])
        #expect(reader([1, 0.5]).numbers("k", .positive) == [1, 0.5])
        #expect(reader(["accuracy"]).choices("k", of: Metric.self, noun: "metric") == [.accuracy])
        #expect(sentences.isEmpty)
        #expect(reader(["a", 1, true]).strings("k") == nil)
        #expect(reader("a").strings("k") == nil)
        #expect(reader([1, 0]).integers("k", in: 1...) == nil)
        #expect(reader([-1]).numbers("k", .positive) == nil)
        #expect(reader(["acuracy"]).choices("k", of: Metric.self, noun: "metric") == nil)
        #expect(
            sentences == [
                "p.k[1]: must be a string, but is 1", "p.k[2]: must be a string, but is true",
                "p.k: must be a list of strings, but is the string \"a\"", "p.k[1]: must be 1 or more, but is 0",
                "p.k[0]: must be above 0, but is -1", "p.k[0]: unknown metric 'acuracy'; did you mean 'accuracy'?",
            ])
    }

    @Test func oneNumberForAll() {
        #expect(reader(3).integers("k", in: 1..., count: 2) == [3, 3])
        #expect(reader([3, 5]).integers("k", in: 1..., count: 2) == [3, 5])
        #expect(reader(3).integers("none", in: 1..., count: 2) == nil)
        #expect(reader(nil).integers("k", in: 1..., count: 2) == nil)
        #expect(sentences.isEmpty)
        #expect(reader(0).integers("k", in: 1..., count: 2) == nil)
        #expect(reader("x").integers("k", in: 1..., count: 2) == nil)
        #expect(reader([1]).integers("k", in: 1..., count: 2) == nil)
        #expect(reader([1, 0]).integers("k", in: 1..., count: 2) == nil)
        #expect(
            sentences == [
                "p.k: must be 1 or more, but is 0",
                "p.k: must be a whole number, 1 or more, or a list of 2, but is the string \"x\"",
                "p.k: must be a whole number, 1 or more, or a list of 2, but is a list of 1",
                "p.k[1]: must be 1 or more, but is 0",
            ])
    }

    @Test func listsThatMustBeThere() {
        #expect(reader([1, 2]).requiredIntegers("k") == [1, 2])
        #expect(reader([]).requiredIntegers("k", in: 1...) == [])
        #expect(reader(3).requiredIntegers("k", in: 1...9, count: 2) == [3, 3])
        #expect(reader([3, 5]).requiredIntegers("k", in: 1..., count: 2) == [3, 5])
        #expect(sentences.isEmpty)
        #expect(reader(1).requiredIntegers("none", in: 1...) == nil)
        #expect(reader(1).requiredIntegers("none", in: 1..., count: 2) == nil)
        #expect(reader(nil).requiredIntegers("k", in: 1...) == nil)
        #expect(reader(nil).requiredIntegers("k", in: 1...9, count: 2) == nil)
        #expect(reader(3).requiredIntegers("k", in: 1...) == nil)
        #expect(reader([3]).requiredIntegers("k", in: 1..., count: 2) == nil)
        #expect(reader([1, 0]).requiredIntegers("k", in: 1...) == nil)
        #expect(
            sentences == [
                "p.none: is missing; give a list of whole numbers",
                "p.none: is missing; give a whole number, 1 or more, or a list of 2",
                "p.k: must be a list of whole numbers, but is null",
                "p.k: must be a whole number from 1 to 9, or a list of 2, but is null",
                "p.k: must be a list of whole numbers, but is 3",
                "p.k: must be a whole number, 1 or more, or a list of 2, but is a list of 1",
                "p.k[1]: must be 1 or more, but is 0",
            ])
    }

    @Test func boundsMayBeNegative() {
        #expect(reader([-1, 3]).integers("k", in: (-1)...) == [-1, 3])
        #expect(reader([-2, -1]).requiredIntegers("k", in: (-2)...(-1)) == [-2, -1])
        #expect(reader(-1).integers("k", in: (-1)..., count: 2) == [-1, -1])
        #expect(sentences.isEmpty)
        #expect(reader([3, -2]).integers("k", in: (-1)...) == nil)
        #expect(reader(["x"]).integers("k", in: (-1)...) == nil)
        #expect(reader(0).integers("k", in: (-2)...(-1), count: 2) == nil)
        #expect(
            sentences == [
                "p.k[1]: must be -1 or more, but is -2",
                "p.k[0]: must be a whole number, -1 or more, but is the string \"x\"",
                "p.k: must be from -2 to -1, but is 0",
            ])
    }

    @Test func elementsKnowTheirOwnLines() throws {
        let node = try root("{\n\"k\": [\n1,\n0,\n-1]}")
        _ = ObjectReader(node, path: "", diagnostics: diagnostics).integers("k", in: 1...)
        #expect(diagnostics.problems.map(\.line) == [4, 5])
    }
}
