public import Kernels

/// The form of a loss's targets. A row of predictions is a vector along the last dimension, and has a row of targets.
public enum TargetForm: Sendable, Hashable {
    /// One class index per row, as an integer from 0 to `classes` − 1; a prediction row has `classes` values.
    case sparseLabels(classes: Int)
    /// `classes` values per row, a distribution over classes; a prediction row has as many. Metrics take the greatest
    /// value as the true class.
    case oneHot(classes: Int)
    /// `outputs` independent values per row, each 0 or 1; a prediction row has as many. To metrics, above ½ is 1.
    case binary(outputs: Int)
    /// `outputs` real values per row; a prediction row has as many.
    case values(outputs: Int)

    /// The element type of the targets as the loss takes them: int32 for sparse labels, else float32.
    public var element: ElementType { if case .sparseLabels = self { .int32 } else { .float32 } }

    /// The number of values in a row of predictions: classes or outputs.
    public var predictionWidth: Int {
        switch self {
        case .sparseLabels(let width), .oneHot(let width), .binary(let width), .values(let width): width
        }
    }

    /// The number of values in a row of targets.
    public var targetWidth: Int {
        if case .sparseLabels = self { 1 } else { predictionWidth }
    }

    /// The number of classes of which a row has exactly one; nil for binary outputs and real values.
    public var classes: Int? {
        switch self {
        case .sparseLabels(let classes), .oneHot(let classes): classes
        case .binary, .values: nil
        }
    }

    /// Whether targets are real values, rather than classes or binary values.
    public var isOfValues: Bool { if case .values = self { true } else { false } }
}
