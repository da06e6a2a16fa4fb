/// The base class of the losses' kernels: dst[n] = the loss of sample n. Each loss has a subclass beside this file, and
/// its formula, its config keys and its Keras form in `Network/Losses`.
///
/// Inputs: prediction and target; or, for a cross-entropy from logits, the logits z, their probabilities p (sigmoid or
/// softmax) and the target. A target of sparse labels is int32. Only the first input has a gradient. Losses are summed
/// in double precision.
///
/// Shapes: prediction, z and p (samples, rows, width); target the same, or (samples, rows) for sparse labels;
/// dst (samples).
public class LossKernel: Kernel {
    /// The sizes of a loss's inputs.
    public struct Request {
        public let samples: Int
        /// The number of rows in a sample's prediction. For losses over classes each row is a distribution.
        public let rows: Int
        /// The number of elements in a row, such as classes. Losses that are not over classes use only rows × width.
        public let width: Int
        /// Whether the inputs are logits, probabilities and target, rather than prediction and target.
        public let takesLogits: Bool

        public init(samples: Int, rows: Int, width: Int, takesLogits: Bool = false) {
            self.samples = samples
            self.rows = rows
            self.width = width
            self.takesLogits = takesLogits
        }
    }

    final let samples: Int
    final let rows: Int
    final let width: Int
    final let takesLogits: Bool
    /// From probabilities, p is kept so far from 0 and 1, as in Keras.
    private static let margin: Float = 1e-7

    /// The prediction, or the logits.
    final var src: UnsafeMutablePointer<Float>?
    /// The prediction, or the logits' probabilities.
    final var probabilities: UnsafeMutablePointer<Float>?
    /// The target, where it is values.
    final var target: UnsafeMutablePointer<Float>?
    /// The target, where it is labels.
    final var labels: UnsafeMutablePointer<Int32>?
    final var dst: UnsafeMutablePointer<Float>?
    final var diffSrc: UnsafeMutablePointer<Float>?
    final var diffDst: UnsafeMutablePointer<Float>?

    init(_ request: Request) {
        samples = request.samples
        rows = request.rows
        width = request.width
        takesLogits = request.takesLogits
    }

    public final func bind(_ binding: KernelBinding) {
        src = binding.src[0].floats
        probabilities = binding.src[takesLogits ? 1 : 0].floats
        switch binding.src[takesLogits ? 2 : 1] {
        case .float32(let values): (target, labels) = (values, nil)
        case .int32(let values): (target, labels) = (nil, values)
        }
        dst = binding.dst.floats
        diffSrc = binding.diffSrc[0]
        diffDst = binding.diffDst
    }

    public func forward(_ pass: KernelPass) { preconditionFailure("each loss has its own") }
    public func backward(_ pass: KernelPass) { preconditionFailure("each loss has its own") }

    /// The elements of one sample's prediction.
    @inline(__always)
    final func elements(of sample: Int) -> Range<Int> { sample * rows * width..<(sample + 1) * rows * width }

    /// The rows of one sample.
    @inline(__always)
    final func rows(of sample: Int) -> Range<Int> { sample * rows..<(sample + 1) * rows }

    /// dst = the mean over a sample's elements.
    @inline(__always)
    final func meanOfElements(_ dst: UnsafeMutablePointer<Float>, _ value: (Int) -> Float) {
        let count = rows * width
        for sample in 0..<samples {
            var sum = 0.0
            for i in elements(of: sample) { sum += Double(value(i)) }
            dst[sample] = Float(sum / Double(count))
        }
    }

    /// dst = the mean over a sample's rows.
    @inline(__always)
    final func meanOfRows(_ dst: UnsafeMutablePointer<Float>, _ value: (Int) -> Double) {
        for sample in 0..<samples {
            var sum = 0.0
            for row in rows(of: sample) { sum += value(row) }
            dst[sample] = Float(sum / Double(rows))
        }
    }

    @inline(__always)
    static func clamped(_ p: Float) -> Float { min(max(p, margin), 1 - margin) }

    /// Whether p is where `clamped` leaves it, and so has a gradient.
    @inline(__always)
    static func isInside(_ p: Float) -> Bool { p > margin && p < 1 - margin }
}
