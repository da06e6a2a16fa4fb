/// How parameters follow their gradients g: the rule and its constants. p is a parameter, t counts steps from 1.
public enum Optimizer: Hashable, Sendable {
    /// d = g + weightDecay·p;  v ← momentum·v + d;  p ← p - rate·v, or with Nesterov p - rate·(d + momentum·v).
    ///
    /// Sutskever et al., ICML 2013, in PyTorch's form.
    case sgd(learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0)

    /// d = g + weightDecay·p;  m ← β₁m + (1-β₁)d;  v ← β₂v + (1-β₂)d²;
    /// p ← p - rate·m̂ / (√v̂ + ε), with m̂ = m / (1-β₁ᵗ) and v̂ = v / (1-β₂ᵗ).
    ///
    /// Kingma and Ba, ICLR 2015. With `decoupled`, the decay is AdamW's instead: d = g, and p first shrinks by
    /// rate·weightDecay·p; Loshchilov and Hutter, ICLR 2019.
    case adam(
        learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
        weightDecay: Double = 0, decoupled: Bool = false)

    public var learningRate: Double {
        switch self {
        case .sgd(let rate, _, _, _): rate
        case .adam(let rate, _, _, _, _, _): rate
        }
    }

    /// The number of vectors of the parameters' length that it keeps: the velocity; the two moments.
    public var stateVectors: Int {
        switch self {
        case .sgd: 1
        case .adam: 2
        }
    }
}
