/// dst[n,y,x,o] = f(bias[o] + Σ src[n, y·stride + i - before, x·stride + j - before, c]·weights[i,j,c,o]).
///
/// Shapes: src (n, h, w, c), weights (kh, kw, c, o), bias (o), dst (n, h', w', o). Each of the three products, forward,
/// for the images' gradient and for the weights', is carried out by the algorithm that suits the shapes.
public final class Convolution2DKernel: Kernel {
    private let hasBias: Bool
    private var delta: OutputDelta
    private let product: any ConvolutionPass
    private let dataGradient, weightsGradient: (any ConvolutionPass)?
    private let biasComesWithWeights: Bool

    /// - Parameters:
    ///   - image: height, width and channels of src.
    ///   - activation: one whose derivative follows from its value.
    ///   - gradients: whether the gradients of src, weights and bias are wanted.
    /// - Throws: `KernelError` where the library refuses the shapes.
    public init(
        _ context: KernelContext, samples: Int, image: (height: Int, width: Int, channels: Int), filters: Int,
        window: Window2D, hasBias: Bool, activation: Activation, gradients: (src: Bool, weights: Bool, bias: Bool)
    ) throws(KernelError) {
        let geometry = ConvolutionGeometry(samples: samples, image: image, filters: filters, window: window)
        self.hasBias = hasBias
        delta = OutputDelta(
            activation, rows: samples * geometry.positions.height * geometry.positions.width, columns: filters,
            isDifferentiable: context.isDifferentiable)

        let isTiled = Winograd.suits(geometry)
        if isTiled {
            product = try WinogradConvolution.forward(context, geometry, activation: activation)
        } else if FewChannelsConvolution.suitsForward(geometry) {
            product = try FewChannelsConvolution.forward(context, geometry, activation: activation)
        } else {
            product = try LibraryConvolution.forward(context, geometry, hasBias: hasBias, activation: activation)
        }

        let isDifferentiable = context.isDifferentiable
        if !isDifferentiable || !gradients.src {
            dataGradient = nil
        } else if isTiled {
            dataGradient = try WinogradConvolution.dataGradient(context, geometry)
        } else {
            dataGradient = try LibraryConvolution.dataGradient(context, geometry)
        }

        // The loops of our own have each result's gradient in hand and add it up.
        biasComesWithWeights =
            hasBias && gradients.weights && gradients.bias
            && (isTiled || FewChannelsConvolution.suitsGradient(geometry))
        if !isDifferentiable || !gradients.weights {
            weightsGradient = nil
        } else if isTiled {
            weightsGradient = try WinogradGradient(context, geometry)
        } else if FewChannelsConvolution.suitsGradient(geometry) {
            weightsGradient = FewChannelsConvolution.gradient(geometry)
        } else {
            weightsGradient = try LibraryConvolution.weightsGradient(context, geometry)
        }
    }

    public var scratchBytes: Int {
        max(
            product.scratchBytes,
            delta.byteCount + max(dataGradient?.scratchBytes ?? 0, weightsGradient?.scratchBytes ?? 0))
    }

    public func bind(_ binding: Binding) {
        let diffBias = hasBias ? binding.inputGradients[2] : nil
        delta.bind(binding, diffBias: biasComesWithWeights ? nil : diffBias)
        product.bind(
            ConvolutionBuffers(
                images: binding.inputs[0], weights: binding.inputs[1], bias: hasBias ? binding.inputs[2] : nil,
                result: binding.output), scratch: binding.scratch)
        dataGradient?.bind(
            ConvolutionBuffers(
                images: binding.inputGradients[0], weights: binding.inputs[1], bias: nil, result: delta.values),
            scratch: binding.scratch + delta.byteCount)
        weightsGradient?.bind(
            ConvolutionBuffers(
                images: binding.inputs[0], weights: binding.inputGradients[1],
                bias: biasComesWithWeights ? diffBias : nil, result: delta.values),
            scratch: binding.scratch + delta.byteCount)
    }

    public func forward(_ pass: Pass) { product.run() }

    public func backward(_ pass: Pass) {
        delta.run()
        weightsGradient?.run()
        dataGradient?.run()
    }
}
