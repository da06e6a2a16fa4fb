import Charts
import Metrics

/// Which way a figure of a run's table gets better, and how far it can.
package enum FigureDirection {
    /// What its values can be; nil where any, or the figure isn't known.
    static func range(of name: String) -> ClosedRange<Double>? { metric(in: name)?.range }

    /// - Parameter name: of a column, such as `accuracy`, `digit_accuracy` of the output `digit`, or `loss`.
    /// - Returns: nil where neither way is better, as of the learning rate, or the figure isn't known.
    package static func of(_ name: String) -> Finding.Direction? {
        if name == "loss" || name.hasSuffix("_loss") { return .lowest }
        return metric(in: name).map { $0.higherIsBetter ? .highest : .lowest }
    }

    private static func metric(in name: String) -> (any Metric)? {
        // An output's name comes before the metric's.
        var rest = name[...]
        while true {
            if let metric = MetricRegistry.metric(named: String(rest)) { return metric }
            guard let line = rest.firstIndex(of: "_") else { return nil }
            rest = rest[rest.index(after: line)...]
        }
    }
}
