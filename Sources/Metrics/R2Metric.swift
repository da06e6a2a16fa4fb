import Configuration
public import Network

/// R², the coefficient of determination: 1 − Σ(p - t)² / Σ(t - mean t)² for each output, then the unweighted mean over
/// outputs, as in scikit-learn.
///
/// An output whose targets are all equal counts as 1 if it is predicted perfectly, else as 0. With fewer than two rows
/// the value is NaN.
public struct R2Metric: PlainMetric {
    public static let names = ["r2"]

    public init() {}

    public var displayName: String { "R²" }
    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { -.infinity...1 }
    public var undefinedReason: String { ", since it needs two samples or more" }

    public func keras(_ layout: MetricLayout) -> KerasObject? {
        // Keras's takes one row a sample.
        layout.rowsPerSample == 1
            ? KerasObject("R2Score", ["name": JSONNode(name), "class_aggregation": "uniform_average"]) : nil
    }

    public func misfit(_ form: TargetForm) -> String? { misfitOfRegression(form) }
    public func need(_ needs: inout MetricNeeds) { needs.needErrors(variance: true) }

    public func value(of counts: MetricCounts) -> Double { counts.errors?.r2 ?? .nan }

    public func baseline(of counts: MetricCounts) -> MeasuredFigure.Baseline? {
        value(of: counts).isNaN ? nil : counts.measured?.r2
    }

    /// By the bootstrap, in which an output whose targets are all equal counts as it does in the value.
    public func interval(of counts: MetricCounts) -> ConfidenceInterval? {
        guard let rows = counts.measured, rows.rows > 1 else { return nil }
        return rows.bootstrap { totals in
            let scores = totals.columns.map { column -> Double in
                column.deviation > 0 ? 1 - column.squared / column.deviation : column.squared == 0 ? 1 : 0
            }
            return scores.reduce(0, +) / Double(scores.count)
        }
    }
}

extension Metric where Self == R2Metric {
    public static var r2: R2Metric { R2Metric() }
}
