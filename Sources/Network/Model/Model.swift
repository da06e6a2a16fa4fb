public import Configuration
public import Kernels

/// A layer in the list from which a model is made, with its name and its inputs.
public struct ModelLayer: Sendable {
    public let layer: any Layer
    /// The layer's name; nil to have it made from the type, as in Keras: `dense`, `dense_1`, `dense_2`.
    public let name: String?
    /// The names of the layers or model inputs whose results it takes; nil for the layer before.
    public let inputs: [String]?
    /// How its parameters are trained.
    public let training: LayerTraining
    /// False for a frozen layer, whose parameters training does not change.
    public var isTrainable: Bool { training.isTrainable }

    public init(
        _ layer: any Layer, name: String? = nil, inputs: [String]? = nil, training: LayerTraining = LayerTraining()
    ) {
        self.layer = layer
        self.name = name
        self.inputs = inputs
        self.training = training
    }

    public init(_ layer: any Layer, name: String? = nil, inputs: [String]? = nil, isTrainable: Bool) {
        self.init(layer, name: name, inputs: inputs, training: LayerTraining(isTrainable: isTrainable))
    }
}

extension Layer {
    /// The layer with a name, with inputs by name, or both.
    public func named(_ name: String? = nil, inputs: [String]? = nil) -> ModelLayer {
        ModelLayer(self, name: name, inputs: inputs)
    }

    /// The layer frozen: training does not change its parameters.
    public func frozen(_ name: String? = nil, inputs: [String]? = nil) -> ModelLayer {
        ModelLayer(self, name: name, inputs: inputs, isTrainable: false)
    }
}

/// The architecture of a network: its inputs, its layers and its outputs. It holds no weights.
///
/// The layers form a directed acyclic graph. A layer takes the results of the layers or inputs that it names as
/// `inputs`, which come before it in the list; without `inputs` it takes that of the layer before. The last layer's
/// result is the prediction, unless `outputs` names other layers, or several.
///
/// ```swift
/// let model = try Model(input: [2]) {
///     Dense(8, activation: .tanh)
///     Dense(1, activation: .sigmoid)
/// }
/// ```
public struct Model: Sendable {
    /// A layer of the model, with its name and inputs resolved.
    public struct Step: Sendable {
        public let name: String
        public let layer: any Layer
        /// The names of the layers or model inputs whose results it takes.
        public let inputs: [String]
        /// How its parameters are trained.
        public let training: LayerTraining
        /// False for a frozen layer, whose parameters training does not change.
        public var isTrainable: Bool { training.isTrainable }
    }

    /// The name of the only input, where it is given by its shape alone.
    public static let inputName = "input"

    /// What is saved can be read again: a file that claims more is refused before memory is taken for it.
    package static let mostLayers = 10_000

    public let inputs: [ModelInput]
    /// The layers, each behind those whose results it takes.
    public let steps: [Step]
    /// The names of the layers whose results are the predictions.
    public let outputs: [String]

    /// The shape of one sample of the first input, which is usually the only one.
    public var inputShape: Shape { inputs[0].shape }

    /// A model with one input.
    /// - Parameter input: the shape of one sample.
    /// - Throws: `ModelError`. It lists all problems of names, inputs and outputs. Without such problems it names the
    ///   first layer or input that is not used, else the first layer that does not fit the shapes of its inputs.
    public init(input: Shape, @ModelBuilder _ layers: () -> [ModelLayer]) throws(ModelError) {
        try self.init(input: input, layers: layers())
    }

    /// The same, from a list.
    public init(input: Shape, layers: [ModelLayer]) throws(ModelError) {
        try self.init(inputs: [ModelInput(Self.inputName, input)], layers: layers)
    }

    /// A model with one or more inputs and outputs.
    /// - Parameters:
    ///   - inputs: with several, the first layer must name those that it takes.
    ///   - outputs: the names of the layers whose results are the predictions; the last layer unless given.
    /// - Throws: `ModelError`, as for a model with one input.
    public init(
        inputs: [ModelInput], outputs: [String]? = nil, @ModelBuilder _ layers: () -> [ModelLayer]
    ) throws(ModelError) {
        try self.init(inputs: inputs, outputs: outputs, layers: layers())
    }

