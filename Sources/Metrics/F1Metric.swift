import Configuration
public import Network

/// F1 score, the harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN).
/// Van Rijsbergen, "Information retrieval", 1979.
///
/// For one binary output, the F1 score of the positive class. Otherwise the unweighted mean over classes or outputs, as
/// scikit-learn's `average="macro"`. Where the denominator is 0, the value is 0. A class that occurs neither among the
/// targets nor among the predictions is left out of the mean.
public struct F1Metric: PlainMetric {
    public static let names = ["f1"]

    public init() {}

    public var displayName: String { "F1" }
    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { 0...1 }

    /// Keras's takes no labels, and its mean is over classes that do not occur, too. Keras 3 refuses targets of one number a
    /// sample that have no axis for it.
    public func keras(_ layout: MetricLayout) -> KerasObject? {
        guard layout.rowsPerSample == 1, !layout.predictionsAreLogits else { return nil }
        if case .oneHot = layout.form { return KerasObject("F1Score", ["name": JSONNode(name), "average": "macro"]) }
        guard case .binary(let outputs) = layout.form, outputs > 1 else { return nil }
        return layout.kerasThreshold.map {
            KerasObject("F1Score", ["name": JSONNode(name), "average": "macro", "threshold": JSONNode($0)])
        }
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needConfusion() }

    public func value(of counts: MetricCounts) -> Double {
        counts.confusion?.macroF1 ?? counts.binary?.mean { $0.f1(of: 1) } ?? .nan
    }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        counts.measured?.baseline(macro: \.macroF1) { $0.f1(of: 1) }
    }

    /// See `ConfidenceInterval.f1`; of several classes see `MeasuredRows.interval`. An error is one of two classes, so
    /// that their F1 scores hang together, by which the interval is at most √2 times as wide.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        counts.measured?.interval(counts, factor: 2.0.squareRoot(), { $0.f1(of: $1) }) { matrix, label in
            .f1(
                truePositives: matrix[label, label],
                falsePositives: matrix.predictions(of: label) - matrix[label, label],
                falseNegatives: matrix.support(of: label) - matrix[label, label])
        }
    }
}

extension Metric where Self == F1Metric {
    public static var f1: F1Metric { F1Metric() }
}
