import Batches
import Configuration
import HDF5
import Interchange

/// The datasets of a file that a model is used on where the command line names none: `/test`, where the file has it; else
/// what the test split of the model's run names, and then what its training split names.
struct UsualDatasets {
    /// Datasets that belong together.
    struct Choice {
        /// Of each input and output, by its name where there are several.
        let inputs: [DataSource.Part]
        let targets: [DataSource.Part]
    }

    /// In the order in which they are looked for.
    private let choices: [Choice]
    /// Whether the model was trained on datasets with names of their own.
    private let hasOwnNames: Bool

    init(_ model: TrainedModel) {
        let (inputs, outputs) = (model.objective.model.inputs.map(\.name), model.objective.outputs.map(\.name))
        let data = model.configuration?["data"]
        let own = ["test", "train"].compactMap { split in
            data?[split].flatMap { Self.choice($0, inputs, outputs) }
        }
        let usual = ["/test", "/train"].map { Self.group($0, model) }
        choices = [usual[0]] + own + [usual[1]]
        hasOwnNames = own.contains { choice in
            choice.inputs.flatMap(\.paths) != usual[1].inputs.flatMap(\.paths)
                && choice.inputs.flatMap(\.paths) != usual[0].inputs.flatMap(\.paths)
        }
    }

    /// `inputs` and `targets` in a group; of several inputs or outputs the datasets in these.
    static func group(_ path: String, _ model: TrainedModel) -> Choice {
        func parts(_ role: String, _ names: [String]) -> [DataSource.Part] {
            names.count == 1
                ? [DataSource.Part(["\(path)/\(role)"])]
                : names.map { DataSource.Part(["\(path)/\(role)/\($0)"], name: $0) }
        }
        return Choice(
            inputs: parts("inputs", model.objective.model.inputs.map(\.name)).map { part in
                var part = part
                part.axes = model.transposition("transpose_inputs", of: part.name)
                return part
            },
            targets: parts("targets", model.objective.outputs.map(\.name)).map { part in
                var part = part
                part.axes = model.transposition("transpose_targets", of: part.name)
                return part
            })
    }

    /// What a split of a resolved config names; nil for fractions and tables.
    private static func choice(_ split: JSONNode, _ inputs: [String], _ outputs: [String]) -> Choice? {
        guard split["fraction"] == nil, let file = texts(split["file"]).first, !TableSource.isTable(file) else {
            return nil
        }
        let (own, targets) = (
            parts(split, "inputs", "transpose_inputs", inputs), parts(split, "targets", "transpose_targets", outputs)
        )
        return own.count == inputs.count && targets.count == outputs.count ? Choice(inputs: own, targets: targets) : nil
    }

    private static func parts(
        _ split: JSONNode, _ key: String, _ order: String, _ names: [String]
    ) -> [DataSource.Part] {
        names.compactMap { name in
            let several = names.count > 1
            func own(_ key: String) -> JSONNode? {
                guard let node = split[key] else { return nil }
                if case .object = node.value { return node[name] }
                return several ? nil : node
            }
            let paths = texts(own(key))
            guard !paths.isEmpty else { return nil }
            var part = DataSource.Part(paths, name: several ? name : nil)
            if case .array(let axes)? = own(order)?.value { part.axes = axes.compactMap(\.asInteger) }
            return part
        }
    }

    /// A text or a list of them.
    static func texts(_ node: JSONNode?) -> [String] {
        switch node?.value {
        case .string(let text)?: [text]
        case .array(let nodes)?: nodes.compactMap { if case .string(let text) = $0.value { text } else { nil } }
        default: []
        }
    }

    /// All texts in a node: one, those of a list, or those of an object by name.
    static func allTexts(_ node: JSONNode?) -> [String] {
        guard case .object(let members)? = node?.value else { return texts(node) }
        return members.flatMap { texts($0.value) }
    }

    /// Those that a file has.
    /// - Parameter inputs: what the command line names: what belongs to these comes first.
    /// - Throws: `HDF5Error` where the file can't be read; `DataError` where it has none, and the model's have names of
    ///   their own.
    func choice(
        in file: String, allowingExternal: Bool, beside inputs: [DataSource.Part], modelPath: String
    ) throws -> Choice {
        let named = inputs.flatMap(\.paths)
        if !named.isEmpty {
            if let choice = choices.first(where: { $0.inputs.flatMap(\.paths) == named }) { return choice }
        }
        let paths = choices.flatMap { $0.inputs.flatMap(\.paths) }
        let opened = try HDF5File.open(file, allowingExternal: allowingExternal, reading: .objects(paths))
        for choice in choices where try choice.inputs.flatMap(\.paths).allSatisfy({ try opened.exists($0) }) {
            return choice
        }
        guard hasOwnNames, named.isEmpty else { return choices[0] }
        var seen: Set<String> = []
        let looked = choices.map { $0.inputs.flatMap(\.paths).joined(separator: ", ") }.filter {
            seen.insert($0).inserted
        }
        let all = try opened.allDatasetPaths().prefix(20).joined(separator: ", ")
        throw DataError(
            "\(file) has no inputs of the names \(looked.joined(separator: " or ")), which \(modelPath) looks for; name them by "
                + "--inputs and --targets, or by --group; it has: \(all)")
    }
}
