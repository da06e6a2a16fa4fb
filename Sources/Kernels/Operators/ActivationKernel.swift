internal import COneDNN
internal import CVector

/// dst = f(src) element by element, or row by row for softmax.
package final class ActivationKernel: Kernel {
    private let src, dst, diffSrc, diffDst: TensorMemory
    private let forwardPrimitive: Primitive
    private var backwardPrimitive: Primitive?
    /// The loop that computes the gradient where it follows from the value.
    private var loop: (kind: Int32, alpha: Float)?
    private let count: Int
    private var buffers:
        (
            dst: UnsafeMutablePointer<Float>?, diffSrc: UnsafeMutablePointer<Float>?,
            diffDst: UnsafeMutablePointer<Float>?
        )

    /// - Parameters:
    ///   - rows, width: the elements of src; `width` is the last dimension.
    /// - Throws: `KernelError` where the library refuses the shapes.
    package init(
        _ context: KernelContext, _ activation: Activation, rows: Int, width: Int, gradient wantsGradient: Bool
    ) throws(KernelError) {
        let name = "\(activation) of \(rows) rows of \(width)"
        let (algorithm, alpha) = activation.algorithm
        count = rows * width
        src = try TensorMemory(.plain([rows, width]))
        dst = try TensorMemory(src.descriptor)
        diffSrc = try TensorMemory(src.descriptor)
        diffDst = try TensorMemory(src.descriptor)
        let direction = context.isDifferentiable ? dnnl_forward_training : dnnl_forward_inference

        let forward: PrimitiveDescription
        if activation == .softmax {
            forward = try PrimitiveDescription(name, of: src.descriptor) {
                stormo_softmax(&$0, $1, direction, $2.handle)
            }
        } else {
            forward = try PrimitiveDescription(name, of: src.descriptor) {
                stormo_eltwise(&$0, $1, direction, algorithm, alpha, $2.handle)
            }
        }
        forwardPrimitive = try Primitive(forward, context, [(DNNL_ARG_SRC, src), (DNNL_ARG_DST, dst)])

        guard context.isDifferentiable && wantsGradient else { return }
        if activation != .linear, let loop = activation.loop {
            self.loop = loop
        } else if activation == .softmax {
            let description = try PrimitiveDescription(name, of: src.descriptor, forward: forward) {
                stormo_softmax_backward(&$0, $1, $2.handle)
            }
            backwardPrimitive = try Primitive(
                description, context,
                [(DNNL_ARG_DST, dst), (DNNL_ARG_DIFF_DST, diffDst), (DNNL_ARG_DIFF_SRC, diffSrc)])
        } else {
            let description = try PrimitiveDescription(name, of: src.descriptor, forward: forward) {
                stormo_eltwise_backward(&$0, $1, algorithm, alpha, $2.handle)
            }
            backwardPrimitive = try Primitive(
                description, context,
                [(DNNL_ARG_SRC, src), (DNNL_ARG_DIFF_DST, diffDst), (DNNL_ARG_DIFF_SRC, diffSrc)])
        }
    }

    package var scratchBytes: Int { max(forwardPrimitive.scratchpadBytes, backwardPrimitive?.scratchpadBytes ?? 0) }

    package func bind(_ binding: KernelBinding) {
        src.attach(binding.src[0].floats)
        dst.attach(binding.dst.floats)
        diffSrc.attach(binding.diffSrc[0])
        diffDst.attach(binding.diffDst)
        buffers = (binding.dst.floats, binding.diffSrc[0], binding.diffDst)
        forwardPrimitive.attachScratchpad(binding.scratch)
        backwardPrimitive?.attachScratchpad(binding.scratch)
    }

    package func forward(_ pass: KernelPass) { forwardPrimitive.execute() }

    package func backward(_ pass: KernelPass) {
        if let loop {
            stormo_activation_backward(
                loop.kind, loop.alpha, buffers.diffSrc, nil, buffers.dst, buffers.diffDst, 1, count)
        } else {
            backwardPrimitive?.execute()
        }
    }
}
