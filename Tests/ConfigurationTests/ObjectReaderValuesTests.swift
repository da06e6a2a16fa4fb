import Configuration
import Testing

private enum Activation: String, CaseIterable {
    case linear, relu, softmax
}

@Suite struct ObjectReaderValuesTests {
    let diagnostics = Diagnostics()

    private func reader(_ value: JSONNode) -> ObjectReader {
        ObjectReader(["a_key": value], path: "", diagnostics: diagnostics)
    }

    private var messages: [String] { diagnostics.problems.map(\.message) }

    @Test func wholeNumbers() {
        #expect(reader(3).integer("a_key", in: 1..., default: 9) == 3)
        #expect(reader(3.0).requiredInteger("a_key", in: 1...3) == 3)
        #expect(reader(-7).optionalInteger("a_key") == -7)
        #expect(reader(3).integer("missing", in: 1..., default: 9) == 9)
        #expect(reader(nil).optionalInteger("a_key") == nil)
        #expect(messages.isEmpty)
        #expect(reader("ten").integer("a_key", in: 1..., default: 9) == 9)
        #expect(reader(0).integer("a_key", in: 1..., default: 9) == 9)
        #expect(reader(7).requiredInteger("a_key", in: 1...5) == nil)
        #expect(reader(2.5).optionalInteger("a_key", in: 1...5) == nil)
        #expect(reader(true).optionalInteger("a_key") == nil)
        #expect(reader(nil).integer("a_key", in: 0..., default: 9) == 9)
        #expect(reader(1e30).integer("a_key", in: 0..., default: 9) == 9)
        #expect(reader(3).requiredInteger("missing", in: 1...5) == nil)
        #expect(
            messages == [
                "must be a whole number, 1 or more, but is the string \"ten\"", "must be 1 or more, but is 0",
                "must be from 1 to 5, but is 7", "must be a whole number from 1 to 5, but is 2.5",
                "must be a whole number, but is true", "must be a whole number, 0 or more, but is null",
                "must be a whole number, 0 or more, but is 1e+30", "is missing; give a whole number from 1 to 5",
            ])
    }

    @Test func numbers() {
        #expect(reader(3).number("a_key", .positive, default: 9) == 3)
        #expect(reader(0.001).requiredNumber("a_key", .positive) == 0.001)
        #expect(reader(0).optionalNumber("a_key", .between(0, 1, includingUpper: false)) == 0)
        #expect(messages.isEmpty)
        #expect(reader(-0.1).number("a_key", .positive, default: 9) == 9)
        #expect(reader(0).number("a_key", .above(0), default: 9) == 9)
        #expect(reader(-1).number("a_key", .atLeast(0), default: 9) == 9)
        #expect(reader(1).number("a_key", .between(0, 1, includingUpper: false), default: 9) == 9)
        #expect(reader(0).number("a_key", .between(0, 1, includingLower: false), default: 9) == 9)
        #expect(reader(1.5).number("a_key", .between(0, 1), default: 9) == 9)
        #expect(reader("x").number("a_key", .between(0, 1), default: 9) == 9)
        #expect(reader(false).number("a_key", .between(0, 1, includingUpper: false), default: 9) == 9)
        #expect(reader([]).requiredNumber("a_key", .atLeast(0.5)) == nil)
        #expect(reader([:]).requiredNumber("a_key") == nil)
        #expect(reader(1).requiredNumber("missing", .positive) == nil)
        #expect(reader(JSONNode(Double.nan)).requiredNumber("a_key") == nil)
        #expect(
            messages == [
                "must be above 0, but is -0.1", "must be above 0, but is 0", "must be 0 or more, but is -1",
                "must be at least 0 and below 1, but is 1", "must be above 0 and at most 1, but is 0",
                "must be from 0 to 1, but is 1.5", "must be a number from 0 to 1, but is the string \"x\"",
                "must be a number, at least 0 and below 1, but is false",
                "must be a number, 0.5 or more, but is an empty list", "must be a number, but is an object",
                "is missing; give a number above 0", "must be finite, but is null",
            ])
    }

    @Test func truthValuesAndStrings() {
        #expect(reader(true).bool("a_key", default: false))
        #expect(reader(false).requiredBool("a_key") == false)
        #expect(reader(nil).optionalBool("a_key") == nil)
        #expect(reader("x").string("a_key", default: "y") == "x")
        #expect(reader("x").requiredString("a_key") == "x")
        #expect(reader("x").optionalString("b") == nil)
        #expect(messages.isEmpty)
        #expect(!reader(1).bool("a_key", default: false))
        #expect(reader(1).requiredBool("b") == nil)
        #expect(reader(1).string("a_key", default: "y") == "y")
        #expect(reader(1).requiredString("b") == nil)
        #expect(
            messages == [
                "must be true or false, but is 1", "is missing; give true or false", "must be a string, but is 1",
                "is missing; give a string",
            ])
    }

    @Test func choices() {
        #expect(reader("relu").choice("a_key", default: Activation.linear) == .relu)
        #expect(reader("relu").choice("b", default: Activation.linear) == .linear)
        #expect(reader("softmax").requiredChoice("a_key", of: Activation.self) == .softmax)
        #expect(reader(nil).optionalChoice("a_key", of: Activation.self) == nil)
        #expect(reader("b").word("a_key", among: ["a", "b"], default: "a") == "b")
        #expect(messages.isEmpty)
        #expect(reader("rellu").choice("a_key", noun: "activation", default: Activation.linear) == .linear)
        #expect(reader("foo").requiredChoice("a_key", of: Activation.self) == nil)
        #expect(reader(3).requiredChoice("a_key", of: Activation.self) == nil)
        #expect(reader(3).requiredChoice("b", of: Activation.self) == nil)
        #expect(reader("foo").requiredWord("a_key", among: ["x", "y"], noun: "layer type") == nil)
        #expect(
            messages == [
                "unknown activation 'rellu'; did you mean 'relu'?",
                "unknown a key 'foo'; known: 'linear', 'relu', 'softmax'",
                "must be one of 'linear', 'relu', 'softmax', but is 3",
                "is missing; give one of 'linear', 'relu', 'softmax'",
                "unknown layer type 'foo'; known: 'x', 'y'",
            ])
    }

    @Test func aWholeNumberOrAWord() {
        func read(_ value: JSONNode) -> ObjectReader.IntegerOrWord {
            reader(value).integerOrWord("a_key", in: 1..., words: ["auto"], default: .word("default"))
        }
        #expect(read(4) == .integer(4))
        #expect(read("auto") == .word("auto"))
        #expect(messages.isEmpty)
        for value in ["atuo", "many", 0, 1.5, true] as [JSONNode] { #expect(read(value) == .word("default")) }
        #expect(
            messages == [
                "unknown word 'atuo'; did you mean 'auto'?",
                "must be a whole number, 1 or more, or 'auto', but is the string \"many\"",
                "must be a whole number, 1 or more, or 'auto', but is 0",
                "must be a whole number, 1 or more, or 'auto', but is 1.5",
                "must be a whole number, 1 or more, or 'auto', but is true",
            ])
    }
}
