internal import CVector

/// The weights' gradient of a convolution over images of few channels, a first layer's: the sums of all weights under
/// the window stay in registers while the positions pass by. The kernel library, which takes channels sixteen at a
/// time, needs two to four times as long for grey and coloured images.
final class FewChannelsGradient: ConvolutionPass {
    private var positions: stormo_positions
    private let samples: Int
    private var buffers = ConvolutionBuffers(images: nil, weights: nil, bias: nil, result: nil)
    private var padded: UnsafeMutablePointer<Float>?

    /// Whether it is of use for such shapes.
    static func suits(_ geometry: ConvolutionGeometry) -> Bool {
        geometry.image.channels <= 4 && geometry.filters % 16 == 0
    }

    init(_ geometry: ConvolutionGeometry) {
        let (image, window, result) = (geometry.image, geometry.window, geometry.positions)
        samples = geometry.samples
        positions = stormo_positions(
            height: image.height, width: image.width, channels: image.channels, filters: geometry.filters,
            window_height: window.size.height, window_width: window.size.width, down: window.stride.height,
            across: window.stride.width, top: window.before.height, left: window.before.width,
            padded_height: image.height + window.before.height + window.after.height,
            padded_width: image.width + window.before.width + window.after.width, rows: result.height,
            columns: result.width)
    }

    var scratchBytes: Int {
        AlignedMemory.aligned(
            positions.padded_height * positions.padded_width * positions.channels * MemoryLayout<Float>.stride)
    }

    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer) {
        self.buffers = buffers
        padded = scratch.assumingMemoryBound(to: Float.self)
    }

    func run() {
        stormo_few_channels_gradient(
            buffers.weights, buffers.bias, padded, buffers.images, buffers.result, &positions, samples)
    }
}
