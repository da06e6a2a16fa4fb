public import Configuration
public import Kernels

/// What training makes small: a number for each sample, of its prediction and its target.
///
/// One kind is one file here, which reads the kind's keys of a config, states its formula and source, and says what else
/// depends on the kind; its arithmetic is a kernel in `Kernels/Operators/Losses`; and it is one line in `LossRegistry`.
public protocol Loss: RegisteredKind {
    /// What targets look like beside predictions of a shape, whose last dimension is a row.
    func targetForm(for prediction: Shape) -> TargetForm

    /// The activation whose result it is a loss of, and which it takes as its own: its gradient then goes to what comes
    /// before, and loses no digits. Nil for a loss of any values.
    var activation: Activation? { get }

    /// Whether the last layer gives what comes before that activation.
    var fromLogits: Bool { get }

    /// The label that is passed over: its rows have neither loss nor gradient, and do not count.
    var ignoredLabel: Int? { get }

    /// The same loss with a label that is passed over; nil where it has no labels.
    func ignoring(_ label: Int) -> Self?

    /// Why it can't be a loss of predictions of a shape, as a sentence; nil where it can.
    /// - Parameter layer: what a sentence calls the layer that predicts: `the last layer 'logits'`.
    func problem(for prediction: Shape, layer: String) -> String?

    /// Makes its arithmetic.
    ///
    /// The kernel's inputs are the prediction and the target; or logits, probabilities and target where the request says
    /// so, which it does where `activation` was found. Its result is the mean over the elements or rows of each sample.
    func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel

    /// The loss in Keras, for `keras.losses.deserialize`; nil where Keras has none of the kind.
    var keras: KerasObject? { get }
}

extension Loss {
    public var activation: Activation? { nil }
    public var fromLogits: Bool { false }
    public var ignoredLabel: Int? { nil }
    public func ignoring(_ label: Int) -> Self? { nil }
    public func problem(for prediction: Shape, layer: String) -> String? { nil }
    public var keras: KerasObject? { nil }

    /// The shape that one sample's target must have beside a prediction of a shape.
    package func targetShape(for prediction: Shape) -> Shape {
        if case .sparseLabels = targetForm(for: prediction) { return Shape(prediction.dimensions.dropLast()) }
        return prediction
    }

    /// What the sum of a batch's sample losses is divided by: the samples, each counted by the share of its labels that
    /// are not ignored. The loss of a batch is thereby the mean over all of its labels that are not ignored, however
    /// they are spread over the samples, and so is its gradient, as in Keras and PyTorch. Where no label is ignored, all
    /// samples count, and the targets are not read.
    /// - Parameters:
    ///   - targets: as the kernel takes them, samples × labels; integers where a label is ignored.
    ///   - labels: the labels of one sample.
    package func countedSamples(targets: TensorPointer, samples: Int, labels: Int) -> Double {
        guard let ignoredLabel else { return Double(samples) }
        let targets = targets.int32s
        var count = 0
        for label in 0..<samples * labels where Int(targets[label]) != ignoredLabel { count += 1 }
        return Double(count) / Double(labels)
    }
}

/// An object of Keras as its configs describe it: the class, and the arguments with which it is made.
public struct KerasObject: Sendable, Equatable {
    public let className: String
    public let configuration: JSONNode

    public init(_ className: String, _ configuration: JSONNode = [:]) {
        self.className = className
        self.configuration = configuration
    }
}
