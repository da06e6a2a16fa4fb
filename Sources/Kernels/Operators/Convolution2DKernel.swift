internal import COneDNN
internal import CVector

/// The geometry of a window that slides over images: a convolution's or a pooling's.
public struct Window2D: Hashable, Sendable {
    /// Height and width of the window, and the steps between its positions.
    public var size: (height: Int, width: Int) { (sizes[0], sizes[1]) }
    public var stride: (height: Int, width: Int) { (strides[0], strides[1]) }
    /// Zeros in front of the first row and column, and behind the last.
    public var before: (height: Int, width: Int) { (padding[0], padding[1]) }
    public var after: (height: Int, width: Int) { (padding[2], padding[3]) }

    /// No window or step is larger: an image of that size would not fit into memory.
    public static let largest = 32_767

    private var sizes: [Int]
    private var strides: [Int]
    private var padding: [Int]

    /// A window that covers every image wholly or, unless `same`, stays inside it.
    ///
    /// With `same` the result has ⌈n / stride⌉ rows for n, and the zeros that this takes stand half in front, the
    /// odd one behind, as in Keras; otherwise it has ⌊(n - size) / stride⌋ + 1.
    public init(size: (Int, Int), stride: (Int, Int), same: Bool, over image: (height: Int, width: Int)) {
        sizes = [size.0, size.1]
        strides = [stride.0, stride.1]
        func zeros(_ n: Int, _ size: Int, _ stride: Int) -> Int {
            same ? max(((n + stride - 1) / stride - 1) * stride + size - n, 0) : 0
        }
        let height = zeros(image.height, size.0, stride.0)
        let width = zeros(image.width, size.1, stride.1)
        padding = [height / 2, width / 2, height - height / 2, width - width / 2]
    }

    /// The number of positions of the window along height and width; none or less where it does not fit.
    public func positions(over image: (height: Int, width: Int)) -> (height: Int, width: Int) {
        func count(_ n: Int, _ axis: Int) -> Int {
            let room = n + padding[axis] + padding[axis + 2] - sizes[axis]
            return room < 0 ? 0 : room / strides[axis] + 1
        }
        return (count(image.height, 0), count(image.width, 1))
    }

    var cSizes: [Int64] { sizes.map(Int64.init) }
    var cStrides: [Int64] { strides.map(Int64.init) }
    var cBefore: [Int64] { padding[0..<2].map(Int64.init) }
    var cAfter: [Int64] { padding[2..<4].map(Int64.init) }
    /// The library counts a dilation of none as 0.
    static let undilated: [Int64] = [0, 0]
}

/// dst[n,y,x,o] = f(bias[o] + Σ src[n, y·stride + i - before, x·stride + j - before, c]·weights[i,j,c,o]).
///
/// Shapes: src (n, h, w, c), weights (kh, kw, c, o), bias (o), dst (n, h', w', o). The weights rest in this plain
/// layout; the library's own is made from it where that is faster, and gradients are brought back into it.
public final class Convolution2DKernel: Kernel {
    private let activation: (kind: Int32, alpha: Float)
    private let pixels: Int
    private let filters: Int
    private let hasBias: Bool

    private let src, weights, bias, dst, delta, diffSrc, diffWeights, diffBias: TensorMemory
    private let convolution: Weighted
    private var dataGradient: Weighted?
    private var weightsGradient: Weighted?
    private let deltaBytes: Int

    private var value: UnsafeMutablePointer<Float>?
    private var diffDst: UnsafeMutablePointer<Float>?
    private var deltaValues: UnsafeMutablePointer<Float>?
    /// Where the bias's gradient goes when the library does not compute it beside the weights'.
    private var diffBiasAlone: UnsafeMutablePointer<Float>?
    private let biasComesWithWeights: Bool

    /// A primitive together with the change of layout that its weights need, if any.
    private struct Weighted {
        let primitive: Primitive
        let reorder: Primitive?
        let inner: TensorMemory
        let innerBytes: Int

        /// - Parameter isGradient: the weights are what the primitive computes, so the change comes after it.
        init(
            _ context: KernelContext, _ description: PrimitiveDescription, plain: TensorMemory,
            layout: MemoryDescriptor, isGradient: Bool, tensors: (TensorMemory) -> [(Int32, TensorMemory)]
        ) throws(KernelError) {
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
            primitive = try Primitive(description, context, tensors(inner))
        }

        var scratchBytes: Int { innerBytes + max(primitive.scratchpadBytes, reorder?.scratchpadBytes ?? 0) }

        func attach(_ scratch: UnsafeMutableRawPointer) {
            if innerBytes > 0 { inner.attach(scratch) }
            primitive.attachScratchpad(scratch + innerBytes)
            reorder?.attachScratchpad(scratch + innerBytes)
        }
    }

