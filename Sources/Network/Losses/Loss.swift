public import Configuration
public import Kernels

/// A loss, which training minimises: one number for each sample, computed from its prediction and its target.
///
/// Each kind is one file here, which reads the kind's keys of a config and states its formula and source; one kernel in
/// `Kernels/Operators/Losses`, which computes it; and one line in `LossRegistry`.
public protocol Loss: RegisteredKind {
    /// The form of targets for predictions of this shape. A row of predictions is a vector along the last dimension.
    func targetForm(for prediction: Shape) -> TargetForm

    /// The activation that must give the predictions, such as the softmax of a cross-entropy; nil where predictions may
    /// be any values.
    ///
    /// Activation and loss are then computed together from the logits, and the gradient is that with respect to the
    /// logits. That avoids the cancellation and the logarithm of 0 that probabilities near 0 and 1 bring.
    var activation: Activation? { get }

    /// Whether the last layer gives logits, the input of `activation`, rather than its result.
    var fromLogits: Bool { get }

    /// The ignored label: its rows have neither loss nor gradient, and are not counted in the mean. Nil for none.
    var ignoredLabel: Int? { get }

    /// The same loss with an ignored label; nil where the loss has no labels.
    func ignoring(_ label: Int) -> Self?

    /// Why the loss does not fit predictions of this shape, as a sentence; nil where it fits.
    /// - Parameter layer: the words for the predicting layer in that sentence: `the last layer 'logits'`.
    func problem(for prediction: Shape, layer: String) -> String?

    /// Makes the kernel that computes the loss.
    ///
    /// Its inputs are prediction and target, or with `takesLogits` in the request logits, probabilities and target. Its
    /// result is the mean over the elements or rows of each sample, where rows of the ignored label count as 0. Its
    /// gradient is with respect to the first input.
    func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel

    /// What one prediction that is off by so much adds to the mean over a sample's elements, in the unit of the targets as the
    /// loss sees them. Nil where that alone does not say it, as for a cross-entropy.
    func value(ofError error: Double) -> Double?

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
    public func value(ofError error: Double) -> Double? { nil }

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

/// A Keras object as a Keras config describes it: the class name and the constructor's arguments.
public struct KerasObject: Sendable, Equatable {
    public let className: String
    public let configuration: JSONNode

    public init(_ className: String, _ configuration: JSONNode = [:]) {
        self.className = className
        self.configuration = configuration
    }
}
