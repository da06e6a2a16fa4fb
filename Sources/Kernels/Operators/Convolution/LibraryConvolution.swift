internal import COneDNN

/// The kernel library's direct convolution, for all shapes.
///
/// The weights rest in plain layout; the library's own is made from it where that is faster, and gradients are brought
/// back into it.
final class LibraryConvolution: ConvolutionPass {
    private let primitive: Primitive
    private let src, plain, bias, dst: TensorMemory
    /// The weights, or diff_weights, in the library's layout.
    private let inner: TensorMemory
    private let innerBytes: Int
    /// From the plain layout into the library's, before the product, or back again, behind it.
    private let reorder: Primitive?
    private let isBackwardWeights: Bool

    private init(
        _ context: KernelContext, _ descriptors: Descriptors, _ description: PrimitiveDescription,
        weights query: dnnl_query_t, isBackwardWeights: Bool,
        arguments: (src: Int32, weights: Int32, bias: Int32?, dst: Int32)
    ) throws(KernelError) {
        src = try TensorMemory(descriptors.src)
        plain = try TensorMemory(descriptors.weights)
        bias = try TensorMemory(descriptors.bias)
        dst = try TensorMemory(descriptors.dst)
        self.isBackwardWeights = isBackwardWeights
        if let layout = try description.layout(query), !layout.equals(plain.descriptor) {
            inner = try TensorMemory(layout)
            innerBytes = AlignedMemory.aligned(layout.byteCount)
            let (from, to) = isBackwardWeights ? (inner, plain) : (plain, inner)
            reorder = try Primitive(
                .reorder(from: from.descriptor, to: to.descriptor), context,
                [(DNNL_ARG_FROM, from), (DNNL_ARG_TO, to)])
        } else {
            inner = plain
            innerBytes = 0
            reorder = nil
        }
        var tensors = [(arguments.src, src), (arguments.weights, inner), (arguments.dst, dst)]
        if let argument = arguments.bias { tensors.append((argument, bias)) }
        primitive = try Primitive(description, context, tensors)
    }

    /// dst = f(bias + src∗weights).
    static func forward(
        _ context: KernelContext, _ geometry: ConvolutionGeometry, hasBias: Bool, activation: Activation
    ) throws(KernelError) -> LibraryConvolution {
        let descriptors = try Descriptors(geometry)
        let description = try descriptors.forward(context, geometry, hasBias: hasBias, activation: activation)
        return try LibraryConvolution(
            context, descriptors, description, weights: dnnl_query_weights_md, isBackwardWeights: false,
            arguments: (DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, hasBias ? DNNL_ARG_BIAS : nil, DNNL_ARG_DST))
    }

    /// diff_src from the weights and diff_dst.
    static func backwardData(
        _ context: KernelContext, _ geometry: ConvolutionGeometry
    ) throws(KernelError) -> LibraryConvolution {
        let descriptors = try Descriptors(geometry)
        var window = geometry.window.described
        let description = try PrimitiveDescription(
            geometry.name, of: descriptors, forward: descriptors.forward(context, geometry, hasBias: false)
        ) {
            stormo_convolution_backward_data(
                &$0, $1, $2.src.handle, $2.anyWeights.handle, $2.dst.handle, &window)
        }
        return try LibraryConvolution(
            context, descriptors, description, weights: dnnl_query_weights_md, isBackwardWeights: false,
            arguments: (DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, nil, DNNL_ARG_DIFF_DST))
    }

    /// diff_weights from src and diff_dst. The bias's gradient is not made here: the library adds it up in one running
    /// sum of floats.
    static func backwardWeights(
        _ context: KernelContext, _ geometry: ConvolutionGeometry
    ) throws(KernelError) -> LibraryConvolution {
        let descriptors = try Descriptors(geometry)
        var window = geometry.window.described
        let description = try PrimitiveDescription(
            geometry.name, of: descriptors, forward: descriptors.forward(context, geometry, hasBias: false)
        ) {
            stormo_convolution_backward_weights(
                &$0, $1, $2.src.handle, $2.anyWeights.handle, nil, $2.dst.handle, &window)
        }
        return try LibraryConvolution(
            context, descriptors, description, weights: dnnl_query_diff_weights_md, isBackwardWeights: true,
            arguments: (DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, nil, DNNL_ARG_DIFF_DST))
    }

    var scratchBytes: Int { innerBytes + max(primitive.scratchpadBytes, reorder?.scratchpadBytes ?? 0) }

    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer) {
        src.attach(buffers.src)
        plain.attach(buffers.weights)
        bias.attach(buffers.bias)
        dst.attach(buffers.dst)
        if innerBytes > 0 { inner.attach(scratch) }
        primitive.attachScratchpad(scratch + innerBytes)
        reorder?.attachScratchpad(scratch + innerBytes)
    }

    func run() {
        if !isBackwardWeights { reorder?.execute() }
        primitive.execute()
        if isBackwardWeights { reorder?.execute() }
    }

    /// The tensors of a convolution as the library is told of them; gradients have the same layouts.
    private struct Descriptors {
        let src, weights, anyWeights, bias, dst: MemoryDescriptor

        init(_ geometry: ConvolutionGeometry) throws(KernelError) {
            let (n, (h, w, c), filters) = (geometry.samples, geometry.image, geometry.filters)
            let (kh, kw) = geometry.window.size
            src = try .images(n, h, w, c)
            dst = try .images(n, geometry.positions.height, geometry.positions.width, filters)
            // The library has a group's filters and channels under a dimension of their own.
            let (groups, own) = (geometry.groups, c / geometry.groups)
            let strides = [1, filters, kw * own * filters, own * filters]
            weights =
                groups == 1
                ? try .plain([filters, c, kh, kw], strides: strides)
                : try .plain(
                    [groups, filters / groups, own, kh, kw], strides: [filters / groups] + strides)
            anyWeights = try .any((groups == 1 ? [filters] : [groups, filters / groups]) + [own, kh, kw])
            bias = try .plain([filters])
        }

        func forward(
            _ context: KernelContext, _ geometry: ConvolutionGeometry, hasBias: Bool, activation: Activation = .linear
        ) throws(KernelError) -> PrimitiveDescription {
            let direction = context.isDifferentiable ? dnnl_forward_training : dnnl_forward_inference
            var window = geometry.window.described
            return try PrimitiveDescription(geometry.name, of: self, fusing: activation) {
                stormo_convolution(
                    &$0, $1, direction, $2.src.handle, $2.anyWeights.handle, hasBias ? $2.bias.handle : nil,
                    $2.dst.handle, &window)
            }
        }
    }
}
