public import Configuration
import Foundation

/// The metrics that a config may name. Each kind is one file, and one line here.
public enum MetricRegistry {
    /// The kinds of metrics by name: first the usual names, then the long ones, such as `mean_absolute_error`. The name
    /// `top_5_accuracy` stands for those of every K.
    public static let kinds = Registry<any Metric.Type>("metric", usualNames + longNames, synonyms: synonyms)

    private static let synonyms: [String: [String]] = [
        "auc": ["roc_auc"], "auroc": ["roc_auc"], "roc": ["roc_auc"], "rocauc": ["roc_auc"],
        "f1_score": ["f1"], "f1score": ["f1"], "f_score": ["f1"], "f_measure": ["f1"],
        "acc": ["accuracy"], "binary_accuracy": ["accuracy"], "categorical_accuracy": ["accuracy"],
        "sparse_categorical_accuracy": ["accuracy"], "top_k_accuracy": ["top_5_accuracy"],
        "mse": ["rmse"], "mean_squared_error": ["rmse"], "root_mean_squared_error": ["rmse"],
        "r2_score": ["r2"], "r2score": ["r2"], "r_squared": ["r2"],
    ]

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

    /// The metric with this name in a config, such as `f1` or `top_3_accuracy`; nil where there is none.
    public static func metric(named name: String) -> (any Metric)? {
        if let metric = kinds[name]?.init(name: name) { return metric }
        // A name may hold a number.
        return kinds.names.lazy.compactMap { kinds[$0]?.init(name: name) }.first
    }

    /// Registers a kind under all of its names. Do so before configs that name it are read.
    /// - Throws: `RegistryError` for the first name that is taken; the names before it are then registered.
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
