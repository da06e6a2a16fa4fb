import Configuration
public import Network

/// Accuracy: the share of correct predictions, from 0 to 1.
///
/// For classes, the share of rows whose greatest prediction is that of the true class; of equal predictions the first
/// counts, as in NumPy's `argmax`. For binary outputs, the share of all outputs of all rows on the right side of the
/// threshold, as in Keras: a probability above it (½ unless the model has another, see ``ThresholdRule``), or a logit above
/// that of it, predicts 1.
public struct AccuracyMetric: PlainMetric {
    public static let names = ["accuracy"]

    public init() {}

    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { 0...1 }

    /// Which one Keras would take for the word `accuracy` depends on shapes, and several binary outputs it takes for classes.
    public func keras(_ layout: MetricLayout) -> KerasObject? {
        switch layout.form {
        case .sparseLabels: KerasObject("SparseCategoricalAccuracy", ["name": JSONNode(name)])
        case .oneHot: KerasObject("CategoricalAccuracy", ["name": JSONNode(name)])
        case .binary:
            layout.kerasThreshold.map {
                KerasObject("BinaryAccuracy", ["name": JSONNode(name), "threshold": JSONNode($0)])
            }
        case .values: nil
        }
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needAccuracy() }

    public func value(of counts: MetricCounts) -> Double {
        counts.labels?.hitRate(depth: 1) ?? counts.binary?.accuracy ?? .nan
    }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        guard let rows = counts.measured else { return nil }
        if let share = rows.share(ofCommonest: 1) { return .init(.commonestClass, share) }
        return rows.shareOfCommonestLabels.map {
            .init(rows.supports.count > 1 ? .commonestLabels : .commonestClass, $0)
        }
    }

    /// Wilson's; where a sample has several answers, by the bootstrap over samples.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        guard let rows = counts.measured, rows.rows > 0 else { return nil }
        if rows.hasSeveralAnswers { return rows.bootstrap { $0.right / $0.rows } }
        return .wilson(share: value(of: counts), of: rows.rows)
    }
}

extension Metric where Self == AccuracyMetric {
    public static var accuracy: AccuracyMetric { AccuracyMetric() }
}
