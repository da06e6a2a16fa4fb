import Machine

/// A step whose loss is far beyond the usual.
package struct LossSpike: Sendable, Equatable, CustomStringConvertible {
    /// Counted from 0.
    package let epoch: Int
    /// Within the epoch, from 0.
    package let step: Int
    package let loss: Double
    /// The running mean of the steps before.
    package let usual: Double

    package var description: String {
        "the loss of step \(step + 1) in epoch \(epoch + 1) leapt to \(NumberText.rough(loss)), where \(NumberText.rough(usual)) is "
            + "usual; if it does not come down again, try a smaller learning_rate or \"global_clipnorm\": 1 in the "
            + "optimizer, or look for a wrong row in the training data"
    }
}

/// Watches the loss of each step for spikes, at the cost of a few operations.
///
/// Keeps a running mean and variance of the loss, with weights that fade over some 50 steps. After a warm-up, a loss
/// is a spike if it is above `factor` times the mean, above the mean by `deviations` times the deviation, and above
/// `share` of what the run began with: near the end the loss of a batch with one hard sample is many times the usual,
/// and harmless.
package struct LossSpikeWatch: Sendable, Equatable {
    package static let warmUp = 20.0
    static let factor = 3.0
    static let deviations = 10.0
    package static let share = 0.5
    private static let weight = 0.02

    private var count = 0.0
    private var mean = 0.0
    private var variance = 0.0
    /// The mean over the warm-up.
    private var start = 0.0
    /// The most samples that a step had.
    private var samples = 0.0
    private var lastSpike = -1.0

    package init() {}

    /// Goes on where another left off.
    /// - Parameter state: another's `state`; nil comes back for what can't be one.
    package init?(state: [Double]) {
        guard state.count == 6, state.allSatisfy(\.isFinite) else { return nil }
        (count, mean, variance, start, samples, lastSpike) = (
            state[0], state[1], state[2], state[3], state[4], state[5]
        )
    }

    /// What must be kept to go on.
    package var state: [Double] { [count, mean, variance, start, samples, lastSpike] }

    /// Takes a step's loss in. One that is not finite is left alone, being an error of its own.
    /// - Parameters:
    ///   - loss: the mean over the batch.
    ///   - samples: the size of the batch. A smaller one than usual, as at an epoch's end, may deviate more.
    /// - Returns: the spike that it is; at most one in an epoch.
    package mutating func note(loss: Double, samples: Int, epoch: Int, step: Int) -> LossSpike? {
        guard loss.isFinite else { return nil }
        self.samples = max(self.samples, Double(samples))
        var loss = loss
        var spike: LossSpike?
        if count >= Self.warmUp {
            let spread = (variance * self.samples / Double(max(samples, 1))).squareRoot()
            let limit = max(mean + Self.deviations * spread, Self.factor * mean, Self.share * start)
            if loss > limit {
                if lastSpike != Double(epoch) {
                    spike = LossSpike(epoch: epoch, step: step, loss: loss, usual: mean)
                    lastSpike = Double(epoch)
                }
                // One outlier must not hide the next, and a new level is to become usual by and by.
                loss = limit
            }
        }
        count += 1
        let weight = max(1 / count, Self.weight)
        let difference = loss - mean
        mean += weight * difference
        variance = (1 - weight) * (variance + weight * difference * difference)
        if count <= Self.warmUp { start = mean }
        return spike
    }
}
