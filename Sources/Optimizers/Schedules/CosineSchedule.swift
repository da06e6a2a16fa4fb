public import Configuration
import Foundation

/// A linear warm-up from 0, then a cosine decay to `final`, over the whole run.
///
/// The factor at step t, counted from 0, is t/W for t < W, and then final + (1 - final)·½(1 + cos(π(t - W)/(T - W))),
/// with W the number of steps in `warmupEpochs` and T that of the run. The factor would reach `final` at t = T, one
/// step after the last.
///
/// Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts. The same as Keras's `CosineDecay(0, T - W, alpha=final,
/// warmup_target=rate, warmup_steps=W)`.
public struct CosineSchedule: Schedule, Hashable {
    public static let name = "cosine"

    /// The length of the warm-up in epochs; 0 for none. It need not be whole.
    public var warmupEpochs: Double
    /// The factor on the learning rate at the end of the run, from 0 to 1.
    public var final: Double

    public init(warmupEpochs: Double = 0, final: Double = 0) {
        self.warmupEpochs = warmupEpochs
        self.final = final
    }

    public init(reading reader: ObjectReader) {
        warmupEpochs = reader.number("warmup_epochs", .atLeast(0), default: 0)
        final = reader.number("final", .between(0, 1), default: 0)
    }

    public var configuration: [JSONNode.Member] {
        [.init(key: "warmup_epochs", value: JSONNode(warmupEpochs)), .init(key: "final", value: JSONNode(final))]
    }

    /// A warning where the run ends within its warm-up. It is no error, as in Keras, since quick tries often do.
    public func warning(epochs: Int) -> ScheduleWarning? {
        guard warmupEpochs > 0, warmupEpochs >= Double(epochs) else { return nil }
        let length =
            warmupEpochs == warmupEpochs.rounded() ? "\(Int(exactly: warmupEpochs) ?? .max)" : "\(warmupEpochs)"
        return ScheduleWarning(
            key: "warmup_epochs",
            message:
                "is \(length), and training.epochs \(epochs): the learning rate rises to the end of the run and never "
                + "reaches its full value; make the warm-up shorter, or 0 for a quick try, or train longer")
    }

    /// Keras counts a warm-up in whole steps.
    public func keras(learningRate: Double, stepsPerEpoch: Int, epochs: Int) -> JSONNode? {
        let (warmup, steps) = (warmupEpochs * Double(stepsPerEpoch), stepsPerEpoch * epochs)
        guard let warmup = Int(exactly: warmup), warmup < steps else { return JSONNode?.none }
        var configuration: JSONNode = [
            "initial_learning_rate": JSONNode(warmup > 0 ? 0 : learningRate), "decay_steps": JSONNode(steps - warmup),
            "alpha": JSONNode(final), "name": "CosineDecay", "warmup_steps": JSONNode(warmup),
        ]
        if warmup > 0 { configuration["warmup_target"] = JSONNode(learningRate) }
        return [
            "module": "keras.optimizers.schedules", "class_name": "CosineDecay", "config": configuration,
            "registered_name": .init(.null),
        ]
    }

    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
        let warmup = warmupEpochs * Double(stepsPerEpoch)
        if Double(step) < warmup { return Double(step) / warmup }
        let length = Double(stepsPerEpoch) * Double(epochs) - warmup
        let progress = length > 0 ? min((Double(step) - warmup) / length, 1) : 1
        return final + (1 - final) * 0.5 * (1 + cos(Double.pi * progress))
    }
}

extension Schedule where Self == CosineSchedule {
    public static func cosine(warmupEpochs: Double, final: Double) -> CosineSchedule {
        CosineSchedule(warmupEpochs: warmupEpochs, final: final)
    }
}
