public import Kernels

/// What the targets of a loss look like beside its predictions.
public enum TargetForm: Sendable, Hashable {
    /// One class index per row, as an integer from 0 to `classes` − 1; a prediction row has `classes` values.
    case sparseLabels(classes: Int)
    /// `classes` values per row, the greatest of which marks the true class; a prediction row has as many.
    case oneHot(classes: Int)
    /// `outputs` independent yes-or-no values per row, 0 or 1 (above ½ is yes); a prediction row has as many.
    case binary(outputs: Int)
    /// `outputs` real values per row; a prediction row has as many.
    case values(outputs: Int)

    /// The type in which the targets reach the loss: labels are integers.
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

    /// Whether targets are real values, rather than classes or answers to a question.
    public var isOfValues: Bool { if case .values = self { true } else { false } }
}
