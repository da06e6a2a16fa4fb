/// dst = f(src·weights + bias), row by row.
///
/// Shapes: src (rows, inputs), weights (inputs, outputs), bias (outputs), dst (rows, outputs). With δ the gradient
/// of dst times f': diff_src = δ·weightsᵀ, diff_weights = srcᵀ·δ, diff_bias = Σ_rows δ.
public final class DenseKernel: Kernel {
    private let hasBias: Bool
    private var outputDelta: OutputDelta
    private let src, weights, bias, dst: TensorMemory
    private let srcTransposed, weightsTransposed, delta, diffSrc, diffWeights: TensorMemory
    private let product: Primitive
    private var dataGradient: Primitive?
    private var weightsGradient: Primitive?

    /// - Parameters:
    ///   - activation: one whose derivative follows from its value.
    ///   - gradients: whether the gradients of src, weights and bias are wanted.
    /// - Throws: `KernelError` where the library refuses the shapes.
    public init(
        _ context: KernelContext, rows: Int, inputs: Int, outputs: Int, hasBias: Bool, activation: Activation,
        gradients: (src: Bool, weights: Bool)
    ) throws(KernelError) {
        let name = "dense \(inputs)→\(outputs) of \(rows) rows"
        self.hasBias = hasBias
        outputDelta = OutputDelta(
            activation, rows: rows, columns: outputs, isDifferentiable: context.isDifferentiable)
        src = try TensorMemory(.plain([rows, inputs]))
        weights = try TensorMemory(.plain([inputs, outputs]))
        bias = try TensorMemory(.plain([1, outputs]))
        dst = try TensorMemory(.plain([rows, outputs]))
        srcTransposed = try TensorMemory(.plain([inputs, rows], strides: [1, inputs]))
        weightsTransposed = try TensorMemory(.plain([outputs, inputs], strides: [1, outputs]))
        delta = try TensorMemory(.plain([rows, outputs]))
        diffSrc = try TensorMemory(.plain([rows, inputs]))
        diffWeights = try TensorMemory(.plain([inputs, outputs]))

        product = try Primitive.matmul(
            context, name, src, weights, bias: hasBias ? bias : nil, dst, fusing: activation)
        if context.isDifferentiable && gradients.src {
            dataGradient = try Primitive.matmul(context, name, delta, weightsTransposed, diffSrc)
        }
        if context.isDifferentiable && gradients.weights {
            weightsGradient = try Primitive.matmul(context, name, srcTransposed, delta, diffWeights)
        }
    }

    public var scratchBytes: Int {
        let forward = product.scratchpadBytes
        let backward = max(dataGradient?.scratchpadBytes ?? 0, weightsGradient?.scratchpadBytes ?? 0)
        return max(forward, outputDelta.byteCount + backward)
    }

    public func bind(_ binding: Binding) {
        src.attach(binding.inputs[0])
        srcTransposed.attach(binding.inputs[0])
        weights.attach(binding.inputs[1])
        weightsTransposed.attach(binding.inputs[1])
        if hasBias { bias.attach(binding.inputs[2]) }
        dst.attach(binding.output)
        outputDelta.bind(binding, diffBias: hasBias ? binding.inputGradients[2] : nil)
        delta.attach(outputDelta.values)
        diffSrc.attach(binding.inputGradients[0])
        diffWeights.attach(binding.inputGradients[1])
        product.attachScratchpad(binding.scratch)
        dataGradient?.attachScratchpad(binding.scratch + outputDelta.byteCount)
        weightsGradient?.attachScratchpad(binding.scratch + outputDelta.byteCount)
    }

    public func forward(_ pass: Pass) { product.execute() }

    public func backward(_ pass: Pass) {
        outputDelta.run()
        weightsGradient?.execute()
        dataGradient?.execute()
    }
}
