import Configuration
import Foundation

/// A first sensible config for data, and why it is as it is.
struct ConfigProposal {
    private(set) var configuration: JSONNode = .init(.object([]))
    private(set) var decisions: [DataSurvey.Finding]

    private let survey: DataSurvey

    /// - Parameter name: the run's.
    init(_ survey: DataSurvey, name: String) {
        self.survey = survey
        decisions = survey.findings
        configuration["name"] = JSONNode(name)
        configuration["seed"] = 0
        configuration["data"] = data()
        configuration["model"] = ["layers": JSONNode(layers())]
        let (loss, metrics) = figures()
        configuration["loss"] = JSONNode(loss)
        configuration["metrics"] = JSONNode(metrics.map { JSONNode($0) })
        configuration["optimizer"] = optimizer()
        configuration["training"] = training()
    }

    private mutating func note(_ what: String, _ choice: String, _ reason: String) {
        decisions.append(.init(what: what, choice: choice, reason: reason))
    }

    /// Takes what was proposed out of a config where it can't stand beside what was said: a validation split beside folds, even
    /// shares of the classes beside another rule, early stopping by a validation split that was taken away.
    /// - Parameter assignments: what was said, as `data.k_fold=5`.
    mutating func leaveOut(from document: inout ConfigurationDocument, where assignments: [String]) {
        func isSaid(_ path: String) -> Bool {
            assignments.contains { $0.hasPrefix(path + "=") || $0.hasPrefix(path + ".") || $0.hasPrefix(path + "[") }
        }
        func has(_ section: String, _ key: String) -> Bool {
            guard let value = document.root[section]?[key]?.value else { return false }
            return value != .null && value != .bool(false)
        }
        func remove(_ section: String, _ key: String) {
            guard !isSaid("\(section).\(key)"), !assignments.contains(where: { $0.hasPrefix(section + "=") }) else { return }
            document.root[section]?[key] = Optional<JSONNode>.none
            decisions.removeAll { $0.what == "\(section).\(key)" }
        }
        if has("data", "k_fold") { remove("data", "validation") }
        let cuts = ["validation", "test"].contains { document.root["data"]?[$0]?["fraction"] != nil }
        if has("data", "split") || !cuts && !has("data", "k_fold") { remove("data", "stratify") }
        if !has("data", "validation"), !has("data", "k_fold"), has("training", "early_stopping") {
            remove("training", "early_stopping")
            decisions.removeAll { $0.what == "training.epochs" }
        }
    }

    // MARK: - Data

    /// Rows that are trained on, if a test split is cut off.
    private static let enoughForTest = 500
    private var isRegression: Bool { if case .numbers = survey.targets { true } else { false } }

