/// A figure that a run reports beside its loss: a metric, or the loss of one of several outputs.
public protocol Figure: Sendable {
    /// The name in configs, in `metrics.csv` and in `monitor`.
    var name: String { get }

    /// The name for a person, in tables and progress lines.
    var displayName: String { get }

    /// Whether a greater value is better. Early stopping goes by it.
    var higherIsBetter: Bool { get }

    /// The likely reason where the value is NaN, as the end of a warning's sentence: ", since it needs samples of both
    /// classes". Empty where the figure has none to give.
    var undefinedReason: String { get }
}

/// The figures that are reported of a model's outputs: of one output its metrics; of several, output by output, its loss
/// and its metrics, as `digit_loss`, `digit_accuracy`.
package struct FigureList: Sendable {
    package let figures: [any Figure]
    /// Whether each output's own loss is one of them; that of the only output is the loss itself.
    private let hasLosses: Bool

    /// A figure of one of several outputs.
    private struct OfOutput: Figure {
        let name: String
        let displayName: String
        let higherIsBetter: Bool
        let undefinedReason: String
    }

    /// - Parameters:
    ///   - outputs: the names of the model's outputs.
    ///   - metrics: of each output.
    package init(outputs: [String], metrics: [[any Metric]]) {
        hasLosses = outputs.count > 1
        guard hasLosses else {
            figures = metrics.first ?? []
            return
        }
        figures = zip(outputs, metrics).flatMap { output, metrics -> [any Figure] in
            let loss = OfOutput(
                name: "\(output)_loss", displayName: "\(output) loss", higherIsBetter: false,
                undefinedReason: UndefinedReason.nothingCounts)
            return [loss]
                + metrics.map { metric in
                    OfOutput(
                        name: "\(output)_\(metric.name)", displayName: "\(output) \(metric.displayName)",
                        higherIsBetter: metric.higherIsBetter, undefinedReason: metric.undefinedReason)
                }
        }
    }

    /// The figures' values, in their order.
    /// - Parameters:
    ///   - losses: each output's, unweighted.
    ///   - metrics: each output's.
    package func values(losses: [Double], metrics: [[Double]]) -> [Double] {
        hasLosses ? zip(losses, metrics).flatMap { [$0] + $1 } : metrics.first ?? []
    }

    /// Why the names can't be told apart in a table of a run's figures, or nil.
    package var problem: String? {
        guard hasLosses else { return nil }
        let own = ["loss"] + figures.map(\.name)
        var seen: Set<String> = ["epoch", "step", "learning_rate", "gradient_norm"]
        for name in own + own.map({ "validation_" + $0 }) where !seen.insert(name).inserted {
            return "two figures would be called '\(name)', after their output and metric; call an output otherwise"
        }
        return nil
    }
}

/// Why a loss may be undefined: the end of a sentence.
package enum UndefinedReason {
    package static let nothingCounts = ", since no sample counts: all labels are ignored, or all weights are 0"
}
