import Configuration
public import Network

/// Mean absolute error: mean │p - t│ over all elements of all rows, as in Keras, in the unit of the targets.
public struct MAEMetric: PlainMetric {
    public static let names = ["mae", "mean_absolute_error"]

    public init() {}

    public var displayName: String { "MAE" }
    public var higherIsBetter: Bool { false }
    public var range: ClosedRange<Double> { 0 ... .infinity }
    public func keras(_ layout: MetricLayout) -> KerasObject? {
        KerasObject("MeanAbsoluteError", ["name": JSONNode(name)])
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfRegression(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needErrors() }

    public func value(of counts: MetricCounts) -> Double { counts.errors?.meanAbsoluteError ?? .nan }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        counts.measured?.absoluteError
    }

    /// By the bootstrap.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        counts.measured?.bootstrap { totals in
            totals.columns.reduce(0) { $0 + $1.absolute } / (totals.rows * Double(totals.columns.count))
        }
    }
}

extension Metric where Self == MAEMetric {
    public static var meanAbsoluteError: MAEMetric { MAEMetric() }
}
