public import Configuration
public import Kernels

/// y = f(x·W + b) over the last dimension.
///
/// Shapes: x (…, n), W (n, units), b (units), y (…, units). W is filled by `kernelInitializer`, glorot_uniform
/// unless given; b by `biasInitializer`, zeros unless given.
public struct Dense: Layer {
    public let units: Int
    public let activation: Activation
    public let useBias: Bool
    public let kernelInitializer: Initializer
    public let biasInitializer: Initializer

    public init(
        _ units: Int, activation: Activation = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
    ) {
        self.units = units
        self.activation = activation
        self.useBias = useBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
    }

    init(reading reader: ObjectReader) {
        units = reader.requiredInteger("units", in: 1...) ?? 1
        activation = reader.choice("activation", default: ActivationName.linear).activation
        useBias = reader.bool("use_bias", default: true)
        kernelInitializer = reader.initializer("kernel_initializer", default: .glorotUniform)
        biasInitializer = reader.initializer("bias_initializer", default: .zeros)
    }

    public var type: String { "dense" }
    public var hasParameters: Bool { true }

    public var configuration: [JSONNode.Member] {
        [
            .init("units", JSONNode(units)), .init("activation", JSONNode(ActivationName(activation).rawValue)),
            .init("use_bias", JSONNode(useBias)), .init("kernel_initializer", kernelInitializer.configuration),
            .init("bias_initializer", biasInitializer.configuration),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let (x, graph) = (inputs[0], inputs[0].graph)
        guard x.type.shape.rank > 0, x.type.shape.last > 0 else {
            throw GraphError("dense: takes a vector, but was given \(x.type.shape)")
        }
        guard units > 0 else { throw GraphError("dense: units must be 1 or more, but is \(units)") }
        let kernel = graph.parameter([x.type.shape.last, units], kernelInitializer, name: "\(name)/kernel")
        let bias = useBias ? [graph.parameter([units], biasInitializer, name: "\(name)/bias", kind: .bias)] : []
        let y = try graph.apply(DenseOperator(), to: [x, kernel] + bias, name: name)
        return try y.activated(activation, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "Dense",
            [
                .init("units", JSONNode(units)), .init("activation", ActivationName(activation).keras),
                .init("use_bias", JSONNode(useBias)),
            ])
    }
}

extension Variable {
    /// The activation of a layer's result, under the layer's name.
    func activated(_ activation: Activation, name: String) throws(GraphError) -> Variable {
        // The file formats have a word for the activation of a layer, but no place for its constant.
        guard activation == ActivationName(activation).activation else {
            throw GraphError(
                "the activation \(activation) of a layer has Keras's own constant, "
                    + "\(ActivationName(activation).activation); for another one add an ActivationLayer")
        }
        return activation == .linear ? self : try graph.apply(ActivationOperator(activation), to: [self], name: name)
    }
}
