public import Configuration
import Kernels

/// Stochastic gradient descent, optionally with momentum.
///
/// v ← momentum·v - rate·g;  p ← (1 - rate·weightDecay)·p + v. With Nesterov momentum v is updated in the same way, and
/// then p ← (1 - rate·weightDecay)·p + momentum·v - rate·g. The optimizer keeps v, one vector of the parameters'
/// length; with momentum 0 it is not used, and stays 0.
///
/// Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013. As in Keras, v
/// includes the learning rate. When a schedule changes the rate, past gradients in v keep the rate of their own step.
/// PyTorch multiplies all of v by the current rate.
public struct SGD: Optimizer, Hashable {
    public static let name = "sgd"
    public static let hasWeightDecay = true

    public var learningRate: Double
    public var momentum: Double
    public var nesterov: Bool
    public var weightDecay: Double

    public init(learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
    }

    public init(reading reader: ObjectReader) {
        self.init()
        momentum = reader.number("momentum", .between(0, 1, includingUpper: false), default: momentum)
        nesterov = reader.bool("nesterov", default: nesterov)
        if nesterov && momentum == 0 {
            reader.fail("needs a momentum above 0, such as \"momentum\": 0.9", key: "nesterov")
        }
        learningRate = reader.number("learning_rate", .positive, default: learningRate)
        weightDecay = reader.number("weight_decay", .atLeast(0), default: weightDecay)
    }

    public var configuration: [JSONNode.Member] {
        [
            .init(key: "learning_rate", value: JSONNode(learningRate)),
            .init(key: "momentum", value: JSONNode(momentum)), .init(key: "nesterov", value: JSONNode(nesterov)),
            .init(key: "weight_decay", value: JSONNode(weightDecay)),
        ]
    }

    public var stateVectors: Int { 1 }

    public func step(_ block: OptimizerBlock) {
        VectorLoops.sgd(
            block.parameters, velocity: block.state(0), gradient: block.gradient, count: block.count,
            scale: block.gradientScale, rate: Float(block.rate), momentum: Float(momentum), shrink: block.shrink,
            nesterov: nesterov)
    }
}

extension Optimizer where Self == SGD {
    public static func sgd(
        learningRate: Double, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0
    ) -> SGD {
        SGD(learningRate: learningRate, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
    }
}
