import Foundation
import Machine

/// What one parameter tensor looks like in a step.
public struct TensorNorms: Sendable, Equatable {
    /// As in `dense/kernel`.
    public let name: String
    /// The layer's name.
    public let layer: String
    /// The Euclidean norm of its gradient, before clipping.
    public let gradient: Double
    /// Its own Euclidean norm, before the step.
    public let parameter: Double
    /// The number of its elements.
    public let count: Int

    public init(name: String, layer: String, gradient: Double, parameter: Double, count: Int) {
        self.name = name
        self.layer = layer
        self.gradient = gradient
        self.parameter = parameter
        self.count = count
    }
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
/// - Vanishing: the gradient of a layer is less than `vanishingRatio` of the last layer's, as behind many sigmoids.
/// - Exploding: a layer's gradient is more than `explodingRatio` times as large as its parameters while the gradient that
///   reaches it has grown by more than `explodingGrowth` on its way from the last two layers; or it is more than
///   `extremeRatio` times as large, whatever the reason. What reaches a layer shows in its smallest tensor, the bias: a kernel's
///   gradient has the size of the layer's inputs in it, which in a network that explodes is largest at the end.
///   Two layers, since a last one with a single unit may have a gradient near 0 by chance.
/// - Dead: the gradient of a layer is exactly 0 while that of a later one is not, as where no relu passes anything.
public enum GradientHealth {
    static let vanishingRatio = 1e-4
    static let explodingRatio = 30.0
    static let explodingGrowth = 100.0
    static let extremeRatio = 1e5

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
        let weak = layers.dropLast().filter { $0.gradient > 0 && $0.gradient < vanishingRatio * last.gradient }
            .sorted { $0.gradient < $1.gradient }
        guard let worst = weak.first else { return nil }
        return HealthWarning(
            kind: .vanishing, layers: weak.map(\.name),
            description: "the gradient vanishes: that of layer '\(worst.name)' is "
                + "\(NumberText.rough(worst.gradient / last.gradient)) of that of the last layer '\(last.name)'"
                + "\(others(weak.count, "is below \(NumberText.rough(vanishingRatio))")), so that it hardly learns; try relu instead of "
                + "sigmoid or tanh, he_normal for the kernels, or an 'add' layer that leads round some layers")
    }

    private static func exploding(_ layers: [Layer]) -> HealthWarning? {
        let end = layers.suffix(2).map(\.signal).max() ?? 0
        let strong = layers.enumerated().filter { index, layer in
            let hasGrown = index < layers.count - 2 && layer.signal > explodingGrowth * end
            return layer.relative > extremeRatio || layer.relative > explodingRatio && hasGrown
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
/// A warning of a dead layer comes when it was dead twice in a row: a kernel that begins as zeros lets nothing through in
/// the first step alone.
public struct HealthWatch: Sendable, Equatable {
    /// What is remembered of a layer.
    public struct Note: Sendable, Hashable {
        /// In the order of their numbers in a checkpoint.
        public enum Subject: Sendable, CaseIterable {
            case warnedOfVanishing, warnedOfExploding, warnedOfDead
            /// Its gradient was 0 when the watch last looked.
            case wasDead

            init(warningOf kind: HealthWarning.Kind) {
                self =
                    switch kind {
                    case .vanishing: .warnedOfVanishing
                    case .exploding: .warnedOfExploding
                    case .dead: .warnedOfDead
                    }
            }
        }

        public let subject: Subject
        public let layer: String
    }

    /// What was found so far, to be kept with a run.
    public private(set) var notes: [Note]

    /// - Parameter notes: of an earlier part of the run.
    public init(notes: [Note] = []) { self.notes = notes }

    /// The warnings for a step that have not been given yet.
    public mutating func examine(_ tensors: [TensorNorms]) -> [HealthWarning] {
        let suspects = Set(notes.lazy.filter { $0.subject == .wasDead }.map(\.layer))
        notes.removeAll { $0.subject == .wasDead }
        var fresh: [HealthWarning] = []
        for warning in GradientHealth.judge(tensors) {
            let subject = Note.Subject(warningOf: warning.kind)
            var layers = warning.layers.filter { !notes.contains(Note(subject: subject, layer: $0)) }
            if warning.kind == .dead {
                notes += warning.layers.map { Note(subject: .wasDead, layer: $0) }
                layers = layers.filter(suspects.contains)
            }
            notes += layers.map { Note(subject: subject, layer: $0) }
            // The sentence is about the first one. Where only others are new, they follow from what was said before.
            if let worst = warning.layers.first, layers.contains(worst) { fresh.append(warning) }
        }
        return fresh
    }

    /// The notes in numbers, as a checkpoint has them: for each its subject and its layer.
    func state(layers: [String]) -> [Int] {
        notes.flatMap { note -> [Int] in
            guard let subject = Note.Subject.allCases.firstIndex(of: note.subject),
                let layer = layers.firstIndex(of: note.layer)
            else { return [] }
            return [subject, layer]
        }
    }

    /// - Parameter state: another's `state`; what can't be one is left out.
    init(state: [Int], layers: [String]) {
        let subjects = Note.Subject.allCases
        notes = stride(from: 0, to: state.count - 1, by: 2).compactMap { index in
            let (subject, layer) = (state[index], state[index + 1])
            guard subjects.indices.contains(subject), layers.indices.contains(layer) else { return nil }
            return Note(subject: subjects[subject], layer: layers[layer])
        }
    }
}
