/// How a gradient that is too large is made smaller before the optimizer sees it. At most one kind at a time.
///
/// The words of configs, and what they mean, are Keras's. A gradient that is within its limit stays as it is, to the
/// bit.
public enum GradientClipping: Hashable, Sendable {
    case none
    /// `clipvalue`: each element to ±limit.
    case value(Double)
    /// `clipnorm`: g ← g·limit / max(‖g‖, limit), with the Euclidean norm of each parameter tensor by itself.
    case norm(Double)
    /// `global_clipnorm`: the same with the norm of the whole gradient, so that its direction stays.
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
