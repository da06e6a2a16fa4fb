import Foundation
import Machine
import Network

/// What one parameter tensor looks like in a step.
package struct TensorNorms: Sendable, Equatable {
    /// As in `dense/kernel`.
    package let name: String
    /// Nil for a tensor of no layer, which is not judged.
    package let layer: LayerReference?
    /// The Euclidean norm of its gradient, before clipping.
    package let gradient: Double
    /// Its own Euclidean norm, before the step.
    package let parameter: Double
    /// The number of its elements.
    package let count: Int

    package init(name: String, layer: LayerReference?, gradient: Double, parameter: Double, count: Int) {
        self.name = name
        self.layer = layer
        self.gradient = gradient
        self.parameter = parameter
        self.count = count
    }
}

/// What is wrong with the gradients of a step, and what to try.
package struct HealthWarning: Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable, CaseIterable { case vanishing, exploding, dead }

    package let kind: Kind
    /// The layers that it is about, the worst first, which the sentence names.
    package let layers: [LayerReference]
    package let description: String
}

/// Judges the gradients of one step by their norms.
///
/// A layer is compared with the layers **behind** it, from which its gradient comes: those that its result reaches on the way
/// to a loss. The last layers behind it are those that have none with trained parameters behind themselves: one in a model of
/// one output, and of several outputs those of the outputs that the layer has a part in. So the layers of one output are not
/// measured by the loss of another.
///
/// - Vanishing: the gradient of a layer is less than `vanishingRatio` of the greatest among those of the last layers behind it,
///   as behind many sigmoids.
/// - Exploding: a layer's gradient is more than `explodingRatio` times as large as its parameters while the gradient that
///   reaches it has grown by more than `explodingGrowth` on its way from the last two layers of each path; or it is more than
///   `extremeRatio` times as large, whatever the reason. What reaches a layer shows in its smallest tensor, the bias: a kernel's
///   gradient has the size of the layer's inputs in it, which in a network that explodes is largest at the end.
///   Two layers, since a last one with a single unit may have a gradient near 0 by chance.
/// - Dead: the gradient of a layer is exactly 0 while that of one behind it is not, as where no relu passes anything.
enum GradientHealth {
    static let vanishingRatio = 1e-4
    static let explodingRatio = 30.0
    static let explodingGrowth = 100.0
    static let extremeRatio = 1e5

    private struct Layer {
        let reference: LayerReference
        var gradientSquares = 0.0
        var parameterSquares = 0.0
        /// Of the tensor with the fewest elements.
        var signal = 0.0
        var smallest = Int.max
        var behind = Behind()

        var name: String { reference.name }
        var gradient: Double { gradientSquares.squareRoot() }
        /// Relative to the parameters; to 1 where these are smaller, as a layer may begin with zeros.
        var relative: Double { gradient / max(parameterSquares.squareRoot(), 1) }
        /// Relative to the last layer behind it; nil for a last layer.
        var fromLast: Double? { behind.last.map { gradient / $0.gradient } }
    }

    /// What stands behind a place on the way to the losses.
    private struct Behind {
        /// The number of layers with trained parameters on the longest way.
        var count = 0
        /// Of the last layers the one with the greatest gradient.
        var last: (name: String, gradient: Double)?
        /// The greatest of the last two layers of each way.
        var signal = 0.0
        /// Whether the gradient of any layer is above 0.
        var hasGradient = false

        mutating func merge(_ other: Behind) {
            count = max(count, other.count)
            if (last?.gradient ?? -1) < (other.last?.gradient ?? -1) { last = other.last }
            signal = max(signal, other.signal)
            hasGradient = hasGradient || other.hasGradient
        }

        /// The same as seen from before the layer.
        func including(_ layer: Layer) -> Behind {
            var result = self
            if count == 0 { result.last = (layer.name, layer.gradient) }
            if count < 2 { result.signal = max(signal, layer.signal) }
            result.hasGradient = hasGradient || layer.gradient > 0
            result.count += 1
            return result
        }
    }

    /// - Parameters:
    ///   - tensors: those of the trained parameters. Figures that are not finite are left alone: a gradient that is not finite
    ///     is an error of its own.
    ///   - paths: of the model.
    static func judge(_ tensors: [TensorNorms], along paths: LayerPaths) -> [HealthWarning] {
        var places: [Layer?] = paths.takers.map { _ in nil }
        for tensor in tensors {
            guard let reference = tensor.layer else { continue }
            var layer = places[reference.index] ?? Layer(reference: reference)
            layer.gradientSquares += tensor.gradient * tensor.gradient
            layer.parameterSquares += tensor.parameter * tensor.parameter
            if tensor.count < layer.smallest { (layer.smallest, layer.signal) = (tensor.count, tensor.gradient) }
            places[reference.index] = layer
        }
        // From the losses on: what a layer's result meets.
        var met = paths.takers.map { _ in Behind() }
        for index in paths.takers.indices.reversed() {
            for taker in paths.takers[index] { met[index].merge(met[taker]) }
            guard let layer = places[index] else { continue }
            places[index]?.behind = met[index]
            met[index] = met[index].including(layer)
        }
        let layers = places.compactMap { $0 }
        guard layers.allSatisfy({ $0.gradientSquares.isFinite }) else { return [] }
        return [dead(layers), vanishing(layers), exploding(layers)].compactMap { $0 }
    }

