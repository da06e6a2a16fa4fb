import Synchronization

/// What somebody outside asks of a run while it trains: to end, or to save its state. Set by signals, looked at after
/// each step and within evaluations.
public final class StopRequest: Sendable {
    private let stopSignal = Atomic<Int32>(0)
    private let wantsSave = Atomic<Bool>(false)
    private let lastStep: Int

    public init() { lastStep = .max }

    /// An end that is known beforehand.
    /// - Parameter step: of the run, counted from 1; the last one to be taken.
    package init(after step: Int) { lastStep = step }

    /// Asks for an end.
    /// - Parameter signal: the number of the signal that it is for.
    public func stop(_ signal: Int32) {
        _ = stopSignal.compareExchange(expected: 0, desired: signal, ordering: .relaxed)
    }

    /// The signal that asked for an end; nil where none did.
    public var signal: Int32? {
        let signal = stopSignal.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    public var isStopping: Bool { stopSignal.load(ordering: .relaxed) != 0 }

    /// Whether training ends after a step.
    package func ends(after step: Int) -> Bool {
        if step >= lastStep { stop(15) }
        return isStopping
    }

    /// Asks for the state to be saved.
    public func save() { wantsSave.store(true, ordering: .relaxed) }

    /// Whether the state is to be saved; no longer after it has been asked.
    package func takeSave() -> Bool {
        wantsSave.load(ordering: .relaxed) && wantsSave.exchange(false, ordering: .relaxed)
    }
}

/// An evaluation was given up, since somebody asked for an end.
package struct EvaluationStopped: Error {}
