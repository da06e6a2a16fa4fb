public import Configuration
import Foundation

/// A linear warm-up, and from there half a cosine down to a share of the rate.
///
/// With W the steps of `warmupEpochs` and T those of the run: t/W for a step t below W, counted from 0, and from there
/// final + (1 - final)·½(1 + cos(π(t - W)/(T - W))), which would be `final` one step beyond the last.
///
/// Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts; Keras's `CosineDecay(0, T - W, alpha=final,
/// warmup_target=rate, warmup_steps=W)`.
public struct CosineSchedule: Schedule, Hashable {
    public static let name = "cosine"

    public var warmupEpochs: Double
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

    /// A run that ends within its warm-up is one to try things with. As in Keras it is no mistake.
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
