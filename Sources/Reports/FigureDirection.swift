import Charts
import Metrics

/// Which way a figure of a run's table gets better.
enum FigureDirection {
    /// - Parameter name: of a column, such as `accuracy`, `digit_accuracy` of the output `digit`, or `loss`.
    /// - Returns: nil where neither way is better, as of the learning rate, or the figure isn't known.
    static func of(_ name: String) -> Finding.Direction? {
        if name == "loss" || name.hasSuffix("_loss") { return .lowest }
        // An output's name comes before the metric's.
        var rest = name[...]
        while true {
            if let metric = MetricRegistry.metric(named: String(rest)) {
                return metric.higherIsBetter ? .highest : .lowest
            }
            guard let line = rest.firstIndex(of: "_") else { return nil }
            rest = rest[rest.index(after: line)...]
        }
    }
}
