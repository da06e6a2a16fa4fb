import Configuration
public import Network

/// Root mean squared error: √(mean (p - t)²) over all elements of all rows, as in Keras, in the unit of the targets.
public struct RMSEMetric: PlainMetric {
    public static let names = ["rmse", "root_mean_squared_error"]

    public init() {}

    public var displayName: String { "RMSE" }
    public var higherIsBetter: Bool { false }
    public var range: ClosedRange<Double> { 0 ... .infinity }
    public func keras(_ layout: MetricLayout) -> KerasObject? {
        KerasObject("RootMeanSquaredError", ["name": JSONNode(name)])
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfRegression(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needErrors() }

    public func value(of counts: MetricCounts) -> Double { counts.errors?.rootMeanSquaredError ?? .nan }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        counts.measured?.squaredError
    }

    /// By the bootstrap.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        counts.measured?.bootstrap { totals in
            let sum = totals.columns.reduce(0) { $0 + $1.squared }
            return (sum / (totals.rows * Double(totals.columns.count))).squareRoot()
        }
    }
}

extension Metric where Self == RMSEMetric {
    public static var rootMeanSquaredError: RMSEMetric { RMSEMetric() }
}
