import Configuration
public import Network

/// Precision, TP / (TP + FP): of the rows predicted as a class, the share that belongs to it.
///
/// For one binary output, the precision of the positive class. Otherwise the unweighted mean over classes or outputs,
/// as scikit-learn's `average="macro"`. Where the denominator is 0, the value is 0. A class that occurs neither among
/// the targets nor among the predictions is left out of the mean.
public struct PrecisionMetric: PlainMetric {
    public static let names = ["precision"]

    public init() {}

    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { 0...1 }

    /// Keras's pools several outputs, and knows no classes.
    public func keras(_ layout: MetricLayout) -> KerasObject? {
        guard layout.form == .binary(outputs: 1) else { return nil }
        return layout.kerasThreshold.map {
            KerasObject("Precision", ["name": JSONNode(name), "thresholds": JSONNode($0)])
        }
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfClassifier(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needConfusion() }

    public func value(of counts: MetricCounts) -> Double {
        counts.confusion?.macroPrecision ?? counts.binary?.mean { $0.precision(of: 1) } ?? .nan
    }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        counts.measured?.baseline(macro: \.macroPrecision) { $0.precision(of: 1) }
    }

    /// Wilson's, of the rows that are predicted as the class; of several classes or rows see `MeasuredRows.interval`.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        counts.measured?.interval(counts, factor: 1, { $0.precision(of: $1) }) { matrix, label in
            .wilson(matrix[label, label], of: matrix.predictions(of: label))
        }
    }
}

extension Metric where Self == PrecisionMetric {
    public static var precision: PrecisionMetric { PrecisionMetric() }
}
