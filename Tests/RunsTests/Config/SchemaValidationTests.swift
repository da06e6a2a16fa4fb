import Configuration
import Foundation
import RunSupport
import TestSupport
import Testing

private let python = ProcessInfo.processInfo.environment["STORMO_PYTHON"]

/// The schema before a real validator. Runs where `STORMO_PYTHON` names a Python that has jsonschema-rs.
@Suite(.enabled(if: python != nil, "set STORMO_PYTHON to a Python with jsonschema-rs"))
struct SchemaValidationTests {
    /// Those of the files that the schema refuses, with what the validator says of them.
    private func refused(_ paths: [String]) throws -> [String: String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments =
            ["\(Repository.path)/Tests/Peers/validate_configs.py", ShippedConfigs.schemaPath] + paths
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var verdicts: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.range(of: ": ") else { continue }
            verdicts[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
        for path in paths {
            #expect(verdicts[path] != nil, "the validator says nothing of \(path): \(text.prefix(500))")
        }
        let refused = verdicts.filter { $0.value != "valid" }
        #expect(process.terminationStatus == (refused.isEmpty ? 0 : 1))
        return refused
    }

    /// Writes documents to files, and gives those that the schema refuses by their place in the list.
    private func refused(_ documents: [ConfigurationDocument]) throws -> [Int: String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var paths: [String] = []
        for (index, document) in documents.enumerated() {
            paths.append(folder.appendingPathComponent("\(index).json").path)
            try document.root.jsonText(pretty: false).write(toFile: paths[index], atomically: false, encoding: .utf8)
        }
        let verdicts = try refused(paths)
        return Dictionary(
            uniqueKeysWithValues: paths.indices.compactMap { index in verdicts[paths[index]].map { (index, $0) } })
    }

    @Test func everyShippedConfigIsValid() throws {
        let paths = try ShippedConfigs.paths
        #expect(paths.count == 4)
        #expect(try refused(paths) == [:])
    }

    static let right = [
        "seed=3.0", "name=a b", "loss=mean_absolute_error", #"loss={"type": "huber"}"#, "optimizer=adamw",
        #"metrics=["top_1_accuracy", "mean_absolute_error"]"#, "comment on loss=it is huber", "//=null",
        #"model.layers[0]={"type": "conv2d", "filters": 1, "kernel_size": 3.0, "strides": null}"#,
        #"optimizer={"type": "sgd", "momentum": 0.1, "nesterov": true}"#, #"parallel={"shards": "workers"}"#,
        #"training.early_stopping={"monitor": "loss"}"#, "training.early_stopping=false",
        #"export={"weight_decay": true}"#, #"logging={"tensorboard": true}"#,
        #"loss={"type": "sparse_categorical_crossentropy", "ignore_class": -1, "from_logits": true}"#,
        #"loss={"type": "sparse_categorical_crossentropy", "ignore_class": null}"#, "data.class_weight=balanced",
        "data.normalize=min_max", #"data.normalize={"type": "standardize", "per": "feature"}"#,
        #"data.normalize={"type": "constants", "offset": [1, 2]}"#,
        #"data.normalize={"type": "constants", "scale": -0.5}"#,
        "data.class_weight=null", "data.class_weight=[1, 0.5]", #"data.class_weight={"0": 1, "17": 3}"#,
        "data.class_weight={}",
        #"optimizer={"type": "sgd", "clipvalue": 0.5}"#, #"optimizer={"type": "adam", "clipnorm": 1}"#,
        #"optimizer={"type": "adamw", "global_clipnorm": 1.0}"#,
        #"optimizer={"type": "adam", "clipnorm": 1, "clipvalue": null, "global_clipnorm": null}"#,
        #"data.train.file=["a.h5", "b/*.h5"]"#, "data.train.sample_weight=/w", #"data.test={"fraction": 0.5}"#,
        #"data.validation={"fraction": 0.1}"#, "data.stratify=false", "data.split=null", "data.k_fold=5",
        "data.k_fold=2.0",
        "data.memory_limit=65536", "data.memory_limit=65536.0", "data.memory_limit=2 GiB",
        "data.memory_limit=512MiB", "data.memory_limit=1.5gb", "data.memory_limit=.5 tib", "data.memory_limit=70000 ",
        "data.memory_limit=100000 Bytes", "data.shuffle_window=1", "data.allow_external_links=true", "data.augment=[]",
        #"data.augment=[{"type": "mixup"}, {"type": "random_flip"}]"#, "training.on_nan=skip",
        #"training.on_nan={"type": "rewind", "times": 1}"#, "training.on_nan=null", "checkpoint={}",
        #"checkpoint={"every": {"seconds": 0.5}}"#, #"checkpoint={"every": {"steps": 10}, "keep_last": 1}"#,
        // By name, of inputs and outputs.
        #"loss={"a": "huber", "b": {"type": "huber", "delta": 2}}"#, #"metrics={"a": ["mae"], "b": []}"#,
        #"data.train.inputs={"a": "/x", "b": ["/y", "/z"]}"#, #"data.train.targets={"a": "/x", "b": ["/y", "/z"]}"#,
        #"data.train.targets=["/x", "/y"]"#, "training.threshold=0.3", #"training.threshold={"a": 0.5, "b": null}"#,
        #"data.train.sample_weight={"a": "/w"}"#, #"data.normalize={"a": "scale", "b": {"type": "min_max"}}"#,
        #"data.class_weight={"a": "balanced", "b": [1, 2], "c": {"0": 1}}"#,
        #"data.augment={"a": [{"type": "random_flip"}]}"#, "model.outputs=null", #"model.outputs=["a", "b"]"#,
        "loss_weights=null",
        // Tables.
        #"data.train={"file": "a.csv", "targets": "y", "drop": ["id"], "columns": {"zip": "category"}, "missing": 0}"#,
        #"data.train={"file": ["a.csv", "b.csv.gz"], "targets": ["y", "z"], "encoding": "utf-16", "delimiter": "tab"}"#,
        #"data.train={"file": "a.csv", "targets": "y", "header": false, "decimal_comma": true, "missing": "mean"}"#,
        #"data.test={"file": "a.csv", "encoding": "latin-1"}"#,
        #"data.train={"file": "a.csv", "targets": "y", "na": {"x": "-", "z": ["-", "<5"], "y": []}}"#,
        // Images.
        #"data.train={"file": "a", "images": {"size": [4, 5], "channels": 1, "bits": 16, "fit": "crop"}}"#,
        #"data.train={"file": "a", "images": {"size": 4, "channels": null}}"#,
        #"data.train={"file": "a.csv", "inputs": "file", "targets": "y", "images": {"fit": "letterbox"}}"#,
        #"data.test={"file": "a", "images": {}}"#, "data.train.images=null",
    ]

    static let wrong = [
        #"data.train={"file": "a.h5", "drop": ["x"]}"#,
        #"data.train={"file": "a.csv", "targets": "y", "sample_weight": "w"}"#,
        #"data.train={"file": "a.csv", "targets": {"y": "y"}}"#, #"data.test={"file": "a.csv", "targets": "y"}"#,
        #"data.test={"file": "a.CSV.gz", "missing": "mean"}"#,
        #"data.train={"file": "a.csv", "targets": []}"#, #"data.train={"file": "a.csv", "targets": "y", "drop": 1}"#,
        #"data.train={"file": "a.csv", "targets": "y", "columns": {"zip": 1}}"#,
        #"data.train={"file": "a.csv", "targets": "y", "na": {"x": 1}}"#, #"data.test={"file": "a.csv", "na": {}}"#,
        #"data.train={"file": "a.h5", "na": {"x": "-"}}"#, #"data.train={"file": "a.csv", "targets": "y", "na": "-"}"#,
        #"data.train={"file": "a.csv", "targets": "y", "encoding": "ascii"}"#,
        #"data.train={"file": "a.csv", "targets": "y", "header": "yes"}"#,
        #"data.train={"file": "a", "images": {"size": 0}}"#, #"data.train={"file": "a", "images": {"size": [1]}}"#,
        #"data.train={"file": "a", "images": {"channels": 4}}"#, #"data.train={"file": "a", "images": {"bits": 12}}"#,
        #"data.train={"file": "a", "images": {"fit": "stretch"}}"#, #"data.train={"file": "a", "images": 8}"#,
        #"data.train={"file": "a", "images": {}, "targets": "/y"}"#,
        #"data.train={"file": "a", "images": {}, "drop": ["x"]}"#,
        #"loss={"a": "hubre"}"#, #"loss={"a": 1}"#, "loss={}", #"metrics={"a": "mae"}"#, #"metrics={"a": ["mea"]}"#,
        "metrics={}", "loss_weights=1", #"data.train.inputs={"a": 1}"#, "data.train.inputs={}",
        #"data.train.targets={"a": [1]}"#, "data.train.targets=[]", "training.threshold=1", "training.threshold=roc",
        #"training.threshold={}"#, #"training.threshold={"a": 0}"#, #"data.normalize={"a": "max"}"#,
        #"data.class_weight={"a": "even"}"#,
        #"data.augment={"a": {}}"#, "model.outputs=[]", #"model.outputs="a""#,
        "lose=huber", "name=1", "name=a/b", "name=..", "name=", "seed=-1", "seed=0.5", "seed=1e30", "data=[]",
        "data.train.path=a.h5", "data.train.file=3", "data.train.targets=null", "data.tset={}", "data.normalize=max",
        "data.normalize=null", "data.normalize=constants", "data.normalize={}",
        #"data.normalize={"type": "constants"}"#,
        #"data.normalize={"type": "scale", "offset": 1}"#, #"data.normalize={"type": "min_max", "per": "row"}"#,
        #"data.normalize={"type": "constants", "scale": 0}"#, #"data.normalize={"type": "constants", "offset": []}"#,
        "model={}", "model.layers=[]", "model.layers=[1]", "model.layers={}", "model.layers[0].type=dnese",
        "model.layers[0].activaton=relu", "model.layers[0].units=0", "model.layers[0].units=1.5",
        "model.layers[0].activation=rellu", "model.layers[0].use_bias=1", "model.layers[0].name=a/b",
        "model.layers[0].inputs=[]", "model.layers[0].inputs=input", "model.layers[0].kernel_initializer=he",
        "model.layers[0].kernel_initializer=constant", #"model.layers[0].bias_initializer={"type": "constant"}"#,
        #"model.layers[0].bias_initializer={"type": "ones", "value": 1}"#, #"model.layers[0]={"type": "dense"}"#,
        #"model.layers[0]={"type": "conv2d", "filters": 1}"#, #"model.layers[0]={"type": "flatten", "units": 1}"#,
        #"model.layers[0]={"type": "conv2d", "filters": 1, "kernel_size": [3]}"#,
        #"model.layers[0]={"type": "conv2d", "filters": 1, "kernel_size": 0}"#,
        #"model.layers[0]={"type": "conv2d", "filters": 1, "kernel_size": 1, "padding": "full"}"#,
        #"model.layers[0]={"type": "max_pooling2d", "pool_size": [2, 2, 2]}"#,
        #"model.layers[0]={"type": "reshape", "target_shape": [0]}"#,
        #"model.layers[0]={"type": "reshape", "target_shape": [-1, -1]}"#,
        #"model.layers[0]={"type": "dropout", "rate": 1}"#, #"model.layers[0]={"type": "dropout", "rate": -0.1}"#,
        #"model.layers[0]={"type": "activation"}"#, #"model.layers[0]={"type": "elu", "alpha": 0}"#,
        #"model.layers[0]={"type": "leaky_relu", "negative_slope": -1}"#, "loss=mse", "loss=null",
        #"loss={"type": "huber", "delta": 0}"#, #"loss={"type": "huber", "factor": 1}"#,
        #"loss={"type": "mean_absolute_error", "from_logits": true}"#, "metrics=accuracy",
        #"loss={"type": "binary_crossentropy", "ignore_class": 1}"#,
        #"loss={"type": "sparse_categorical_crossentropy", "ignore_class": 0.5}"#,
        #"loss={"type": "sparse_categorical_crossentropy", "ignore_class": 2147483648}"#, "data.class_weight=even",
        "data.class_weight=[]", "data.class_weight=[1]", "data.class_weight=[1, -1]", "data.class_weight=2",
        #"data.class_weight={"a": 1}"#, #"data.class_weight={"01": 1}"#, #"data.class_weight={"-1": 1}"#,
        #"data.class_weight={"2147483648": 1}"#, #"data.class_weight={"0": null}"#, #"metrics=["acuracy"]"#,
        #"metrics=["mae", "mae"]"#, #"metrics=["rmse", "root_mean_squared_error"]"#, #"metrics=["top_0_accuracy"]"#,
        "optimizer=adma", "optimizer={}", #"optimizer={"type": "adam", "learning_rate": -0.1}"#,
        #"optimizer={"type": "adam", "learning_rate": "0.1"}"#, #"optimizer={"type": "adam", "beta_1": 1}"#,
        #"optimizer={"type": "adam", "momentum": 0.9}"#, #"optimizer={"type": "sgd", "nesterov": true}"#,
        #"optimizer={"type": "sgd", "nesterov": true, "momentum": 0}"#,
        #"optimizer={"type": "sgd", "clipnorm": 0}"#, #"optimizer={"type": "sgd", "clipvalue": "1"}"#,
        #"optimizer={"type": "sgd", "clipnorm": 1, "clipvalue": 1}"#,
        #"optimizer={"type": "adam", "clipvalue": 1, "global_clipnorm": 1}"#,
        #"optimizer={"type": "adamw", "clipnorm": 1, "global_clipnorm": 1}"#,
        #"optimizer={"type": "sgd", "weight_decay": -1}"#, #"optimizer={"type": "sgd", "schedule": "cosine"}"#,
        #"optimizer={"type": "sgd", "schedule": {"type": "constant", "final": 0}}"#,
        #"optimizer={"type": "sgd", "schedule": {"type": "cosine", "final": 2}}"#, "training.epochs=0",
        "training.epochs=null", "training.batch_size=0", "training.shuffle=yes", "training.early_stopping=5",
        #"export={"weight_decay": 1}"#, #"logging={"tensorboard": 1}"#, "logging=true",
        #"training.early_stopping={"monitor": "zzz"}"#, #"training.early_stopping={"monitor": "loss", "patience": 0}"#,
        #"training.early_stopping={"monitor": "loss", "min_delta": -1}"#, #"parallel={"workers": 0}"#,
        #"parallel={"workers": 4097}"#, #"parallel={"workers": "workers"}"#, #"parallel={"shards": "all"}"#,
        #"parallel={"pin": 1}"#, "training.accumulate=0",
        "data.train.file=[]", "data.train.file=[1]", "data.train.file=null", "data.train.sample_weight=1",
        "data.train.fraction=0.1", #"data.test={"fraction": 0}"#, #"data.test={"fraction": 1}"#,
        #"data.test={"fraction": null}"#, #"data.test={"fraction": 0.1, "file": "a.h5"}"#,
        #"data.test={"fraction": 0.1, "x": 1}"#, "data.stratify=1", "data.stratify=true", "data.split={}",
        #"data.split={"together": "a"}"#, "data.split=a", #"data.split={"together": 1}"#,
        #"data.split={"together": "a", "by_time": "b"}"#, "data.k_fold=1",
        "data.k_fold=1001",
        "data.memory_limit=65535", "data.memory_limit=much", "data.memory_limit=", "data.memory_limit=-1 GiB",
        "data.memory_limit=1 PiB", "data.memory_limit=1.2.3 GiB", "data.memory_limit=.",
        "data.memory_limit=0.5", "data.shuffle_window=0", "data.shuffle_window=all", "data.allow_external_links=null",
        "data.augment={}",
        #"data.augment=["mixup"]"#, #"data.augment=[{"type": "flip"}]"#, "data.augment=[{}]",
        #"data.augment=[{"type": "mixup", "alpha": 0}]"#, #"data.augment=[{"type": "cutout", "sise": 1}]"#,
        "training.on_nan=ignore", "training.on_nan=true", "training.on_nan={}",
        #"training.on_nan={"type": "skip", "times": 1}"#, #"training.on_nan={"type": "rewind", "factor": 1}"#,
        #"training.on_nan={"type": "rewind", "times": 0}"#, "checkpoint=false", #"checkpoint={"every": {}}"#,
        #"checkpoint={"every": 5}"#, #"checkpoint={"every": {"steps": 1, "epochs": 1}}"#,
        #"checkpoint={"every": {"hours": 1}}"#, #"checkpoint={"every": {"seconds": 0}}"#,
        #"checkpoint={"keep_last": 0}"#, #"checkpoint={"keep": 1}"#,
    ]

    @Test func bothAdmitWhatIsRight() throws {
        let documents = try Self.right.map { try smallest($0) }
        for document in documents { #expect(mistakes(document) == []) }
        #expect(try refused(documents) == [:])
    }

    @Test func bothRefuseWhatIsWrong() throws {
        let documents = try Self.wrong.map { try smallest($0) }
        let refused = try refused(documents)
        for (index, document) in documents.enumerated() {
            #expect(refused[index] != nil, "the schema admits \(Self.wrong[index])")
            #expect(!mistakes(document).isEmpty, "the reader admits \(Self.wrong[index])")
        }
    }

    /// What replaces each value in turn.
    static let values: [JSONNode] = [
        nil, true, false, -1, 0, 1, 2.0, 0.5, 4097, -0.5, "", "x", "a/b", "auto", "workers", "adam", "huber", "zeros",
        "constant", "cosine", "softmax", "same", "mae", [], [:], [1], [2, 3], [0, 1], [-1, 2], [-1, -1],
        [1, 2, 3], [1.5, 2], ["x"], ["mae"], ["mae", "mean_absolute_error"], ["top_3_accuracy"], ["top_03_accuracy"],
        [nil], [[:]], ["type": "x"], ["type": "constant", "value": 1], ["type": "constant"],
        ["type": "ones", "value": 1],
        ["type": "cosine"], "balanced", ["0": 1], ["01": 1], ["type": "sgd", "nesterov": true],
        ["type": "sgd", "nesterov": true, "momentum": 0.5],
        ["type": "adam", "momentum": 0.5], ["type": "huber", "delta": 1], ["file": "a.h5"], ["fraction": 0.5],
        ["file": ["a.h5", "b.h5"], "fraction": 0.5], ["file": [1]], "scale", ["type": "scale", "per": "all"],
        ["type": "constants", "scale": 2], [["type": "mixup"]], "skip", ["type": "skip"], ["type": "rewind"],
        ["epochs": 1], ["steps": nil], "4 GiB", 70000,
    ]

    /// The fullest config cut up, since a validator is slow on long ones: all but the layers, then layer by layer.
    private func pieces() throws -> [(document: ConfigurationDocument, places: [[JSONStep]])] {
        let full = try ConfigurationDocument(text: fullestConfig, file: "a.json")
        guard case .array(let layers)? = full.root["model"]?["layers"]?.value else { return [] }
        var frame = full
        frame.root["model"] = ["layers": [["type": "flatten"]]]
        return [(frame, frame.root.places)]
            + (try layers.map { layer in
                var document = try smallest()
                document.root["model"] = ["layers": [layer]]
                let start: [JSONStep] = [.key("model"), .key("layers"), .index(0)]
                return (document, layer.places.map { start + $0 })
            })
    }

    /// Rules on several values at once, which a schema can't say.
    private static let beyondSchemas = [
        "is no order of axes", "stands beside several inputs", "stands beside several targets",
        "by which it is chosen on the validation split, but", "has nothing to act on, since training.shuffle",
        "is given once, but there are several", "which data.train.targets names too",
        "data.stratify: must be true or false, but is the string",
    ]

    @Test func theyAgreeWhateverStandsInAPlace() throws {
        var documents: [ConfigurationDocument] = []
        for (original, places) in try pieces() {
            #expect(mistakes(original) == [])
            documents.append(original)
            func add(_ steps: some Collection<JSONStep>, _ change: (inout JSONNode) -> Void) {
                var document = original
                document.root.change(ArraySlice(steps), change)
                documents.append(document)
            }
            for steps in places {
                for value in Self.values { add(steps) { $0 = value } }
                add(steps) { $0["zzz"] = 1 }
                if case .key(let key)? = steps.last { add(steps.dropLast()) { $0[key] = nil } }
            }
        }
        let refused = try refused(documents)
        var differing: [String] = []
        for (index, document) in documents.enumerated() {
            let mistakes = mistakes(document)
            let isBeyond = mistakes.allSatisfy { mistake in Self.beyondSchemas.contains { mistake.contains($0) } }
            if mistakes.isEmpty != (refused[index] == nil), mistakes.isEmpty || !isBeyond {
                differing.append("reader: \(mistakes.first ?? "fine"); schema: \(refused[index] ?? "valid")")
            }
        }
        #expect(documents.count > 5000)
        #expect(refused.count > documents.count / 2 && refused.count < documents.count)
        #expect(differing == [])
    }
}

private enum JSONStep {
    case key(String)
    case index(Int)
}

extension JSONNode {
    /// The ways to all values inside.
    fileprivate var places: [[JSONStep]] {
        let children: [(JSONStep, JSONNode)] =
            switch value {
            case .object(let members): members.map { (.key($0.key), $0.value) }
            case .array(let elements): elements.enumerated().map { (.index($0.offset), $0.element) }
            default: []
            }
        return children.flatMap { step, child in [[step]] + child.places.map { [step] + $0 } }
    }

    fileprivate mutating func change(_ steps: ArraySlice<JSONStep>, _ body: (inout JSONNode) -> Void) {
        switch (steps.first, value) {
        case (.key(let key)?, _):
            guard var child = self[key] else { return }
            child.change(steps.dropFirst(), body)
            self[key] = child
        case (.index(let index)?, .array(var elements)):
            elements[index].change(steps.dropFirst(), body)
            value = .array(elements)
        default: body(&self)
        }
    }
}
