public import Kernels

/// An optimizer with its moments: steps any part of the parameters, so that workers can share one step.
///
/// `@unchecked Sendable`: in a step each worker touches its own slice of the vectors alone.
public final class OptimizerState: @unchecked Sendable {
    public let optimizer: Optimizer
    /// The velocity, or the first and second moments; each of the parameters' length and layout.
    public let vectors: [AlignedMemory]

    /// - Parameter count: the length of the parameter buffer.
    /// - Throws: `KernelError.outOfMemory`.
    public init(_ optimizer: Optimizer, count: Int) throws(KernelError) {
        self.optimizer = optimizer
        var vectors: [AlignedMemory] = []
        for _ in 0..<optimizer.stateVectors { vectors.append(try AlignedMemory(floats: count)) }
        self.vectors = vectors
    }

    /// Steps `count` parameters from `begin`.
    /// - Parameters:
    ///   - gradient: of those parameters alone; `scale` multiplies it.
    ///   - rate: the learning rate of this step.
    ///   - step: counted from 1 over the whole run.
    func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, from begin: Int, count: Int,
        scale: Float = 1, rate: Double, step: Int
    ) {
        let p = parameters + begin
        switch optimizer {
        case .sgd(_, let momentum, let nesterov, let decay):
            VectorLoops.sgd(
                p, velocity: vectors[0].floats + begin, gradient: gradient, count: count, scale: scale,
                rate: Float(rate), momentum: Float(momentum), shrink: Float(1 - rate * decay), nesterov: nesterov)
        case .adam(_, let beta1, let beta2, let epsilon, let decay),
            .adamW(_, let beta1, let beta2, let epsilon, let decay):
            VectorLoops.adam(
                p, mean: vectors[0].floats + begin, variance: vectors[1].floats + begin, gradient: gradient,
                count: count, scale: scale, rest1: Float(1 - beta1), rest2: Float(1 - beta2),
                step: Float(rate * (1 - power(beta2, step)).squareRoot() / (1 - power(beta1, step))),
                epsilon: Float(epsilon), shrink: Float(1 - rate * decay))
        }
    }

    /// By repeated squaring: the same bits on every system, which a library's pow does not promise.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
