import Batches
import Configuration
import Kernels
import Network

/// How the file of a model that is a graph names its input and output to Keras. A plain stack of layers has no need
/// to, and opens in all versions.
public enum KerasGraphForm: String, Sendable, CaseIterable {
    /// `["input", 0, 0]`: Keras 2.15, and 3.4 and later.
    case flat
    /// `[["input", 0, 0]]`: Keras 2.15, and 3.0 and later. Some versions (3.4 and 3.15 of those tried) then take the
    /// model's result for a list, so that the model can't stand inside a `Sequential`.
    case nested
}

/// A model as Keras describes it in an HDF5 file: the `model_config` attribute, and the order of the weights.
///
/// The format is the one that `keras.models.load_model` has read from `.h5` files since Keras 1. Written are the forms
/// that Keras 2.15 and 3 both take: a stack of layers as a `Sequential`, the input's shape as `batch_input_shape`.
enum KerasFormat {
    /// - Parameter preprocessing: becomes the first layers, so that the Keras model takes the raw data.
    static func modelConfiguration(
        _ model: Model, _ preprocessing: Preprocessing, name: String, graph form: KerasGraphForm = .flat
    ) -> JSONNode {
        let isStack = isStack(model)
        var layers: [JSONNode] = []
        func add(_ layer: KerasLayer, _ name: String, _ inputs: [String], isTrainable: Bool = true) {
            var configuration = [JSONNode.Member(key: "name", value: JSONNode(name))] + layer.configuration
            if !isTrainable { configuration.append(.init(key: "trainable", value: false)) }
            var record: JSONNode = [
                "module": "keras.layers", "class_name": JSONNode(layer.className), "name": JSONNode(name),
                "config": JSONNode(.object(configuration)),
            ]
            if !isStack {
                let references = inputs.map { input -> JSONNode in [JSONNode(input), 0, 0, [:]] }
                record["inbound_nodes"] = JSONNode(inputs.isEmpty ? [] : [JSONNode(references)])
            }
            layers.append(record)
        }
        let batchShape = [JSONNode(.null)] + model.inputShape.dimensions.map { JSONNode($0) }
        add(
            KerasLayer(
                "InputLayer",
                [
                    .init(key: "batch_input_shape", value: JSONNode(batchShape)),
                    .init(key: "dtype", value: JSONNode(model.inputElement.rawValue)),
                ]), Model.inputName, [])

        var source = Model.inputName
        for layer in preprocessingLayers(preprocessing, model.inputShape) {
            let name = uniqueName(layer.className.lowercased(), model, besides: source)
            add(layer, name, [source])
            source = name
        }
        for step in model.steps {
            add(
                step.layer.keras, step.name, step.inputs.map { $0 == Model.inputName ? source : $0 },
                isTrainable: step.isTrainable)
        }
        if isStack {
            return ["class_name": "Sequential", "config": ["name": JSONNode(name), "layers": JSONNode(layers)]]
        }
        func end(_ layer: String) -> JSONNode {
            let tensor: JSONNode = [JSONNode(layer), 0, 0]
            return form == .nested ? [tensor] : tensor
        }
        return [
            "class_name": "Functional",
            "config": [
                "name": JSONNode(name), "layers": JSONNode(layers), "input_layers": end(Model.inputName),
                "output_layers": end(model.steps[model.steps.count - 1].name),
            ],
        ]
    }

    /// Whether each layer takes the one before it and nothing else.
    private static func isStack(_ model: Model) -> Bool {
        zip(model.steps, [Model.inputName] + model.steps.map(\.name)).allSatisfy { $0.inputs == [$1] }
    }

    /// The base, with as many `_0` behind it as tell it from the layers and the name given.
    private static func uniqueName(_ base: String, _ model: Model, besides taken: String) -> String {
        var name = base
        while name == taken || model.steps.contains(where: { $0.name == name }) { name += "_0" }
        return name
    }

    /// The layers in the order in which Keras keeps them, which is the order in which it reads their weights: by the
    /// longest path to the output, descending; among equals as a walk from the output, following each layer's
    /// inputs in order, first comes to them.
    static func layerOrder(_ model: Model) -> [String] {
        let inputs = Dictionary(uniqueKeysWithValues: model.steps.map { ($0.name, $0.inputs) })
        let last = model.steps[model.steps.count - 1].name
        var seen: [String: Int] = [:]
        var pending = [last]
        while let name = pending.popLast() {
            guard seen[name] == nil, let sources = inputs[name] else { continue }
            seen[name] = seen.count
            pending += sources.reversed()
        }
        var depth: [String: Int] = [last: 0]
        // The steps are in an order in which inputs come first.
        for step in model.steps.reversed() {
            guard let own = depth[step.name] else { continue }
            for input in step.inputs { depth[input] = max(depth[input] ?? 0, own + 1) }
        }
        return seen.keys.sorted { (-depth[$0]!, seen[$0]!) < (-depth[$1]!, seen[$1]!) }
    }
}
