internal import CVector

/// The gradient with which the backward pass of a layer with a fused activation f begins: that with respect to the linear
/// part, linear_diff_dst = diff_dst·f'(dst), row by row; and beside it diff_bias = Σ_rows linear_diff_dst.
struct LinearDiffDst {
    private let activation: (kind: Int32, alpha: Float)
    private let rows: Int
    private let columns: Int
    /// The scratch that it takes; none where it is diff_dst itself.
    let byteCount: Int
    /// Its place; filled by `run`.
    private(set) var values: UnsafeMutablePointer<Float>?
    private var dst, diffDst, diffBias: UnsafeMutablePointer<Float>?

    /// - Parameter activation: one whose derivative follows from its value.
    init(_ activation: Activation, rows: Int, columns: Int, isDifferentiable: Bool) {
        self.activation = activation.loop ?? (Int32(STORMO_LINEAR), 0)
        self.rows = rows
        self.columns = columns
        let isNeeded = isDifferentiable && self.activation.kind != Int32(STORMO_LINEAR)
        byteCount = isNeeded ? AlignedMemory.aligned(rows * columns * MemoryLayout<Float>.stride) : 0
    }

    /// - Parameters:
    ///   - binding: the layer's.
    ///   - scratch: what it takes its place from.
    ///   - diffBias: where the bias's gradient goes; nil where it is not wanted here.
    mutating func bind(_ binding: KernelBinding, _ scratch: inout Scratch, diffBias: UnsafeMutablePointer<Float>?) {
        dst = binding.dst.floats
        diffDst = binding.diffDst
        values = byteCount > 0 ? scratch.take(bytes: byteCount) : diffDst
        self.diffBias = diffBias
    }

    func run() {
        guard let diffDst, byteCount > 0 || diffBias != nil else { return }
        stormo_activation_backward(
            activation.kind, activation.alpha, values, diffBias, dst, diffDst, rows, columns)
    }
}
