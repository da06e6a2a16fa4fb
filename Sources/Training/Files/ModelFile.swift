import Configuration
internal import HDF5
import Kernels
import Network

/// The model file: a Keras HDF5 model, with a group of our own beside it.
///
/// ```
/// /                  attribute model_config: the layers, in JSON
/// /model_weights     attribute layer_names; for each layer a group with the attribute weight_names
/// /model_weights/dense/dense/kernel:0, bias:0
/// /stormo            attributes: format, model, loss, metrics, preprocessing, class_names, config
/// ```
enum ModelFile {
    static let format = 1
    private static let group = "/stormo"
    private static let weights = "/model_weights"

    /// Where a parameter stands: `dense/kernel` in `/model_weights/dense/dense/kernel:0`.
    private static func dataset(_ parameter: String) -> (layer: String, name: String) {
        let layer = String(parameter.prefix { $0 != "/" })
        return (layer, "\(parameter):0")
    }

    static func write(_ model: TrainedModel, to path: String) throws {
        try AtomicFile.replace(path) { sibling in
            let file = try HDF5File.create(sibling)
            try fill(file, with: model)
            try file.close()
        }
    }

    private static func fill(_ file: HDF5File, with trained: TrainedModel) throws {
        let model = trained.objective.model
        let name = (trained.configuration?["name"]).flatMap {
            if case .string(let name) = $0.value { name } else { nil }
        }
        try file.attributes.set("backend", "stormo")
        try file.attributes.set("keras_version", "3.0.0")
        try file.attributes.set(
            "model_config",
            KerasFormat.modelConfiguration(model, trained.preprocessing, name: name ?? "model").jsonText(pretty: false))

        let group = try file.root.createGroup(weights)
        let entries = trained.objective.layout.entries
        let order = KerasFormat.layerOrder(model).filter { layer in entries.contains { dataset($0.name).layer == layer }
        }
        try group.attributes.set("layer_names", order)
        try group.attributes.set("backend", "stormo")
        try group.attributes.set("keras_version", "3.0.0")
        for layer in order {
            let own = entries.filter { dataset($0.name).layer == layer }
            let layerGroup = try file.root.createGroup("\(weights)/\(layer)")
            try layerGroup.attributes.set("weight_names", own.map { dataset($0.name).name })
            for entry in own {
                let dataset = try file.root.createDataset(
                    "\(weights)/\(layer)/\(dataset(entry.name).name)", .float32, shape: entry.shape.dimensions)
                try dataset.write(
                    from: UnsafeRawBufferPointer(
                        start: trained.parameters.floats + entry.offset,
                        count: entry.shape.count * MemoryLayout<Float>.stride),
                    as: .float32)
            }
        }

        let own = try file.root.createGroup(self.group).attributes
        try own.set("format", format)
        let description: JSONNode = [
            "input_shape": JSONNode(model.inputShape.dimensions.map { JSONNode($0) }),
            "layers": model.configuration,
        ]
        try own.set("model", description.jsonText(pretty: false))
        let loss = LossConfiguration(trained.objective.loss, fromLogits: trained.objective.predictsLogits)
        try own.set("loss", (["loss": loss.configuration] as JSONNode).jsonText(pretty: false))
        try own.set("metrics", trained.metrics.map(\.name))
        try own.set("preprocessing", trained.preprocessing.kind.rawValue)
        try own.set("preprocessing_offset", trained.preprocessing.offset.map { Double($0) })
        try own.set("preprocessing_scale", trained.preprocessing.scale.map { Double($0) })
        if let names = trained.classNames { try own.set("class_names", names) }
        if let configuration = trained.configuration { try own.set("config", configuration.jsonText()) }
    }

