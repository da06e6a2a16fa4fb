public import Configuration
import Kernels

/// y = γ·x̂ + β with x̂ = (x - μ) / √(σ² + ε): each channel by its mean and its biased variance over the mini-batch.
///
/// In training μ and σ² are those of the **whole** mini-batch, in how many shards it may be divided, and their gradient is
/// passed on; with `scope` `shard` they are those of each shard. In evaluation and prediction, and where the layer is frozen,
/// the moving averages stand in their place: m ← momentum·m + (1 - momentum)·μ after each step, and so the variance.
/// Ioffe and Szegedy, "Batch normalization", ICML 2015.
///
/// Shapes: x and y (…, c); γ, β, moving_mean and moving_variance (c).
public struct BatchNormalization: Layer {
    /// Over which samples the statistics of training are.
    public enum Scope: String, CaseIterable, Sendable { case batch, shard }

    public let momentum: Double
    public let epsilon: Double
    /// Whether there is a β.
    public let center: Bool
    /// Whether there is a γ.
    public let scale: Bool
    public let scope: Scope
    public let betaInitializer: Initializer
    public let gammaInitializer: Initializer

    public init(
        momentum: Double = 0.99, epsilon: Double = 1e-3, center: Bool = true, scale: Bool = true,
        scope: Scope = .batch, betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones
    ) {
        (self.momentum, self.epsilon, self.center, self.scale) = (momentum, epsilon, center, scale)
        (self.scope, self.betaInitializer, self.gammaInitializer) = (scope, betaInitializer, gammaInitializer)
    }

    init(reading reader: ObjectReader) {
        momentum = reader.number("momentum", .between(0, 1), default: 0.99)
        epsilon = reader.number("epsilon", .positive, default: 1e-3)
        center = reader.bool("center", default: true)
        scale = reader.bool("scale", default: true)
        scope = reader.choice("scope", default: .batch)
        betaInitializer = reader.initializer("beta_initializer", default: .zeros)
        gammaInitializer = reader.initializer("gamma_initializer", default: .ones)
    }

    public var type: String { "batch_normalization" }
    public var hasParameters: Bool { true }

    public var configuration: [JSONNode.Member] {
        [
            .init("momentum", JSONNode(momentum)), .init("epsilon", JSONNode(epsilon)),
            .init("center", JSONNode(center)), .init("scale", JSONNode(scale)),
            .init("scope", JSONNode(scope.rawValue)), .init("beta_initializer", betaInitializer.configuration),
            .init("gamma_initializer", gammaInitializer.configuration),
        ]
    }

    public func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let graph = inputs[0].graph
        guard inputs[0].type.shape.rank > 0 else {
            throw GraphError("batch_normalization: takes a vector or an image, but was given a single number")
        }
        guard (0...1).contains(momentum), epsilon > 0 else {
            throw GraphError("batch_normalization: momentum must be from 0 to 1 and epsilon above 0")
        }
        let shape = Shape([inputs[0].type.shape.last])
        func parameter(_ own: String, _ initializer: Initializer, _ role: ParameterRole = .trained) -> Variable {
            graph.parameter(shape, initializer, name: "\(name)/\(own)", role: role, kind: .normalization)
        }
        var sources = inputs
        if scale { sources.append(parameter("gamma", gammaInitializer)) }
        if center { sources.append(parameter("beta", betaInitializer)) }
        sources += [
            parameter("moving_mean", .zeros, .state), parameter("moving_variance", .ones, .state),
        ]
        return try graph.apply(
            BatchNormalizationOperator(
                momentum: momentum, epsilon: epsilon, hasScale: scale, hasOffset: center, isByShard: scope == .shard,
                isFrozen: graph.scope.isFrozen),
            to: sources, name: name)
    }

    public var keras: KerasLayer {
        KerasLayer(
            "BatchNormalization",
            [
                .init("momentum", JSONNode(momentum)), .init("epsilon", JSONNode(epsilon)),
                .init("center", JSONNode(center)), .init("scale", JSONNode(scale)),
            ])
    }
}
