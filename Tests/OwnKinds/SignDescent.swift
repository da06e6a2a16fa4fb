import Stormo

/// `sign_descent`: p ← p - rate·sign(g), with a count of its steps beside. Defined by public interfaces alone, as a
/// program's own would be.
public struct SignDescent: Optimizer {
    public static let name = "test_sign_descent"
    public let learningRate: Double

    public init(reading reader: ObjectReader) {
        learningRate = reader.number("learning_rate", .positive, default: 0.001)
    }

    public var configuration: [JSONNode.Member] { [.init(key: "learning_rate", value: JSONNode(learningRate))] }
    public var stateVectors: Int { 1 }

    public func step(_ block: OptimizerBlock) {
        for index in 0..<block.count {
            let gradient = block.gradient[index]
            if gradient != 0 { block.parameters[index] -= (gradient > 0 ? 1 : -1) * Float(block.rate) }
            block.state(0)[index] += 1
        }
    }

    /// Registers it, and the schedule, once for all tests.
    public static let isRegistered: Bool = {
        do {
            try OptimizerRegistry.kinds.register(Self.self, as: name)
            try ScheduleRegistry.kinds.register(Halving.self, as: Halving.name)
            return true
        } catch {
            return false
        }
    }()
}

/// A factor of ½ to the power of the epochs that are done.
public struct Halving: Schedule {
    public static let name = "test_halving"
    public init(reading reader: ObjectReader) {}
    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
        (0..<step / stepsPerEpoch).reduce(1) { factor, _ in factor / 2 }
    }
}
