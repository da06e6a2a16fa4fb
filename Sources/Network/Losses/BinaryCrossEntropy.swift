public import Configuration
public import Kernels

/// Binary cross-entropy: mean of -t log p - (1 - t) log(1 - p), for independent binary outputs. p is the sigmoid of the
/// logits, t is 0 or 1.
///
/// It is the negative log-likelihood of the targets: Good, "Rational decisions", 1952. Computed by
/// `BinaryCrossEntropyKernel`.
public struct BinaryCrossEntropy: Loss, Hashable {
    public static let name = "binary_crossentropy"

    /// Whether the last layer gives logits. If not, it must end with the activation `sigmoid`. The loss is computed
    /// from the logits in either case.
    public let fromLogits: Bool

    public init(fromLogits: Bool = false) { self.fromLogits = fromLogits }

    public init(reading reader: ObjectReader) { fromLogits = reader.bool("from_logits", default: false) }

    public var configuration: [JSONNode.Member] { [.init("from_logits", JSONNode(fromLogits))] }

    public var activation: Activation? { .sigmoid }

    public func targetForm(for prediction: Shape) -> TargetForm { .binary(outputs: prediction.last) }

    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        BinaryCrossEntropyKernel(request)
    }

    public var keras: KerasObject? { KerasObject("BinaryCrossentropy", ["from_logits": JSONNode(fromLogits)]) }
}

extension Loss where Self == BinaryCrossEntropy {
    public static var binaryCrossEntropy: BinaryCrossEntropy { BinaryCrossEntropy() }
    public static func binaryCrossEntropy(fromLogits: Bool) -> BinaryCrossEntropy {
        BinaryCrossEntropy(fromLogits: fromLogits)
    }
}
