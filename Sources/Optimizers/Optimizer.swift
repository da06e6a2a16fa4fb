public import Configuration

/// An update rule: how a step changes parameters, given their gradient.
///
/// An optimizer has hyperparameters, state (vectors of the parameters' length, such as moments) and one step. Each kind
/// is one file, which reads the kind's keys of a config and states its formula, and one line in `OptimizerRegistry`.
///
/// Formulas, defaults and names of keys of the built-in optimizers are Keras's; `Tests/Peers/keras_optimizers.py`
/// compares them. Weight decay is decoupled from the gradient in all of them: p is multiplied by 1 - rate·weightDecay
/// (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019).
public protocol Optimizer: RegisteredKind {
    /// The learning rate, before the factor of the schedule.
    var learningRate: Double { get }

    /// The weight decay of parameters that are not excluded from it.
    var weightDecay: Double { get }

    /// Whether configs of this kind take `weight_decay`. Only then can parameters be excluded from weight decay, and
    /// layers have a weight decay of their own.
    static var hasWeightDecay: Bool { get }

    /// The number of state vectors, such as moments. Each has the length of the parameters and starts as zeros.
    var stateVectors: Int { get }

    /// Updates a block of parameters and its state in place. Several threads step different blocks at the same time, in
    /// no particular order.
    func step(_ block: OptimizerBlock)
}

extension Optimizer {
    public var weightDecay: Double { 0 }
    public static var hasWeightDecay: Bool { false }
}

/// A contiguous block of parameters, with all that a step needs.
public struct OptimizerBlock {
    public let parameters: UnsafeMutablePointer<Float>
    /// The gradient of these parameters, before `gradientScale`.
    public let gradient: UnsafePointer<Float>
    /// The number of parameters.
    public let count: Int
    /// The factor that the step must apply to the gradient: below 1 where the gradient is clipped by its norm, else 1.
    public let gradientScale: Float
    /// The learning rate of this step for these parameters, with the schedule's and the layer's factor.
    public let rate: Double
    /// The weight decay of these parameters.
    public let weightDecay: Double
    /// The number of this step, from 1 over the whole run.
    public let step: Int

    let vectors: UnsafePointer<UnsafeMutablePointer<Float>>
    let offset: Int

    /// This block's part of a state vector, `count` floats.
    /// - Parameter index: from 0, less than `stateVectors`.
    public func state(_ index: Int) -> UnsafeMutablePointer<Float> { vectors[index] + offset }

    /// The factor of weight decay, 1 - rate·weightDecay: the step multiplies the parameters by it.
    public var shrink: Float { Float(1 - rate * weightDecay) }
}