    private mutating func data() -> JSONNode {
        var node: JSONNode = ["train": survey.train]
        var cuts = false
        if let validation = survey.validation {
            node["validation"] = validation
            note("data.validation", "/validation", "the file has it")
        } else {
            node["validation"] = ["fraction": 0.15]
            cuts = true
            note("data.validation", "15% of the rows", "early stopping goes by it")
        }
        if let test = survey.test {
            node["test"] = test
            note("data.test", "/test", "the file has it; measured once, at the end")
        } else if survey.validation == nil, survey.rows >= Self.enoughForTest {
            node["test"] = ["fraction": 0.15]
            cuts = true
            note(
                "data.test", "15% of the rows",
                "measured once, at the end; \(Figures.count(survey.rows)) rows are enough for it")
        } else {
            note(
                "data.test", "none",
                survey.validation == nil
                    ? "\(Figures.count(survey.rows, "row")) are few; evaluate on rows of their own"
                    : "the file has none")
        }
        if cuts, let classes = survey.targets.classes {
            let parts = 1 + [node["validation"], node["test"]].count { $0?["fraction"] != nil }
            let rare = classes.counts.enumerated().filter { (1..<parts).contains($0.element) }
            if let first = rare.first {
                let name = classes.names?[first.offset] ?? "\(first.offset)"
                note(
                    "data.stratify", "none",
                    "class '\(name)' has \(Figures.count(first.element, "row")), too few for \(parts) splits: collect more, "
                        + "or leave it out")
            } else {
                node["stratify"] = true
                note(
                    "data.stratify", "true",
                    "so that each split has all \(classes.counts.count) classes in the same shares")
            }
        }
        if cuts, let groups = survey.groups {
            note(
                "data.split", "none",
                "\(groups.name) has \(Figures.count(groups.count)) values in \(Figures.count(survey.rows)) rows: if rows "
                    + "of one belong together, put \"split\": {\"together\": \(JSONNode(groups.name).jsonText(pretty: false))} "
                    + "into data\(node["stratify"] == nil ? "" : ", in place of stratify"), so that none is on two sides"
            )
        }
        switch survey.inputs {
        case .features:
            node["normalize"] = "standardize"
            note("data.normalize", "standardize", "columns differ in size, and a network wants them alike")
        case .images, .arrays:
            node["normalize"] = "standardize"
            note("data.normalize", "standardize", "a network wants numbers around 0")
        }
        if let augment = survey.augment { node["augment"] = augment }
        if case .numbers(_, let greatest) = survey.targets {
            node["normalize_targets"] = "standardize"
            note(
                "data.normalize_targets", "standardize",
                "targets reach \(Figures.short(greatest)); predictions and metrics stay in their own units")
        }
        return node
    }

    // MARK: - Model

    private mutating func layers() -> [JSONNode] {
        var layers: [JSONNode] = []
        switch survey.inputs {
        case .features(let count):
            let units = hiddenUnits(count)
            layers = units.map { ["type": "dense", "units": JSONNode($0), "activation": "relu"] }
            note(
                "model", "dense \(units.map(String.init).joined(separator: " and "))",
                "\(Figures.count(count, "feature")) in \(Figures.count(survey.rows, "row"))")
        case .images(let height, let width, let channels, let hasAxis):
            layers = convolutions(height, width, channels, hasAxis)
        case .arrays(let shape):
            layers = [["type": "flatten"], ["type": "dense", "units": 128, "activation": "relu"]]
            note("model", "flatten, dense 128", "rows of \(shape) are taken as \(Figures.count(shape.count, "number"))")
        }
        layers.append(output())
        return layers
    }

    /// Two layers, wider where there are more rows to learn from.
    private func hiddenUnits(_ features: Int) -> [Int] {
        switch survey.rows {
        case ..<1000: [32, 16]
        case ..<10_000: [64, 32]
        default: [128, 64]
        }
    }

    private mutating func convolutions(_ height: Int, _ width: Int, _ channels: Int, _ hasAxis: Bool) -> [JSONNode] {
        var layers: [JSONNode] = []
        if !hasAxis {
            layers.append(["type": "reshape", "target_shape": [JSONNode(height), JSONNode(width), JSONNode(channels)]])
        }
        var (side, filters, blocks) = (min(height, width), 32, 0)
        while blocks == 0 || side >= 8 && blocks < 4 {
            layers.append([
                "type": "conv2d", "filters": JSONNode(filters), "kernel_size": 3, "padding": "same",
                "activation": "relu",
            ])
            layers.append(["type": "max_pooling2d", "pool_size": 2])
            (side, filters, blocks) = (side / 2, min(filters * 2, 128), blocks + 1)
        }
        layers.append(["type": "flatten"])
        layers.append(["type": "dropout", "rate": 0.3])
        note(
            "model", "\(Figures.count(blocks, "convolution")) with pooling",
            "images of \(height)×\(width)×\(channels) are halved until they are small")
        return layers
    }

