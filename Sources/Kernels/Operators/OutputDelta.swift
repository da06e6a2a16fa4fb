internal import CVector

/// What the backward pass of a layer with a fused activation f begins with: δ = diff_dst·f'(dst), row by row, and the
/// bias's gradient, Σ_rows δ.
struct OutputDelta {
    private let activation: (kind: Int32, alpha: Float)
    private let rows: Int
    private let columns: Int
    /// The scratch that δ takes; none where it is diff_dst itself.
    let byteCount: Int
    /// δ, once `run` is through.
    private(set) var values: UnsafeMutablePointer<Float>?
    private var output, outputGradient, diffBias: UnsafeMutablePointer<Float>?

    /// - Parameter activation: one whose derivative follows from its value.
    init(_ activation: Activation, rows: Int, columns: Int, isDifferentiable: Bool) {
        self.activation = activation.loop ?? (Int32(STORMO_LINEAR), 0)
        self.rows = rows
        self.columns = columns
        let isNeeded = isDifferentiable && self.activation.kind != Int32(STORMO_LINEAR)
        byteCount = isNeeded ? AlignedMemory.aligned(rows * columns * MemoryLayout<Float>.stride) : 0
    }

    /// - Parameters:
    ///   - binding: the layer's; its scratch begins with δ.
    ///   - diffBias: where the bias's gradient goes; nil where it is not wanted here.
    mutating func bind(_ binding: Binding, diffBias: UnsafeMutablePointer<Float>?) {
        output = binding.output
        outputGradient = binding.outputGradient
        values = byteCount > 0 ? binding.scratch.assumingMemoryBound(to: Float.self) : outputGradient
        self.diffBias = diffBias
    }

    func run() {
        guard let outputGradient, byteCount > 0 || diffBias != nil else { return }
        stormo_activation_backward(
            activation.kind, activation.alpha, values, diffBias, output, outputGradient, rows, columns)
    }
}
