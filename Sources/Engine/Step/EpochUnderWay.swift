import Batches
import Kernels
import Metrics
import Network

/// What the workers share of an epoch while it runs.
///
/// `@unchecked Sendable`: the first worker alone writes, between two barriers or before the team starts; the others read
/// the chunk, the batch and whether the epoch is over, behind a barrier.
final class EpochUnderWay: @unchecked Sendable {
    let number: Int
    let steps: Int
    /// The number of steps that the run took before this epoch.
    let firstStep: Int
    /// The step of the epoch with which it begins.
    let firstIndex: Int
    /// The samples of the steps before it.
    let firstSamples: Int
    let hooks: EpochHooks
    let start = ContinuousClock.now

    var totals: EpochTotals
    var lastReport = ContinuousClock.now
    var chunk: Pace.Chunk
    /// What the step that comes next works on.
    var batch: Batch
    /// For each output, how many samples of the batch its loss is a mean of, one whose labels are ignored in part counting
    /// in part.
    let counted: AlignedMemory
    /// Why the epoch ends before its last step.
    var end: End?
    /// What is to be saved as soon as the parameters have been stepped.
    var position: EpochPosition?

    enum End {
        /// The step, within the epoch, whose loss or gradient was not finite.
        case diverged(step: Int, NotFinite)
        /// Somebody asked for it.
        case stopped
        /// The next batch can't be read.
        case failed(any Error)
    }

    enum NotFinite {
        case loss
        case gradient
        /// What a state parameter would become, as a running mean.
        case state
    }

    init(
        number: Int, steps: Int, firstStep: Int, batch: Batch, counted: AlignedMemory, totals: EpochTotals,
        hooks: EpochHooks, chunk: Pace.Chunk
    ) {
        self.number = number
        self.steps = steps
        self.firstStep = firstStep
        firstIndex = totals.steps
        firstSamples = totals.samples
        self.batch = batch
        self.counted = counted
        self.totals = totals
        self.hooks = hooks
        self.chunk = chunk
    }
}
