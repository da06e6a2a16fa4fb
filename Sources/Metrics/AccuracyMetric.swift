public import Network

/// Accuracy: the share of correct predictions, from 0 to 1.
///
/// For classes, the share of rows whose greatest prediction is that of the true class; of equal predictions the first
/// counts, as in NumPy's `argmax`. For binary outputs, the share of all outputs of all rows on the right side of the
/// threshold, as in Keras: a probability above ½, or a logit above 0, predicts 1.
public struct AccuracyMetric: PlainMetric {
    public static let names = ["accuracy"]

    public init() {}

    public var higherIsBetter: Bool { true }
    public var kerasName: String? { "accuracy" }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needAccuracy() }

    public func value(of counts: MetricCounts) -> Double {
        counts.labels?.hitRate(depth: 1) ?? counts.binary?.accuracy ?? .nan
    }
}

extension Metric where Self == AccuracyMetric {
    public static var accuracy: AccuracyMetric { AccuracyMetric() }
}