    /// The same, from a list.
    public init(inputs: [ModelInput], outputs: [String]? = nil, layers: [ModelLayer]) throws(ModelError) {
        guard !layers.isEmpty else {
            throw ModelError([.init(layer: nil, message: "a model needs at least one layer")])
        }
        guard layers.count <= Self.mostLayers else {
            throw ModelError([
                .init(
                    layer: nil,
                    message: "a model of \(layers.count) layers is too large: at most \(Self.mostLayers) can be saved")
            ])
        }
        self.inputs = inputs
        var problems = ModelInput.problems(of: inputs)
        var names = Set(inputs.map(\.name))
        let given = Set(layers.compactMap(\.name)).union(names)
        let types = Set(layers.map(\.layer.type))
        var counts: [String: Int] = [:]
        var steps: [Step] = []
        for (index, entry) in layers.enumerated() {
            var name = entry.name ?? entry.layer.type
            if entry.name == nil {
                // As Keras does: dense, dense_1, dense_2, past the names that are taken.
                repeat {
                    let count = counts[entry.layer.type, default: 0]
                    name = count == 0 ? entry.layer.type : "\(entry.layer.type)_\(count)"
                    counts[entry.layer.type] = count + 1
                } while given.contains(name)
            } else if names.contains(name) {
                problems.append(
                    .init(
                        layer: index,
                        message:
                            "the name '\(name)' is taken by another layer or \(inputs.count > 1 ? "an" : "the") input"))
            }
            if entry.inputs == nil, steps.isEmpty, inputs.count > 1 {
                problems.append(
                    .init(
                        layer: index,
                        message: "must name its inputs, since the model has several: "
                            + inputs.map(\.name).joined(separator: ", ")))
            }
            let before = steps.last?.name ?? inputs.first?.name ?? Self.inputName
            let sources = entry.inputs ?? [before]
            for input in sources where !names.contains(input) {
                let later = given.contains(input) || types.contains(input)
                let known = Self.listed(names, before: steps)
                problems.append(
                    .init(
                        layer: index,
                        message: later && input != name
                            ? "takes its input from '\(input)', which comes later; known so far are \(known)"
                            : "takes its input from '\(input)', but there is no such layer; known are \(known)"))
            }
            if sources.isEmpty { problems.append(.init(layer: index, message: "must name at least one input")) }
            if let problem = LayerName.problem(name) {
                problems.append(.init(layer: index, message: "the name \(problem)"))
            }
            if sources.count > 1, !entry.layer.takesSeveralInputs {
                problems.append(.init(layer: index, message: "takes one input, but is given \(sources.count)"))
            }
            if entry.training != LayerTraining(), !entry.layer.hasParameters {
                let missing =
                    entry.isTrainable ? "a learning rate or a decay of its own could act on" : "could be frozen"
                problems.append(.init(layer: index, message: "has no parameters that \(missing)"))
            }
            if !entry.isTrainable, entry.training != LayerTraining(isTrainable: false) {
                problems.append(
                    .init(
                        layer: index,
                        message: "is frozen, so that a learning rate or a decay of its own has nothing to act on"))
            }
            names.insert(name)
            // As the layer itself spells it: strings are alike by their characters, which may be other bytes in a file.
            let spelled = sources.map { input in names.firstIndex(of: input).map { names[$0] } ?? input }
            steps.append(
                Step(name: name, layer: entry.layer, inputs: spelled, training: entry.training))
        }
        self.steps = steps
        self.outputs = outputs ?? steps.suffix(1).map(\.name)
        problems += Self.problems(ofOutputs: self.outputs, steps, inputs)
        if !problems.isEmpty { throw ModelError(problems) }
        // What feeds a layer or is an output reaches an output, since the layers have an end.
        let used = Set(steps.flatMap(\.inputs)).union(self.outputs)
        if let index = steps.firstIndex(where: { !used.contains($0.name) }) {
            let unused = steps[index]
            throw ModelError([
                .init(
                    layer: index,
                    message:
                        "the result of '\(unused.name)' goes nowhere; name it in the inputs of a later layer, or in "
                        + "outputs")
            ])
        }
        if let unused = inputs.first(where: { !used.contains($0.name) }) {
            throw ModelError([
                .init(
                    layer: nil,
                    message:
                        "the input '\(unused.name)' reaches no output; name it in the inputs of a layer, or leave it "
                        + "out")
            ])
        }
        // The shapes must fit: a trial build says so before any data is read.
        _ = try build(in: Graph())
    }

    private static func problems(
        ofOutputs outputs: [String], _ steps: [Step], _ inputs: [ModelInput]
    ) -> [ModelError.Problem] {
        var seen: Set<String> = []
        var messages = outputs.isEmpty ? ["must name at least one layer"] : []
        for name in outputs {
            if !seen.insert(name).inserted { messages.append("names '\(name)' twice") }
            if inputs.contains(where: { $0.name == name }), !steps.contains(where: { $0.name == name }) {
                messages.append("names '\(name)', which is an input; an output is the result of a layer")
            } else if !steps.contains(where: { $0.name == name }) {
                messages.append(
                    "names '\(name)', but there is no such layer; known are \(listed(Set(steps.map(\.name)), before: steps))"
                )
            }
        }
        return messages.map { .init(layer: nil, part: "outputs", message: $0) }
    }

    /// The names that a layer may take its input from; of very many, the last.
    private static func listed(_ names: Set<String>, before steps: [Step]) -> String {
        names.count <= 50
            ? names.sorted().joined(separator: ", ")
            : "\(names.count), the last of them " + steps.suffix(20).map(\.name).joined(separator: ", ")
    }

