internal import CVector

/// A convolution over images of few channels, a first layer's: forward, or backward weights.
///
/// The kernel library takes channels sixteen at a time. Here the results of some positions, or the sums of the weights
/// of some places under the window, stay in registers while the places, or the positions, pass by.
final class FewChannelsConvolution: ConvolutionPass {
    private var positions: stormo_positions
    private let samples: Int
    /// Nil in backward weights.
    private let activation: ConvolutionActivation?
    private var buffers = ConvolutionBuffers(src: nil, weights: nil, bias: nil, dst: nil)
    private var padded: UnsafeMutablePointer<Float>?
    private var totals: UnsafeMutablePointer<Double>?

    /// Whether it is faster forward for such shapes: by half for grey images, by nothing for coloured ones.
    static func suitsForward(_ geometry: ConvolutionGeometry) -> Bool {
        geometry.isPlain && geometry.image.channels == 1 && geometry.filters % 16 == 0
    }

    /// Whether it is faster in backward weights: two to four times as fast for grey and coloured images.
    static func suitsBackwardWeights(_ geometry: ConvolutionGeometry) -> Bool {
        geometry.isPlain && geometry.image.channels <= 4 && geometry.filters % 16 == 0
    }

    /// dst = f(bias + src∗weights).
    static func forward(
        _ context: KernelContext, _ geometry: ConvolutionGeometry, activation: Activation
    ) throws(KernelError) -> FewChannelsConvolution {
        FewChannelsConvolution(geometry, try ConvolutionActivation(activation, context, geometry))
    }

    /// diff_weights, and diff_bias if wanted, from src and diff_dst.
    static func backwardWeights(_ geometry: ConvolutionGeometry) -> FewChannelsConvolution {
        FewChannelsConvolution(geometry, nil)
    }

    private init(_ geometry: ConvolutionGeometry, _ activation: ConvolutionActivation?) {
        let (image, window, result) = (geometry.image, geometry.window, geometry.positions)
        self.activation = activation
        samples = geometry.samples
        positions = stormo_positions(
            height: image.height, width: image.width, channels: image.channels, filters: geometry.filters,
            window_height: window.size.height, window_width: window.size.width, down: window.stride.height,
            across: window.stride.width, top: window.before.height, left: window.before.width,
            padded_height: image.height + window.before.height + window.after.height,
            padded_width: image.width + window.before.width + window.after.width, rows: result.height,
            columns: result.width)
    }

    private var paddedBytes: Int {
        AlignedMemory.aligned(
            positions.padded_height * positions.padded_width * positions.channels * MemoryLayout<Float>.stride)
    }

    /// The sums of backward weights in double: those of the weights and of the bias.
    private var totalsBytes: Int {
        let places = positions.window_height * positions.window_width * positions.channels
        return activation == nil
            ? AlignedMemory.aligned((places + 1) * positions.filters * MemoryLayout<Double>.stride) : 0
    }

    var scratchBytes: Int { paddedBytes + totalsBytes + (activation?.scratchBytes ?? 0) }

    func bind(_ buffers: ConvolutionBuffers, scratch begin: UnsafeMutableRawPointer) {
        self.buffers = buffers
        var scratch = Scratch(begin)
        padded = scratch.take(bytes: paddedBytes)
        totals = scratch.take(bytes: totalsBytes)
        activation?.bind(buffers.dst, scratch: scratch.rest)
    }

    func run() {
        if let activation {
            stormo_few_channels(
                buffers.dst, padded, buffers.src, buffers.weights, buffers.bias, activation.loop.kind,
                activation.loop.alpha, &positions, samples)
            activation.run()
        } else {
            stormo_few_channels_backward_weights(
                buffers.weights, buffers.bias, padded, totals, buffers.src, buffers.dst, &positions, samples)
        }
    }
}
