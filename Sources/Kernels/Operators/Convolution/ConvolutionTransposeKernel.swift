internal import CVector

/// The transpose of a convolution: dst is what the convolution's backward pass makes of src, plus a bias.
///
/// dst[n, y·stride + i - before, x·stride + j - before, o] = bias[o] + Σ src[n, y, x, c]·weights[i, j, o, c], summed over all
/// (y, x, i, j, c) that fall on the same place.
///
/// Shapes: src (n, h', w', c), weights (kh, kw, o, c), bias (o), dst (n, h, w, o), where a convolution with this window takes
/// images of (h, w) to (h', w'). Each pass is one of that convolution's, with the places of src and dst exchanged.
package final class ConvolutionTransposeKernel: Kernel {
    private let rows, filters: Int
    private let hasBias: Bool
    private let forwardPass: LibraryConvolution
    private let backwardData, backwardWeights: LibraryConvolution?
    private var dst, bias, diffBias, diffDst: UnsafeMutablePointer<Float>?

    /// - Parameters:
    ///   - image: height, width and channels of dst.
    ///   - channels: of src.
    ///   - window: of the convolution that takes dst to src.
    ///   - gradients: whether the gradients of src, weights and bias are wanted.
    /// - Throws: `KernelError` where the library refuses the shapes.
    package init(
        _ context: KernelContext, samples: Int, image: (height: Int, width: Int, channels: Int), channels: Int,
        window: Window2D, hasBias: Bool, gradients: (src: Bool, weights: Bool)
    ) throws(KernelError) {
        let geometry = ConvolutionGeometry(samples: samples, image: image, filters: channels, window: window)
        rows = samples * image.height * image.width
        filters = image.channels
        self.hasBias = hasBias
        forwardPass = try LibraryConvolution.backwardData(context, geometry)
        backwardData =
            context.isDifferentiable && gradients.src
            ? try LibraryConvolution.forward(context, geometry, hasBias: false, activation: .linear) : nil
        backwardWeights =
            context.isDifferentiable && gradients.weights
            ? try LibraryConvolution.backwardWeights(context, geometry) : nil
    }

    package var scratchBytes: Int {
        max(forwardPass.scratchBytes, backwardData?.scratchBytes ?? 0, backwardWeights?.scratchBytes ?? 0)
    }

    package func bind(_ binding: KernelBinding) {
        let (src, weights) = (binding.src[0].floats, binding.src[1].floats)
        dst = binding.dst.floats
        diffDst = binding.diffDst
        bias = hasBias ? binding.src[2].floats : nil
        diffBias = hasBias ? binding.diffSrc[2] : nil
        forwardPass.bind(
            ConvolutionBuffers(src: dst, weights: weights, bias: nil, dst: src), scratch: binding.scratch)
        backwardData?.bind(
            ConvolutionBuffers(src: diffDst, weights: weights, bias: nil, dst: binding.diffSrc[0]),
            scratch: binding.scratch)
        backwardWeights?.bind(
            ConvolutionBuffers(src: diffDst, weights: binding.diffSrc[1], bias: nil, dst: src),
            scratch: binding.scratch)
    }

    package func forward(_ pass: KernelPass) {
        forwardPass.run()
        if let bias { stormo_add_row(dst, bias, rows, filters) }
    }

    package func backward(_ pass: KernelPass) {
        if let diffBias {
            stormo_activation_backward(Int32(STORMO_LINEAR), 0, nil, diffBias, dst, diffDst, rows, filters)
        }
        backwardWeights?.run()
        backwardData?.run()
    }
}
