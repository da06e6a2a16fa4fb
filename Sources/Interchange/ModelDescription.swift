import Batches
import Configuration
import Files
import Kernels
import Metrics
import Network

/// How a model file says what a model is made of: the layers with the shapes of the inputs, the losses, the metrics.
///
/// One input without a name of its own is its shape alone, one output its loss alone; several are objects by name.
enum ModelDescription {
    /// `{"input_shape": …, "layers": …, "outputs": …}`; the last names the layers that are outputs where it is not the
    /// last one alone.
    static func node(of model: Model) -> JSONNode {
        func shape(_ shape: Shape) -> JSONNode { JSONNode(shape.dimensions.map { JSONNode($0) }) }
        let isPlain = model.inputs.map(\.name) == [Model.inputName]
        var node: JSONNode = [
            "input_shape": isPlain
                ? shape(model.inputShape)
                : JSONNode(.object(model.inputs.map { .init(key: $0.name, value: shape($0.shape)) })),
            "layers": model.configuration,
        ]
        if let outputs = model.outputsConfiguration { node["outputs"] = outputs }
        return node
    }

    /// `{"loss": …, "loss_weights": …}`, as in a config.
    static func losses(of objective: Objective) -> JSONNode {
        let outputs = objective.outputs
        guard outputs.count > 1 else { return ["loss": objective.loss.typedConfiguration] }
        return [
            "loss": JSONNode(.object(outputs.map { .init(key: $0.name, value: $0.loss.typedConfiguration) })),
            "loss_weights": JSONNode(.object(outputs.map { .init(key: $0.name, value: JSONNode($0.weight)) })),
        ]
    }

    /// - Parameter targetScales: what the file says of the targets of a model with these outputs.
    /// - Throws: `Damage` for what no training has written, `NotKnownHere` for kinds that are not registered.
    static func objective(
        _ model: JSONNode, _ losses: JSONNode, targetScales: (_ outputs: [String]) throws -> [String: TargetScale]
    ) throws -> Objective {
        do {
            let diagnostics = Diagnostics()
            let reader = ObjectReader(model, path: "model", diagnostics: diagnostics)
            let inputs: [ModelInput]
            if case .object? = reader.node("input_shape")?.value, let shapes = reader.object("input_shape") {
                inputs = shapes.presentKeys.map { name in
                    ModelInput(name, Shape(shapes.requiredIntegers(name, in: 1...) ?? []))
                }
            } else {
                inputs = [ModelInput(Model.inputName, Shape(reader.requiredIntegers("input_shape", in: 1...) ?? []))]
            }
            let readers = reader.requiredObjects("layers")
            guard readers.count <= Model.mostLayers else {
                throw Damage("its model has \(readers.count) layers; at most \(Model.mostLayers) are read")
            }
            for reader in readers { try check(reader.node("type"), LayerRegistry.kinds) }
            try checkLosses(losses["loss"])
            let layers = readers.compactMap { LayerRegistry.read($0) }
            let outputs = reader.strings("outputs")
            let root = ObjectReader(losses, path: "", diagnostics: diagnostics)
            let loss = LossRegistry.readByName(root, key: "loss")
            let weights = root.object("loss_weights").map { reader in
                Dictionary(uniqueKeysWithValues: reader.presentKeys.map { ($0, reader.requiredNumber($0) ?? 1) })
            }
            try diagnostics.throwIfAny(file: "the description")
            guard !loss.isEmpty else { throw Damage("it names no loss") }
            let built = try Model(inputs: inputs, outputs: outputs, layers: layers)
            return try Objective(
                built, losses: loss, weights: weights ?? [:], targetScales: targetScales(built.outputs))
        } catch let error as NotKnownHere {
            throw error
        } catch {
            throw Damage("\(error)")
        }
    }

    /// A kind that is not known here may be a program's own: the file need not be damaged.
    private static func unknown<Kind>(_ name: String, of kinds: Registry<Kind>) -> NotKnownHere {
        NotKnownHere(
            "holds an \(kinds.unknown(name)) (where a program defines it, that program must register it before it reads "
                + "the file)")
    }

    /// Sees that a model could be read again: that its own kinds of layers and losses are registered.
    /// - Throws: `FileError` that says how one is.
    static func checkKinds(of objective: Objective, for path: String) throws {
        func check<Kind>(_ name: String?, _ noun: String, _ registry: String, _ kinds: Registry<Kind>) throws {
            guard let name, kinds[name] == nil else { return }
            throw FileError(
                "\(path) is not written: the \(noun) type '\(name)' is not registered, so that no program could read the model "
                    + "again; register it first, by \(registry).kinds.register(…, as: \"\(name)\")")
        }
        if case .array(let layers) = objective.model.configuration.value {
            for layer in layers { try check(word(layer["type"]), "layer", "LayerRegistry", LayerRegistry.kinds) }
        }
        for output in objective.outputs {
            let own = output.loss.typedConfiguration
            try check(word(own["type"] ?? own), "loss", "LossRegistry", LossRegistry.kinds)
        }
    }

    private static func word(_ node: JSONNode?) -> String? {
        if case .string(let word)? = node?.value { word } else { nil }
    }

    private static func check<Kind>(_ type: JSONNode?, _ kinds: Registry<Kind>) throws {
        guard case .string(let name)? = type?.value, kinds[name] == nil else { return }
        throw unknown(name, of: kinds)
    }

    /// One loss, or one for each output by its name.
    private static func checkLosses(_ node: JSONNode?) throws {
        guard case .object(let members)? = node?.value, node?["type"] == nil else {
            return try check(node?["type"] ?? node, LossRegistry.kinds)
        }
        for member in members { try check(member.value["type"] ?? member.value, LossRegistry.kinds) }
    }

    /// What is behind a name of the file where it is said of one of several inputs or outputs.
    static func suffix(_ name: String, among count: Int) -> String { CodeNames.key("", count > 1 ? name : nil) }

    /// `accuracy`; of one of several outputs `digit/accuracy`.
    static func metrics(_ metrics: [[any Metric]], _ outputs: [String]) -> [String] {
        zip(outputs, metrics).flatMap { output, own in
            own.map { outputs.count > 1 ? "\(output)/\($0.name)" : $0.name }
        }
    }

    /// - Throws: `NotKnownHere` for metrics that are not known, `Damage` for those of no output.
    static func metrics(named names: [String], _ outputs: [String]) throws -> [[any Metric]] {
        var result = outputs.map { _ in [any Metric]() }
        for name in names {
            let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
            let output = parts.count > 1 ? outputs.firstIndex(of: parts[0]) : outputs.count == 1 ? 0 : nil
            guard let output, let word = parts.last else { throw Damage("its metric '\(name)' is of no output") }
            guard let kind = MetricRegistry.metric(named: word) else { throw unknown(word, of: MetricRegistry.kinds) }
            result[output].append(kind)
        }
        return result
    }
}