    static func read(_ path: String) throws -> TrainedModel {
        let file = try HDF5File.open(path)
        func bad(_ message: String) -> FileError { FileError("\(path) \(message)", isBadData: true) }
        guard (try? file.exists(group)) == true else {
            throw bad("is an HDF5 file, but not a model that stormo wrote: it has no group /stormo")
        }
        let own = try file.group(group).attributes
        guard try own.integers("format").first == format else {
            throw bad("is a model of another version of stormo; train it anew or use that version")
        }
        func document(_ attribute: String) throws -> JSONNode {
            do {
                return try ConfigurationDocument(text: own.string(attribute), file: "\(path): \(attribute)").root
            } catch let error as ConfigurationError {
                throw bad("is damaged: \(error)")
            }
        }
        let objective: Objective
        do {
            let diagnostics = Diagnostics()
            let reader = ObjectReader(try document("model"), path: "model", diagnostics: diagnostics)
            let shape = Shape(reader.requiredIntegers("input_shape", in: 1...) ?? [])
            let layers = reader.requiredObjects("layers").compactMap { LayerRegistry.read($0) }
            let lossReader = ObjectReader(try document("loss"), path: "", diagnostics: diagnostics)
            let loss = LossConfiguration(reading: lossReader, key: "loss")
            try diagnostics.throwIfAny(file: path)
            objective = try Objective(
                Model(input: shape, layers: layers), loss: loss.function, fromLogits: loss.fromLogits)
        } catch let error as FileError {
            throw error
        } catch {
            throw bad("is damaged: \(error)")
        }
        guard let kind = try Normalization(rawValue: own.string("preprocessing")) else {
            throw bad("is damaged: it names an unknown preprocessing")
        }
        let preprocessing = Preprocessing(
            kind: kind, offset: try own.doubles("preprocessing_offset").map { Float($0) },
            scale: try own.doubles("preprocessing_scale").map { Float($0) })
        let length = kind == .standardize ? objective.model.inputShape.last : kind == .scale ? 1 : 0
        guard preprocessing.offset.count == length, preprocessing.scale.count == length,
            (preprocessing.offset + preprocessing.scale).allSatisfy(\.isFinite)
        else { throw bad("is damaged: its preprocessing does not fit its inputs") }

        let names = try own.contains("class_names") ? own.strings("class_names") : nil
        // Not a plain nil, which would be JSON's null.
        let configuration = try own.contains("config") ? document("config") : JSONNode?.none
        return try TrainedModel(
            objective: objective, metrics: own.strings("metrics").compactMap { MetricKind(name: $0) },
            preprocessing: preprocessing, classNames: names, configuration: configuration
        ) { entry in
            let (layer, name) = dataset(entry.name)
            let dataset = try file.dataset("\(weights)/\(layer)/\(name)")
            guard dataset.shape == entry.shape.dimensions, dataset.elementType == .float32 else {
                throw bad(
                    "is damaged: \(dataset.path) is \(dataset.elementType) of \(Shape(dataset.shape)), but the model "
                        + "has float32 of \(entry.shape) there")
            }
            let values = try dataset.read(Float.self)
            guard values.allSatisfy(\.isFinite) else {
                throw bad("is damaged: \(dataset.path) holds numbers that are not finite")
            }
            return values
        }
    }
}

extension TrainedModel {
    /// Reads a model file.
    /// - Throws: `HDF5Error` for a file that can't be read, `FileError` for one that is no model or is damaged.
    public init(contentsOf path: String) throws { self = try ModelFile.read(path) }

    /// Writes the model as a Keras HDF5 file, whole or not at all.
    /// - Throws: `HDF5Error` or `FileError` where it can't be written; what stood there before then still does.
    public func save(_ path: String) throws { try ModelFile.write(self, to: path) }

    /// An evaluator of this model on data.
    public func evaluator(on data: Dataset, _ parallelism: Parallelism, predictsOnly: Bool = false) throws -> Evaluator
    {
        try Evaluator(
            objective, on: data, preprocessing: preprocessing, parameters: parameters, parallelism,
            predictsOnly: predictsOnly)
    }
}
