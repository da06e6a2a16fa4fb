public import Configuration

/// How the learning rate changes over a run: a factor on the optimizer's own rate, a function of the step alone.
///
/// One kind is one file, which reads the kind's keys of a config and states its formula, and one line in
/// `ScheduleRegistry`.
public protocol Schedule: RegisteredKind {
    /// The factor on the learning rate.
    /// - Parameters:
    ///   - step: counted from 0 over the run.
    ///   - epochs: those of the run.
    func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double

    /// Why the schedule does not fit a run of so many epochs; nil where it does.
    func problem(epochs: Int) -> ScheduleProblem?
}

extension Schedule {
    public func problem(epochs: Int) -> ScheduleProblem? { nil }
}

/// Why a schedule does not fit a run.
public struct ScheduleProblem: Sendable, Equatable {
    /// The key of the schedule that it is about.
    public let key: String
    /// The rest of a sentence that begins with that key.
    public let message: String

    public init(key: String, message: String) {
        self.key = key
        self.message = message
    }
}
