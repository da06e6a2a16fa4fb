/// How the gradient of a mini-batch is clipped before the optimizer's step, in one way at most.
///
/// Keys and meaning are Keras's. A gradient within the limit stays the same to the bit.
public enum GradientClipping: Hashable, Sendable {
    case none
    /// `clipvalue`: g ← min(max(g, -limit), limit) for each element.
    case value(Double)
    /// `clipnorm`: g ← g·limit / max(‖g‖, limit), with the Euclidean norm of each parameter tensor's own gradient.
    case norm(Double)
    /// `global_clipnorm`: the same with the Euclidean norm of the gradient of all parameters together, whose direction
    /// is kept.
    ///
    /// Pascanu et al., "On the difficulty of training recurrent neural networks", ICML 2013.
    case globalNorm(Double)

    /// Whether the norm of all of something must be known before any of it can be stepped.
    package var needsNorm: Bool {
        switch self {
        case .none, .value: false
        case .norm, .globalNorm: true
        }
    }

    /// Whether each tensor has a scale of its own.
    package var isByTensor: Bool { if case .norm = self { true } else { false } }

    /// What a gradient of this norm is multiplied by; 1 for kinds that do not go by norms.
    package func scale(norm: Double) -> Float {
        switch self {
        case .none, .value: 1
        case .norm(let limit), .globalNorm(let limit): Float(limit / max(norm, limit))
        }
    }
}
