import Foundation
import Machine

/// What one parameter tensor looks like in a step.
public struct TensorNorms: Sendable, Equatable {
    /// The layer's name, a slash, and the tensor's own, as in `dense/kernel`.
    public let name: String
    /// The Euclidean norm of its gradient, before clipping.
    public let gradient: Double
    /// Its own Euclidean norm, before the step.
    public let parameter: Double
    /// The number of its elements.
    public let count: Int

    public init(name: String, gradient: Double, parameter: Double, count: Int) {
        self.name = name
        self.gradient = gradient
        self.parameter = parameter
        self.count = count
    }

    package var layer: String { String(name.prefix { $0 != "/" }) }
}

/// What is wrong with the gradients of a step, and what to try.
public struct HealthWarning: Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable { case vanishing, exploding, dead }

    public let kind: Kind
    /// The layers that it is about, the worst first, which the sentence names.
    public let layers: [String]
    public let description: String
}

/// Judges the gradients of one step by their norms.
///
/// - Vanishing: the gradient of a layer is less than `faint` of the last layer's, as behind many sigmoids.
/// - Exploding: a layer's gradient is more than `loud` times as large as its parameters while the gradient that
///   reaches it has grown by more than `growth` on its way from the last two layers; or it is more than `deafening`
///   times as large, whatever the reason. What reaches a layer shows in its smallest tensor, the bias: a kernel's
///   gradient has the size of the layer's inputs in it, which in a network that explodes is largest at the end.
///   Two layers, since a last one with a single unit may have a gradient near 0 by chance.
/// - Dead: the gradient of a layer is exactly 0 while that of a later one is not, as where no relu passes anything.
public enum GradientHealth {
    static let faint = 1e-4
    static let loud = 30.0
    static let growth = 100.0
    static let deafening = 1e5

    private struct Layer {
        let name: String
        var gradientSquares = 0.0
        var parameterSquares = 0.0
        /// Of the tensor with the fewest elements.
        var signal = 0.0
        var smallest = Int.max

        var gradient: Double { gradientSquares.squareRoot() }
        /// Relative to the parameters; to 1 where these are smaller, as a layer may begin with zeros.
        var relative: Double { gradient / max(parameterSquares.squareRoot(), 1) }
    }

    /// - Parameter tensors: in the order of the layers, as in the parameters' layout. Figures that are not finite
    ///   are left alone: a gradient that is not finite is an error of its own.
    public static func judge(_ tensors: [TensorNorms]) -> [HealthWarning] {
        var layers: [Layer] = []
        for tensor in tensors {
            let name = tensor.layer
            if layers.last?.name != name { layers.append(Layer(name: name)) }
            let index = layers.count - 1
            layers[index].gradientSquares += tensor.gradient * tensor.gradient
            layers[index].parameterSquares += tensor.parameter * tensor.parameter
            if tensor.count < layers[index].smallest {
                (layers[index].smallest, layers[index].signal) = (tensor.count, tensor.gradient)
            }
        }
        guard let last = layers.last, layers.allSatisfy({ $0.gradientSquares.isFinite }) else { return [] }
        return [dead(layers), vanishing(layers, last), exploding(layers)].compactMap { $0 }
    }

    private static func dead(_ layers: [Layer]) -> HealthWarning? {
        // The one nearest to the loss is the cause; those before it get nothing from it.
        guard let after = layers.lastIndex(where: { $0.gradient > 0 }),
            let cause = layers[..<after].lastIndex(where: { $0.gradient == 0 })
        else { return nil }
        let silent = layers[...cause].filter { $0.gradient == 0 }.reversed().map(\.name)
        return HealthWarning(
            kind: .dead, layers: Array(silent),
            description:
                "layer '\(layers[cause].name)' is dead: its gradient is exactly 0\(others(silent.count, "is")), "
                + "so that it does not learn; if its activation is relu, try leaky_relu, he_normal for its kernel, or "
                + "a smaller learning_rate")
    }

