public import Configuration
import Foundation

/// The metrics that a config may name. A kind is a line here, and a file.
public enum MetricRegistry {
    /// `top_5_accuracy` stands for every K; the last ones are long spellings.
    public static let kinds = Registry<any Metric.Type>("metric", usualNames + longNames)

    private static let usualNames: [(String, any Metric.Type)] = builtIn.map { ($0.names[0], $0) }
    private static let longNames: [(String, any Metric.Type)] = builtIn.flatMap { kind in
        kind.names.dropFirst().map { ($0, kind) }
    }

    private static let builtIn: [any Metric.Type] = [
        AccuracyMetric.self,
        TopKAccuracyMetric.self,
        PrecisionMetric.self,
        RecallMetric.self,
        F1Metric.self,
        ROCAUCMetric.self,
        MAEMetric.self,
        RMSEMetric.self,
        R2Metric.self,
    ]

    /// The metric that a config calls `name`; nil where there is none.
    public static func metric(named name: String) -> (any Metric)? {
        if let metric = kinds[name]?.init(name: name) { return metric }
        // A name may hold a number.
        return kinds.names.lazy.compactMap { kinds[$0]?.init(name: name) }.first
    }

    /// Makes a kind known under all of its names.
    /// - Throws: `RegistryError` where one is taken.
    public static func register(_ kind: any Metric.Type) throws(RegistryError) {
        for name in kind.names { try kinds.register(kind, as: name) }
    }
}

/// Figures as tables show them.
package enum MetricText {
    /// Four decimals, or `n/a` for NaN, which says that the value is not defined.
    package static func format(_ value: Double) -> String {
        value.isNaN ? "n/a" : String(format: "%.4f", value)
    }
}
