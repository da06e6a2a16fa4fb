import Foundation

/// A figure that tells how good a model's predictions are. It is reported, and never trained on.
///
/// What each means depends on the form of the targets (``TargetForm``):
/// - ``accuracy``: the share of rows whose greatest prediction is the true class (of equal ones the first counts, as
///   in NumPy); for binary outputs the share of outputs on the right side of the threshold, as in Keras.
/// - ``topK(_:)``: the share of rows whose true class is among the `k` greatest predictions; of equal predictions
///   those of lower class come first.
/// - ``precision``, ``recall``, ``f1``: for one binary output those of the positive class; otherwise the unweighted
///   mean over classes or outputs, scikit-learn's `average="macro"`. A quotient whose denominator is zero counts as
///   0, and a class that occurs neither among the targets nor among the predictions is left out of the mean.
/// - ``rocAUC``: the exact area under the ROC curve, equal scores counted half; the unweighted mean of one class
///   against the rest, or over outputs (scikit-learn's `multi_class="ovr", average="macro"`). It is NaN where a class
///   or an output lacks positive or negative rows.
/// - ``meanAbsoluteError``, ``rootMeanSquaredError``: over all values of all outputs together, as in Keras, in the
///   unit of the targets.
/// - ``r2``: 1 − residual sum of squares / total sum of squares, per output, then the unweighted mean, as in
///   scikit-learn. An output whose targets are all equal counts 1 if predicted perfectly, else 0; fewer than two rows
///   give NaN.
///
/// To a classifier's metrics a row of predictions that holds a NaN is wrong; a regression's metrics become NaN.
public enum MetricKind: Sendable, Hashable {
    case accuracy
    /// With the number of greatest predictions that count.
    case topK(Int)
    case precision
    case recall
    case f1
    case rocAUC
    case meanAbsoluteError
    case rootMeanSquaredError
    case r2

    /// The metric that a config calls `name`: one of ``knownNames``, or `top_K_accuracy` with any whole K from 1 up.
    public init?(name: String) {
        switch name {
        case "accuracy": self = .accuracy
        case "precision": self = .precision
        case "recall": self = .recall
        case "f1": self = .f1
        case "roc_auc": self = .rocAUC
        case "mae", "mean_absolute_error": self = .meanAbsoluteError
        case "rmse", "root_mean_squared_error": self = .rootMeanSquaredError
        case "r2": self = .r2
        default:
            let prefix = "top_"
            let suffix = "_accuracy"
            guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count > prefix.count + suffix.count else {
                return nil
            }
            // Only the plain spelling of a number, so that a metric has one name: neither "+5" nor "05".
            let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
            guard let k = Int(digits), k >= 1, String(k) == digits else { return nil }
            self = .topK(k)
        }
    }

    /// The name in configs, in `metrics.csv` and in `monitor`.
    public var name: String {
        switch self {
        case .accuracy: "accuracy"
        case .topK(let k): "top_\(k)_accuracy"
        case .precision: "precision"
        case .recall: "recall"
        case .f1: "f1"
        case .rocAUC: "roc_auc"
        case .meanAbsoluteError: "mae"
        case .rootMeanSquaredError: "rmse"
        case .r2: "r2"
        }
    }

    /// The names a config may use, `top_5_accuracy` standing for every K; the last two are long spellings.
    public static let knownNames = [
        "accuracy", "top_5_accuracy", "precision", "recall", "f1", "roc_auc", "mae", "rmse", "r2",
        "mean_absolute_error", "root_mean_squared_error",
    ]

    /// The name for a person, in tables and progress lines.
    public var displayName: String {
        switch self {
        case .topK(let k): "top-\(k) accuracy"
        case .f1: "F1"
        case .rocAUC: "ROC AUC"
        case .meanAbsoluteError: "MAE"
        case .rootMeanSquaredError: "RMSE"
        case .r2: "R²"
        case .accuracy, .precision, .recall: name
        }
    }

    /// Whether a greater value is a better one; early stopping goes by it.
    public var higherIsBetter: Bool {
        switch self {
        case .meanAbsoluteError, .rootMeanSquaredError: false
        case .accuracy, .topK, .precision, .recall, .f1, .rocAUC, .r2: true
        }
    }

    /// A value as tables show it: four decimals, or `n/a` for NaN, which says that the value is not defined.
    public static func format(_ value: Double) -> String {
        value.isNaN ? "n/a" : String(format: "%.4f", value)
    }
}
