public import Network

/// The harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN); van Rijsbergen, "Information retrieval", 1979.
///
/// For one binary output that of the positive class; otherwise the unweighted mean over classes or outputs, scikit-learn's
/// `average="macro"`. A quotient whose denominator is zero counts as 0, and a class that occurs neither among the targets
/// nor among the predictions is left out of the mean.
public struct F1Metric: PlainMetric {
    public static let names = ["f1"]

    public init() {}

    public var displayName: String { "F1" }
    public var higherIsBetter: Bool { true }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needConfusion() }

    public func value(of counts: MetricCounts) -> Double {
        counts.confusion?.macroF1 ?? counts.binary?.mean { $0.f1(of: 1) } ?? .nan
    }
}

extension Metric where Self == F1Metric {
    public static var f1: F1Metric { F1Metric() }
}
