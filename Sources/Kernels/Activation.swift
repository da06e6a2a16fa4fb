internal import COneDNN
internal import CVector

/// An activation function f, applied to each element, or for `softmax` to each row along the last dimension.
///
/// | name | f(x) |
/// |---|---|
/// | linear | x |
/// | relu | max(x, 0) |
/// | leakyRelu(α) | x if x > 0, else αx |
/// | elu(α) | x if x > 0, else α(eˣ - 1) |
/// | gelu | x·Φ(x), with Φ(x) = ½(1 + erf(x/√2)), not its tanh approximation |
/// | sigmoid | 1 / (1 + e⁻ˣ) |
/// | tanh | tanh x |
/// | softplus | log(1 + eˣ) |
/// | swish | x·sigmoid(x) |
/// | softmax | eˣ / Σ eˣ over the last dimension |
public enum Activation: Hashable, Sendable {
    case linear
    case relu
    case leakyRelu(Float)
    case elu(Float)
    case gelu
    case sigmoid
    case tanh
    case softplus
    case swish
    case softmax

    /// Whether the derivative follows from the value f(x) alone, so that x need not be kept.
    package var derivativeFollowsFromValue: Bool { loop != nil }

    /// Whether max(f(x), f(y)) is f(max(x, y)), to the bit.
    package var commutesWithMaximum: Bool {
        switch self {
        case .linear, .relu: true
        case .leakyRelu(let slope): slope >= 0
        case .elu, .gelu, .sigmoid, .tanh, .softplus, .swish, .softmax: false
        }
    }

    /// The code of the vector loop that has its derivative. With a negative α the value does not tell on which side
    /// of 0 x is.
    var loop: (kind: Int32, alpha: Float)? {
        switch self {
        case .leakyRelu(let alpha) where alpha < 0: nil
        case .elu(let alpha) where alpha < 0: nil
        case .linear: (Int32(STORMO_LINEAR), 0)
        case .relu: (Int32(STORMO_RELU), 0)
        case .leakyRelu(let alpha): (Int32(STORMO_LEAKY_RELU), alpha)
        case .elu(let alpha): (Int32(STORMO_ELU), alpha)
        case .sigmoid: (Int32(STORMO_SIGMOID), 0)
        case .tanh: (Int32(STORMO_TANH), 0)
        case .gelu, .softplus, .swish, .softmax: nil
        }
    }

    /// The library's function and its parameter. Where a release of the library takes none, as 2.x for softplus, it
    /// passes over the one that is given.
    var algorithm: (dnnl_alg_kind_t, Float) {
        switch self {
        case .linear: (dnnl_eltwise_linear, 1)
        case .relu: (dnnl_eltwise_relu, 0)
        case .leakyRelu(let alpha): (dnnl_eltwise_relu, alpha)
        case .elu(let alpha): (dnnl_eltwise_elu, alpha)
        case .gelu: (dnnl_eltwise_gelu_erf, 0)
        case .sigmoid: (dnnl_eltwise_logistic, 0)
        case .tanh: (dnnl_eltwise_tanh, 0)
        case .softplus: (dnnl_eltwise_soft_relu, 1)
        case .swish: (dnnl_eltwise_swish, 1)
        case .softmax: (dnnl_softmax_accurate, 0)
        }
    }
}
