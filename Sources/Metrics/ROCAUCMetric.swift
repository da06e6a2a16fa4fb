public import Network

/// The exact area under the ROC curve, equal scores counted half; the unweighted mean of one class against the rest, or
/// over outputs (scikit-learn's `multi_class="ovr", average="macro"`). NaN where a class or an output lacks positive or
/// negative rows.
///
/// Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve", 1982.
/// Keras's `AUC` is a sum over thresholds, and not this figure.
public struct ROCAUCMetric: PlainMetric {
    public static let names = ["roc_auc"]

    public init() {}

    public var displayName: String { "ROC AUC" }
    public var higherIsBetter: Bool { true }
    public var undefinedReason: String { ", since it needs samples of both classes" }
    /// All scores are sorted.
    public var isCostly: Bool { true }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needScores() }

    public func value(of counts: MetricCounts) -> Double { counts.ranking?.areaUnderCurve() ?? .nan }
}

extension Metric where Self == ROCAUCMetric {
    public static var rocAUC: ROCAUCMetric { ROCAUCMetric() }
}
