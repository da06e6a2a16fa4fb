import Batches
import Configuration
import Files
import HDF5
import Kernels
import Network
import Runs

/// What `inspect` says of a config.
struct ConfigInspection {
    private let path: String
    private let configuration: RunConfiguration
    /// The tables of text among the data; nil where they can't be converted, with the reason.
    private let tables: Result<PreparedTables, any Error>

    /// - Throws: `ConfigurationError` with all mistakes.
    init(_ path: String) throws {
        self.path = path
        let document = try ConfigurationDocument(contentsOf: path)
        configuration = try RunConfiguration(document, directory: ConfigOptions.directory(of: path))
        tables = Result { [configuration] in try ConvertedTables(configuration.data).tables }
    }

    func print() throws {
        Console.print("\(path): config '\(configuration.name)'", style: .bold)
        Console.print()
        var settings = TextTable([("", .left), ("", .left)])
        let data = (try? tables.get().data) ?? configuration.data
        settings.append(["train", Self.words(data.train)])
        for (name, split) in [("validation", data.validation), ("test", data.test)] {
            switch split {
            case nil: break
            case .source(let source): settings.append([name, Self.words(source)])
            case .fraction(let fraction): settings.append([name, "\(Figures.figure(fraction)) of train"])
            }
        }
        if let folds = data.folds { settings.append(["validation", "\(folds) folds of train"]) }
        for entry in data.normalizations.entries {
            settings.append(["normalize of \(entry.name)", "\(entry.value)"])
        }
        if data.normalizations.entries.isEmpty { settings.append(["normalize", "\(data.normalize)"]) }
        for entry in data.targetNormalizations.entries {
            settings.append(["normalize_targets of \(entry.name)", "\(entry.value)"])
        }
        if let targets = data.targetNormalizations.only, targets.kind != .none {
            settings.append(["normalize_targets", "\(targets)"])
        }

        // The layers' shapes follow from those of the data, if these are there.
        do {
            _ = try tables.get()
            let isPlain = try Dataset.open(data.train).tables.recipes.values.allSatisfy(\.isPlain)
            let model = try isPlain ? model(of: data) : encodedModel(of: data)
            settings.append(contentsOf: configuration.configuration(model: model))
            try LayerTable(model).print()
        } catch let error where error is HDF5Error || error is DataError || error is FileError {
            settings.append(["layers", configuration.layers.map(\.layer.type).joined(separator: ", ")])
            Console.print("No layer table, since the shape of the inputs is not known: \(error)")
        }
        Console.print()
        for line in settings.lines.dropFirst() { Console.print(line) }
    }

    private func model(of data: DataConfiguration) throws -> Model {
        let inputs = try Dataset.summaries(of: data.train).filter { $0.role == .input }
        return try configuration.model(
            inputs: inputs.map {
                ModelInput($0.name ?? Model.inputName, Shape(Array($0.shape.dimensions.dropFirst())))
            })
    }

    /// How many features a table's columns become depends on the rows that are trained on.
    private func encodedModel(of data: DataConfiguration) throws -> Model {
        try configuration.model(for: RunData(data, seed: configuration.seed).training)
    }

    private static func words(_ source: DataSource) -> String {
        let summaries = (try? Dataset.summaries(of: source)) ?? []
        let parts = source.inputParts.map { (DataField.Role.input, $0) } + source.targetParts.map { (.target, $0) }
        let fields = parts.map { role, part in
            let summary = summaries.first { $0.role == role && $0.name == part.name }
            return (part.name.map { "\($0) " } ?? "") + part.words
                + (summary.map { " (\($0.shape) \($0.type))" } ?? "")
        }
        if let table = source.table {
            let shapes = summaries.map { "\($0.role.words) (\($0.shape) \($0.type))" }.joined(separator: ", ")
            let targets = table.targets.isEmpty ? "" : "; to predict: \(table.targets.joined(separator: ", "))"
            return source.files.joined(separator: ", ") + (shapes.isEmpty ? "" : ": \(shapes)") + targets
        }
        let paths = (try? source.paths().count) ?? source.files.count
        return (paths > 1 ? "\(source.files.joined(separator: ", ")) (\(paths) files): " : "\(source.file): ")
            + fields.joined(separator: ", ")
    }
}

extension TextTable {
    /// Adds the parts of a resolved config that are not shown elsewhere, each on a line.
    fileprivate mutating func append(contentsOf configuration: JSONNode) {
        for key in ["loss", "loss_weights", "metrics", "optimizer", "training", "parallel", "seed"] {
            if let value = configuration[key] { append([key, Self.words(value)]) }
        }
    }

    /// `adam, learning_rate 0.001, schedule (cosine, final 0)`.
    private static func words(_ node: JSONNode) -> String {
        switch node.value {
        case .string(let text): text
        case .array(let elements): elements.isEmpty ? "none" : elements.map(words).joined(separator: ", ")
        case .object(let members):
            members.map { member in
                if member.key == "type" { return words(member.value) }
                if case .object = member.value.value { return "\(member.key) (\(words(member.value)))" }
                return "\(member.key) \(words(member.value))"
            }.joined(separator: ", ")
        default: node.jsonText(pretty: false)
        }
    }
}
