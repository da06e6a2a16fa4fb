/// Decides, while training runs, whether steps are worth sharing among the workers.
///
/// A step of a tiny network lasts some microseconds, no longer than it takes threads to meet; and where other programs
/// want the same CPUs, meeting can take a hundred times as long. So steps are timed in both ways, shared by all workers
/// and taken by one of them alone, and what is faster is kept for a while. The shards, and with them the results, are
/// the same either way. Steps of a millisecond and more are always shared.
struct Pace {
    /// Some steps that are all taken in one way.
    struct Chunk: Equatable {
        var isShared: Bool
        var steps: Int
    }

    /// Trials are short, but not so short that one interruption decides them.
    private static let trial = (seconds: 1e-3, steps: 8...64)
    /// For how long a decision holds, in seconds: at first, and at most, after it has been confirmed again and again.
    private static let horizon = (first: 0.25, last: 4.0)
    /// By what factor the one way must be faster for the decision to count as clear.
    private static let clearly = 1.25
    private static let worthSharing = 1e-3

    private(set) var chunk: Chunk
    private var isTrial = true
    private var horizon = Pace.horizon.first
    /// What has been taken of the chunk.
    private var taken = 0
    private var elapsed = 0.0
    /// Seconds a step, as last measured.
    private var shared: Double?
    private var alone: Double?

    init(first chunk: Chunk = Chunk(isShared: true, steps: Pace.trial.steps.upperBound)) { self.chunk = chunk }

    /// What is left of the chunk, at least one step.
    var remaining: Chunk { Chunk(isShared: chunk.isShared, steps: max(chunk.steps - taken, 1)) }

    /// Notes that steps of the chunk have been taken, and goes on to the next chunk when it is done.
    mutating func note(steps: Int, seconds: Double) {
        taken += steps
        elapsed += seconds
        guard taken >= chunk.steps else { return }
        let perStep = elapsed / Double(taken)
        if chunk.isShared { shared = perStep } else { alone = perStep }
        (taken, elapsed) = (0, 0)

        if chunk.isShared, perStep > Self.worthSharing {
            settle(isShared: true, perStep)
        } else if isTrial, let shared, let alone {
            let isClear = max(shared, alone) > Self.clearly * min(shared, alone)
            horizon = isClear ? min(2 * horizon, Self.horizon.last) : Self.horizon.first
            settle(isShared: shared <= alone, min(shared, alone))
        } else {
            // The other way, for as many steps as a trial has time for.
            let steps = Int((Self.trial.seconds / max(perStep, 1e-9)).rounded())
            chunk = Chunk(
                isShared: !chunk.isShared,
                steps: min(max(steps, Self.trial.steps.lowerBound), Self.trial.steps.upperBound))
            isTrial = true
        }
    }

    private mutating func settle(isShared: Bool, _ perStep: Double) {
        let steps = Int(min(horizon / max(perStep, 1e-7), 1e7).rounded())
        chunk = Chunk(isShared: isShared, steps: max(steps, Self.trial.steps.upperBound))
        isTrial = false
    }
}
