import Configuration

/// A figure that a model has on some rows, with what it takes to judge it: the number of rows, what the simplest answer gets
/// on them, and how far chance may have moved it.
public struct MeasuredFigure: Sendable, Hashable {
    /// `loss`, or as `metrics.csv` calls it: `accuracy`, and of several outputs `digit_accuracy`.
    public let name: String
    /// NaN where it is not defined.
    public let value: Double
    /// The rows that it was taken over: samples, or of outputs with a row for each position all of their rows, but for those
    /// of an ignored label.
    public let rows: Int
    /// What the simplest answer gets on the same rows; nil where none is known.
    public let baseline: Baseline?
    /// Where the figure of more such rows lies, 95 times in 100; nil where no method fits.
    public let interval: ConfidenceInterval?

    public init(
        name: String, value: Double, rows: Int, baseline: Baseline? = nil, interval: ConfidenceInterval? = nil
    ) {
        (self.name, self.value, self.rows) = (name, value, rows)
        (self.baseline, self.interval) = (baseline, interval)
    }

    /// What is got by the same answer for all rows, the best one of its kind for those that were measured.
    public struct Baseline: Sendable, Hashable {
        public let answer: Answer
        public let value: Double

        package init(_ answer: Answer, _ value: Double) { (self.answer, self.value) = (answer, value) }
    }

    /// An answer that looks at no input.
    public enum Answer: String, Sendable, Hashable, CaseIterable {
        /// The class that occurs most often.
        case commonestClass = "commonest class"
        /// As many classes as count, those that occur most often.
        case commonestClasses = "commonest classes"
        /// Of several binary values the more frequent one of each.
        case commonestLabels = "commonest labels"
        /// Each class by its share of the rows.
        case shares = "shares of the classes"
        /// The mean of the targets.
        case mean = "mean"
        /// Of series, the last value of each, where it is nearer than the mean.
        case lastValue = "last value"
        /// Any order of the rows.
        case chance = "chance"
    }

    /// `{"value": 0.97, "rows": 360, "baseline": {"answer": "commonest class", "value": 0.1}, "interval": {"level": 0.95,
    /// "lower": 0.95, "upper": 0.98}}`; what is not defined is null.
    public var node: JSONNode {
        func number(_ value: Double) -> JSONNode { value.isFinite ? JSONNode(value) : JSONNode(.null) }
        var own: JSONNode = ["value": number(value), "rows": JSONNode(rows)]
        own["baseline"] =
            baseline.map { ["answer": JSONNode($0.answer.rawValue), "value": number($0.value)] } ?? JSONNode(.null)
        own["interval"] =
            interval.map {
                ["level": JSONNode(ConfidenceInterval.level), "lower": number($0.lower), "upper": number($0.upper)]
            } ?? JSONNode(.null)
        return own
    }
}
