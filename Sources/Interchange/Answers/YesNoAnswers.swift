import Foundation
import Metrics
import Network

/// The answers of a binary output: `class`, which is 1 where the probability is above the threshold, or the name of the
/// class, and `p`, the probability of 1, called `p_NAME` where that has a name. `true` in front is the target.
struct YesNoAnswers: OutputAnswers {
    let columns: [String]
    private let names: [String]?
    private let threshold: Float
    private let areLogits: Bool
    private let values: OutputValues

    init(_ output: Objective.Output, _ names: [String]?, _ prefix: String, _ values: OutputValues) {
        let known = names?.count == 2 ? names : nil
        self.names = known
        threshold = MetricLayout(output).comparisons[0]
        areLogits = output.predictsLogits
        self.values = values
        columns = ((values.truths == nil ? [] : ["true"]) + ["class", known.map { "p_\($0[1])" } ?? "p"]).map {
            prefix + $0
        }
    }

    func append(_ line: Int, to cells: inout [AnswerCell]) {
        if let truths = values.truths { cells.append(name(truths[line] > 0.5 ? 1 : 0)) }
        let value = values.values[line]
        cells.append(value.isNaN ? .missing : name(value > threshold ? 1 : 0))
        cells.append(.probability(areLogits ? Self.sigmoid(value) : value))
    }

    private func name(_ index: Int) -> AnswerCell { names.map { .text($0[index]) } ?? .integer(index) }

    static func sigmoid(_ value: Float) -> Float { Float(1 / (1 + exp(-Double(value)))) }
}
