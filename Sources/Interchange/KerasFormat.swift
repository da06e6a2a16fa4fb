import Batches
import Configuration
import Kernels
import Network

/// How the file of a functional model lists `input_layers` and `output_layers` for Keras. Several inputs or outputs are
/// nested in both forms. A `Sequential` model has no such lists, and opens in all versions.
public enum KerasGraphForm: String, Sendable, CaseIterable {
    /// `["input", 0, 0]`: Keras 2.15, and 3.4 and later.
    case flat
    /// `[["input", 0, 0]]`: Keras 2.15, and 3.0 and later. In some versions (3.4 and 3.15 of those tested) the loaded
    /// model returns a list, and so can't be part of a `Sequential`.
    case nested
}

/// A model as Keras describes it in an HDF5 file: the `model_config` attribute, and the order of the weights.
///
/// The format is the one that `keras.models.load_model` has read from `.h5` files since Keras 1. Written are the forms
/// that Keras 2.15 and 3 both take: a stack of layers as a `Sequential`, the input's shape as `batch_input_shape`.
enum KerasFormat {
    /// - Parameters:
    ///   - preprocessing: of each input; becomes the first layers, so that the Keras model takes the raw data.
    ///   - outputs: of each output how its targets are scaled, and its shape; becomes the last layer, so that the model
    ///     predicts in the targets' own units.
    static func modelConfiguration(
        _ model: Model, _ preprocessing: [Preprocessing], _ outputs: [(scale: TargetScale?, shape: Shape)] = [],
        name: String, graph form: KerasGraphForm = .flat
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
        for input in model.inputs {
            let batchShape = [JSONNode(.null)] + input.shape.dimensions.map { JSONNode($0) }
            add(
                KerasLayer(
                    "InputLayer",
                    [
                        .init(key: "batch_input_shape", value: JSONNode(batchShape)),
                        .init(key: "dtype", value: JSONNode(model.element(of: input).rawValue)),
                    ]), input.name, [])
        }
        // For each input the layer that gives it preprocessed.
        var sources: [String: String] = [:]
        var taken = Set(model.inputs.map(\.name) + model.steps.map(\.name))
        for (input, preprocessing) in zip(model.inputs, preprocessing) {
            for layer in preprocessingLayers(preprocessing, input.shape) {
                let name = uniqueName(layer.className.lowercased(), besides: &taken)
                add(layer, name, [sources[input.name] ?? input.name])
                sources[input.name] = name
            }
        }
        for step in model.steps {
            add(
                step.layer.keras, step.name, step.inputs.map { sources[$0] ?? $0 }, isTrainable: step.isTrainable)
        }
        var ends = model.outputs
        for (index, output) in outputs.enumerated() {
            guard let scale = output.scale else { continue }
            let name = uniqueName(
                outputs.count > 1 ? "\(ends[index])_rescaled" : "rescaling", besides: &taken)
            add(rescalingLayer(scale, output.shape), name, [ends[index]])
            ends[index] = name
        }
        if isStack {
            return ["class_name": "Sequential", "config": ["name": JSONNode(name), "layers": JSONNode(layers)]]
        }
        // Several are a list in all forms.
        func tensors(of layers: [String]) -> JSONNode {
            let tensors = layers.map { layer -> JSONNode in [JSONNode(layer), 0, 0] }
            return form == .nested || tensors.count > 1 ? JSONNode(tensors) : tensors[0]
        }
        return [
            "class_name": "Functional",
            "config": [
                "name": JSONNode(name), "layers": JSONNode(layers),
                "input_layers": tensors(of: model.inputs.map(\.name)), "output_layers": tensors(of: ends),
            ],
        ]
    }

    /// Whether each layer takes the one before it and nothing else, and the last is the output.
    private static func isStack(_ model: Model) -> Bool {
        model.inputs.count == 1 && model.hasUsualOutput
            && zip(model.steps, [model.inputs[0].name] + model.steps.map(\.name)).allSatisfy { $0.inputs == [$1] }
    }

    /// The base, with as many `_0` behind it as tell it from what is taken.
    private static func uniqueName(_ base: String, besides taken: inout Set<String>) -> String {
        var name = base
        while !taken.insert(name).inserted { name += "_0" }
        return name
    }

    /// The layers in the order in which Keras keeps them, which is the order in which it reads their weights: by the
    /// longest path to an output, descending; among equals as a walk from the outputs in their order, following each layer's
    /// inputs in order, first comes to them.
    /// - Parameter rescaled: the outputs behind which a layer brings the predictions to the targets' units.
    static func layerOrder(_ model: Model, rescaled: Set<String> = []) -> [String] {
        let inputs = Dictionary(uniqueKeysWithValues: model.steps.map { ($0.name, $0.inputs) })
        var seen: [String: Int] = [:]
        var pending: [String] = model.outputs.reversed()
        while let name = pending.popLast() {
            guard seen[name] == nil, let sources = inputs[name] else { continue }
            seen[name] = seen.count
            pending += sources.reversed()
        }
        var depth = Dictionary(uniqueKeysWithValues: model.outputs.map { ($0, rescaled.contains($0) ? 1 : 0) })
        // The steps are in an order in which inputs come first.
        for step in model.steps.reversed() {
            guard let own = depth[step.name] else { continue }
            for input in step.inputs { depth[input] = max(depth[input] ?? 0, own + 1) }
        }
        return seen.keys.sorted { (-depth[$0]!, seen[$0]!) < (-depth[$1]!, seen[$1]!) }
    }
}
