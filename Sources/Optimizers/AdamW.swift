public import Configuration

/// Adam with decoupled weight decay: p ← p - rate·weightDecay·p, then the step of `Adam`.
///
/// `Adam` with the same `weightDecay` does the same. Only the default differs: 0.004 here, as in Keras, and 0 there.
///
/// Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
public struct AdamW: Optimizer, Hashable {
    public static let name = "adamw"
    public static let hasWeightDecay = true
    /// The weight decay unless another is given.
    public static let usualDecay = 0.004

    public let adam: Adam

    public init(
        learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        weightDecay: Double = AdamW.usualDecay
    ) {
        adam = Adam(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    }

    public init(reading reader: ObjectReader) { adam = Adam(reading: reader, weightDecay: Self.usualDecay) }

    public var configuration: [JSONNode.Member] { adam.configuration }
    public var learningRate: Double { adam.learningRate }
    public var weightDecay: Double { adam.weightDecay }
    public var stateVectors: Int { adam.stateVectors }
    public func step(_ block: OptimizerBlock) { adam.step(block) }
}

extension Optimizer where Self == AdamW {
    public static func adamW(
        learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        weightDecay: Double = AdamW.usualDecay
    ) -> AdamW {
        AdamW(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    }
}
