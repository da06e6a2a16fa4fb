import Configuration
import Metrics

/// Where a run that is gone on with stands to early stopping, whose patience, or the number of epochs, may be others now.
///
/// Patience changes nothing of the epochs before it runs out. So a run that goes on with a larger one is, to the bit, the run
/// that had it from the start. Where early stopping had ended a run and only the number of epochs is another, as where Keras's
/// `fit` is called once more, patience begins anew: the epochs are those of a run with more patience, and the best epoch is
/// the best of all.
struct ResumedStopping {
    /// What is to be said of it; nil where nothing is.
    let remark: RunRemark?
    /// Whether early stopping has ended the run, so that no epoch is left.
    let isOver: Bool

    /// - Parameters:
    ///   - stopping: as the run goes on with it.
    ///   - state: where the run stands; where it is made longer, the epoch from which patience counts is set.
    ///   - epochs: that it is to have now, and those that it was to have when it was saved.
    /// - Throws: `StoppedBefore` for a patience with which the run would have ended earlier than it stands now.
    init(
        _ stopping: EarlyStopping, _ state: inout TrainingState, figures: [any Figure], epochs: (now: Int, before: Int?)
    ) throws(StoppedBefore) {
        let done = state.history.count
        var rule = StoppingRule(stopping, figures: figures, waitsFrom: state.waitsFrom)
        let end = rule.end(of: state.history)
        if let end, end < done || state.position != nil {
            throw StoppedBefore(patience: stopping.patience, end: end, epoch: state.begunEpochs)
        }
        guard end != nil, done < epochs.now else {
            (remark, isOver) = (nil, end != nil)
            return
        }
        guard let before = epochs.before, before != epochs.now else {
            isOver = true
            remark = .warning(
                "early stopping had ended the run after epoch \(done), so no further epoch is trained; for more, say so by a larger "
                    + "training.early_stopping.patience, or by another training.epochs, with which patience begins anew")
            return
        }
        state.waitsFrom = done
        isOver = false
        remark = .note(
            "early stopping had ended the run after epoch \(done); since training.epochs was \(before) and is \(epochs.now), it goes "
                + "on, and training.early_stopping.patience begins anew")
    }
}

/// A run would have ended before the epoch that it stands in.
struct StoppedBefore: Error {
    let patience: Int
    let end: Int
    let epoch: Int

    /// The rest of a sentence that begins with `training.early_stopping.patience`.
    var message: String {
        "is \(patience), with which the run would have ended after epoch \(end), but it is in epoch \(epoch) already; it can only "
            + "be given more patience"
    }
}
