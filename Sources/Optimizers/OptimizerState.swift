import Kernels

/// An optimizer with its moments: steps any part of the parameters, so that workers can share one step.
///
/// `@unchecked Sendable`: in a step each worker touches its own slice of the vectors alone; `starts` never changes.
public final class OptimizerState: @unchecked Sendable {
    public let optimizer: any Optimizer
    /// The vectors that the optimizer keeps, such as moments; each of the parameters' length and layout.
    public let vectors: [AlignedMemory]
    /// Where each of them begins.
    private let starts: UnsafeMutablePointer<UnsafeMutablePointer<Float>>

    /// - Parameter count: the length of the parameter buffer.
    /// - Throws: `KernelError.outOfMemory`.
    public init(_ optimizer: any Optimizer, count: Int) throws(KernelError) {
        self.optimizer = optimizer
        var vectors: [AlignedMemory] = []
        for _ in 0..<optimizer.stateVectors { vectors.append(try AlignedMemory(floats: count)) }
        self.vectors = vectors
        starts = .allocate(capacity: max(vectors.count, 1))
        for (index, vector) in vectors.enumerated() { (starts + index).initialize(to: vector.floats) }
    }

    deinit { starts.deallocate() }

    /// Steps `count` parameters from `begin`.
    /// - Parameters:
    ///   - gradient: of those parameters alone; `scale` multiplies it.
    ///   - rate: the learning rate of this step.
    ///   - step: counted from 1 over the whole run.
    package func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, from begin: Int, count: Int,
        scale: Float = 1, rate: Double, step: Int
    ) {
        optimizer.step(
            OptimizerBlock(
                parameters: parameters + begin, gradient: gradient, count: count, gradientScale: scale, rate: rate,
                weightDecay: optimizer.weightDecay, step: step, vectors: UnsafePointer(starts), offset: begin))
    }
}
