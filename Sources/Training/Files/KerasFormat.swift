import Configuration
import Kernels
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
        if let (className, base, members) = preprocessingLayer(preprocessing, model.inputShape) {
            source = uniqueName(base, model)
            add(className, source, members, [Model.inputName])
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

    /// The layer that does to its inputs what preprocessing does; nil for none.
    private static func preprocessingLayer(
        _ preprocessing: Preprocessing, _ shape: Shape
    ) -> (className: String, name: String, members: [JSONNode.Member])? {
        let (offset, scale) = (preprocessing.offset, preprocessing.scale)
        // A list for each axis, where each number of a row has constants of its own.
        func constants(_ values: [Double]) -> JSONNode {
            let isNested = preprocessing.scope == .feature && shape.rank > 1
            return nested(values[...], isNested ? shape.dimensions : [values.count])
        }
        if preprocessing.kind == .none { return nil }
        if preprocessing.scope != .all, scale.allSatisfy({ $0 > 0 }) {
            // Keras divides by the square root of the variance, which is 1 / scale, and takes the offset off first.
            let axes: JSONNode =
                preprocessing.scope == .feature && shape.rank > 1
                ? JSONNode((1...shape.rank).map { JSONNode($0) }) : -1
            return (
                "Normalization", "normalization",
                [
                    .init(key: "axis", value: axes), .init(key: "mean", value: constants(offset)),
                    .init(key: "variance", value: constants(scale.map { 1 / ($0 * $0) })),
                ]
            )
        }
        let shift = zip(offset, scale).map { $0 == 0 ? 0 : -$0 * $1 }
        let isOne = scale.count == 1
        return (
            "Rescaling", "rescaling",
            [
                .init(key: "scale", value: isOne ? JSONNode(scale[0]) : constants(scale)),
                .init(key: "offset", value: isOne ? JSONNode(shift[0]) : constants(shift)),
            ]
        )
    }

    private static func nested(_ values: ArraySlice<Double>, _ dimensions: [Int]) -> JSONNode {
        guard dimensions.count > 1 else { return JSONNode(values.map { JSONNode($0) }) }
        let length = values.count / dimensions[0]
        return JSONNode(
            stride(from: values.startIndex, to: values.endIndex, by: length).map {
                nested(values[$0..<$0 + length], Array(dimensions.dropFirst()))
            })
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
