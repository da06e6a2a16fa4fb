internal import Dispatch
import Synchronization

/// Saves a run's state beside the training: it decides when, takes a copy at a step's boundary, and writes it on a
/// queue of its own.
///
/// `@unchecked Sendable`: `lastSave` and `latest` are touched by the fitting thread alone, which is also the first
/// worker; what the queue shares with it is under a lock.
final class RunKeeper: @unchecked Sendable {
    private let interval: CheckpointConfiguration.Interval
    /// Whether the best state is saved when it comes, due or not.
    let wantsBest: Bool
    private let store: CheckpointStore
    private let checkpoint: @Sendable (TrainingState) throws -> Checkpoint
    private let queue = DispatchQueue(label: "stormo.checkpoints", qos: .utility)
    private let stop: StopRequest?
    private let isWriting = Atomic<Bool>(false)
    private let failures = Mutex<(all: Int, untold: [String], last: String?)>((0, [], nil))
    private var lastSave = ContinuousClock.now
    private var lastStep: Int
    /// The state last handed over, to which training can go back.
    private(set) var latest: TrainingState?

    init(
        _ configuration: CheckpointConfiguration, _ store: CheckpointStore, stop: StopRequest?, from start: TrainingState,
        checkpoint: @Sendable @escaping (TrainingState) throws -> Checkpoint
    ) {
        interval = configuration.every
        wantsBest = configuration.keepBest
        self.store = store
        self.stop = stop
        self.checkpoint = checkpoint
        lastStep = start.step
        latest = start
    }

    /// What is to happen after a step.
    func verdict(step: Int) -> StepVerdict {
        guard let stop else { return isDue(step: step) ? .save : .goOn }
        if stop.isStopping { return .stop }
        return stop.takeSave() || isDue(step: step) ? .save : .goOn
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

    /// Hands a state over to be written.
    func keep(_ state: TrainingState, isBest: Bool = false) {
        (lastSave, lastStep, latest) = (ContinuousClock.now, state.step, state)
        isWriting.store(true, ordering: .releasing)
        queue.async { [self] in
            do {
                try store.save(checkpoint(state), step: state.step, isBest: isBest)
            } catch {
                failures.withLock {
                    $0.all += 1
                    // The same trouble is told once.
                    if $0.last == nil { $0.untold.append("\(error)") }
                    $0.last = "\(error)"
                }
            }
            isWriting.store(false, ordering: .releasing)
        }
    }

    /// Waits until everything has been written.
    func finish() { queue.sync {} }

    /// Sentences about what could not be written, each once.
    func takeTroubles() -> [String] {
        failures.withLock { failures in
            defer { failures.untold = [] }
            return failures.untold
        }
    }

    /// Why the last state that could not be written could not; nil where all were.
    var failure: String? { failures.withLock { $0.last } }
}
