import Configuration
import Network

/// A model as Keras describes it in an HDF5 file: the `model_config` attribute, and the order of the weights.
///
/// The format is the one that `keras.models.load_model` has read from `.h5` files since Keras 1; it is written in
/// the short form that Keras 2 and 3 both take.
enum KerasFormat {
    /// - Parameter preprocessing: becomes a first layer, so that the Keras model takes the raw data.
    static func modelConfiguration(_ model: Model, _ preprocessing: Preprocessing, name: String) -> JSONNode {
        var layers: [JSONNode] = []
        func add(_ className: String, _ layer: String, _ members: [JSONNode.Member], _ inputs: [String]) {
            let references = inputs.map { input -> JSONNode in [JSONNode(input), 0, 0, [:]] }
            let nodes: [JSONNode] = inputs.isEmpty ? [] : [JSONNode(references)]
            let configuration = [JSONNode.Member(key: "name", value: JSONNode(layer))] + members
            layers.append([
                "module": "keras.layers", "class_name": JSONNode(className), "name": JSONNode(layer),
                "config": JSONNode(.object(configuration)), "inbound_nodes": JSONNode(nodes),
            ])
        }
        let batchShape = [JSONNode(.null)] + model.inputShape.dimensions.map { JSONNode($0) }
        add(
            "InputLayer", Model.inputName,
            [.init(key: "batch_shape", value: JSONNode(batchShape)), .init(key: "dtype", value: "float32")], [])

        var source = Model.inputName
        func number(_ value: Float) -> JSONNode { JSONNode(Double(value)) }
        switch preprocessing.kind {
        case .none: break
        case .standardize:
            source = uniqueName("normalization", model)
            // Keras divides by the square root of the variance, which is 1 / scale.
            let variance = preprocessing.scale.map { JSONNode(1 / (Double($0) * Double($0))) }
            add(
                "Normalization", source,
                [
                    .init(key: "axis", value: -1),
                    .init(key: "mean", value: JSONNode(preprocessing.offset.map(number))),
                    .init(key: "variance", value: JSONNode(variance)),
                ], [Model.inputName])
        case .scale:
            source = uniqueName("rescaling", model)
            add(
                "Rescaling", source,
                [.init(key: "scale", value: number(preprocessing.scale[0])), .init(key: "offset", value: 0.0)],
                [Model.inputName])
        }
        for step in model.steps {
            let keras = step.layer.keras
            add(
                keras.className, step.name, keras.configuration,
                step.inputs.map { $0 == Model.inputName ? source : $0 })
        }
        let last = model.steps[model.steps.count - 1].name
        return [
            "class_name": "Functional",
            "config": [
                "name": JSONNode(name), "layers": JSONNode(layers),
                "input_layers": [JSONNode(Model.inputName), 0, 0], "output_layers": [JSONNode(last), 0, 0],
            ],
        ]
    }

    private static func uniqueName(_ base: String, _ model: Model) -> String {
        var name = base
        while model.steps.contains(where: { $0.name == name }) { name += "_0" }
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
