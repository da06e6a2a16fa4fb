public import Configuration
import Kernels

/// Adam: each parameter's step is a running mean of its gradient, divided by the root of a running mean of its square.
///
/// m ← β₁m + (1-β₁)g;  v ← β₂v + (1-β₂)g²;  p ← (1 - rate·weightDecay)·p - rate·√(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε).
/// Steps t count from 1. The optimizer keeps m and v, two vectors of the parameters' length.
///
/// Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, in the form at the end of section 2, as in
/// Keras: ε is added to √v before the bias correction. PyTorch adds it to the corrected root. A weight decay is
/// decoupled from the gradient, as in `AdamW`.
public struct Adam: Optimizer, Hashable {
    public static let name = "adam"
    public static let hasWeightDecay = true

    public var learningRate: Double
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double
    public var weightDecay: Double

    public init(
        learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        weightDecay: Double = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public init(reading reader: ObjectReader) { self.init(reading: reader, weightDecay: 0) }

    /// - Parameter fallback: the weight decay where none is given.
    init(reading reader: ObjectReader, weightDecay fallback: Double) {
        self.init()
        let unit = NumberBounds.between(0, 1, includingUpper: false)
        learningRate = reader.number("learning_rate", .positive, default: learningRate)
        beta1 = reader.number("beta_1", unit, default: beta1)
        beta2 = reader.number("beta_2", unit, default: beta2)
        epsilon = reader.number("epsilon", .positive, default: epsilon)
        weightDecay = reader.number("weight_decay", .atLeast(0), default: fallback)
    }

    public var configuration: [JSONNode.Member] {
        [
            .init(key: "learning_rate", value: JSONNode(learningRate)), .init(key: "beta_1", value: JSONNode(beta1)),
            .init(key: "beta_2", value: JSONNode(beta2)), .init(key: "epsilon", value: JSONNode(epsilon)),
            .init(key: "weight_decay", value: JSONNode(weightDecay)),
        ]
    }

    public var stateVectors: Int { 2 }

    public func step(_ block: OptimizerBlock) {
        let correction = (1 - power(beta2, block.step)).squareRoot() / (1 - power(beta1, block.step))
        VectorLoops.adam(
            block.parameters, mean: block.state(0), variance: block.state(1), gradient: block.gradient,
            count: block.count, scale: block.gradientScale, rest1: Float(1 - beta1), rest2: Float(1 - beta2),
            step: Float(block.rate * correction), epsilon: Float(epsilon), shrink: block.shrink)
    }

    /// By repeated squaring: the same bits on every system, which a library's pow does not promise.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}

extension Optimizer where Self == Adam {
    public static func adam(
        learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        weightDecay: Double = 0
    ) -> Adam {
        Adam(learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    }
}
