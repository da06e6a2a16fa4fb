/// dst[n,y,x,o] = f(bias[o] + Σ src[n, y·stride + i - before, x·stride + j - before, c]·weights[i,j,c,o]).
///
/// Shapes: src (n, h, w, c), weights (kh, kw, c, o), bias (o), dst (n, h', w', o). With groups the weights are (kh, kw, c /
/// groups, o), and filter o sees the channels of its own group alone; with a dilation i and j are multiplied by it. Each of the three passes, forward,
/// backward data and backward weights, is carried out by the algorithm that suits the shapes.
package final class Convolution2DKernel: Kernel {
    private let hasBias: Bool
    private var linearDiffDst: LinearDiffDst
    private let forwardPass: any ConvolutionPass
    private let backwardData, backwardWeights: (any ConvolutionPass)?
    private let biasComesWithWeights: Bool

    /// - Parameters:
    ///   - image: height, width and channels of src.
    ///   - activation: one whose derivative follows from its value.
    ///   - gradients: whether the gradients of src, weights and bias are wanted.
    /// - Throws: `KernelError` where the library refuses the shapes.
    package init(
        _ context: KernelContext, samples: Int, image: (height: Int, width: Int, channels: Int), filters: Int,
        groups: Int = 1, window: Window2D, hasBias: Bool, activation: Activation, gradients: (src: Bool, weights: Bool, bias: Bool)
    ) throws(KernelError) {
        let geometry = ConvolutionGeometry(
            samples: samples, image: image, filters: filters, groups: groups, window: window)
        self.hasBias = hasBias
        linearDiffDst = LinearDiffDst(
            activation, rows: samples * geometry.positions.height * geometry.positions.width, columns: filters,
            isDifferentiable: context.isDifferentiable)

        let isTiled = Winograd.suits(geometry)
        if isTiled {
            forwardPass = try WinogradConvolution.forward(context, geometry, activation: activation)
        } else if FewChannelsConvolution.suitsForward(geometry) {
            forwardPass = try FewChannelsConvolution.forward(context, geometry, activation: activation)
        } else {
            forwardPass = try LibraryConvolution.forward(context, geometry, hasBias: hasBias, activation: activation)
        }

        let isDifferentiable = context.isDifferentiable
        if !isDifferentiable || !gradients.src {
            backwardData = nil
        } else if isTiled {
            backwardData = try WinogradConvolution.backwardData(context, geometry)
        } else {
            backwardData = try LibraryConvolution.backwardData(context, geometry)
        }

        // The loops of our own read diff_dst anyway, and add it up on the way.
        biasComesWithWeights =
            hasBias && gradients.weights && gradients.bias
            && (isTiled || FewChannelsConvolution.suitsBackwardWeights(geometry))
        if !isDifferentiable || !gradients.weights {
            backwardWeights = nil
        } else if isTiled {
            backwardWeights = try WinogradBackwardWeights(context, geometry)
        } else if FewChannelsConvolution.suitsBackwardWeights(geometry) {
            backwardWeights = FewChannelsConvolution.backwardWeights(geometry)
        } else {
            backwardWeights = try LibraryConvolution.backwardWeights(context, geometry)
        }
    }

    package var scratchBytes: Int {
        max(
            forwardPass.scratchBytes,
            linearDiffDst.byteCount + max(backwardData?.scratchBytes ?? 0, backwardWeights?.scratchBytes ?? 0))
    }

    package func bind(_ binding: KernelBinding) {
        let (src, weights) = (binding.src[0].floats, binding.src[1].floats)
        let diffBias = hasBias ? binding.diffSrc[2] : nil
        forwardPass.bind(
            ConvolutionBuffers(
                src: src, weights: weights, bias: hasBias ? binding.src[2].floats : nil, dst: binding.dst.floats),
            scratch: binding.scratch)
        var scratch = Scratch(binding.scratch)
        linearDiffDst.bind(binding, &scratch, diffBias: biasComesWithWeights ? nil : diffBias)
        backwardData?.bind(
            ConvolutionBuffers(src: binding.diffSrc[0], weights: weights, bias: nil, dst: linearDiffDst.values),
            scratch: scratch.rest)
        backwardWeights?.bind(
            ConvolutionBuffers(
                src: src, weights: binding.diffSrc[1], bias: biasComesWithWeights ? diffBias : nil,
                dst: linearDiffDst.values),
            scratch: scratch.rest)
    }

    package func forward(_ pass: KernelPass) { forwardPass.run() }

    package func backward(_ pass: KernelPass) {
        linearDiffDst.run()
        backwardWeights?.run()
        backwardData?.run()
    }
}
