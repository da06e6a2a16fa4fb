import Configuration
import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Metrics
@testable import Network
@testable import Optimizers
@testable import Runs

/// `Configs/schema.json` and the readers are two accounts of one format: these tests hold them together.
@Suite struct SchemaTests {
    let schema: ConfigSchema

    init() throws { schema = try ConfigSchema() }

    @Test func everyShippedConfigReads() throws {
        let paths = try ShippedConfigs.paths
        #expect(
            paths.map { $0.split(separator: "/").last } == [
                "breast-cancer.json", "diabetes.json", "digits-cnn.json", "digits-mlp.json",
            ])
        for path in paths {
            let document = try ConfigurationDocument(contentsOf: path)
            #expect(mistakes(document) == [])
            #expect(document.root["$schema"] == "schema.json", "\(path)")
            let run = try RunConfiguration(document, directory: ShippedConfigs.directory)
            for source in [run.data.train, run.data.validation?.source, run.data.test?.source] {
                #expect(source.map { FileManager.default.fileExists(atPath: $0.file) } == true, "\(path)")
            }
        }
    }

    // MARK: - Keys

    /// An object of a config: the path for `set`, steps for the schema, and what stands there.
    struct Place: CustomTestStringConvertible, Sendable {
        let path: String
        let object: String

        init(_ path: String, _ object: String = "{}") {
            self.path = path
            self.object = object
        }

        var steps: [String] {
            path.split { ".[".contains($0) }.map { $0.hasSuffix("]") ? String($0.dropLast()) : String($0) }
        }
        var testDescription: String { "\(path.isEmpty ? "top level" : path) \(object)" }
    }

    static let places: [Place] = {
        func typed(_ path: String, _ types: [String]) -> [Place] {
            types.map { Place(path, #"{"type": "\#($0)"}"#) }
        }
        let initializers = InitializerRegistry.kinds.builtInNames
        return ["", "data", "data.train", "data.validation", "data.test", "data.split", "model"].map { Place($0) }
            + ["training", "training.early_stopping", "parallel", "checkpoint", "checkpoint.every", "export", "logging"].map {
                Place($0)
            }
            + ["data.validation", "data.test"].map { Place($0, #"{"fraction": 0.1}"#) }
            + [Place("data.train", #"{"file": "a.csv", "targets": "y"}"#), Place("data.test", #"{"file": "a.csv"}"#)]
            + [Place("data.train", #"{"file": "a", "images": {"size": 1}}"#)]
            + typed("data.augment[0]", Augmentation.names)
            + typed("training.on_nan", ["stop", "skip", "rewind"])
            + typed("model.layers[0]", LayerRegistry.kinds.builtInNames)
            + typed("model.layers[0].kernel_initializer", initializers)
            + typed("model.layers[0].bias_initializer", initializers)
            + typed("data.normalize", NormalizationConfiguration.names)
            + typed("data.normalize_targets", NormalizationConfiguration.names)
            + typed("loss", LossRegistry.kinds.builtInNames) + typed("optimizer", OptimizerRegistry.kinds.builtInNames)
            + typed("optimizer.schedule", ScheduleRegistry.kinds.builtInNames)
    }()

    private func document(_ place: Place) throws -> ConfigurationDocument {
        var document = try smallest("optimizer={\"type\": \"sgd\"}")
        // A list is not made element by element.
        if place.path == "data.augment[0]" { try document.set("data.augment=[{}]") }
        if !place.path.isEmpty { try document.set("\(place.path)=\(place.object)") }
        return document
    }

    /// A key far from every word, so that the reader's sentence about it lists the keys that it knows.
    private static let stranger = String(repeating: "z", count: 40)

    @Test(arguments: places)
    func theReaderKnowsTheKeysOfTheSchema(place: Place) throws {
        var document = try document(place)
        let path = place.path.isEmpty ? Self.stranger : "\(place.path).\(Self.stranger)"
        try document.set("\(path)=1")
        let sentence = try #require(mistakes(document).first { $0.hasPrefix("\(path): unknown key; known: ") })
        let known = sentence.split(separator: "'").enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
        let description = schema.description(of: place.steps, in: document.root)
        #expect(Set(known) == Set(description.properties.keys).subtracting(["$schema"]))
        #expect(description.isClosed, "the schema admits any key here")
    }

    @Test(arguments: places)
    func everyKeyHasTitleAndDescription(place: Place) throws {
        let description = schema.description(of: place.steps, in: try document(place).root)
        for (key, schemas) in description.properties {
            for word in ["title", "description"] {
                #expect(schemas.contains { $0[word] != nil }, "\(key) has no \(word)")
            }
        }
    }

    @Test func requiredKeysAreTheReaders() throws {
        for place in Self.places {
            let document = try document(place)
            let missing = mistakes(document).compactMap { mistake -> String? in
                guard let end = mistake.range(of: ": is missing; give ") else { return nil }
                let path = mistake[..<end.lowerBound]
                let prefix = place.path.isEmpty ? "" : place.path + "."
                guard path.hasPrefix(prefix), !path.dropFirst(prefix.count).contains(".") else { return nil }
                return String(path.dropFirst(prefix.count))
            }
            let required = schema.description(of: place.steps, in: document.root).required.subtracting(place.given)
            #expect(Set(missing) == required.subtracting(place.path.isEmpty ? document.root.keys : []), "\(place)")
        }
    }

    // MARK: - Words

    @Test func layerTypes() throws {
        let root = try document(Place("")).root
        #expect(schema.enumeration("type", at: ["model", "layers", "0"], in: root) == LayerRegistry.kinds.builtInNames)
        #expect(schema.words(schema.definition("activation_word")["enum"]) == ActivationName.allCases.map(\.rawValue))
        for key in ["activation", "kernel_initializer"] {
            #expect(schema.description(of: ["model", "layers", "0"], in: root).properties[key] != nil)
        }
        #expect(
            schema.enumeration("activation", at: ["model", "layers", "0"], in: root)
                == ActivationName.allCases.map(\.rawValue))
        #expect(schema.words(schema.definition("padding")["enum"]) == Padding.allCases.map(\.rawValue))
    }

    @Test func initializers() throws {
        let root = try document(Place("model.layers[0].kernel_initializer", "{}")).root
        let names = InitializerRegistry.kinds.builtInNames.dropLast()
        #expect(
            schema.enumeration("type", at: ["model", "layers", "0", "kernel_initializer"], in: root)
                == InitializerRegistry.kinds.builtInNames)
        guard case .array(let forms)? = schema.definition("initializer")["allOf"]?.value else {
            Issue.record("initializer has no allOf")
            return
        }
        #expect(forms.first.map { schema.words($0["then"]?["enum"]) } == Array(names))
    }

    @Test func otherWords() throws {
        var root = try document(Place("optimizer.schedule", "{}")).root
        root["loss"] = ["type": "huber"]
        root["data"] = ["augment": [["type": "mixup"]]]
        #expect(schema.enumeration("type", at: ["loss"], in: root) == LossRegistry.kinds.builtInNames)
        #expect(schema.words(schema.definition("loss_name")["enum"]) == LossRegistry.kinds.builtInNames)
        #expect(schema.enumeration("type", at: ["optimizer"], in: root) == OptimizerRegistry.kinds.builtInNames)
        #expect(schema.words(schema.definition("optimizer_name")["enum"]) == OptimizerRegistry.kinds.builtInNames)
        #expect(
            schema.words(schema.definition("normalize_word")["enum"]) == NormalizationConfiguration.names.dropLast())
        let scopes = try document(Place("data.normalize", #"{"type": "scale"}"#)).root
        #expect(
            schema.enumeration("type", at: ["data", "normalize"], in: scopes) == NormalizationConfiguration.names)
        #expect(
            schema.enumeration("per", at: ["data", "normalize"], in: scopes)
                == Normalization.Scope.allCases.map(\.rawValue))
        #expect(schema.enumeration("type", at: ["data", "augment", "0"], in: root) == Augmentation.names)
        #expect(
            schema.words(schema.definition("random_crop")["properties"]?["mode"]?["enum"])
                == RandomCrop.PaddingMode.allCases.map(\.rawValue))
        #expect(
            schema.words(schema.definition("random_flip")["properties"]?["mode"]?["enum"])
                == RandomFlip.Mode.allCases.map(\.rawValue))
        #expect(
            schema.enumeration("type", at: ["optimizer", "schedule"], in: root)
                == ScheduleRegistry.kinds.builtInNames)
    }

    @Test func metrics() throws {
        guard case .array(let forms)? = schema.definition("metric")["anyOf"]?.value, forms.count == 2,
            case .string(let pattern)? = forms[1]["pattern"]?.value
        else {
            Issue.record("metric should have a list of words and a pattern")
            return
        }
        #expect(schema.words(forms[0]["enum"]) == MetricRegistry.kinds.builtInNames)
        let expression = try Regex(pattern)
        for name in ["top_1_accuracy", "top_10_accuracy", "top_0_accuracy", "top_05_accuracy", "top__accuracy"] {
            #expect(name.contains(expression) == (MetricRegistry.metric(named: name) != nil), "\(name)")
        }
        guard case .string(let monitor)? = schema.monitorPattern?.value else {
            Issue.record("monitor should have a pattern")
            return
        }
        let figures =
            ["loss"] + Set(MetricRegistry.kinds.builtInNames.compactMap { MetricRegistry.metric(named: $0)?.name })
        for figure in figures {
            #expect(try figure.wholeMatch(of: Regex(monitor)) != nil, "\(figure)")
            #expect(try "validation_\(figure)".wholeMatch(of: Regex(monitor)) != nil, "\(figure)")
        }
    }

    // MARK: - Defaults

    @Test(arguments: places)
    func defaultsAreTheReaders(place: Place) throws {
        guard let written = try writtenOut(place) else { return }
        for (key, schemas) in schema.description(of: place.steps, in: try document(place).root).properties {
            guard let fallback = schemas.lazy.compactMap({ $0["default"] }).first, let value = written[key] else {
                continue
            }
            let isPair = if case .array(let pair) = value.value { pair == [fallback, fallback] } else { false }
            #expect(isPair || value == fallback || value.number == fallback.number && value.number != nil, "\(key)")
        }
    }

    /// The object at a place with its defaults, as Stormo writes it; nil where it can't be left so empty.
    private func writtenOut(_ place: Place) throws -> JSONNode? {
        var document = try document(place)
        if place.path == "training.early_stopping" { try document.set(#"data.validation={"file": "v.h5"}"#) }
        for (type, values) in [
            ("dense", ["units=1"]), ("conv2d", ["filters=1", "kernel_size=1"]),
            ("conv2d_transpose", ["filters=1", "kernel_size=1"]), ("depthwise_conv2d", ["kernel_size=1"]),
            ("separable_conv2d", ["filters=1", "kernel_size=1"]), ("reshape", ["target_shape=[1]"]),
            ("dropout", ["rate=0.5"]),
        ] where place.path == "model.layers[0]" && place.object.contains("\"\(type)\"") {
            for value in values { try document.set("model.layers[0].\(value)") }
        }
        guard mistakes(document).isEmpty else { return nil }
        let run = try RunConfiguration(document, directory: "")
        if place.path == "model.layers[0]" { return JSONNode(.object(run.layers[0].layer.configuration)) }
        let model = try Model(input: [1], layers: [ModelLayer(Dense(1))])
        return place.steps.reduce(run.configuration(model: model)) { node, step in node[step] ?? nil }
    }

    @Test func defaultsAreCompared() throws {
        let written = try writtenOut(Place("model.layers[0]", #"{"type": "conv2d"}"#))
        #expect(written?["strides"] == [1, 1])
        #expect(try writtenOut(Place("training.early_stopping"))?["patience"] == 5)
        #expect(try writtenOut(Place("optimizer", #"{"type": "adamw"}"#))?["weight_decay"]?.number == 0.004)
    }
}

extension ConfigSchema {
    fileprivate var monitorPattern: JSONNode? {
        guard case .array(let forms)? = definition("early_stopping")["properties"]?["monitor"]?["anyOf"]?.value else {
            return nil
        }
        return forms.lazy.compactMap { $0["pattern"] }.first
    }
}

extension SchemaTests.Place {
    /// The keys that the object has.
    fileprivate var given: Set<String> { object == "{}" ? [] : object.contains("\"file\"") ? ["file"] : ["type"] }
}

extension JSONNode {
    fileprivate var keys: [String] {
        if case .object(let members) = value { members.map(\.key) } else { [] }
    }

    fileprivate var number: Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
