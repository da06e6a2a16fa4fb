#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How the learning rate changes over a run: a factor on the optimizer's own rate, a function of the step alone.
public enum Schedule: Hashable, Sendable {
    case constant
    /// With W the steps of `warmupEpochs` and T those of the run: t/W for a step t below W, counted from 0, and from there
    /// final + (1 - final)·½(1 + cos(π(t - W)/(T - W))), which would be `final` one step beyond the last.
    ///
    /// Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts; Keras's `CosineDecay(0, T - W, alpha=final,
    /// warmup_target=rate, warmup_steps=W)`.
    case cosine(warmupEpochs: Double, final: Double)

    /// Why the schedule does not fit a run of so many epochs, or nil: the rest of a sentence that begins with the
    /// warm-up's key.
    public func problem(epochs: Int) -> String? {
        guard case .cosine(let warmup, _) = self, warmup > 0, warmup >= Double(epochs) else { return nil }
        let length = warmup == warmup.rounded() ? "\(Int(exactly: warmup) ?? .max)" : "\(warmup)"
        return
            "is \(length), but training.epochs is \(epochs), so the learning rate would rise to the end and never be "
            + "reached; make the warm-up shorter than the run"
    }

    /// - Parameters:
    ///   - step: counted from 0 over the run.
    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
        switch self {
        case .constant: return 1
        case .cosine(let warmupEpochs, let final):
            let warmup = warmupEpochs * Double(stepsPerEpoch)
            if Double(step) < warmup { return Double(step) / warmup }
            let length = Double(stepsPerEpoch) * Double(epochs) - warmup
            let progress = length > 0 ? min((Double(step) - warmup) / length, 1) : 1
            return final + (1 - final) * 0.5 * (1 + cos(Double.pi * progress))
        }
    }
}
