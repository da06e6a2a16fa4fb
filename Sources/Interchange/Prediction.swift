import Engine
import Metrics
import Network

/// What a model predicts for one sample.
///
/// Of a model with one output its members can be accessed directly, as in `prediction.className`.
@dynamicMemberLookup
public struct Prediction: Sendable, Hashable {
    /// In the model's order.
    public let outputs: [Output]

    /// The prediction of one output.
    public struct Output: Sendable, Hashable {
        public let name: String
        /// The output's values, row-major: numbers in the targets' own units, probabilities, or logits where the model ends
        /// with them.
        public let values: [Float]
        /// Of classes the one with the largest value, counted from 0; of a binary output 1 where the probability is above the
        /// threshold, else 0. Nil for numbers, and where there are several labels.
        public let label: Int?
        /// The name of the class that `label` is; nil where classes have no names.
        public let className: String?
        /// Of several binary values whether each is above its threshold; empty for others.
        public let labels: [Bool]
        /// What the values are called: the classes, or several labels; nil where they have no names.
        public let names: [String]?

        /// The first value, which for a model of one number is the only one.
        public var value: Float { values[0] }

        /// The values by what they are called. Of a binary output both classes, as far as they have names; nil where there are
        /// none.
        public var byName: [String: Float]? {
            guard let names else { return nil }
            if values.count == 1, names.count == 2 { return [names[0]: 1 - values[0], names[1]: values[0]] }
            guard names.count == values.count else { return nil }
            return Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
        }
    }

    public subscript<Value>(dynamicMember path: KeyPath<Output, Value>) -> Value { outputs[0][keyPath: path] }

    /// The prediction of an output of that name; nil where there is none.
    public subscript(name: String) -> Output? { outputs.first { $0.name == name } }
}

extension Prediction.Output {
    init(_ values: [Float], of output: Objective.Output, in model: TrainedModel) {
        name = output.name
        self.values = values
        let classNames = model.classNames(of: output.name)
        var (label, labels, names): (Int?, [Bool], [String]?) = (nil, [], nil)
        switch output.targetForm {
        case .values: break
        case .sparseLabels, .oneHot:
            names = classNames
            if output.shape.rank == 1 { label = values.indices.max { values[$0] < values[$1] } }
        case .binary(let width):
            let comparisons = MetricLayout(output).comparisons
            if width == 1, values.count == 1 {
                (label, names) = (values[0] > comparisons[0] ? 1 : 0, classNames)
            } else {
                labels = values.indices.map { values[$0] > comparisons[$0 % width] }
                names = model.labelNames(of: output.name)
            }
        }
        (self.label, self.labels, self.names) = (label, labels, names)
        className = label.flatMap { label in classNames.flatMap { $0.indices.contains(label) ? $0[label] : nil } }
    }
}
