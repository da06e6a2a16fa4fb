import Metrics
import Network

/// The answers of an output of several binary values: by each label's name, or its number, 1 where its probability is above
/// its threshold and else 0; then `p_NAME`, the probability of each. `true_NAME` in front are the targets.
struct LabelAnswers: OutputAnswers {
    let columns: [String]
    private let width: Int
    private let thresholds: [Float]
    private let areLogits: Bool
    private let values: OutputValues

    init(_ output: Objective.Output, _ names: [String]?, _ prefix: String, _ values: OutputValues) {
        width = output.shape.last
        thresholds = MetricLayout(output).comparisons
        areLogits = output.predictsLogits
        self.values = values
        let names = (0..<width).map { names?[$0] ?? "\($0)" }
        let own = (values.truths == nil ? [] : names.map { "true_\($0)" }) + names + names.map { "p_\($0)" }
        columns = own.map { prefix + $0 }
    }

    func append(_ line: Int, to cells: inout [AnswerCell]) {
        let range = line * width..<(line + 1) * width
        if let truths = values.truths { for index in range { cells.append(.integer(truths[index] > 0.5 ? 1 : 0)) } }
        for (index, threshold) in zip(range, thresholds) {
            let value = values.values[index]
            cells.append(value.isNaN ? .missing : .integer(value > threshold ? 1 : 0))
        }
        for index in range {
            let value = values.values[index]
            cells.append(.probability(areLogits ? YesNoAnswers.sigmoid(value) : value))
        }
    }
}
