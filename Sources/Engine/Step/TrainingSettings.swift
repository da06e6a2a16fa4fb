import Batches
import Metrics
import Optimizers

/// What decides how a model is trained on its data: in a run from a config, by a `Trainer`, on the bench. A new setting is
/// a line here, beside where it is read and where it is used.
public struct TrainingSettings: Sendable {
    public var optimizer: any Optimizer = .adam(learningRate: 0.001)
    public var schedule: any Schedule = .constant
    public var clipping = GradientClipping.none
    /// What weight decay passes over: kinds of parameters (`bias`, `normalization`, `kernel`), layers, parameters such as
    /// `logits/bias`, and patterns of such names with `*`. Learning rates and decays of layers are theirs: `LayerTraining`.
    public var excludedFromWeightDecay: [String] = []
    /// Those of the run, which a schedule is stretched over.
    public var epochs = 10
    /// The samples of a step.
    public var batchSize = 32
    public var shuffle = true
    public var seed: UInt64 = 0
    public var metrics: [any Metric] = []
    public var augmentation = Augmentation()
    public var classWeights: ClassWeights?
    /// Whether a step whose loss or gradient is not finite is dropped, rather than the end.
    public var skipsNonFinite = false
    /// Workers, and shards a batch; as a config without `parallel` has them unless given.
    public var parallelism: Parallelism?

    public init() {}

    public init(optimizer: any Optimizer, epochs: Int, batchSize: Int, parallelism: Parallelism) {
        self.optimizer = optimizer
        self.epochs = epochs
        self.batchSize = batchSize
        self.parallelism = parallelism
    }
}
