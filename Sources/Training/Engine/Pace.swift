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

    private static let trialSteps = 16
    /// For how long a decision holds, in seconds.
    private static let horizon = 0.25
    private static let worthSharing = 1e-3

    private(set) var chunk: Chunk
    private var isTrial = true
    /// What has been taken of the chunk.
    private var taken = 0
    private var elapsed = 0.0
    /// Seconds a step, as last measured.
    private var shared: Double?
    private var alone: Double?

    init(first chunk: Chunk = Chunk(isShared: true, steps: Pace.trialSteps)) { self.chunk = chunk }

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
        } else if !isTrial {
            begin(Chunk(isShared: !chunk.isShared, steps: Self.trialSteps), isTrial: true)
        } else if let shared, let alone {
            settle(isShared: shared <= alone, min(shared, alone))
        } else {
            begin(Chunk(isShared: shared == nil, steps: Self.trialSteps), isTrial: true)
        }
    }

    private mutating func settle(isShared: Bool, _ perStep: Double) {
        let steps = Int(min(Self.horizon / max(perStep, 1e-7), 1e6).rounded())
        begin(Chunk(isShared: isShared, steps: max(steps, Self.trialSteps)), isTrial: false)
    }

    private mutating func begin(_ chunk: Chunk, isTrial: Bool) {
        self.chunk = chunk
        self.isTrial = isTrial
    }
}
