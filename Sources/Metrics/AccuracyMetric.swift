public import Network

/// The share of rows whose greatest prediction is the true class (of equal ones the first counts, as in NumPy); for binary
/// outputs the share of outputs on the right side of the threshold, as in Keras.
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
