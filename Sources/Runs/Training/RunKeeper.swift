import Dispatch
import Engine
import Synchronization

/// Saves a run's state beside the training: it decides when, takes a copy at a step's boundary, and writes it on a
/// queue of its own.
///
/// While one state is written at most two wait: the newest, and the best if that is another one. So a disk that is
/// slower than the epochs costs no memory and does not hold the run up.
///
/// `@unchecked Sendable`: `lastSave`, `lastStep` and `latest` are touched by the fitting thread alone, which is also the
/// first worker; what the queue shares with it is under locks.
final class RunKeeper: @unchecked Sendable {
    private let interval: CheckpointConfiguration.Interval
    /// Whether the best state is saved when it comes, due or not.
    let wantsBest: Bool
    private let store: CheckpointStore
    private let checkpoint: @Sendable (TrainingState) throws -> Checkpoint
    private let queue = DispatchQueue(label: "stormo.checkpoints", qos: .utility)
    private let stop: StopRequest?
    private let isWriting = Atomic<Bool>(false)
    private let waiting = Mutex(Waiting())
    private let failures = Mutex(Failures())
    private var lastSave = ContinuousClock.now
    private var lastStep: Int
    private let keepsLatest: Bool
    /// Whether the last verdict was the end, after which nothing changes: a state then need not be copied.
    private(set) var isEnding = false
    /// The state last handed over, or the one it began with; only where training may go back to it.
    private(set) var latest: TrainingState?

    /// What is to be written.
    private struct Waiting {
        var newest: TrainingState?
        var best: TrainingState?
        /// Whether the queue is at it.
        var isServed = false

        mutating func next() -> (state: TrainingState, isBest: Bool)? {
            if let state = best {
                best = nil
                if newest?.parameters === state.parameters { newest = nil }
                return (state, true)
            }
            if let state = newest {
                newest = nil
                return (state, false)
            }
            isServed = false
            return nil
        }
    }

    /// Why states could not be written.
    private struct Failures {
        /// What nobody was warned of yet.
        var pending: [String] = []
        /// Of any state.
        var any: String?
        /// Of the state written last; nil where that went well.
        var last: String?
    }

    init(
        _ configuration: CheckpointConfiguration, _ store: CheckpointStore, stop: StopRequest?,
        from start: TrainingState?, keepsLatest: Bool,
        checkpoint: @Sendable @escaping (TrainingState) throws -> Checkpoint
    ) {
        interval = configuration.every
        wantsBest = configuration.keepBest
        self.store = store
        self.stop = stop
        self.checkpoint = checkpoint
        lastStep = start?.step ?? 0
        self.keepsLatest = keepsLatest
        latest = keepsLatest ? start : nil
    }

    /// What is to happen after a step.
    func verdict(step: Int) -> StepVerdict {
        guard let stop else { return isDue(step: step) ? .save : .continue }
        if stop.ends(after: step) {
            isEnding = true
            return .stop
        }
        return stop.takeSave() || isDue(step: step) ? .save : .continue
    }

    private func isDue(step: Int) -> Bool {
        switch interval {
        case .epochs: return false
        case .steps(let steps): return step - lastStep >= steps && !isWriting.load(ordering: .acquiring)
        case .seconds(let seconds):
            return (ContinuousClock.now - lastSave).seconds >= seconds && !isWriting.load(ordering: .acquiring)
        }
    }

    /// Whether the state is to be saved after an epoch.
    func isDue(epoch: Int, step: Int) -> Bool {
        if case .epochs(let epochs) = interval { return epoch % epochs == 0 }
        return isDue(step: step)
    }

    /// Hands over a state that is yet to be made. One that can't be made, as where there is no memory for a copy, is no
    /// reason to end: it is told as if it could not be written, and the next one may be made.
    func keep(step: Int, isBest: Bool = false, _ make: () throws -> TrainingState) {
        do {
            keep(try make(), isBest: isBest)
        } catch {
            (lastSave, lastStep) = (ContinuousClock.now, step)
            fail("the state of step \(step) can't be saved: \(error)")
        }
    }

    /// Hands a state over to be written.
    func keep(_ state: TrainingState, isBest: Bool = false) {
        (lastSave, lastStep) = (ContinuousClock.now, state.step)
        if keepsLatest { latest = state }
        let begins = waiting.withLock { waiting in
            waiting.newest = state
            if isBest { waiting.best = state }
            defer { waiting.isServed = true }
            return !waiting.isServed
        }
        guard begins else { return }
        isWriting.store(true, ordering: .releasing)
        queue.async { [self] in
            while let (state, isBest) = waiting.withLock({ $0.next() }) { write(state, isBest: isBest) }
            isWriting.store(false, ordering: .releasing)
        }
    }

    private func write(_ state: TrainingState, isBest: Bool) {
        do {
            try store.save(checkpoint(state), step: state.step, isBest: isBest)
            failures.withLock { $0.last = nil }
        } catch {
            fail("\(error)")
        }
    }

    private func fail(_ reason: String) {
        failures.withLock { failures in
            // One warning each time that it begins to fail.
            if failures.last == nil { failures.pending.append(reason) }
            (failures.any, failures.last) = (reason, reason)
        }
    }

    /// Waits until everything has been written.
    func finish() { queue.sync {} }

    /// Sentences about what could not be written: one for each time that it began to fail.
    func takeWarnings() -> [String] {
        failures.withLock { failures in
            defer { failures.pending = [] }
            return failures.pending
        }
    }

    /// Why a state could not be written; nil where all were.
    var failure: String? { failures.withLock { $0.any } }
    /// Why the last state could not be written; nil where it was.
    var lastFailure: String? { failures.withLock { $0.last } }
}
