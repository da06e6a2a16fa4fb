internal import CVector

/// dst[n,y,x,o] = f(bias[o] + Σ src[n, y·stride + i - before, x·stride + j - before, c]·weights[i,j,c,o]).
///
/// Shapes: src (n, h, w, c), weights (kh, kw, c, o), bias (o), dst (n, h', w', o). Each of the three products, forward,
/// for the images' gradient and for the weights', is carried out by the algorithm that suits the shapes.
public final class Convolution2DKernel: Kernel {
    private let activation: (kind: Int32, alpha: Float)
    private let pixels: Int
    private let filters: Int
    private let hasBias: Bool
    private let product: any ConvolutionPass
    private let dataGradient, weightsGradient: (any ConvolutionPass)?
    private let biasComesWithWeights: Bool
    private let deltaBytes: Int

    private var value: UnsafeMutablePointer<Float>?
    private var diffDst: UnsafeMutablePointer<Float>?
    private var deltaValues: UnsafeMutablePointer<Float>?
    /// Where the bias's gradient goes when it is not computed beside the weights'.
    private var diffBiasAlone: UnsafeMutablePointer<Float>?

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
        self.activation = activation.loop ?? (Int32(STORMO_LINEAR), 0)
        self.filters = filters
        self.hasBias = hasBias
        pixels = samples * geometry.positions.height * geometry.positions.width

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

        biasComesWithWeights = hasBias && gradients.weights && gradients.bias
        if !isDifferentiable || !gradients.weights {
            weightsGradient = nil
        } else if isTiled {
            weightsGradient = try WinogradGradient(context, geometry)
        } else if FewChannelsConvolution.suitsGradient(geometry) {
            weightsGradient = FewChannelsConvolution.gradient(geometry)
        } else {
            weightsGradient = try LibraryConvolution.weightsGradient(
                context, geometry, withBias: biasComesWithWeights)
        }
        let needsDelta = isDifferentiable && self.activation.kind != Int32(STORMO_LINEAR)
        deltaBytes = needsDelta ? AlignedMemory.aligned(pixels * filters * MemoryLayout<Float>.stride) : 0
    }

    public var scratchBytes: Int {
        max(
            product.scratchBytes,
            deltaBytes + max(dataGradient?.scratchBytes ?? 0, weightsGradient?.scratchBytes ?? 0))
    }

    public func bind(_ binding: Binding) {
        let diffBias = hasBias ? binding.inputGradients[2] : nil
        diffBiasAlone = biasComesWithWeights ? nil : diffBias
        value = binding.output
        diffDst = binding.outputGradient
        deltaValues = deltaBytes > 0 ? binding.scratch.assumingMemoryBound(to: Float.self) : diffDst
        product.bind(
            ConvolutionBuffers(
                images: binding.inputs[0], weights: binding.inputs[1], bias: hasBias ? binding.inputs[2] : nil,
                result: binding.output), scratch: binding.scratch)
        dataGradient?.bind(
            ConvolutionBuffers(
                images: binding.inputGradients[0], weights: binding.inputs[1], bias: nil, result: deltaValues),
            scratch: binding.scratch + deltaBytes)
        weightsGradient?.bind(
            ConvolutionBuffers(
                images: binding.inputs[0], weights: binding.inputGradients[1],
                bias: biasComesWithWeights ? diffBias : nil, result: deltaValues),
            scratch: binding.scratch + deltaBytes)
    }

    public func forward(_ pass: Pass) { product.run() }

    public func backward(_ pass: Pass) {
        if let diffDst, deltaBytes > 0 || diffBiasAlone != nil {
            stormo_activation_backward(
                activation.kind, activation.alpha, deltaValues, diffBiasAlone, value, diffDst, pixels, filters)
        }
        weightsGradient?.run()
        dataGradient?.run()
    }
}
