import Configuration
public import Network

/// Recall, TP / (TP + FN): of the rows that belong to a class, the share predicted as that class.
///
/// For one binary output, the recall of the positive class. Otherwise the unweighted mean over classes or outputs, as
/// scikit-learn's `average="macro"`. Where the denominator is 0, the value is 0. A class that occurs neither among the
/// targets nor among the predictions is left out of the mean.
public struct RecallMetric: PlainMetric {
    public static let names = ["recall"]

    public init() {}

    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { 0...1 }

    /// Keras's pools several outputs, and knows no classes.
    public func keras(_ layout: MetricLayout) -> KerasObject? {
        guard layout.form == .binary(outputs: 1) else { return nil }
        return layout.kerasThreshold.map {
            KerasObject("Recall", ["name": JSONNode(name), "thresholds": JSONNode($0)])
        }
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needConfusion() }

    public func value(of counts: MetricCounts) -> Double {
        counts.confusion?.macroRecall ?? counts.binary?.mean { $0.recall(of: 1) } ?? .nan
    }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        counts.measured?.baseline(macro: \.macroRecall) { $0.recall(of: 1) }
    }

    /// Wilson's, of the rows that belong to the class; of several classes or rows see `MeasuredRows.interval`.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        counts.measured?.interval(counts, factor: 1, { $0.recall(of: $1) }) { matrix, label in
            .wilson(matrix[label, label], of: matrix.support(of: label))
        }
    }
}

extension Metric where Self == RecallMetric {
    public static var recall: RecallMetric { RecallMetric() }
}
