public import Network

/// Of the rows predicted as a class, the share that belongs to it: TP / (TP + FP).
///
/// For one binary output that of the positive class; otherwise the unweighted mean over classes or outputs, scikit-learn's
/// `average="macro"`. A quotient whose denominator is zero counts as 0, and a class that occurs neither among the targets
/// nor among the predictions is left out of the mean.
public struct PrecisionMetric: PlainMetric {
    public static let names = ["precision"]

    public init() {}

    public var higherIsBetter: Bool { true }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needConfusion() }

    public func value(of counts: MetricCounts) -> Double {
        counts.confusion?.macroPrecision ?? counts.binary?.mean { $0.precision(of: 1) } ?? .nan
    }
}

extension Metric where Self == PrecisionMetric {
    public static var precision: PrecisionMetric { PrecisionMetric() }
}
