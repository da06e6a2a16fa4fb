import Network

/// The sums of an epoch so far.
package struct EpochTotals: Sendable, Hashable {
    /// Those of one output.
    package struct Output: Sendable, Hashable {
        package var loss = 0.0
        /// The samples that the loss is a mean of: of each the share of its labels that are not ignored.
        package var counted = 0.0

        package init(loss: Double = 0, counted: Double = 0) { (self.loss, self.counted) = (loss, counted) }

        /// NaN where no sample counts.
        var mean: Double { counted > 0 ? loss / counted : .nan }
    }

    /// In the order of the model's outputs.
    package var outputs: [Output]
    /// Of the norms of the steps' gradients.
    package var norm = 0.0
    package var samples = 0
    package var steps = 0
    /// Steps that were dropped since they were not finite.
    package var skipped = 0

    package init(outputs: Int = 1) { self.outputs = Array(repeating: Output(), count: outputs) }
}

extension Objective {
    /// Σ weight · loss over the outputs of which some sample counts; NaN where none does.
    /// - Parameter losses: each output's mean; NaN where none of its samples counts.
    func total(of losses: some Sequence<Double>) -> Double {
        var (sum, isAny) = (0.0, false)
        for (output, loss) in zip(outputs, losses) where !loss.isNaN {
            sum += output.weight * loss
            isAny = true
        }
        return isAny ? sum : .nan
    }
}

/// Where training stands at a step's boundary: what it takes, beside the parameters and the optimizer's moments, to go
/// on as if nothing had happened.
package struct EpochPosition: Sendable, Hashable {
    /// Counted from 0.
    package let epoch: Int
    /// The number of steps taken since the start of the run.
    package let step: Int
    package var totals: EpochTotals
    /// The state of each shard's metrics, shard by shard those of each output.
    package let metrics: [[Double]]

    package init(epoch: Int, step: Int, totals: EpochTotals, metrics: [[Double]]) {
        self.epoch = epoch
        self.step = step
        self.totals = totals
        self.metrics = metrics
    }
}

/// What whoever trains wants to happen after a step.
package enum StepVerdict: Sendable {
    case `continue`
    /// The state is to be saved, and training to continue.
    case save
    /// The state is to be saved, and training to end here.
    case stop
}

/// What is told and asked while an epoch runs, on the first worker's thread.
package struct EpochHooks: Sendable {
    /// Told now and then.
    package var progress: (@Sendable (StepProgress) -> Void)?
    /// Asked after each step, with the number of steps taken since the start of the run.
    package var verdict: (@Sendable (_ step: Int) -> StepVerdict)?
    /// Told where a verdict wants the state saved; parameters and moments stand still until it returns.
    package var save: (@Sendable (EpochPosition) -> Void)?

    /// Told of what looks unhealthy, in a sentence.
    package var warning: (@Sendable (String) -> Void)?

    package init(
        progress: (@Sendable (StepProgress) -> Void)? = nil, verdict: (@Sendable (Int) -> StepVerdict)? = nil,
        save: (@Sendable (EpochPosition) -> Void)? = nil, warning: (@Sendable (String) -> Void)? = nil
    ) {
        self.progress = progress
        self.verdict = verdict
        self.save = save
        self.warning = warning
    }
}
