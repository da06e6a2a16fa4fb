import Configuration
public import Kernels

/// A model with a loss for each of its outputs: what training minimises and evaluation measures.
///
/// The loss of a batch is Σ weight · (mean loss of the output) over the outputs. Rows of an ignored label are left out
/// of an output's mean.
public struct Objective: Sendable {
    public let model: Model
    /// The nodes of the inputs, to be filled, in the order of `model.inputs`.
    package let inputs: [Int]
    /// The outputs with their losses, in the order of `model.outputs`.
    public package(set) var outputs: [Output]

    /// Each layer's name with its nodes in the training program, in which rewrites may have moved them.
    package let layerNodes: [(name: String, nodes: [Int])]

    /// Forward and backward: what a training step runs. Its losses are those of the outputs, in their order.
    package let training: Program
    /// Forward, with the losses: what evaluation runs.
    package let evaluation: Program
    /// Forward, without losses or targets: what prediction runs.
    package let inference: Program

    /// A model with one output.
    /// - Throws: `ObjectiveError` where the loss does not fit the output, or there are several outputs; `ModelError`,
    ///   `GraphError`.
    public init(_ model: Model, loss: any Loss) throws {
        try self.init(model, losses: ByName(loss))
    }

    /// A model with one or more outputs.
    /// - Parameters:
    ///   - losses: a loss for each output, by the output's name.
    ///   - weights: the factor of an output's loss in the model's loss, 0 or more; 1 for outputs that are not named.
    ///   - targetScales: how the targets of an output are scaled for its loss, which must be a regression loss.
    /// - Throws: `ObjectiveError` where a loss does not fit its output or is missing, or a weight is negative or all
    ///   are 0; `TargetScaleError` for a scale where the loss is not a regression loss; `ModelError`, `GraphError`.
    public init(
        _ model: Model, losses: [String: any Loss], weights: [String: Double] = [:],
        targetScales: [String: TargetScale] = [:]
    ) throws {
        try Self.check(losses.keys, "has", of: model)
        if let missing = model.outputs.first(where: { losses[$0] == nil }) {
            throw ObjectiveError("has none for the output '\(missing)'")
        }
        try Self.check(weights.keys, "has a weight for", of: model)
        for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
            guard weight >= 0, Float(weight).isFinite else {
                throw ObjectiveError("has the weight \(weight) for '\(name)'; a weight is a number from 0 up")
            }
        }
        guard model.outputs.contains(where: { weights[$0] != 0 }) else {
            throw ObjectiveError("has the weight 0 for every output, so nothing would be trained")
        }
        let graph = Graph()
        let built = try model.build(in: graph)
        var outputs: [Output] = []
        var variables: [Output.Variables] = []
        for (name, result) in zip(model.outputs, built.outputs) {
            guard let loss = losses[name] else { preconditionFailure("each output has a loss") }
            let scale = targetScales[name]
            let own = try Output.Variables(of: result, name, loss, scale, in: model)
            outputs.append(Output(name, loss, weight: weights[name] ?? 1, scale, own, in: model))
            variables.append(own)
        }
        self.model = model
        inputs = built.inputs.map(\.index)
        self.outputs = outputs
        // Metrics compare the predictions with the targets behind the forward pass, so that both must stand till then.
        let measured = variables.flatMap { [$0.prediction, $0.loss, $0.target] + [$0.logits].compactMap { $0 } }
        training = try Program(results: measured, losses: variables.map(\.loss))
        layerNodes = zip(model.steps, training.nodes.indices(ofLayers: model.steps.count)).map { ($0.name, $1) }
        evaluation = try Program(results: measured)
        inference = try Program(results: variables.map(\.prediction))
    }

    /// - Parameter losses: one, or one for each output by its name.
    package init(
        _ model: Model, losses: ByName<any Loss>, weights: [String: Double] = [:],
        targetScales: [String: TargetScale] = [:]
    ) throws {
        let values: [(any Loss)?]
        do { values = try losses.values(of: model.outputs, "output") } catch { throw ObjectiveError("\(error)") }
        let given = zip(model.outputs, values).compactMap { name, loss in loss.map { (name, $0) } }
        try self.init(
            model, losses: Dictionary(uniqueKeysWithValues: given), weights: weights, targetScales: targetScales)
    }

    private static func check(_ names: some Collection<String>, _ what: String, of model: Model) throws {
        guard let unknown = names.filter({ !model.outputs.contains($0) }).min() else { return }
        throw ObjectiveError(
            "\(what) '\(unknown)', which is no output; the outputs are \(model.outputs.joined(separator: ", "))")
    }

    package var layout: ParameterLayout { training.layout }

    /// What a sentence adds where it speaks of one of several outputs: ` of 'digit'`; nothing where there is one.
    package func words(ofOutput output: Int) -> String { outputs.count > 1 ? " of '\(outputs[output].name)'" : "" }
    package func words(ofInput input: Int) -> String { inputs.count > 1 ? " '\(model.inputs[input].name)'" : "" }
}

/// Shorthands for a model with one input and one output. With several they give those of the first.
extension Objective {
    public var loss: any Loss { outputs[0].loss }
    public var targetForm: TargetForm { outputs[0].targetForm }
    public var targetShape: Shape { outputs[0].targetShape }
    public var outputShape: Shape { outputs[0].shape }
    package var input: Int { inputs[0] }
    package var target: Int { outputs[0].target }
    package var prediction: Int { outputs[0].prediction }
    package var logits: Int? { outputs[0].logits }
    package var sampleLoss: Int { outputs[0].sampleLoss }
    public var ignoredLabel: Int? { outputs[0].ignoredLabel }
    package var predictsLogits: Bool { outputs[0].predictsLogits }

    package func countedSamples(targets: TensorPointer, samples: Int) -> Double {
        outputs[0].countedSamples(targets: targets, samples: samples)
    }
}

/// A scale for targets that are not numbers. The description is a sentence without its subject, the setting that asks
/// for the scale: "needs targets that are numbers, but …".
public struct TargetScaleError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ layer: String, _ loss: any Loss, _ form: TargetForm) {
        let others = form.classes == nil ? "binary targets" : "classes"
        description =
            "needs targets that are numbers, but \(loss.typeName) compares \(layer) with \(others); leave it out"
    }
}

/// A loss, a weight or another setting of training that does not fit the model. The description says why. Some begin
/// with the verb, to follow the name of a setting.
public struct ObjectiveError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    package init(_ description: String) { self.description = description }
}
