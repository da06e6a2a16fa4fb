/// What the targets of a dataset look like beside the predictions.
public enum TargetForm: Sendable, Hashable {
    /// One class index per row, as a whole number from 0 to `classes` − 1; a prediction row has `classes` values.
    case sparseLabels(classes: Int)
    /// `classes` values per row, the greatest of which marks the true class; a prediction row has as many.
    case oneHot(classes: Int)
    /// `outputs` independent yes-or-no values per row, 0 or 1 (above ½ is yes); a prediction row has as many.
    case binary(outputs: Int)
    /// `outputs` real values per row; a prediction row has as many.
    case values(outputs: Int)

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
    package var classes: Int? {
        switch self {
        case .sparseLabels(let classes), .oneHot(let classes): classes
        case .binary, .values: nil
        }
    }

    /// A sentence that says why no metric can be taken on this form, or nil.
    package var problem: String? {
        if let classes, classes < 2 {
            return "Class targets need at least 2 classes, and there \(classes == 1 ? "is 1" : "are \(classes)"); "
                + "give the last layer one unit per class, or use a binary loss."
        }
        if predictionWidth < 1 {
            return "Metrics need at least 1 output, and there are \(predictionWidth)."
        }
        return nil
    }
}

extension MetricKind {
    /// A sentence that says why this metric does not fit targets of the given form and what fits, or nil if it does.
    public func problem(with form: TargetForm) -> String? {
        if let problem = form.problem { return problem }
        switch self {
        case .accuracy, .precision, .recall, .f1, .rocAUC:
            if case .values = form {
                return "The metric \"\(name)\" needs class or binary targets, and these are regression values; "
                    + "use \"mae\", \"rmse\" or \"r2\"."
            }
        case .topK(let k):
            guard let classes = form.classes else {
                var targets = "binary outputs"
                if case .values = form { targets = "regression values" }
                return "The metric \"\(name)\" needs class targets, and these are \(targets)."
            }
            if k < 1 {
                return "The metric \"\(name)\" needs a K of at least 1."
            }
            if k >= classes {
                return "The metric \"\(name)\" would always be 1 with \(classes) classes; "
                    + "use a K from 1 to \(classes - 1)."
            }
        case .meanAbsoluteError, .rootMeanSquaredError, .r2:
            guard case .values = form else {
                return "The metric \"\(name)\" needs regression values, and these are "
                    + (form.classes == nil ? "binary" : "class") + " targets; use \"accuracy\", \"f1\" or \"roc_auc\"."
            }
        }
        return nil
    }
}

/// How predictions and targets lie in memory, and how a binary prediction is read.
public struct MetricLayout: Sendable, Hashable {
    /// What targets look like.
    public var form: TargetForm
    /// The number of rows that each sample has: 1, or positions of a sequence or pixels of a mask.
    public var rowsPerSample: Int
    /// Whether predictions come before the sigmoid or softmax. A binary output then says yes above 0 instead of ½,
    /// and ROC AUC compares classes by their softmax.
    public var predictionsAreLogits: Bool
    /// The sparse label whose rows are left out of all metrics, if there is one. It need not be one of the classes.
    public var ignoredLabel: Int?

    public init(
        form: TargetForm, rowsPerSample: Int = 1, predictionsAreLogits: Bool = false, ignoredLabel: Int? = nil
    ) {
        self.form = form
        self.rowsPerSample = rowsPerSample
        self.predictionsAreLogits = predictionsAreLogits
        self.ignoredLabel = ignoredLabel
    }

    /// The ignored label as targets hold it; NaN, which equals no label, where none is ignored.
    package var ignored: Float {
        guard case .sparseLabels = form, let ignoredLabel else { return .nan }
        return Float(ignoredLabel)
    }
}
