import Configuration

/// `export` of a config: the form of the model file.
public struct ExportConfiguration: Sendable, Hashable {
    /// How the file of a functional model refers to its inputs and outputs.
    public var graph: KerasGraphForm

    package init(reading reader: ObjectReader?) {
        graph = reader?.choice("graph", default: KerasGraphForm.flat) ?? .flat
        reader?.finish()
    }

    package var configuration: JSONNode { ["graph": JSONNode(graph.rawValue)] }

    /// What a run's resolved config says; older ones say nothing.
    static func graphForm(in configuration: JSONNode?) -> KerasGraphForm {
        guard case .string(let word)? = configuration?["export"]?["graph"]?.value else { return .flat }
        return KerasGraphForm(rawValue: word) ?? .flat
    }
}
