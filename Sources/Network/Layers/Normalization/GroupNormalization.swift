public import Configuration
import Kernels

/// y = γ·x̂ + β with x̂ = (x - μ) / √(σ² + ε): groups of neighbouring channels of each sample by their own mean and biased
/// variance over all positions. With one group it is a layer normalisation of the whole sample, with as many groups as
/// channels an instance normalisation. Wu and He, "Group normalization", ECCV 2018.
///
/// Shapes: x and y (…, c); γ and β (c).
public struct GroupNormalization: Layer {
    /// -1 for one of each channel.
    public let groups: Int
    public let epsilon: Double
    /// Whether there is a β.
    public let center: Bool
    /// Whether there is a γ.
    public let scale: Bool
    public let betaInitializer: Initializer
    public let gammaInitializer: Initializer

    public init(
        groups: Int = 32, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
        betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones
    ) {
        (self.groups, self.epsilon, self.center, self.scale) = (groups, epsilon, center, scale)
        (self.betaInitializer, self.gammaInitializer) = (betaInitializer, gammaInitializer)
    }

    init(reading reader: ObjectReader) {
        groups = reader.integer("groups", in: (-1)..., default: 32)
        if groups == 0 { reader.fail("must be 1 or more, or -1 for one of each channel", key: "groups") }
        epsilon = reader.number("epsilon", .positive, default: 1e-3)
        center = reader.bool("center", default: true)
        scale = reader.bool("scale", default: true)
        betaInitializer = reader.initializer("beta_initializer", default: .zeros)
        gammaInitializer = reader.initializer("gamma_initializer", default: .ones)
    }

    public var type: String { "group_normalization" }
    public var hasParameters: Bool { center || scale }

    public var configuration: [JSONNode.Member] {
        [
            .init("groups", JSONNode(groups)), .init("epsilon", JSONNode(epsilon)), .init("center", JSONNode(center)),
            .init("scale", JSONNode(scale)), .init("beta_initializer", betaInitializer.configuration),
            .init("gamma_initializer", gammaInitializer.configuration),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let (graph, type) = (inputs[0].graph, inputs[0].type)
        guard type.shape.rank > 0 else {
            throw GraphError("group_normalization: takes a vector or an image, but was given a single number")
        }
        guard epsilon > 0 else {
            throw GraphError("group_normalization: epsilon must be above 0, but is \(epsilon)")
        }
        let channels = type.shape.last
        let count = groups == -1 ? channels : groups
        guard count > 0, channels % count == 0 else {
            throw GraphError(
                "group_normalization: \(channels) channels can't be divided into \(count) equal groups; "
                    + "say groups, such as \((1...min(channels, 32)).last { channels % $0 == 0 } ?? 1)")
        }
        let parameters = [("gamma", scale ? gammaInitializer : nil), ("beta", center ? betaInitializer : nil)]
        return try graph.apply(
            GroupNormalizationOperator(groups: count, epsilon: epsilon, hasScale: scale, hasOffset: center),
            to: inputs
                + parameters.compactMap { own, initializer in
                    initializer.map {
                        graph.parameter([channels], $0, name: "\(name)/\(own)", kind: .normalization)
                    }
                }, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "GroupNormalization",
            [
                .init("groups", JSONNode(groups)), .init("axis", -1), .init("epsilon", JSONNode(epsilon)),
                .init("center", JSONNode(center)), .init("scale", JSONNode(scale)),
            ])
    }
}
