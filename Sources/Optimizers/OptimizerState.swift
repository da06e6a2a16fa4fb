import Kernels

/// An optimizer with its moments: steps any part of the parameters, so that workers can share one step.
///
/// Where groups of parameters have a rate or a decay of their own, the range that is stepped is cut at the groups' ends.
///
/// `@unchecked Sendable`: in a step each worker touches its own slice of the vectors alone; `starts` and `segments` never
/// change.
package final class OptimizerState: @unchecked Sendable {
    package let optimizer: any Optimizer
    /// The vectors that the optimizer keeps, such as moments; each of the parameters' length and layout.
    package let vectors: [AlignedMemory]
    /// Where each of them begins.
    private let starts: UnsafeMutablePointer<UnsafeMutablePointer<Float>>

    /// In order; one where all parameters step alike.
    private let segments: UnsafeMutableBufferPointer<ParameterSegment>

    /// - Parameters:
    ///   - count: the length of the parameter buffer.
    ///   - segments: in order, up to its end; nil where all parameters step alike.
    /// - Throws: `KernelError.outOfMemory`.
    package init(
        _ optimizer: any Optimizer, count: Int, segments: [ParameterSegment]? = nil
    ) throws(KernelError) {
        self.optimizer = optimizer
        let given = segments ?? [ParameterSegment(end: count, weightDecay: optimizer.weightDecay)]
        precondition(
            zip(given, given.dropFirst()).allSatisfy { $0.end < $1.end } && given.last.map { $0.end >= count } == true,
            "segments are in order and reach the end")
        self.segments = .allocate(capacity: given.count)
        _ = self.segments.initialize(from: given)
        var vectors: [AlignedMemory] = []
        for _ in 0..<optimizer.stateVectors { vectors.append(try AlignedMemory(floats: count)) }
        self.vectors = vectors
        starts = .allocate(capacity: max(vectors.count, 1))
        for (index, vector) in vectors.enumerated() { (starts + index).initialize(to: vector.floats) }
    }

    deinit {
        starts.deallocate()
        segments.deallocate()
    }

    /// Steps `count` parameters from `begin`.
    /// - Parameters:
    ///   - gradient: of those parameters alone; `scale` multiplies it.
    ///   - rate: the learning rate of this step, before the factors of groups.
    ///   - step: counted from 1 over the whole run.
    package func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, from begin: Int, count: Int,
        scale: Float = 1, rate: Double, step: Int
    ) {
        var place = begin
        var index = firstSegment(endingBehind: begin)
        while place < begin + count {
            let segment = segments[index]
            let end = min(segment.end, begin + count)
            optimizer.step(
                OptimizerBlock(
                    parameters: parameters + place, gradient: gradient + (place - begin), count: end - place,
                    gradientScale: scale, rate: rate * segment.rateFactor, weightDecay: segment.weightDecay, step: step,
                    vectors: UnsafePointer(starts), offset: place))
            place = end
            index += 1
        }
    }

    /// The segment that a place belongs to, by bisection.
    private func firstSegment(endingBehind place: Int) -> Int {
        var (low, high) = (0, segments.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].end > place { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
