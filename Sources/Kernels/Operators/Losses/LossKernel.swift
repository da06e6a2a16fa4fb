/// dst[n] = the loss of sample n: what the kernels of all losses share. Each loss has one of its own beside this file,
/// and its formula, its keys and its Keras form in `Network/Losses`.
///
/// Inputs: prediction and target, which is integers where it is labels; or, for a cross-entropy from logits, the logits z, the probabilities p that follow from
/// them (sigmoid or softmax) and the target. The gradient goes to the first input alone. Losses are added up in double
/// precision.
public class LossKernel: Kernel {
    /// What a loss is asked for.
    public struct Request {
        public let samples: Int
        /// The rows of a sample's prediction, each with its own distribution over `width` classes.
        public let rows: Int
        /// The elements of a row. For losses that are not over classes only the product counts.
        public let width: Int
        /// Whether the inputs are logits, their probabilities and the target, rather than a prediction and the target.
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

    public final func bind(_ binding: Binding) {
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

    public func forward(_ pass: Pass) { preconditionFailure("each loss has its own") }
    public func backward(_ pass: Pass) { preconditionFailure("each loss has its own") }

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
