import Synchronization

/// Asks a training run to stop, or to save a checkpoint, from any thread. The run looks at it after each step and
/// during evaluations.
public final class StopRequest: Sendable {
    private let stopSignal = Atomic<Int32>(0)
    private let wantsSave = Atomic<Bool>(false)
    private let lastStep: Int

    public init() { lastStep = .max }

    /// An end that is known beforehand.
    /// - Parameter step: of the run, counted from 1; the last one to be taken.
    package init(after step: Int) { lastStep = step }

    /// Asks the run to stop. Later calls have no effect.
    /// - Parameter signal: the number of the signal that caused the call, such as `SIGINT`; not 0.
    public func stop(_ signal: Int32) {
        _ = stopSignal.compareExchange(expected: 0, desired: signal, ordering: .relaxed)
    }

    /// The signal that caused the stop; nil where none was asked for.
    public var signal: Int32? {
        let signal = stopSignal.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    /// Whether a stop was asked for.
    public var isStopping: Bool { stopSignal.load(ordering: .relaxed) != 0 }

    /// Whether training ends after a step.
    package func ends(after step: Int) -> Bool {
        if step >= lastStep { stop(15) }
        return isStopping
    }

    /// Asks the run to save a checkpoint after the current step.
    public func save() { wantsSave.store(true, ordering: .relaxed) }

    /// Whether the state is to be saved; no longer after it has been asked.
    package func takeSave() -> Bool {
        wantsSave.load(ordering: .relaxed) && wantsSave.exchange(false, ordering: .relaxed)
    }
}

/// An evaluation was given up, since somebody asked for an end.
package struct EvaluationStopped: Error {}
