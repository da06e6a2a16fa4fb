public import Configuration
import Kernels

// Layers that normalise each sample's last axes by themselves: three statistics of one operator.

/// y = γ·x̂ + β with x̂ = (x - μ) / √(σ² + ε): each sample by its own mean and biased variance over the last axes.
/// Ba, Kiros and Hinton, "Layer normalization", arXiv 1607.06450.
///
/// Shapes: x and y (…, a, b); γ and β have those of the axes, (b) unless `axes` is more than 1.
public struct LayerNormalization: Layer {
    /// How many of the last axes are normalised together.
    public let axes: Int
    public let epsilon: Double
    /// Whether there is a β.
    public let center: Bool
    /// Whether there is a γ.
    public let scale: Bool
    public let betaInitializer: Initializer
    public let gammaInitializer: Initializer

    public init(
        axes: Int = 1, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
        betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones
    ) {
        (self.axes, self.epsilon, self.center, self.scale) = (axes, epsilon, center, scale)
        (self.betaInitializer, self.gammaInitializer) = (betaInitializer, gammaInitializer)
    }

    init(reading reader: ObjectReader) {
        axes = reader.lastAxes("axis")
        epsilon = reader.number("epsilon", .positive, default: 1e-3)
        center = reader.bool("center", default: true)
        scale = reader.bool("scale", default: true)
        betaInitializer = reader.initializer("beta_initializer", default: .zeros)
        gammaInitializer = reader.initializer("gamma_initializer", default: .ones)
    }

    public var type: String { "layer_normalization" }
    public var hasParameters: Bool { center || scale }

    public var configuration: [JSONNode.Member] {
        [
            .init("axis", lastAxes(axes)), .init("epsilon", JSONNode(epsilon)), .init("center", JSONNode(center)),
            .init("scale", JSONNode(scale)), .init("beta_initializer", betaInitializer.configuration),
            .init("gamma_initializer", gammaInitializer.configuration),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].normalizedByRow(
            type, .standard, axes: axes, epsilon: epsilon, scale: scale ? gammaInitializer : nil,
            offset: center ? betaInitializer : nil, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "LayerNormalization",
            [
                .init("axis", lastAxes(axes)), .init("epsilon", JSONNode(epsilon)), .init("center", JSONNode(center)),
                .init("scale", JSONNode(scale)),
            ])
    }
}

/// y = γ·x / √(mean x² + ε) over the last axes. Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019.
/// Keras has it from 3.9 on.
///
/// Shapes: x and y (…, a, b); γ, which Keras calls scale, has those of the axes.
public struct RMSNormalization: Layer {
    /// How many of the last axes are normalised together.
    public let axes: Int
    public let epsilon: Double

    public init(axes: Int = 1, epsilon: Double = 1e-6) { (self.axes, self.epsilon) = (axes, epsilon) }

    init(reading reader: ObjectReader) {
        axes = reader.lastAxes("axis")
        epsilon = reader.number("epsilon", .positive, default: 1e-6)
    }

    public var type: String { "rms_normalization" }
    public var hasParameters: Bool { true }
    public var configuration: [JSONNode.Member] {
        [.init("axis", lastAxes(axes)), .init("epsilon", JSONNode(epsilon))]
    }
    public var keras: KerasLayer { KerasLayer("RMSNormalization", configuration) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].normalizedByRow(
            type, .rootMeanSquare, axes: axes, epsilon: epsilon, scale: .ones, offset: nil, scaleName: "scale",
            name: name)
    }
}

/// y = x / ‖x‖ over the last axes; a vector shorter than 1e-6 is divided by that.
///
/// Shapes: x and y (…, a, b).
public struct UnitNormalization: Layer {
    /// How many of the last axes make the vector.
    public let axes: Int

    public init(axes: Int = 1) { self.axes = axes }
    init(reading reader: ObjectReader) { axes = reader.lastAxes("axis") }

    public var type: String { "unit_normalization" }
    public var configuration: [JSONNode.Member] { [.init("axis", lastAxes(axes))] }
    public var keras: KerasLayer { KerasLayer("UnitNormalization", configuration) }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        try inputs[0].normalizedByRow(type, .length, axes: axes, epsilon: 1e-12, scale: nil, offset: nil, name: name)
    }
}

/// The last axes as a config and Keras name them: -1, or [-2, -1].
private func lastAxes(_ count: Int) -> JSONNode {
    count == 1 ? -1 : JSONNode((-count ... -1).map { JSONNode($0) })
}

extension ObjectReader {
    /// -1, the default, or a list of the last axes such as [-2, -1].
    /// - Returns: how many they are.
    fileprivate func lastAxes(_ key: String) -> Int {
        if node(key)?.asInteger != nil {
            guard integer(key, default: -1) != -1 else { return 1 }
        } else {
            guard let axes = integers(key) else { return 1 }
            if !axes.isEmpty, axes.sorted() == Array(-axes.count ... -1) { return axes.count }
        }
        fail("must be -1, or a list of the last axes, such as [-2, -1]; other axes are not normalised", key: key)
        return 1
    }
}

extension Variable {
    /// - Parameters:
    ///   - type: the layer's, for messages.
    ///   - scale: fills γ; nil for none.
    ///   - offset: fills β; nil for none.
    ///   - scaleName: what Keras calls γ.
    fileprivate func normalizedByRow(
        _ type: String, _ statistic: RowStatistic, axes: Int, epsilon: Double, scale: Initializer?,
        offset: Initializer?, scaleName: String = "gamma", name: String
    ) throws(GraphError) -> Variable {
        let shape = self.type.shape
        guard (1...max(shape.rank, 1)).contains(axes), shape.rank > 0 else {
            throw GraphError("\(type): a tensor of \(shape) does not have the \(axes) axes that are to be normalised")
        }
        guard epsilon > 0 else { throw GraphError("\(type): epsilon must be above 0, but is \(epsilon)") }
        let own = Shape(Array(shape.dimensions.suffix(axes)))
        let parameters = [(scaleName, scale), ("beta", offset)].compactMap { own, initializer in
            initializer.map { (own, $0) }
        }
        return try graph.apply(
            RowNormalizationOperator(
                statistic: statistic, axes: axes, epsilon: epsilon, hasScale: scale != nil, hasOffset: offset != nil),
            to: [self]
                + parameters.map { graph.parameter(own, $1, name: "\(name)/\($0)", kind: .normalization) },
            name: name)
    }
}
