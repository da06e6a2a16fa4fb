internal import COneDNN

/// The kernel library's direct convolution, for all shapes.
///
/// The weights rest in plain layout; the library's own is made from it where that is faster, and gradients are brought
/// back into it.
final class LibraryConvolution: ConvolutionPass {
    private let primitive: Primitive
    private let images, plain, bias, result: TensorMemory
    /// The weights, or their gradient, as the library wants them.
    private let inner: TensorMemory
    private let innerBytes: Int
    /// From the plain layout into the library's, before the product, or back again, behind it.
    private let reorder: Primitive?
    private let isGradient: Bool

    private init(
        _ context: KernelContext, _ descriptors: Descriptors, _ description: PrimitiveDescription,
        weights query: dnnl_query_t, isGradient: Bool,
        arguments: (images: Int32, weights: Int32, bias: Int32?, result: Int32)
    ) throws(KernelError) {
        images = try TensorMemory(descriptors.images)
        plain = try TensorMemory(descriptors.weights)
        bias = try TensorMemory(descriptors.bias)
        result = try TensorMemory(descriptors.result)
        self.isGradient = isGradient
        let layout = description.layout(query)
        if layout.equals(plain.descriptor) {
            inner = plain
            innerBytes = 0
            reorder = nil
        } else {
            inner = try TensorMemory(layout)
            innerBytes = AlignedMemory.aligned(layout.byteCount)
            let (from, to) = isGradient ? (inner, plain) : (plain, inner)
            reorder = try Primitive(
                .reorder(from: from.descriptor, to: to.descriptor), context,
                [(DNNL_ARG_FROM, from), (DNNL_ARG_TO, to)])
        }
        var tensors = [(arguments.images, images), (arguments.weights, inner), (arguments.result, result)]
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
            context, descriptors, description, weights: dnnl_query_weights_md, isGradient: false,
            arguments: (DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, hasBias ? DNNL_ARG_BIAS : nil, DNNL_ARG_DST))
    }

    /// diff_src from the weights and diff_dst.
    static func dataGradient(
        _ context: KernelContext, _ geometry: ConvolutionGeometry
    ) throws(KernelError) -> LibraryConvolution {
        var descriptors = try Descriptors(geometry)
        let window = geometry.window
        var operation = dnnl_convolution_desc_t()
        try OneDNN.check(
            dnnl_dilated_convolution_backward_data_desc_init(
                &operation, dnnl_convolution_direct, &descriptors.images, &descriptors.anyWeights, &descriptors.result,
                window.cStrides, Window2D.undilated, window.cBefore, window.cAfter), geometry.name)
        let description = try PrimitiveDescription(
            operation, geometry.name, forward: descriptors.forward(context, geometry, hasBias: false))
        return try LibraryConvolution(
            context, descriptors, description, weights: dnnl_query_weights_md, isGradient: false,
            arguments: (DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, nil, DNNL_ARG_DIFF_DST))
    }

    /// diff_weights, and diff_bias if wanted, from src and diff_dst.
    static func weightsGradient(
        _ context: KernelContext, _ geometry: ConvolutionGeometry, withBias: Bool
    ) throws(KernelError) -> LibraryConvolution {
        var descriptors = try Descriptors(geometry)
        let window = geometry.window
        // An empty descriptor stands for no bias.
        var bias = withBias ? descriptors.bias : MemoryDescriptor()
        var operation = dnnl_convolution_desc_t()
        try OneDNN.check(
            dnnl_dilated_convolution_backward_weights_desc_init(
                &operation, dnnl_convolution_direct, &descriptors.images, &descriptors.anyWeights, &bias,
                &descriptors.result, window.cStrides, Window2D.undilated, window.cBefore, window.cAfter),
            geometry.name)
        let description = try PrimitiveDescription(
            operation, geometry.name, forward: descriptors.forward(context, geometry, hasBias: withBias))
        return try LibraryConvolution(
            context, descriptors, description, weights: dnnl_query_diff_weights_md, isGradient: true,
            arguments: (
                DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, withBias ? DNNL_ARG_DIFF_BIAS : nil, DNNL_ARG_DIFF_DST
            ))
    }

    var scratchBytes: Int { innerBytes + max(primitive.scratchpadBytes, reorder?.scratchpadBytes ?? 0) }

    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer) {
        images.attach(buffers.images)
        plain.attach(buffers.weights)
        bias.attach(buffers.bias)
        result.attach(buffers.result)
        if innerBytes > 0 { inner.attach(scratch) }
        primitive.attachScratchpad(scratch + innerBytes)
        reorder?.attachScratchpad(scratch + innerBytes)
    }

    func run() {
        if !isGradient { reorder?.execute() }
        primitive.execute()
        if isGradient { reorder?.execute() }
    }

    /// The tensors of a convolution as the library is told of them; gradients have the same layouts.
    private struct Descriptors {
        var images, weights, anyWeights, bias, result: MemoryDescriptor

        init(_ geometry: ConvolutionGeometry) throws(KernelError) {
            let (n, (h, w, c), filters) = (geometry.samples, geometry.image, geometry.filters)
            let (kh, kw) = geometry.window.size
            images = try .images(n, h, w, c)
            result = try .images(n, geometry.positions.height, geometry.positions.width, filters)
            weights = try .plain([filters, c, kh, kw], strides: [1, filters, kw * c * filters, c * filters])
            anyWeights = try .any([filters, c, kh, kw])
            bias = try .plain([filters])
        }

        func forward(
            _ context: KernelContext, _ geometry: ConvolutionGeometry, hasBias: Bool, activation: Activation = .linear
        ) throws(KernelError) -> PrimitiveDescription {
            var copy = self
            // An empty descriptor stands for no bias.
            if !hasBias { copy.bias = MemoryDescriptor() }
            let window = geometry.window
            var operation = dnnl_convolution_desc_t()
            try OneDNN.check(
                dnnl_dilated_convolution_forward_desc_init(
                    &operation, context.isDifferentiable ? dnnl_forward_training : dnnl_forward_inference,
                    dnnl_convolution_direct, &copy.images, &copy.anyWeights, &copy.bias, &copy.result,
                    window.cStrides, Window2D.undilated, window.cBefore, window.cAfter), geometry.name)
            return try PrimitiveDescription(operation, geometry.name, fusing: activation)
        }
    }
}
