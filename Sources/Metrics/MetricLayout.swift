public import Network

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

    package init(
        form: TargetForm, rowsPerSample: Int = 1, predictionsAreLogits: Bool = false, ignoredLabel: Int? = nil
    ) {
        self.form = form
        self.rowsPerSample = rowsPerSample
        self.predictionsAreLogits = predictionsAreLogits
        self.ignoredLabel = ignoredLabel
    }

    /// The ignored label; `Int.min`, which no label is, where none is ignored.
    package var ignored: Int {
        guard case .sparseLabels = form, let ignoredLabel else { return .min }
        return ignoredLabel
    }
}

extension TargetForm {
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
