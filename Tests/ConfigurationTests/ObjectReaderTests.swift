import Configuration
import Testing

@Suite struct ObjectReaderTests {
    @Test func allMistakesComeAtOnceInTheOrderOfTheirLines() throws {
        let text = """
            {
              "$schema": "schema.json", "//": "why", "comment": "because",
              "zeal": 1,
              "training": {
                "epochs": "ten",
                "batch_size": 0
              },
              "model": {"layers": [
                {"type": "dense", "units": 3,
                 "activaton": "relu"},
                {"type": "dense", "units": 2.5, "activation": "rellu"},
                7
              ]}
            }
            """
        let document = try ConfigurationDocument(text: text, file: "digits.json")
        let diagnostics = Diagnostics()
        let root = ObjectReader(document.root, path: "", diagnostics: diagnostics)
        for layer in root.object("model")?.objects("layers") ?? [] {
            _ = layer.requiredWord("type", among: ["dense"], noun: "layer type")
            _ = layer.requiredInteger("units", in: 1...)
            _ = layer.word("activation", among: ["linear", "relu"], default: "linear")
            layer.finish()
        }
        let training = root.requiredObject("training")
        _ = training?.requiredNumber("learning_rate", .positive)
        _ = training?.requiredInteger("epochs", in: 1...)
        _ = training?.integer("batch_size", in: 1..., default: 32)
        training?.finish()
        root.finish(ignoring: .annotations)
        #expect(
            sentence { () throws(ConfigurationError) in try diagnostics.throwIfAny(file: document.file) } == """
                8 mistakes in digits.json:
                digits.json:3: zeal: unknown key; known: 'model', 'training'
                digits.json:4: training.learning_rate: is missing; give a number above 0
                digits.json:5: training.epochs: must be a whole number, 1 or more, but is the string "ten"
                digits.json:6: training.batch_size: must be 1 or more, but is 0
                digits.json:10: model.layers[0].activaton: unknown key; did you mean 'activation'?
                digits.json:11: model.layers[1].units: must be a whole number, 1 or more, but is 2.5
                digits.json:11: model.layers[1].activation: unknown activation 'rellu'; did you mean 'relu'?
                digits.json:12: model.layers[2]: must be an object, but is 7
                """)
    }

    @Test func keysAskedForAreKnownOnceAndInOrder() {
        let reader = ObjectReader(["b": 1, "a": 2], path: "", diagnostics: Diagnostics())
        _ = reader.requiredInteger("a")
        _ = reader.optionalString("c")
        _ = reader.node("b")
        _ = reader.integers("d")
        _ = reader.objects("e")
        _ = reader.requiredInteger("a")
        #expect(reader.has("b") && !reader.has("z"))
        #expect(reader.knownKeys == ["a", "c", "b", "d", "e"])
        #expect(reader.presentKeys == ["b", "a"])
    }

    @Test func annotationsAreUnknownUnlessIgnored() {
        let diagnostics = Diagnostics()
        let reader = ObjectReader(["$schema": "a", "// b": 1, "comment": 2], path: "x", diagnostics: diagnostics)
        reader.finish(ignoring: .annotations)
        #expect(diagnostics.isEmpty)
        reader.finish()
        #expect(diagnostics.problems.map(\.path) == ["x.$schema", "x.// b", "x.comment"])
        #expect(diagnostics.problems.first?.message == "unknown key; none is known here")
    }

    @Test func whatIsNoObjectIsSaidOnce() {
        let diagnostics = Diagnostics()
        let reader = ObjectReader([1], path: "layers[0]", diagnostics: diagnostics)
        _ = reader.requiredInteger("units")
        _ = reader.requiredObject("a")
        _ = reader.requiredObjects("b")
        _ = reader.requiredStringOrObject("c")
        reader.finish()
        #expect(
            diagnostics.problems
                == [
                    ConfigurationError.Problem(
                        path: "layers[0]", line: nil, message: "must be an object, but is a list")
                ])
    }

    @Test func failuresInMeaningStandAtTheKeyOrTheElement() throws {
        let diagnostics = Diagnostics()
        let node = try root("{\n\"shards\": 4,\n\"metrics\": [\n\"a\",\n\"b\"]}")
        let reader = ObjectReader(node, path: "p", diagnostics: diagnostics)
        reader.fail("is below the workers", key: "shards")
        reader.fail("is odd", key: "metrics", index: 1)
        reader.fail("is even", key: "metrics", index: 7)
        reader.fail("is absent", key: "none")
        reader.fail("is wrong as a whole")
        #expect(
            diagnostics.problems == [
                ConfigurationError.Problem(path: "p.shards", line: 2, message: "is below the workers"),
                ConfigurationError.Problem(path: "p.metrics[1]", line: 5, message: "is odd"),
                ConfigurationError.Problem(path: "p.metrics[7]", line: 3, message: "is even"),
                ConfigurationError.Problem(path: "p.none", line: 1, message: "is absent"),
                ConfigurationError.Problem(path: "p", line: 1, message: "is wrong as a whole"),
            ])
    }

    @Test func keysFromOutsideCannotSteerTheTerminal() {
        let diagnostics = Diagnostics()
        let reader = ObjectReader(["\u{1B}[2J\n": 1], path: "", diagnostics: diagnostics)
        reader.finish()
        #expect(diagnostics.problems.first?.path == "\\u001b[2J\\n")
    }
}
