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

    /// What is to be known of a run of so many epochs; nil where nothing is.
    func warning(epochs: Int) -> ScheduleWarning?
}

extension Schedule {
    public func warning(epochs: Int) -> ScheduleWarning? { nil }
}

/// What is to be known of a schedule in a run.
public struct ScheduleWarning: Sendable, Equatable {
    /// The key of the schedule that it is about.
    public let key: String
    /// The rest of a sentence that begins with that key.
    public let message: String

    public init(key: String, message: String) {
        self.key = key
        self.message = message
    }
}
