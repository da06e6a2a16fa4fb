#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How the learning rate changes over a run: a factor on the optimizer's own rate, a function of the step alone.
public enum Schedule: Hashable, Sendable {
    case constant
    /// Rises from 0 over `warmupEpochs`, then falls along half a cosine to `final` of the rate at the last step.
    ///
    /// Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts.
    case cosine(warmupEpochs: Double, final: Double)

    /// - Parameters:
    ///   - step: counted from 0 over the run.
    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
        switch self {
        case .constant: return 1
        case .cosine(let warmupEpochs, let final):
            let warmup = warmupEpochs * Double(stepsPerEpoch)
            if Double(step) < warmup { return Double(step + 1) / (warmup + 1) }
            let length = max(Double(stepsPerEpoch) * Double(epochs) - 1 - warmup, 1)
            let progress = min((Double(step) - warmup) / length, 1)
            return final + (1 - final) * 0.5 * (1 + cos(Double.pi * progress))
        }
    }
}