    /// The type in which an input reaches the model: floats, unless a layer that takes it wants integers.
    package func element(of input: ModelInput) -> ElementType {
        let takers = steps.lazy.filter { $0.inputs.contains(input.name) }
        return takers.map(\.layer.inputElement).first { $0 != .float32 } ?? .float32
    }

    /// The model's nodes in a graph.
    package struct Built {
        /// In the order of the model's inputs.
        package let inputs: [Variable]
        /// In the order of the model's outputs.
        package let outputs: [Variable]
        /// The first input and the first output, which mostly are the only ones.
        package var input: Variable { inputs[0] }
        package var output: Variable { outputs[0] }
        /// The result of each layer, in the order of `steps`.
        package let layers: [Variable]
    }

    /// Adds the model to a graph.
    /// - Throws: `ModelError` where shapes do not fit; it names both layers.
    package func build(in graph: Graph) throws(ModelError) -> Built {
        let variables = inputs.map { graph.input($0.shape, name: $0.name, element: element(of: $0)) }
        // Before layers reckon with a size that they can't.
        if let error = graph.firstError { throw ModelError([.init(layer: nil, message: "\(error)")]) }
        var results = Dictionary(uniqueKeysWithValues: zip(inputs.map(\.name), variables))
        var layers: [Variable] = []
        for (index, step) in steps.enumerated() {
            let inputs = step.inputs.compactMap { results[$0] }
            graph.scope = Graph.Scope(
                layer: LayerReference(index: index, name: step.name), isFrozen: !step.isTrainable)
            defer { graph.scope = Graph.Scope() }
            do {
                let result = try step.layer.apply(to: inputs, name: step.name)
                if let error = graph.firstError { throw error }
                results[step.name] = result
                layers.append(result)
            } catch {
                let sources = zip(step.inputs, inputs).map { "'\($0)' gives \($1.type.shape)" }
                throw ModelError([
                    .init(
                        layer: index,
                        message: "layer '\(step.name)' does not fit behind what comes before it "
                            + "(\(sources.joined(separator: ", "))): \(error)")
                ])
            }
        }
        return Built(inputs: variables, outputs: outputs.compactMap { results[$0] }, layers: layers)
    }
}

/// Why a model can't be made: one problem or more.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    public struct Problem: Equatable, Sendable {
        /// The layer's index in the list, from 0; nil where the problem is not of one layer.
        public let layer: Int?
        /// The part of the model that the problem is about, such as `outputs`; nil for a layer, or the whole model.
        public let part: String?
        public let message: String

        init(layer: Int?, part: String? = nil, message: String) {
            (self.layer, self.part, self.message) = (layer, part, message)
        }

        /// `layers[2]`, `outputs`; nil for the model as a whole.
        package var place: String? { layer.map { "layers[\($0)]" } ?? part }
    }
    public let problems: [Problem]

    init(_ problems: [Problem]) { self.problems = problems }

    public var description: String {
        problems.map { problem in
            problem.place.map { "\($0): \(problem.message)" } ?? problem.message
        }.joined(separator: "\n")
    }
}

/// Makes a list of layers from a closure, which may hold `if` and `for`.
@resultBuilder
public enum ModelBuilder {
    public static func buildExpression(_ layer: any Layer) -> [ModelLayer] { [ModelLayer(layer)] }
    public static func buildExpression(_ layer: ModelLayer) -> [ModelLayer] { [layer] }
    public static func buildBlock(_ parts: [ModelLayer]...) -> [ModelLayer] { parts.flatMap { $0 } }
    public static func buildArray(_ parts: [[ModelLayer]]) -> [ModelLayer] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [ModelLayer]?) -> [ModelLayer] { part ?? [] }
    public static func buildEither(first: [ModelLayer]) -> [ModelLayer] { first }
    public static func buildEither(second: [ModelLayer]) -> [ModelLayer] { second }
}

extension Model {
    /// `outputs` as it stands in a config; nil where the last layer is the only one, which goes without saying.
    package var outputsConfiguration: JSONNode? {
        // Not a plain nil, which would be JSON's null.
        hasUsualOutput ? JSONNode?.none : JSONNode(outputs.map { JSONNode($0) })
    }

    /// Whether the last layer is the only output.
    package var hasUsualOutput: Bool { outputs == steps.suffix(1).map(\.name) }

    /// The layers as in a config, with all names and inputs written out.
    public var configuration: JSONNode {
        JSONNode(
            steps.map { step in
                JSONNode(
                    .object(
                        [
                            .init("type", JSONNode(step.layer.type)), .init("name", JSONNode(step.name)),
                            .init("inputs", JSONNode(step.inputs.map { JSONNode($0) })),
                        ] + step.training.configuration + step.layer.configuration))
            })
    }
}
