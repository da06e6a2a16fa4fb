public import Configuration
public import Kernels

/// Sparse categorical cross-entropy: mean over rows of -log p[t], where t is the row's label, an integer from 0. p is
/// the softmax of the logits.
///
/// It is `CategoricalCrossEntropy` for integer labels. Rows of the ignored label have neither loss nor gradient, and
/// the mean is over the other rows of the batch. Any other label that is not one of the classes makes the loss NaN.
/// Computed by `SparseCategoricalCrossEntropyKernel`.
public struct SparseCategoricalCrossEntropy: Loss, Hashable {
    public static let name = "sparse_categorical_crossentropy"

    /// Whether the last layer gives logits. If not, it must end with the activation `softmax`. The loss is computed
    /// from the logits in either case.
    public let fromLogits: Bool
    /// The label that stands for "no label"; nil for none. It need not be one of the classes.
    public let ignoredLabel: Int?

    /// The labels that may be ignored: labels are 32-bit integers.
    package static let labels = Int(Int32.min)...Int(Int32.max)

    public init(fromLogits: Bool = false, ignoring label: Int? = nil) {
        self.fromLogits = fromLogits
        ignoredLabel = label
    }

    public init(reading reader: ObjectReader) {
        fromLogits = reader.bool("from_logits", default: false)
        ignoredLabel = reader.optionalInteger("ignore_class", in: Self.labels)
    }

    public var configuration: [JSONNode.Member] {
        let ignored = ignoredLabel.map { [JSONNode.Member("ignore_class", JSONNode($0))] } ?? []
        return [.init("from_logits", JSONNode(fromLogits))] + ignored
    }

    public var activation: Activation? { .softmax }

    public func ignoring(_ label: Int) -> SparseCategoricalCrossEntropy? {
        SparseCategoricalCrossEntropy(fromLogits: fromLogits, ignoring: label)
    }

    public func targetForm(for prediction: Shape) -> TargetForm { .sparseLabels(classes: prediction.last) }

    public func problem(for prediction: Shape, layer: String) -> String? {
        if let label = ignoredLabel, !Self.labels.contains(label) {
            return "ignore_class must be from \(Self.labels.lowerBound) to \(Self.labels.upperBound), "
                + "the range of labels, but is \(label)"
        }
        return Self.problemOfClasses(prediction, layer)
    }

    /// Why predictions of a shape are not over classes.
    static func problemOfClasses(_ prediction: Shape, _ layer: String) -> String? {
        guard prediction.rank == 0 || prediction.last < 2 else { return nil }
        return "a categorical cross-entropy needs two classes or more, but \(layer) gives "
            + "\(prediction); use binary_crossentropy with a sigmoid"
    }

    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        SparseCategoricalCrossEntropyKernel(request, ignoring: ignoredLabel)
    }

    public var keras: KerasObject? {
        KerasObject(
            "SparseCategoricalCrossentropy",
            [
                "from_logits": JSONNode(fromLogits),
                "ignore_class": ignoredLabel.map { JSONNode($0) } ?? JSONNode(.null),
            ])
    }
}

extension Loss where Self == SparseCategoricalCrossEntropy {
    public static var sparseCategoricalCrossEntropy: SparseCategoricalCrossEntropy { SparseCategoricalCrossEntropy() }
    public static func sparseCategoricalCrossEntropy(
        fromLogits: Bool = false, ignoring label: Int? = nil
    ) -> SparseCategoricalCrossEntropy {
        SparseCategoricalCrossEntropy(fromLogits: fromLogits, ignoring: label)
    }
}
