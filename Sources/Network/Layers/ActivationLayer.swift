public import Configuration
public import Kernels

/// The names of activations in configs, with Keras's defaults for their constants.
package enum ActivationName: String, CaseIterable, Sendable {
    case linear, relu
    case leakyRelu = "leaky_relu"
    case elu, gelu, sigmoid, tanh, softplus, swish, softmax

    /// The activation with Keras's constants: a negative slope of 0.2, an α of 1.
    package var activation: Activation {
        switch self {
        case .linear: .linear
        case .relu: .relu
        case .leakyRelu: .leakyRelu(0.2)
        case .elu: .elu(1)
        case .gelu: .gelu
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        case .softplus: .softplus
        case .swish: .swish
        case .softmax: .softmax
        }
    }

    package init(_ activation: Activation) {
        self =
            switch activation {
            case .linear: .linear
            case .relu: .relu
            case .leakyRelu: .leakyRelu
            case .elu: .elu
            case .gelu: .gelu
            case .sigmoid: .sigmoid
            case .tanh: .tanh
            case .softplus: .softplus
            case .swish: .swish
            case .softmax: .softmax
            }
    }

    /// The word that Keras writes.
    var keras: JSONNode { JSONNode(self == .swish ? "silu" : rawValue) }
}

/// An activation as a layer of its own.
///
/// In a config `{"type": "activation", "activation": "relu"}` or `{"type": "relu"}`. As a type, `leaky_relu` takes
/// `negative_slope` (default 0.3, as in Keras's layer) and `elu` takes `alpha` (default 1). As an `activation`, their
/// constants are those of Keras's functions: 0.2 and 1.
public struct ActivationLayer: Layer {
    public let activation: Activation

    public init(_ activation: Activation) { self.activation = activation }

    init(reading reader: ObjectReader) {
        activation = reader.choice("activation", default: ActivationName.linear).activation
        if !reader.has("activation") {
            reader.fail(
                "is missing; give one of \(ActivationName.allCases.map(\.rawValue).joined(separator: ", "))",
                key: "activation")
        }
    }

    init(reading reader: ObjectReader, as name: ActivationName) {
        switch name {
        case .leakyRelu: activation = .leakyRelu(Float(reader.number("negative_slope", .atLeast(0), default: 0.3)))
        case .elu: activation = .elu(Float(reader.number("alpha", .positive, default: 1)))
        default: activation = name.activation
        }
    }

    public var type: String { ActivationName(activation).rawValue }

    public var configuration: [JSONNode.Member] {
        switch activation {
        case .leakyRelu(let slope): [.init("negative_slope", decimal(slope))]
        case .elu(let alpha): [.init("alpha", decimal(alpha))]
        default: []
        }
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].graph.apply(ActivationOperator(activation), to: inputs, name: name)
    }

    public var keras: KerasLayer {
        switch activation {
        // Keras 2 and 3 have different words for the slope of a `LeakyReLU`, and the same one for that of a `ReLU`.
        case .leakyRelu: KerasLayer("ReLU", configuration)
        case .elu: KerasLayer("ELU", configuration)
        default: KerasLayer("Activation", [.init("activation", ActivationName(activation).keras)])
        }
    }
}

/// The number as a person wrote it: 0.1, not the float's 0.10000000149.
func decimal(_ value: Float) -> JSONNode { JSONNode(Double(value.description) ?? Double(value)) }