    private mutating func output() -> JSONNode {
        switch survey.targets {
        case .numbers(let count, _):
            note(
                "last layer", "dense \(count), linear",
                "\(survey.targetName) is \(count == 1 ? "a number" : "\(count) numbers")")
            return ["type": "dense", "name": "prediction", "units": JSONNode(count)]
        case .classes(let names, let counts, false) where counts.count == 2:
            note(
                "last layer", "dense 1, sigmoid",
                "\(survey.targetName) is one of 2 classes: one number says how probable \(names.map { "'\($0[1])'" } ?? "class 1") "
                    + "is, and its threshold can be chosen (training.threshold)")
            return ["type": "dense", "name": "class", "units": 1, "activation": "sigmoid"]
        case .classes(let names, let counts, _):
            let words = names.map { ": " + DatasetInspection.list($0) } ?? ""
            note(
                "last layer", "dense \(counts.count), softmax",
                "\(survey.targetName) is one of \(counts.count) classes\(words)")
            return ["type": "dense", "name": "class", "units": JSONNode(counts.count), "activation": "softmax"]
        case .answers(let count):
            note("last layer", "dense \(count), sigmoid", "each of \(count) targets is yes or no")
            return ["type": "dense", "name": "answers", "units": JSONNode(count), "activation": "sigmoid"]
        }
    }

    private mutating func figures() -> (loss: String, metrics: [String]) {
        switch survey.targets {
        case .numbers:
            note("loss", "mean_squared_error", "its least is what R² measures")
            note("metrics", "r2, mae", "the share of the variance that is explained, and the mean error")
            return ("mean_squared_error", ["r2", "mae"])
        case .classes(_, let counts, let isOneHot):
            let isBinary = counts.count == 2 && !isOneHot
            let loss =
                isOneHot
                ? "categorical_crossentropy" : isBinary ? "binary_crossentropy" : "sparse_categorical_crossentropy"
            note("loss", loss, isOneHot ? "targets are one-hot" : isBinary ? "yes or no" : "targets are labels")
            let (most, rows) = (counts.max() ?? 0, max(counts.reduce(0, +), 1))
            let share = Double(most) / Double(rows)
            let isUneven = share > 1.5 / Double(max(counts.count, 1))
            note(
                "metrics", isUneven ? "accuracy, f1" : "accuracy",
                "\(Int((share * 100).rounded()))% of the rows are of the commonest class"
                    + (isUneven ? ", which accuracy alone would flatter" : ""))
            return (loss, isUneven ? ["accuracy", "f1"] : ["accuracy"])
        case .answers:
            note("loss", "binary_crossentropy", "each answer by itself")
            note("metrics", "accuracy, f1", "over all answers")
            return ("binary_crossentropy", ["accuracy", "f1"])
        }
    }

    // MARK: - Training

    private var isImages: Bool { if case .images = survey.inputs { true } else { false } }

    private mutating func optimizer() -> JSONNode {
        let rate = isImages ? 0.001 : survey.rows < 10_000 ? 0.005 : 0.003
        note("optimizer", "adam, \(rate) falling to 0", "a rate that falls (cosine) settles better")
        return ["type": "adam", "learning_rate": JSONNode(rate), "schedule": ["type": "cosine"]]
    }

    private mutating func training() -> JSONNode {
        let rows = Int(Double(survey.rows) * 0.7)
        let batch = rows < 32 ? max(rows / 2, 1) : rows < 2000 ? 16 : rows < 10_000 ? 32 : rows < 100_000 ? 128 : 512
        // Some ten thousand steps, which take a minute or two at the most.
        let steps = max((rows + batch - 1) / batch, 1)
        let epochs = isImages ? 20 : min(max(15_000 / steps, 10), 200)
        let patience = max(epochs / 5, 5)
        note("training.batch_size", "\(batch)", "\(Figures.count(steps, "step")) an epoch")
        note(
            "training.epochs", "at most \(epochs)",
            "ends where validation_loss has not improved in \(patience), with the best epoch's parameters")
        return [
            "epochs": JSONNode(epochs), "batch_size": JSONNode(batch),
            "early_stopping": [
                "monitor": "validation_loss", "patience": JSONNode(patience), "restore_best": true,
            ],
        ]
    }
}
