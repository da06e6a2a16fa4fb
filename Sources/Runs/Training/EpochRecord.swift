/// The figures of one epoch.
public struct EpochRecord: Sendable, Hashable {
    /// Counted from 1.
    public let epoch: Int
    /// The number of steps since the start of the run, dropped ones included.
    public let step: Int
    /// The learning rate of the epoch's last step.
    public let learningRate: Double
    /// The mean training loss over the epoch. Each sample's loss is computed just before the step that the sample takes
    /// part in.
    public let loss: Double?
    /// The training metrics, in the order in which they were given. For several outputs, output by output, its loss and
    /// its metrics.
    public let metrics: [Double]?
    /// The loss on the validation split at the end of the epoch; nil without a validation split.
    public let validationLoss: Double?
    /// In the order of `metrics`; nil without a validation split.
    public let validationMetrics: [Double]?
    /// Of the process that ended the epoch; 0 where it is not known, since the process resumed a run whose epoch had nothing
    /// left but its validation.
    public let samplesPerSecond: Double
    /// The Euclidean norm of the gradient before clipping, as a mean over the epoch's steps.
    public let gradientNorm: Double

    package init(
        epoch: Int, step: Int, learningRate: Double, loss: Double?, metrics: [Double]?, validationLoss: Double?,
        validationMetrics: [Double]?, samplesPerSecond: Double, gradientNorm: Double
    ) {
        (self.epoch, self.step, self.learningRate) = (epoch, step, learningRate)
        (self.loss, self.metrics) = (loss, metrics)
        (self.validationLoss, self.validationMetrics) = (validationLoss, validationMetrics)
        (self.samplesPerSecond, self.gradientNorm) = (samplesPerSecond, gradientNorm)
    }
}
