internal import COneDNN
internal import CVector

/// How pooling reduces the elements under its window to one. Padding is left out.
public enum PoolingReduction: Hashable, Sendable {
    case max
    case average
}

/// dst[n,y,x,c] = the largest or the mean of src under the window; padding takes part in neither.
///
/// Shapes: src (n, h, w, c), dst (n, h', w', c). The gradient goes to the place of the largest (the first of
/// equals), or in equal parts to all places.
package final class Pooling2DKernel: Kernel {
    private let src, dst, diffSrc, diffDst: TensorMemory
    private let indices: TensorMemory?
    private let forwardPrimitive: Primitive
    private var backwardPrimitive: Primitive?
    /// The geometry of a mean over many places, which a loop of our own computes: the library adds it up in one running
    /// sum of floats.
    private var wide: stormo_positions?
    private let samples: Int
    private var buffers: (src: UnsafeMutablePointer<Float>?, dst: UnsafeMutablePointer<Float>?)

    /// - Parameter image: height, width and channels of src.
    /// - Throws: `KernelError` where the library refuses the shapes.
    package init(
        _ context: KernelContext, samples n: Int, image: (height: Int, width: Int, channels: Int), window: Window2D,
        reduction: PoolingReduction, gradient wantsGradient: Bool
    ) throws(KernelError) {
        let (h, w, c) = image
        let (kh, kw) = window.size
        let name = "pooling \(kh)×\(kw) of \(n) images \(h)×\(w)×\(c)"
        let out = window.positions(over: (h, w))
        samples = n
        if reduction == .average, kh * kw > Int(STORMO_SUMMED) {
            wide = stormo_positions(
                height: h, width: w, channels: c, filters: 0, window_height: kh, window_width: kw,
                down: window.stride.height, across: window.stride.width, top: window.before.height,
                left: window.before.width, padded_height: 0, padded_width: 0, rows: out.height, columns: out.width)
        }
        let algorithm = reduction == .max ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding
        src = try TensorMemory(.images(n, h, w, c))
        dst = try TensorMemory(.images(n, out.height, out.width, c))
        diffSrc = try TensorMemory(src.descriptor)
        diffDst = try TensorMemory(dst.descriptor)
        let direction = context.isDifferentiable ? dnnl_forward_training : dnnl_forward_inference
        var sliding = window.described

        let forward = try PrimitiveDescription(name, of: (src.descriptor, dst.descriptor)) {
            stormo_pooling(&$0, $1, direction, algorithm, $2.0.handle, $2.1.handle, &sliding)
        }
        indices = try forward.layout(dnnl_query_workspace_md).map { layout throws(KernelError) in
            try TensorMemory(layout)
        }
        let kept = indices.map { [(DNNL_ARG_WORKSPACE, $0)] } ?? []
        forwardPrimitive = try Primitive(forward, context, [(DNNL_ARG_SRC, src), (DNNL_ARG_DST, dst)] + kept)
        if context.isDifferentiable && wantsGradient {
            let description = try PrimitiveDescription(
                name, of: (src.descriptor, dst.descriptor), forward: forward
            ) {
                stormo_pooling_backward(&$0, $1, algorithm, $2.0.handle, $2.1.handle, &sliding)
            }
            backwardPrimitive = try Primitive(
                description, context,
                [(DNNL_ARG_DIFF_SRC, diffSrc), (DNNL_ARG_DIFF_DST, diffDst)] + kept)
        }
    }

    package var workspaceBytes: Int { indices?.descriptor.byteCount ?? 0 }
    package var scratchBytes: Int { max(forwardPrimitive.scratchpadBytes, backwardPrimitive?.scratchpadBytes ?? 0) }

    package func bind(_ binding: Binding) {
        src.attach(binding.src[0].floats)
        dst.attach(binding.dst.floats)
        buffers = (binding.src[0].floats, binding.dst.floats)
        diffSrc.attach(binding.diffSrc[0])
        diffDst.attach(binding.diffDst)
        indices?.attach(binding.workspace)
        forwardPrimitive.attachScratchpad(binding.scratch)
        backwardPrimitive?.attachScratchpad(binding.scratch)
    }

    package func forward(_ pass: Pass) {
        if wide != nil { stormo_average(buffers.dst, buffers.src, &wide!, samples) } else { forwardPrimitive.execute() }
    }

    package func backward(_ pass: Pass) { backwardPrimitive?.execute() }
}
