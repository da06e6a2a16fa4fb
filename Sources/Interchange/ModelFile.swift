import Batches
import Configuration
import Engine
import Files
import HDF5
import Kernels
import Metrics
import Network
import Recipes

/// The model file: a Keras HDF5 model, with a group of our own beside it.
///
/// ```
/// /                  attribute model_config: the layers, in JSON; training_config: optimizer, losses and metrics
/// /model_weights     attribute layer_names; for each layer a group with the attribute weight_names
/// /model_weights/dense/dense/kernel:0, bias:0
/// /stormo            attributes: format, model, loss, metrics, preprocessing, class_names, categories:COLUMN,
///                    feature_names, target_names, target_offset, target_scale, threshold, recipe, image_recipe, inputs_type, inputs_range,
///                    targets_type, targets_range, config
/// ```
/// What is said of one of several inputs or outputs has its name behind it: `preprocessing:age`, `class_names:digit`; and
/// a metric has it in front: `digit/accuracy`. `recipe` is an object with the recipe of each table among inputs and targets,
/// `{"inputs": {"format": 1, "columns": …}}`, with what was learned from the rows that were trained on; `image_recipe` the same
/// for inputs that are images (`ImageRecipe`).
///
/// Each dataset has the attribute `crc32` and each group `attributes_crc32`, by which damage is known.
package enum ModelFile {
    static let format = 1
    private static let group = "/stormo"
    private static let weights = "/model_weights"

    /// Where a parameter stands: `dense/kernel` in `/model_weights/dense/dense/kernel:0`.
    private static func dataset(_ entry: ParameterLayout.Entry) -> (layer: String, name: String) {
        guard let layer = entry.layer?.name else { preconditionFailure("a model's parameters belong to its layers") }
        return (layer, "\(entry.name):0")
    }

    package static func write(
        _ model: TrainedModel, to path: String, graph form: KerasGraphForm? = nil, weightDecay: Bool? = nil
    ) throws {
        try ModelDescription.checkKinds(of: model.objective, for: path)
        try AtomicFile.replace(path) { sibling in
            let file = try HDF5File.create(sibling)
            try fill(file, with: model, graph: form, weightDecay: weightDecay)
            try file.close()
        } verify: { sibling in
            _ = try read(CheckedFile(sibling))
        }
    }

    /// - Parameters:
    ///   - form: what the model's config says unless given.
    ///   - weightDecay: whether Keras is given the optimizer's weight decay, too, as `ExportConfiguration` says it.
    package static func fill(
        _ file: HDF5File, with trained: TrainedModel, graph form: KerasGraphForm? = nil, weightDecay: Bool? = nil
    ) throws {
        let model = trained.objective.model
        let name = (trained.configuration?["name"]).flatMap {
            if case .string(let name) = $0.value { name } else { nil }
        }
        try file.attributes.set("backend", "stormo")
        try file.attributes.set("keras_version", "3.0.0")
        let outputs = trained.objective.outputs
        try file.attributes.set(
            "model_config",
            KerasFormat.modelConfiguration(
                model, trained.preprocessings, outputs.map { ($0.targetScale, $0.shape) }, name: name ?? "model",
                graph: form ?? ExportConfiguration.graphForm(in: trained.configuration)
            ).jsonText(pretty: false))
        let decays = weightDecay ?? ExportConfiguration.hasWeightDecay(in: trained.configuration)
        if let training = KerasFormat.trainingConfiguration(trained, weightDecay: decays) {
            try file.attributes.set("training_config", training.jsonText(pretty: false))
        }
        try Checksum.seal(file.attributes)

        let group = try file.root.createGroup(weights)
        let entries = trained.objective.layout.entries
        // Inside a layer the trained parameters come first, as in Keras: that is the layout's own order.
        let ofLayer = Dictionary(grouping: entries) { dataset($0).layer }
        let scaled = Set(outputs.filter { $0.targetScale != nil }.map(\.name))
        let order = KerasFormat.layerOrder(model, rescaled: scaled).filter { ofLayer[$0] != nil }
        try group.attributes.set("layer_names", order)
        try group.attributes.set("backend", "stormo")
        try group.attributes.set("keras_version", "3.0.0")
        try Checksum.seal(group.attributes)
        for layer in order {
            let own = ofLayer[layer] ?? []
            let layerGroup = try file.root.createGroup("\(weights)/\(layer)")
            try layerGroup.attributes.set("weight_names", own.map { dataset($0).name })
            try Checksum.seal(layerGroup.attributes)
            for entry in own {
                let bytes = UnsafeRawBufferPointer(
                    start: trained.parameters.floats + entry.offset,
                    count: entry.shape.count * MemoryLayout<Float>.stride)
                try write(
                    bytes, .float32, shape: entry.shape.dimensions,
                    to: "\(weights)/\(layer)/\(dataset(entry).name)",
                    in: file)
            }
        }

        let own = try file.root.createGroup(self.group).attributes
        try own.set("format", format)
        try own.set("model", ModelDescription.node(of: model).jsonText(pretty: false))
        try own.set("loss", ModelDescription.losses(of: trained.objective).jsonText(pretty: false))
        try own.set("metrics", ModelDescription.metrics(trained.metricsByOutput, trained.objective.outputs.map(\.name)))
        for (input, preprocessing) in zip(model.inputs, trained.preprocessings) {
            let suffix = ModelDescription.suffix(input.name, among: model.inputs.count)
            try own.set("preprocessing\(suffix)", preprocessing.kind.rawValue)
            if preprocessing.scope != preprocessing.kind.usualScope {
                try own.set("preprocessing_per\(suffix)", preprocessing.scope.rawValue)
            }
            try own.set("preprocessing_offset\(suffix)", preprocessing.offset)
            try own.set("preprocessing_scale\(suffix)", preprocessing.scale)
        }
        for output in outputs {
            guard let scale = output.targetScale else { continue }
            let suffix = ModelDescription.suffix(output.name, among: outputs.count)
            try own.set("target_offset\(suffix)", scale.offset)
            try own.set("target_scale\(suffix)", scale.scale)
        }
        for output in outputs {
            guard let thresholds = output.thresholds else { continue }
            try own.set("threshold\(ModelDescription.suffix(output.name, among: outputs.count))", thresholds)
        }
        if let names = trained.classNames { try own.set("class_names", names) }
        for (name, names) in trained.columnLists.sorted(by: { $0.key < $1.key }) { try own.set(name, names) }
        for (name, summary) in trained.summaries.sorted(by: { $0.key < $1.key }) { try summary.write(to: own, name) }
        if !trained.tables.recipes.isEmpty {
            let members = trained.tables.recipes.sorted { $0.key < $1.key }.map {
                JSONNode.Member(key: $0.key, value: $0.value.node)
            }
            try own.set(Recipe.attribute, JSONNode(.object(members)).jsonText(pretty: false))
        }
        if !trained.tables.images.isEmpty {
            let members = trained.tables.images.sorted { $0.key < $1.key }.map {
                JSONNode.Member(key: $0.key, value: $0.value.node)
            }
            try own.set(ImageRecipe.attribute, JSONNode(.object(members)).jsonText(pretty: false))
        }
        if let configuration = trained.configuration { try own.set("config", configuration.jsonText()) }
        if let figures = trained.finalFigures { try own.set("final_figures", figures.jsonText(pretty: false)) }
        try Checksum.seal(own)
    }

    /// Makes a dataset of these values with the sum over them.
    package static func write(
        _ bytes: UnsafeRawBufferPointer, _ type: HDF5ElementType, shape: [Int], to path: String, in file: HDF5File
    ) throws {
        let dataset = try file.root.createDataset(path, type, shape: shape)
        try dataset.write(from: bytes, as: type.memoryType ?? .float32)
        try dataset.attributes.set(Checksum.ofValues, Checksum.of(bytes))
    }

    /// Reads the model in a file.
    /// - Throws: `FileError` for what is no model or is damaged, `HDF5Error` for what can't be read.
    package static func read(_ source: CheckedFile) throws -> TrainedModel? {
        guard (try? source.file.exists(group)) == true else {
            throw source.bad("is an HDF5 file, but not a model that stormo wrote: it has no group /stormo")
        }
        guard try source.file.group(group).attributes.integers("format").first == format else {
            throw source.bad("is a model of another version of stormo; train it anew or use that version")
        }
        // What Keras reads; of no use here, but who checks a file wants to know.
        for group in ["/", weights] where try source.file.exists(group) {
            try source.attempt { _ = try source.attributes(group) }
        }
        guard let description = try source.attempt({ try Description(source, source.attributes(group)) }) else {
            return nil
        }
        guard let parameters = try parameters(of: description.objective, in: source) else { return nil }
        var model = TrainedModel(
            objective: description.objective, metrics: description.metrics, preprocessing: description.preprocessings,
            classNames: description.classNames, parameters: parameters, configuration: description.configuration)
        model.columnLists = description.columnLists
        model.summaries = description.summaries
        model.tables = description.tables
        model.finalFigures = description.finalFigures
        return model
    }

    /// - Returns: nil where mistakes are gathered and there are some.
    private static func parameters(of objective: Objective, in source: CheckedFile) throws -> AlignedMemory? {
        let layout = objective.layout
        // All are looked at before memory is taken for them.
        let datasets = try layout.entries.map { entry in
            try source.attempt {
                let (layer, name) = dataset(entry)
                return try source.dataset(
                    "\(weights)/\(layer)/\(name)", .float32, shape: entry.shape.dimensions, owner: "the model")
            }
        }
        if datasets.contains(where: { $0 == nil }) { return nil }
        for layer in Set(layout.entries.map { dataset($0).layer }).sorted() {
            try source.attempt { _ = try source.attributes("\(weights)/\(layer)") }
        }
        let parameters = try AlignedMemory(floats: layout.count)
        for case (let entry, let dataset?) in zip(layout.entries, datasets) {
            try source.attempt {
                let values = UnsafeMutableBufferPointer(
                    start: parameters.floats + entry.offset, count: entry.shape.count)
                try source.read(dataset, as: .float32, into: UnsafeMutableRawBufferPointer(values))
                guard values.allSatisfy({ $0.isFinite }) else {
                    throw Damage("\(dataset.path) holds numbers that are not finite")
                }
            }
        }
        return parameters
    }

    /// What a model file says of the model, checked.
    private struct Description {
        let objective: Objective
        let metrics: [[any Metric]]
        let preprocessings: [Preprocessing]
        let classNames: [String]?
        let columnLists: [String: [String]]
        let summaries: [String: ValueSummary]
        private(set) var tables: TableRecipes
        let configuration: JSONNode?
        let finalFigures: JSONNode?

        init(_ source: CheckedFile, _ own: HDF5Attributes) throws {
            objective = try Self.withThresholds(
                own,
                ModelDescription.objective(
                    source.document("model", of: own), source.document("loss", of: own),
                    targetScales: { try Self.targetScales(own, $0) }))
            let (model, outputs) = (objective.model, objective.outputs.map(\.name))
            preprocessings = try model.inputs.map { input in
                let preprocessing = try Self.preprocessing(
                    own, ModelDescription.suffix(input.name, among: model.inputs.count))
                guard preprocessing.fits(input.shape) else {
                    throw Damage("its preprocessing does not fit its inputs")
                }
                return preprocessing
            }
            metrics = try ModelDescription.metrics(named: own.strings("metrics"), outputs)
            classNames = try own.contains("class_names") ? own.strings("class_names") : nil
            columnLists = try Dictionary(
                uniqueKeysWithValues: own.names.filter(CodeNames.isOfColumns).map { ($0, try own.strings($0)) })
            var summaries: [String: ValueSummary] = [:]
            for (words, names) in [("inputs", model.inputs.map(\.name)), ("targets", outputs)] {
                for name in names {
                    let key = CodeNames.key(words, names.count > 1 ? name : nil)
                    summaries[key] = try ValueSummary(reading: own, key)
                }
            }
            self.summaries = summaries
            tables =
                try own.contains(Recipe.attribute)
                ? Self.tables(source.document(Recipe.attribute, of: own), model) : TableRecipes()
            if try own.contains(ImageRecipe.attribute) {
                tables.images = try Self.images(source.document(ImageRecipe.attribute, of: own), model)
            }
            // Not a plain nil, which would be JSON's null.
            configuration = try own.contains("config") ? source.document("config", of: own) : JSONNode?.none
            finalFigures =
                try own.contains("final_figures") ? source.document("final_figures", of: own) : JSONNode?.none
        }

        /// - Throws: `Damage` for thresholds that are none, or of what has none.
        private static func withThresholds(_ own: HDF5Attributes, _ objective: Objective) throws -> Objective {
            var objective = objective
            for (index, output) in objective.outputs.enumerated() {
                let name = "threshold\(ModelDescription.suffix(output.name, among: objective.outputs.count))"
                guard try own.contains(name) else { continue }
                let thresholds = try own.doubles(name)
                guard case .binary(let outputs) = output.targetForm, thresholds.count == outputs,
                    thresholds.allSatisfy({ (0...1).contains($0) })
                else { throw Damage("its \(name) does not fit its outputs") }
                objective.outputs[index].thresholds = thresholds
            }
            return objective
        }

        /// - Throws: `Damage` for lists that don't belong together.
        private static func targetScales(_ own: HDF5Attributes, _ outputs: [String]) throws -> [String: TargetScale] {
            var scales: [String: TargetScale] = [:]
            for output in outputs {
                let suffix = ModelDescription.suffix(output, among: outputs.count)
                guard try own.contains("target_scale\(suffix)") else { continue }
                let (offset, scale) = try (own.doubles("target_offset\(suffix)"), own.doubles("target_scale\(suffix)"))
                guard offset.count == scale.count else {
                    throw Damage("its target_offset does not fit its target_scale")
                }
                scales[output] = TargetScale(offset: offset, scale: scale)
            }
            return scales
        }

        private static func tables(_ node: JSONNode, _ model: Model) throws -> TableRecipes {
            guard case .object(let members) = node.value else { throw Damage("its recipe is no object") }
            var tables = TableRecipes()
            for member in members {
                do {
                    tables.recipes[member.key] = try Recipe(member.value, file: "the recipe of \(member.key)")
                } catch { throw Damage("\(error)") }
            }
            for input in model.inputs {
                let key = CodeNames.key("inputs", model.inputs.count > 1 ? input.name : nil)
                guard let recipe = tables[key] else { continue }
                guard recipe.isFitted, input.shape == [recipe.featureCount] else {
                    throw Damage("the recipe of \(key) does not make what its model takes")
                }
            }
            return tables
        }

        private static func images(_ node: JSONNode, _ model: Model) throws -> [String: ImageRecipe] {
            guard case .object(let members) = node.value else { throw Damage("its image_recipe is no object") }
            var images: [String: ImageRecipe] = [:]
            for member in members {
                do {
                    images[member.key] = try ImageRecipe(member.value, file: "the image recipe of \(member.key)")
                } catch { throw Damage("\(error)") }
            }
            for input in model.inputs {
                let key = CodeNames.key("inputs", model.inputs.count > 1 ? input.name : nil)
                guard let recipe = images[key] else { continue }
                guard input.shape.dimensions == recipe.shape else {
                    throw Damage("the image recipe of \(key) does not make what its model takes")
                }
            }
            return images
        }

        private static func preprocessing(_ own: HDF5Attributes, _ suffix: String) throws -> Preprocessing {
            let kind = try Normalization.Kind(rawValue: own.string("preprocessing\(suffix)"))
            let scope =
                try own.contains("preprocessing_per\(suffix)")
                ? Normalization.Scope(rawValue: own.string("preprocessing_per\(suffix)")) : kind?.usualScope
            guard let kind, let scope else { throw Damage("it names an unknown preprocessing") }
            return Preprocessing(
                kind: kind, scope: scope, offset: try own.doubles("preprocessing_offset\(suffix)"),
                scale: try own.doubles("preprocessing_scale\(suffix)"))
        }
    }
}

