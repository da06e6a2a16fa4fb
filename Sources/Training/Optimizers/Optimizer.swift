/// How parameters follow their gradients g: the rule and its constants. p is a parameter, t counts steps from 1.
///
/// The arithmetic is Keras's, whose words configs use. A weight decay is decoupled from the gradient in every rule: p
/// first shrinks by rate·weightDecay·p (Loshchilov and Hutter, ICLR 2019). `Tests/Peers/keras_optimizers.py` compares.
public enum Optimizer: Hashable, Sendable {
    /// v ← momentum·v - rate·g;  p ← p + v, or with Nesterov p + momentum·v - rate·g.
    ///
    /// Sutskever et al., ICML 2013. The rate is in the velocity, so that under a schedule a step's share in it keeps the
    /// rate of its time; PyTorch applies the rate of the day to all of it.
    case sgd(learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0)

    /// m ← β₁m + (1-β₁)g;  v ← β₂v + (1-β₂)g²;  p ← p - rate·√(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε).
    ///
    /// Kingma and Ba, ICLR 2015, in the form at the end of their section 2: ε stands beside a root that is not corrected
    /// for its beginning at 0.
    case adam(
        learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        weightDecay: Double = 0)

    /// Adam under the name that it goes by with a weight decay, and with one to begin with.
    case adamW(
        learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        weightDecay: Double = 0.004)

    public var learningRate: Double {
        switch self {
        case .sgd(let rate, _, _, _), .adam(let rate, _, _, _, _), .adamW(let rate, _, _, _, _): rate
        }
    }

    /// The number of vectors of the parameters' length that it keeps: the velocity; the two moments.
    public var stateVectors: Int {
        switch self {
        case .sgd: 1
        case .adam, .adamW: 2
        }
    }
}
