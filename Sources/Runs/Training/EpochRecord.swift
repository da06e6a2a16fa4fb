/// The figures of one epoch.
public struct EpochRecord: Sendable, Hashable {
    /// Counted from 1.
    public let epoch: Int
    /// Optimizer steps since the start of the run.
    public let step: Int
    /// Of the epoch's last step.
    public let learningRate: Double
    /// Over the epoch, each sample measured just before the step that it took part in.
    public let loss: Double?
    /// In the order of the run's figures: the metrics; of several outputs each one's loss and metrics.
    public let metrics: [Double]?
    /// At the end of the epoch; nil without a validation split.
    public let validationLoss: Double?
    public let validationMetrics: [Double]?
    public let samplesPerSecond: Double
    /// The mean over the epoch's steps of the gradient's Euclidean norm.
    public let gradientNorm: Double
}
