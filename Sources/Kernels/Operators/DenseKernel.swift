/// dst = f(src·weights + bias), row by row.
///
/// Shapes: src (rows, inputs), weights (inputs, outputs), bias (outputs), dst (rows, outputs). With
/// linear_diff_dst = diff_dst·f'(dst): diff_src = linear_diff_dst·weightsᵀ, diff_weights = srcᵀ·linear_diff_dst,
/// diff_bias = Σ_rows linear_diff_dst.
package final class DenseKernel: Kernel {
    private let hasBias: Bool
    private var linearDiffDst: LinearDiffDst
    private let src, weights, bias, dst: TensorMemory
    private let srcTransposed, weightsTransposed, diffDst, diffSrc, diffWeights: TensorMemory
    private let forwardProduct: Primitive
    private var backwardData: Primitive?
    private var backwardWeights: Primitive?

    /// - Parameters:
    ///   - activation: one whose derivative follows from its value.
    ///   - gradients: whether the gradients of src, weights and bias are wanted.
    /// - Throws: `KernelError` where the library refuses the shapes.
    package init(
        _ context: KernelContext, rows: Int, inputs: Int, outputs: Int, hasBias: Bool, activation: Activation,
        gradients: (src: Bool, weights: Bool)
    ) throws(KernelError) {
        let name = "dense \(inputs)→\(outputs) of \(rows) rows"
        self.hasBias = hasBias
        linearDiffDst = LinearDiffDst(
            activation, rows: rows, columns: outputs, isDifferentiable: context.isDifferentiable)
        src = try TensorMemory(.plain([rows, inputs]))
        weights = try TensorMemory(.plain([inputs, outputs]))
        bias = try TensorMemory(.plain([1, outputs]))
        dst = try TensorMemory(.plain([rows, outputs]))
        srcTransposed = try TensorMemory(.plain([inputs, rows], strides: [1, inputs]))
        weightsTransposed = try TensorMemory(.plain([outputs, inputs], strides: [1, outputs]))
        diffDst = try TensorMemory(.plain([rows, outputs]))
        diffSrc = try TensorMemory(.plain([rows, inputs]))
        diffWeights = try TensorMemory(.plain([inputs, outputs]))

        forwardProduct = try Primitive.matmul(
            context, name, src, weights, bias: hasBias ? bias : nil, dst, fusing: activation)
        if context.isDifferentiable && gradients.src {
            backwardData = try Primitive.matmul(context, name, diffDst, weightsTransposed, diffSrc)
        }
        if context.isDifferentiable && gradients.weights {
            backwardWeights = try Primitive.matmul(context, name, srcTransposed, diffDst, diffWeights)
        }
    }

    package var scratchBytes: Int {
        let backward = max(backwardData?.scratchpadBytes ?? 0, backwardWeights?.scratchpadBytes ?? 0)
        return max(forwardProduct.scratchpadBytes, linearDiffDst.byteCount + backward)
    }

    package func bind(_ binding: KernelBinding) {
        src.attach(binding.src[0].floats)
        srcTransposed.attach(binding.src[0].floats)
        weights.attach(binding.src[1].floats)
        weightsTransposed.attach(binding.src[1].floats)
        if hasBias { bias.attach(binding.src[2].floats) }
        dst.attach(binding.dst.floats)
        forwardProduct.attachScratchpad(binding.scratch)

        var scratch = Scratch(binding.scratch)
        linearDiffDst.bind(binding, &scratch, diffBias: hasBias ? binding.diffSrc[2] : nil)
        diffDst.attach(linearDiffDst.values)
        diffSrc.attach(binding.diffSrc[0])
        diffWeights.attach(binding.diffSrc[1])
        backwardData?.attachScratchpad(scratch.rest)
        backwardWeights?.attachScratchpad(scratch.rest)
    }

    package func forward(_ pass: KernelPass) { forwardProduct.execute() }

    package func backward(_ pass: KernelPass) {
        linearDiffDst.run()
        backwardWeights?.execute()
        backwardData?.execute()
    }
}
