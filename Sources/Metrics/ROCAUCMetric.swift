import Configuration
public import Network

/// The exact area under the ROC curve: the probability that a positive row has a higher score than a negative one,
/// where equal scores count ½.
///
/// For several classes the unweighted mean of each class against the rest, for several binary outputs that over the
/// outputs (scikit-learn's `multi_class="ovr", average="macro"`). NaN where a class or an output lacks positive or
/// negative rows. The scores of all rows are kept in memory, and sorted at the end of the epoch.
///
/// Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve", 1982.
/// Keras's `AUC` approximates the area from a fixed number of thresholds, so its values differ by some thousandths.
public struct ROCAUCMetric: PlainMetric {
    public static let names = ["roc_auc"]

    public init() {}

    public var displayName: String { "ROC AUC" }
    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { 0...1 }
    public var undefinedReason: String { ", since it needs samples of both classes" }
    /// All scores are sorted.
    public var isCostly: Bool { true }

    /// For several outputs, and for classes that are one-hot, the mean over them. Of labels Keras's takes none.
    public func keras(_ layout: MetricLayout) -> KerasObject? {
        let thresholds = JSONNode(1000)
        switch layout.form {
        case .binary(outputs: 1):
            return KerasObject(
                "AUC",
                [
                    "name": JSONNode(name), "num_thresholds": thresholds,
                    "from_logits": JSONNode(layout.predictionsAreLogits),
                ])
        case .binary(let columns), .oneHot(let columns):
            // It would take the sigmoid of logits, and one row a sample.
            guard layout.rowsPerSample == 1, !layout.predictionsAreLogits else { return nil }
            return KerasObject(
                "AUC",
                [
                    "name": JSONNode(name), "num_thresholds": thresholds, "multi_label": true,
                    "num_labels": JSONNode(columns),
                ])
        default: return nil
        }
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needScores() }

    public func value(of counts: MetricCounts) -> Double { counts.ranking?.areaUnderCurve() ?? .nan }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        value(of: counts).isNaN ? nil : .init(.chance, 0.5)
    }

    /// See `ConfidenceInterval.areaUnderCurve`; of several classes or outputs, whose areas hang together, the mean of their
    /// bounds. None where a sample has several rows, which hang together.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        guard let ranking = counts.ranking, counts.measured?.layout.rowsPerSample == 1 else { return nil }
        let parts = ranking.areas().map {
            ConfidenceInterval.areaUnderCurve($0.area, positives: $0.positives, negatives: $0.negatives)
        }
        guard !parts.contains(nil) else { return nil }
        return .mean(ofAny: parts.compactMap { $0 })
    }
}

extension Metric where Self == ROCAUCMetric {
    public static var rocAUC: ROCAUCMetric { ROCAUCMetric() }
}