    /// - Parameters:
    ///   - image: height, width and channels of src.
    ///   - activation: one whose derivative follows from its value.
    ///   - gradients: whether the gradients of src, weights and bias are wanted.
    /// - Throws: `KernelError` where the library refuses the shapes.
    public init(
        _ context: KernelContext, samples n: Int, image: (height: Int, width: Int, channels: Int), filters: Int,
        window: Window2D, hasBias: Bool, activation: Activation, gradients: (src: Bool, weights: Bool, bias: Bool)
    ) throws(KernelError) {
        let (h, w, c) = image
        let (kh, kw) = window.size
        let name = "conv2d \(kh)×\(kw), \(c)→\(filters) channels, of \(n) images \(h)×\(w)"
        let out = window.positions(over: (h, w))
        self.activation = activation.loop ?? (Int32(STORMO_LINEAR), 0)
        self.filters = filters
        self.hasBias = hasBias
        pixels = n * out.height * out.width
        let biasComesWithWeights = hasBias && gradients.weights && gradients.bias
        self.biasComesWithWeights = biasComesWithWeights

        src = try TensorMemory(.images(n, h, w, c))
        dst = try TensorMemory(.images(n, out.height, out.width, filters))
        delta = try TensorMemory(dst.descriptor)
        diffSrc = try TensorMemory(src.descriptor)
        let plain = try MemoryDescriptor.plain(
            [filters, c, kh, kw], strides: [1, filters, kw * c * filters, c * filters])
        weights = try TensorMemory(plain)
        diffWeights = try TensorMemory(plain)
        bias = try TensorMemory(.plain([filters]))
        diffBias = try TensorMemory(bias.descriptor)

        var (srcLayout, dstLayout) = (src.descriptor, dst.descriptor)
        // An empty descriptor stands for no bias.
        var biasLayout = hasBias ? bias.descriptor : MemoryDescriptor()
        var weightsLayout = try MemoryDescriptor.any([filters, c, kh, kw])
        var operation = dnnl_convolution_desc_t()
        try OneDNN.check(
            dnnl_dilated_convolution_forward_desc_init(
                &operation, context.isDifferentiable ? dnnl_forward_training : dnnl_forward_inference,
                dnnl_convolution_direct, &srcLayout, &weightsLayout, &biasLayout, &dstLayout,
                window.cStrides, Window2D.undilated, window.cBefore, window.cAfter), name)
        let forward = try PrimitiveDescription(operation, name, fusing: activation)
        convolution = try Weighted(
            context, forward, plain: weights, layout: forward.layout(dnnl_query_weights_md), isGradient: false
        ) { [src, bias, dst] weights in
            [(DNNL_ARG_SRC, src), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DST, dst)]
                + (hasBias ? [(DNNL_ARG_BIAS, bias)] : [])
        }
        if context.isDifferentiable && gradients.src {
            try OneDNN.check(
                dnnl_dilated_convolution_backward_data_desc_init(
                    &operation, dnnl_convolution_direct, &srcLayout, &weightsLayout, &dstLayout, window.cStrides,
                    Window2D.undilated, window.cBefore, window.cAfter), name)
            let description = try PrimitiveDescription(operation, name, forward: forward)
            dataGradient = try Weighted(
                context, description, plain: weights, layout: description.layout(dnnl_query_weights_md),
                isGradient: false
            ) { [delta, diffSrc] weights in
                [(DNNL_ARG_DIFF_DST, delta), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DIFF_SRC, diffSrc)]
            }
        }
        if context.isDifferentiable && gradients.weights {
            if !biasComesWithWeights { biasLayout = MemoryDescriptor() }
            try OneDNN.check(
                dnnl_dilated_convolution_backward_weights_desc_init(
                    &operation, dnnl_convolution_direct, &srcLayout, &weightsLayout, &biasLayout,
                    &dstLayout, window.cStrides, Window2D.undilated, window.cBefore, window.cAfter), name)
            let description = try PrimitiveDescription(operation, name, forward: forward)
            weightsGradient = try Weighted(
                context, description, plain: diffWeights, layout: description.layout(dnnl_query_diff_weights_md),
                isGradient: true
            ) { [src, delta, diffBias] weights in
                [(DNNL_ARG_SRC, src), (DNNL_ARG_DIFF_DST, delta), (DNNL_ARG_DIFF_WEIGHTS, weights)]
                    + (biasComesWithWeights ? [(DNNL_ARG_DIFF_BIAS, diffBias)] : [])
            }
        }
        let needsDelta = context.isDifferentiable && self.activation.kind != Int32(STORMO_LINEAR)
        deltaBytes = needsDelta ? AlignedMemory.aligned(delta.descriptor.byteCount) : 0
    }

    public var scratchBytes: Int {
        max(
            convolution.scratchBytes,
            deltaBytes + max(dataGradient?.scratchBytes ?? 0, weightsGradient?.scratchBytes ?? 0))
    }

    public func bind(_ binding: Binding) {
        src.attach(binding.inputs[0])
        weights.attach(binding.inputs[1])
        diffSrc.attach(binding.inputGradients[0])
        diffWeights.attach(binding.inputGradients[1])
        if hasBias {
            bias.attach(binding.inputs[2])
            diffBias.attach(binding.inputGradients[2])
            diffBiasAlone = biasComesWithWeights ? nil : binding.inputGradients[2]
        }
        dst.attach(binding.output)
        value = binding.output
        diffDst = binding.outputGradient
        deltaValues = deltaBytes > 0 ? binding.scratch.assumingMemoryBound(to: Float.self) : diffDst
        delta.attach(deltaValues)
        convolution.attach(binding.scratch)
        dataGradient?.attach(binding.scratch + deltaBytes)
        weightsGradient?.attach(binding.scratch + deltaBytes)
    }

    public func forward(_ pass: Pass) {
        convolution.reorder?.execute()
        convolution.primitive.execute()
    }

    public func backward(_ pass: Pass) {
        if let diffDst, deltaBytes > 0 || diffBiasAlone != nil {
            stormo_activation_backward(
                activation.kind, activation.alpha, deltaValues, diffBiasAlone, value, diffDst, pixels, filters)
        }
        if let weightsGradient {
            weightsGradient.primitive.execute()
            weightsGradient.reorder?.execute()
        }
        if let dataGradient {
            dataGradient.reorder?.execute()
            dataGradient.primitive.execute()
        }
    }
}
