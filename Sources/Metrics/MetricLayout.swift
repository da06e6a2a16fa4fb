import Foundation
public import Network

/// How the predictions and targets of a metric are laid out, and how to read them.
public struct MetricLayout: Sendable, Hashable {
    /// The form of the targets, and with it the width of a row of predictions.
    public var form: TargetForm
    /// The number of rows in each sample: 1, the positions of a sequence, or the pixels of a mask.
    public var rowsPerSample: Int
    /// Whether predictions are logits, from before the sigmoid or softmax. The threshold of a binary output is then 0
    /// instead of ½, and ROC AUC compares classes by their softmax.
    public var predictionsAreLogits: Bool
    /// The probability above which each binary output predicts 1; nil for ½.
    public var thresholds: [Double]?
    /// The sparse label whose rows are left out of all metrics; nil for none. It need not be one of the classes.
    public var ignoredLabel: Int?

    package init(
        form: TargetForm, rowsPerSample: Int = 1, predictionsAreLogits: Bool = false, ignoredLabel: Int? = nil
    ) {
        self.form = form
        self.rowsPerSample = rowsPerSample
        self.predictionsAreLogits = predictionsAreLogits
        self.ignoredLabel = ignoredLabel
    }

    /// What each binary output is compared with: a probability, or its logit where the predictions are logits.
    package var comparisons: [Float] {
        (0..<form.predictionWidth).map { output in
            guard let threshold = thresholds?[output] else { return predictionsAreLogits ? 0 : 0.5 }
            return Float(predictionsAreLogits ? log(threshold / (1 - threshold)) : threshold)
        }
    }

    /// The probability that all binary outputs are compared with, as Keras's metrics take one; nil where they differ, and
    /// for logits, which these don't take.
    var kerasThreshold: Double? {
        guard !predictionsAreLogits, Set(thresholds ?? []).count <= 1 else { return nil }
        return thresholds?.first ?? 0.5
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
