import Configuration
import Testing

@Suite struct ConfigurationDocumentAssignmentTests {
    private func document() throws -> ConfigurationDocument {
        let text = """
            {"seed": 1,
             "training": {"epochs": 20,
              "batch_size": 64},
             "model": {"layers": [{"units": 10}, {"units": 5}], "none": []}}
            """
        return try ConfigurationDocument(text: text, file: "a.json")
    }

    private func after(_ assignments: String...) throws -> String {
        var document = try document()
        for assignment in assignments { try document.set(assignment) }
        return document.root.jsonText(pretty: false)
    }

    @Test func valuesAreReplacedInPlaceOrAppended() throws {
        let layers = #"{"layers":[{"units":10},{"units":5}],"none":[]}"#
        #expect(
            try after("training.epochs=3")
                == #"{"seed":1,"training":{"epochs":3,"batch_size":64},"model":\#(layers)}"#)
        #expect(
            try after("model.layers[1].units=64", "seed=2")
                == #"{"seed":2,"training":{"epochs":20,"batch_size":64},"#
                + #""model":{"layers":[{"units":10},{"units":64}],"none":[]}}"#)
        #expect(
            try after("optimizer={\"type\":\"sgd\"}", "training=null", "model={}")
                == #"{"seed":1,"training":null,"model":{},"optimizer":{"type":"sgd"}}"#)
        #expect(
            try after("training={}", "model={}", "a.b.c=1")
                == #"{"seed":1,"training":{},"model":{},"a":{"b":{"c":1}}}"#)
        #expect(
            try after("training={}", "model.layers[0]={\"a\": [1]}", "model.layers[0].a[0]=2")
                == #"{"seed":1,"training":{},"model":{"layers":[{"a":[2]},{"units":5}],"none":[]}}"#)
    }

    /// A key of an object that the config gives by its name alone.
    @Test func shortFormsBecomeLongOnes() throws {
        var document = try ConfigurationDocument(
            text: #"{"optimizer": "adam","#
                + #" "data": {"normalize": "standardize"}, "model": {"layers": [{"kernel_initializer": "he_normal"}]},"#
                + "\n" + #" "training": {"early_stopping": true}, "name": "x"}"#, file: "a.json")
        for assignment in [
            "optimizer.learning_rate=0.01", "data.normalize.per=all", "model.layers[0].kernel_initializer.gain=2",
            "training.early_stopping.patience=3",
        ] { try document.set(assignment) }
        #expect(
            document.root
                == [
                    "optimizer": ["type": "adam", "learning_rate": 0.01],
                    "data": ["normalize": ["type": "standardize", "per": "all"]],
                    "model": ["layers": [["kernel_initializer": ["type": "he_normal", "gain": 2]]]],
                    "training": ["early_stopping": ["patience": 3]], "name": "x",
                ])
        // What stood in the file is still told by its line.
        #expect(document.root["optimizer"]?["type"]?.line == 1)
        #expect(throws: ConfigurationError.self) { try document.set("name.x=1") }
    }

    @Test(
        arguments: [
            ("3", 3), ("0.5", 0.5), ("true", true), ("null", nil), ("adam", "adam"), ("\"12\"", "12"), ("", ""),
            ("a=b", "a=b"), (" 3 ", 3), ("{\"a\"", "{\"a\""), ("[1, 2]", [1, 2]), ("01", "01"), ("größe", "größe"),
            ("[1,]", "[1,]"), ("/data/x.h5", "/data/x.h5"), ("x\u{0}", "x\u{0}"),
        ] as [(String, JSONNode)])
    func theRightSideIsJSONOrElseAString(text: String, value: JSONNode) throws {
        var document = try document()
        try document.set("x=\(text)")
        #expect(document.root["x"] == value)
        #expect(document.root["x"]?.origin == .assignment("x"))
    }

    @Test(arguments: [
        ("seed", "--set seed: write it as path=value, for example --set training.epochs=3"),
        ("model.layers[2].units=3", "--set model.layers[2].units: model.layers has no element 2; its last is 1"),
        ("model.none[0]=3", "--set model.none[0]: model.none is an empty list, so it has no element 0"),
        ("model.layers.units=3", "--set model.layers.units: model.layers is a list, not an object"),
        ("model[0]=3", "--set model[0]: model is an object, not a list"),
        ("seed.x.y=3", "--set seed.x.y: seed is 1, not an object"),
        ("lists[0]=3", "--set lists[0]: lists is missing, and a list cannot be made element by element"),
        ("a.lists[0]=3", "--set a.lists[0]: a.lists is missing, and a list cannot be made element by element"),
    ])
    func whatCannotBeAssignedIsASentence(assignment: String, expected: String) throws {
        var document = try document()
        #expect(sentence { () throws(ConfigurationError) in try document.set(assignment) } == expected)
        #expect(try document.root == self.document().root)
    }

    @Test(arguments: [
        "", " ", "a..b", "a.", ".a", "model.layers[x]", "model.layers[-1]", "model.layers[1", "a]", "a[]", "[0]",
        "a[0]b", "a[99999999999999999999]", "a[+1]",
    ])
    func aMalformedPathIsASentence(path: String) throws {
        var document = try document()
        #expect(
            sentence { () throws(ConfigurationError) in try document.set(path + "=3") }
                == "--set \(path)=3: '\(path == " " ? "" : path)' is not a path; write it like model.layers[2].units")
    }

    @Test func aPathTooDeepIsASentence() throws {
        var document = try document()
        let path = String(repeating: "a.", count: 100_000) + "a"
        let said = sentence { () throws(ConfigurationError) in try document.set(path + "=1") }
        #expect(said?.hasSuffix(": the path is more than 64 steps deep") == true)
    }

    @Test func mistakesInOverriddenValuesNameTheOption() throws {
        var document = try document()
        try document.set("training.epochs=0")
        try document.set("training.extra={\"a\": {\"b\": 1}}")
        try document.set("fresh.deep.key=1")
        let diagnostics = Diagnostics()
        let root = ObjectReader(document.root, path: "", diagnostics: diagnostics)
        let training = root.object("training")
        _ = training?.integer("epochs", in: 1..., default: 1)
        _ = training?.integer("batch_size", in: 65..., default: 65)
        _ = training?.object("extra")?.object("a")?.string("b", default: "")
        _ = root.object("fresh")?.requiredInteger("units", in: 1...)
        #expect(
            sentence { () throws(ConfigurationError) in try diagnostics.throwIfAny(file: "a.json") } == """
                4 mistakes in a.json:
                a.json:3: training.batch_size: must be 65 or more, but is 64
                --set training.epochs: must be 1 or more, but is 0
                --set training.extra: training.extra.a.b: must be a string, but is 1
                --set fresh.deep.key: fresh.units: is missing; give a whole number, 1 or more
                """)
    }
}
