import Configuration

/// `export` of a config: the form of the model file.
public struct ExportConfiguration: Sendable, Hashable {
    /// How the file of a functional model refers to its inputs and outputs.
    public var graph: KerasGraphForm
    /// Whether the optimizer that Keras compiles the model with has its weight decay. Keras 3 reads it; Keras 2.15, which
    /// knows no such optimizers in files of this kind, then opens the model without compiling it alone.
    public var weightDecay: Bool

    package init(reading reader: ObjectReader?) {
        graph = reader?.choice("graph", default: KerasGraphForm.flat) ?? .flat
        weightDecay = reader?.bool("weight_decay", default: false) ?? false
        reader?.finish()
    }

    package var configuration: JSONNode {
        var node: JSONNode = ["graph": JSONNode(graph.rawValue)]
        if weightDecay { node["weight_decay"] = true }
        return node
    }

    /// What a run's resolved config says; older ones say nothing.
    static func graphForm(in configuration: JSONNode?) -> KerasGraphForm {
        guard case .string(let word)? = configuration?["export"]?["graph"]?.value else { return .flat }
        return KerasGraphForm(rawValue: word) ?? .flat
    }

    /// The same of the weight decay.
    static func hasWeightDecay(in configuration: JSONNode?) -> Bool {
        configuration?["export"]?["weight_decay"] == JSONNode(true)
    }
}
