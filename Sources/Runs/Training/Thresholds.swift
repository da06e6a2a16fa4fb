import Batches
import Configuration
import Engine
import Foundation
import Interchange
import Metrics
import Network

extension ThresholdRule {
    /// Why an output has no threshold, or nil: the rest of a sentence that begins with the setting.
    static func problem(with output: Objective.Output) -> String? {
        if case .binary = output.targetForm { return nil }
        return
            "is for binary outputs, of binary_crossentropy, but \(output.layer) has \(output.loss.typeName); leave it out"
    }
}

/// The thresholds of a model's binary outputs: given, or chosen on the validation split once training is over.
struct Thresholds {
    /// Of each output; nil where it has none of its own.
    private let rules: [ThresholdRule?]

    /// - Throws: `ObjectiveError` for a threshold of what is no binary output, or that can't be chosen.
    init(_ rules: ByName<ThresholdRule>, for objective: Objective, hasValidation: Bool) throws {
        do {
            self.rules = try rules.values(of: objective.outputs.map(\.name), "output")
        } catch { throw ObjectiveError("threshold \(error)") }
        for (output, rule) in zip(objective.outputs, self.rules) {
            guard let rule else { continue }
            if let problem = ThresholdRule.problem(with: output) { throw ObjectiveError("threshold \(problem)") }
            guard rule.word == nil || hasValidation else {
                throw ObjectiveError("threshold is chosen on the validation split, but there is none; give a number")
            }
        }
    }

    /// The objective with the thresholds that are given.
    func applied(to objective: Objective) -> Objective {
        var objective = objective
        for (index, rule) in rules.enumerated() {
            guard case .value(let value)? = rule else { continue }
            objective.outputs[index].thresholds = Array(
                repeating: value, count: objective.outputs[index].targetForm.predictionWidth)
        }
        return objective
    }

    /// Whether one is to be chosen.
    var areChosen: Bool { rules.contains { $0?.word != nil } }

    /// Chooses thresholds by predictions for the validation split.
    /// - Parameters:
    ///   - predictions: of each output, row-major.
    ///   - labelNames: the names of an output's binary values; nil where they have none.
    /// - Returns: the objective with them, and what is to be said.
    func chosen(
        for objective: Objective, _ predictions: [[Float]], on validation: Dataset,
        labelNames: (_ output: String) -> [String]?
    ) throws -> (objective: Objective, remarks: [RunRemark]) {
        var objective = objective
        var remarks: [RunRemark] = []
        let places = try validation.places(.target, of: objective.outputs.map(\.name))
        for (index, rule) in rules.enumerated() {
            guard let rule, rule.word != nil else { continue }
            let output = objective.outputs[index]
            let width = output.targetForm.predictionWidth
            let truths = try validation.areAboveHalf(validation.fields[places[index]].field)
            let usual: Float = output.predictsLogits ? 0 : 0.5
            let names = labelNames(output.name)
            var thresholds: [Double] = []
            for label in 0..<width {
                let rows = stride(from: label, to: predictions[index].count, by: width)
                let choice = rule.choice(rows.map { predictions[index][$0] }, rows.map { truths[$0] }, usual: usual)
                let subject =
                    "the threshold" + (objective.outputs.count > 1 ? " of '\(output.name)'" : "")
                    + (width > 1 ? " for \(names.map { "'\($0[label])'" } ?? "label \(label)")" : "")
                guard let choice else {
                    thresholds.append(0.5)
                    remarks.append(
                        .warning(
                            "\(subject) can't be chosen, since all rows of the validation split are of one class, or predicted alike; it is 0.5"
                        ))
                    continue
                }
                let threshold = output.predictsLogits ? 1 / (1 + exp(-choice.threshold)) : choice.threshold
                thresholds.append(threshold)
                remarks.append(
                    .note(
                        "\(subject) is \(Self.text(threshold)): on the validation split \(rule.word ?? "") is "
                            + "\(Self.text(choice.score)) there, and \(Self.text(choice.scoreBefore)) at 0.5"))
            }
            objective.outputs[index].thresholds = thresholds
        }
        return (objective, remarks)
    }

    private static func text(_ value: Double) -> String { String(format: "%.4f", value) }
}
