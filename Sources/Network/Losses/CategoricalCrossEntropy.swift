public import Configuration
public import Kernels

/// Categorical cross-entropy: mean over rows of -Σ t log p, for targets t that are distributions over classes, such as
/// one-hot ones. p is the softmax of the logits.
///
/// Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990. Computed by
/// `CategoricalCrossEntropyKernel`.
public struct CategoricalCrossEntropy: Loss, Hashable {
    public static let name = "categorical_crossentropy"

    /// Whether the last layer gives logits. If not, it must end with the activation `softmax`. The loss is computed
    /// from the logits in either case.
    public let fromLogits: Bool

    public init(fromLogits: Bool = false) { self.fromLogits = fromLogits }

    public init(reading reader: ObjectReader) { fromLogits = reader.bool("from_logits", default: false) }

    public var configuration: [JSONNode.Member] { [.init("from_logits", JSONNode(fromLogits))] }

    public var activation: Activation? { .softmax }

    public func targetForm(for prediction: Shape) -> TargetForm { .oneHot(classes: prediction.last) }

    public func problem(for prediction: Shape, layer: String) -> String? {
        SparseCategoricalCrossEntropy.problemOfClasses(prediction, layer)
    }

    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        CategoricalCrossEntropyKernel(request)
    }

    public var keras: KerasObject? { KerasObject("CategoricalCrossentropy", ["from_logits": JSONNode(fromLogits)]) }
}

extension Loss where Self == CategoricalCrossEntropy {
    public static var categoricalCrossEntropy: CategoricalCrossEntropy { CategoricalCrossEntropy() }
    public static func categoricalCrossEntropy(fromLogits: Bool) -> CategoricalCrossEntropy {
        CategoricalCrossEntropy(fromLogits: fromLogits)
    }
}
