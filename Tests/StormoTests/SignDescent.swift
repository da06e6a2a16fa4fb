import Configuration
import Optimizers

/// `sign_descent`: p ← p - rate·sign(g), with a count of its steps beside. Defined by public interfaces alone, as a
/// program's own would be.
struct SignDescent: Optimizer {
    static let name = "test_sign_descent"
    let learningRate: Double

    init(reading reader: ObjectReader) { learningRate = reader.number("learning_rate", .positive, default: 0.001) }

    var configuration: [JSONNode.Member] { [.init(key: "learning_rate", value: JSONNode(learningRate))] }
    var stateVectors: Int { 1 }

    func step(_ block: OptimizerBlock) {
        for index in 0..<block.count {
            let gradient = block.gradient[index]
            if gradient != 0 { block.parameters[index] -= (gradient > 0 ? 1 : -1) * Float(block.rate) }
            block.state(0)[index] += 1
        }
    }

    /// Registers it, and the schedule, once for all tests.
    static let isRegistered: Bool = {
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
struct Halving: Schedule {
    static let name = "test_halving"
    init(reading reader: ObjectReader) {}
    func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
        (0..<step / stepsPerEpoch).reduce(1) { factor, _ in factor / 2 }
    }
}