    private static func vanishing(_ layers: [Layer], _ last: Layer) -> HealthWarning? {
        let weak = layers.dropLast().filter { $0.gradient > 0 && $0.gradient < faint * last.gradient }
            .sorted { $0.gradient < $1.gradient }
        guard let worst = weak.first else { return nil }
        return HealthWarning(
            kind: .vanishing, layers: weak.map(\.name),
            description: "the gradient vanishes: that of layer '\(worst.name)' is "
                + "\(NumberText.rough(worst.gradient / last.gradient)) of that of the last layer '\(last.name)'"
                + "\(others(weak.count, "is below \(NumberText.rough(faint))")), so that it hardly learns; try relu instead of "
                + "sigmoid or tanh, he_normal for the kernels, or an 'add' layer that leads round some layers")
    }

    private static func exploding(_ layers: [Layer]) -> HealthWarning? {
        let end = layers.suffix(2).map(\.signal).max() ?? 0
        let strong = layers.enumerated().filter { index, layer in
            let hasGrown = index < layers.count - 2 && layer.signal > growth * end
            return layer.relative > deafening || layer.relative > loud && hasGrown
        }.map(\.element).sorted { $0.relative > $1.relative }
        guard let worst = strong.first else { return nil }
        return HealthWarning(
            kind: .exploding, layers: strong.map(\.name),
            description:
                "the gradient explodes: that of layer '\(worst.name)' is \(NumberText.rough(worst.relative)) times as "
                + "large as its parameters\(others(strong.count, "is too large")); try \"global_clipnorm\": 1 in the "
                + "optimizer, a learning_rate a tenth as large, he_normal for the kernels, or, if the targets are "
                + "large numbers, smaller ones")
    }

    private static func others(_ count: Int, _ state: String) -> String {
        switch count {
        case ...1: ""
        case 2: " (that of 1 more layer \(state))"
        default: " (that of \(count - 1) more layers \(state))"
        }
    }
}

/// Says what is wrong with a run's gradients once for each layer.
///
/// A dead layer is told of when it was dead twice in a row: a kernel that begins as zeros lets nothing through in the
/// first step alone.
public struct HealthWatch: Sendable, Equatable {
    /// What has been told, and which layers were dead the last time: words to be kept with a run.
    public private(set) var memory: [String]

    /// - Parameter memory: of an earlier part of the run.
    public init(memory: [String] = []) { self.memory = memory }

    /// The warnings for a step that have not been told yet.
    public mutating func examine(_ tensors: [TensorNorms]) -> [HealthWarning] {
        let suspects = memory.filter { $0.hasPrefix(Self.suspect) }
        memory.removeAll { $0.hasPrefix(Self.suspect) }
        var fresh: [HealthWarning] = []
        for warning in GradientHealth.judge(tensors) {
            var layers = warning.layers.filter { !memory.contains("\(warning.kind.rawValue) \($0)") }
            if warning.kind == .dead {
                memory += warning.layers.map { Self.suspect + $0 }
                layers = layers.filter { suspects.contains(Self.suspect + $0) }
            }
            memory += layers.map { "\(warning.kind.rawValue) \($0)" }
            // The sentence is about the first one. Where only others are new, they follow from what was told.
            if let worst = warning.layers.first, layers.contains(worst) { fresh.append(warning) }
        }
        return fresh
    }

    private static let suspect = "silent "
    private static let words = HealthWarning.Kind.allCases.map { $0.rawValue + " " } + [suspect]

    /// The memory in numbers, as a checkpoint has it: for each entry its word and its layer.
    func state(layers: [String]) -> [Int] {
        memory.flatMap { entry -> [Int] in
            guard let word = Self.words.firstIndex(where: entry.hasPrefix),
                let layer = layers.firstIndex(of: String(entry.dropFirst(Self.words[word].count)))
            else { return [] }
            return [word, layer]
        }
    }

    /// - Parameter state: another's `state`; what can't be one is left out.
    init(state: [Int], layers: [String]) {
        memory = stride(from: 0, to: state.count - 1, by: 2).compactMap { index in
            let (word, layer) = (state[index], state[index + 1])
            guard Self.words.indices.contains(word), layers.indices.contains(layer) else { return nil }
            return Self.words[word] + layers[layer]
        }
    }
}
