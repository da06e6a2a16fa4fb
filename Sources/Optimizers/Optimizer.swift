public import Configuration

/// A rule by which parameters follow their gradients.
///
/// An optimizer is its constants, the number of vectors that it keeps beside the parameters, and one step. One kind is
/// one file, which reads the kind's keys of a config and states its formula, and one line in `OptimizerRegistry`.
///
/// The arithmetic of those that Stormo has is Keras's, whose words configs use. A weight decay is decoupled from the
/// gradient in every rule: p first shrinks by rate·weightDecay·p (Loshchilov and Hutter, ICLR 2019).
/// `Tests/Peers/keras_optimizers.py` compares.
public protocol Optimizer: RegisteredKind {
    /// The learning rate before a schedule.
    var learningRate: Double { get }

    /// The weight decay of parameters that are not excluded from it.
    var weightDecay: Double { get }

    /// Whether configs of this kind take `weight_decay`: only then can parameters be excluded from it, and layers have
    /// one of their own.
    static var hasWeightDecay: Bool { get }

    /// The number of vectors of the parameters' length that it keeps, such as moments; all begin as zeros.
    var stateVectors: Int { get }

    /// Steps a block of parameters. Blocks are stepped by several threads at a time, and in no particular order.
    func step(_ block: OptimizerBlock)
}

extension Optimizer {
    public var weightDecay: Double { 0 }
    public static var hasWeightDecay: Bool { false }
}

/// Some parameters that follow each other in memory, and all that it takes to step them.
public struct OptimizerBlock {
    public let parameters: UnsafeMutablePointer<Float>
    public let gradient: UnsafePointer<Float>
    public let count: Int
    /// What the gradient is to be multiplied by: below 1 where it is clipped by a norm.
    public let gradientScale: Float
    /// The learning rate of this step for these parameters: their layer's factor is in it.
    public let rate: Double
    /// The weight decay for these parameters.
    public let weightDecay: Double
    /// Counted from 1 over the whole run.
    public let step: Int

    let vectors: UnsafePointer<UnsafeMutablePointer<Float>>
    let offset: Int

    /// These parameters' part of one of the vectors that the optimizer keeps.
    public func state(_ index: Int) -> UnsafeMutablePointer<Float> { vectors[index] + offset }

    /// What parameters are multiplied by before they follow the gradient: 1 - rate·weightDecay.
    public var shrink: Float { Float(1 - rate * weightDecay) }
}
