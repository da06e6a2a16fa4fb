public import Configuration

/// How the learning rate changes over a run: a factor on the optimizer's learning rate for each step.
///
/// Each kind is one file, which reads the kind's keys of a config and states its formula, and one line in
/// `ScheduleRegistry`.
public protocol Schedule: RegisteredKind {
    /// The factor on the learning rate. It follows from the arguments alone, so that a resumed run goes on with the
    /// same rates.
    /// - Parameters:
    ///   - step: the number of optimizer steps before this one, over all epochs.
    ///   - epochs: the number of epochs of the run.
    func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double

    /// A warning about a run of this many epochs, such as one that ends within its warm-up; nil where there is none.
    func warning(epochs: Int) -> ScheduleWarning?

    /// The schedule of a run with this learning rate in Keras, as `keras.optimizers.schedules.deserialize` takes it in
    /// Keras 2.15 and 3; nil where Keras has none that gives the same rates.
    func keras(learningRate: Double, stepsPerEpoch: Int, epochs: Int) -> JSONNode?
}

extension Schedule {
    public func warning(epochs: Int) -> ScheduleWarning? { nil }
    // Not a plain nil, which would be JSON's null.
    public func keras(learningRate: Double, stepsPerEpoch: Int, epochs: Int) -> JSONNode? { JSONNode?.none }
}

/// A warning about a schedule that is valid, but unlikely to be meant for this run.
public struct ScheduleWarning: Sendable, Equatable {
    /// The schedule's key that the warning is about, such as `warmup_epochs`.
    public let key: String
    /// The rest of a sentence that begins with that key.
    public let message: String

    public init(key: String, message: String) {
        self.key = key
        self.message = message
    }
}