    private static func dead(_ layers: [Layer]) -> HealthWarning? {
        // The one nearest to the loss is the cause; those before it get nothing from it.
        let silent = layers.reversed().filter { $0.gradient == 0 && $0.behind.hasGradient }
        guard let cause = silent.first else { return nil }
        return HealthWarning(
            kind: .dead, layers: silent.map(\.reference),
            description:
                "layer '\(cause.name)' is dead: its gradient is exactly 0\(others(silent.count, "is")), "
                + "so that it does not learn; if its activation is relu, try leaky_relu, he_normal for its kernel, or "
                + "a smaller learning_rate")
    }

    private static func vanishing(_ layers: [Layer]) -> HealthWarning? {
        let weak = layers.compactMap { layer in layer.fromLast.map { (layer: layer, ratio: $0) } }
            .filter { $0.layer.gradient > 0 && $0.ratio < vanishingRatio }.sorted { $0.ratio < $1.ratio }
        guard let worst = weak.first, let last = worst.layer.behind.last else { return nil }
        let isOnly = layers.count { $0.behind.count == 0 } == 1
        return HealthWarning(
            kind: .vanishing, layers: weak.map(\.layer.reference),
            description:
                "the gradient vanishes: that of layer '\(worst.layer.name)' is \(NumberText.rough(worst.ratio)) of "
                + "that of \(isOnly ? "the last layer '\(last.name)'" : "'\(last.name)', the last layer behind it")"
                + "\(others(weak.count, "is below \(NumberText.rough(vanishingRatio))")), so that it hardly learns; try relu instead of "
                + "sigmoid or tanh, he_normal for the kernels, or an 'add' layer that leads round some layers")
    }

    private static func exploding(_ layers: [Layer]) -> HealthWarning? {
        let strong = layers.filter { layer in
            let hasGrown = layer.behind.count >= 2 && layer.signal > explodingGrowth * layer.behind.signal
            return layer.relative > extremeRatio || layer.relative > explodingRatio && hasGrown
        }.sorted { $0.relative > $1.relative }
        guard let worst = strong.first else { return nil }
        return HealthWarning(
            kind: .exploding, layers: strong.map(\.reference),
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
package struct HealthWatch: Sendable, Equatable {
    /// What is remembered of a layer.
    package struct Note: Sendable, Hashable {
        /// In the order of their numbers in a checkpoint.
        package enum Subject: Sendable, CaseIterable {
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

        package let subject: Subject
        /// The layer's place in the model.
        package let layer: Int
    }

    /// What was found so far, to be kept with a run.
    package private(set) var notes: [Note]

    /// - Parameter notes: of an earlier part of the run.
    package init(notes: [Note] = []) { self.notes = notes }

    /// The warnings for a step that have not been given yet.
    mutating func examine(_ tensors: [TensorNorms], along paths: LayerPaths) -> [HealthWarning] {
        let suspects = Set(notes.lazy.filter { $0.subject == .wasDead }.map(\.layer))
        notes.removeAll { $0.subject == .wasDead }
        var fresh: [HealthWarning] = []
        for warning in GradientHealth.judge(tensors, along: paths) {
            let subject = Note.Subject(warningOf: warning.kind)
            let concerned = warning.layers.map(\.index)
            var layers = concerned.filter { !notes.contains(Note(subject: subject, layer: $0)) }
            if warning.kind == .dead {
                notes += concerned.map { Note(subject: .wasDead, layer: $0) }
                layers = layers.filter(suspects.contains)
            }
            notes += layers.map { Note(subject: subject, layer: $0) }
            // The sentence is about the first one. Where only others are new, they follow from what was said before.
            if let worst = concerned.first, layers.contains(worst) { fresh.append(warning) }
        }
        return fresh
    }

    /// The notes in numbers, as a checkpoint has them: for each its subject and its layer.
    /// - Parameter layers: those with trained parameters, among which a checkpoint counts.
    func state(layers: [Int]) -> [Int] {
        notes.flatMap { note -> [Int] in
            guard let subject = Note.Subject.allCases.firstIndex(of: note.subject),
                let layer = layers.firstIndex(of: note.layer)
            else { return [] }
            return [subject, layer]
        }
    }

    /// - Parameter state: another's `state`; what can't be one is left out.
    init(state: [Int], layers: [Int]) {
        let subjects = Note.Subject.allCases
        notes = stride(from: 0, to: state.count - 1, by: 2).compactMap { index in
            let (subject, layer) = (state[index], state[index + 1])
            guard subjects.indices.contains(subject), layers.indices.contains(layer) else { return nil }
            return Note(subject: subjects[subject], layer: layers[layer])
        }
    }
}