extension TrainedModel {
    /// Reads a model file.
    /// - Throws: `HDF5Error` for a file that can't be read, `FileError` for one that is damaged or holds no model.
    public init(contentsOf path: String) throws {
        let source = try CheckedFile(path)
        guard let model = try ModelFile.read(source) else { throw source.bad("is damaged") }
        self = model
    }

    /// Saves the model as a Keras HDF5 file. An existing file is replaced only when the new one is complete.
    /// - Parameter form: how the file lists the inputs and outputs of a functional model; nil for what the model's
    ///   config says, `flat` by default.
    /// - Parameter weightDecay: whether the optimizer that Keras compiles the model with has its weight decay, which Keras
    ///   2.15 can't read; nil for what the model's config says, false by default.
    /// - Throws: `HDF5Error` or `FileError` where the file can't be written. An existing file is then unchanged.
    public func save(_ path: String, graph form: KerasGraphForm? = nil, weightDecay: Bool? = nil) throws {
        try ModelFile.write(self, to: path, graph: form, weightDecay: weightDecay)
    }

    /// An evaluator of this model on a dataset.
    /// - Parameter predictsOnly: true where no loss is wanted. The data then need no targets, and `evaluate` must not
    ///   be called.
    /// - Throws: `DataError` for data that do not fit the model, `KernelError`.
    public func evaluator(on data: Dataset, _ parallelism: Parallelism, predictsOnly: Bool = false) throws -> Evaluator
    {
        try Evaluator(
            objective, on: data, preprocessing: preprocessings, parameters: parameters, parallelism, chunk: 256,
            predictsOnly: predictsOnly, team: WorkerTeam(parallelism.workers))
    }

    /// An evaluator of this model for `predictInPieces`.
    /// - Parameter wantsTargets: whether the targets are handed over beside the predictions.
    /// - Throws: as the other.
    package func predictor(on data: Dataset, _ parallelism: Parallelism, wantsTargets: Bool) throws -> Evaluator {
        try Evaluator(
            objective, on: data, preprocessing: preprocessings, parameters: parameters, parallelism, chunk: 256,
            predictsOnly: !wantsTargets, inPieces: true, team: WorkerTeam(parallelism.workers))
    }
}
