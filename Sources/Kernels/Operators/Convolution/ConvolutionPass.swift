/// The shapes of a convolution.
struct ConvolutionGeometry {
    let samples: Int
    let image: (height: Int, width: Int, channels: Int)
    let filters: Int
    /// Each group of filters sees as large a group of the channels and no other.
    let groups: Int
    let window: Window2D
    /// Height and width of the result.
    let positions: (height: Int, width: Int)

    init(
        samples: Int, image: (height: Int, width: Int, channels: Int), filters: Int, groups: Int = 1, window: Window2D
    ) {
        self.samples = samples
        self.image = image
        self.filters = filters
        self.groups = groups
        self.window = window
        positions = window.positions(over: (image.height, image.width))
    }

    /// Whether each filter sees all channels under a window without gaps, which the loops of our own take for granted.
    var isPlain: Bool { groups == 1 && window.dilation == (1, 1) }

    /// For the reader of an error.
    var name: String {
        "conv2d \(window.size.height)×\(window.size.width), \(image.channels)→\(filters) channels, of \(samples) "
            + "images \(image.height)×\(image.width)"
    }
}

/// The buffers of a pass. What a pass computes from a gradient, or as a gradient, stands in the place of its tensor.
struct ConvolutionBuffers {
    /// src; diff_src in backward data.
    let src: UnsafeMutablePointer<Float>?
    /// The weights; diff_weights in backward weights.
    let weights: UnsafeMutablePointer<Float>?
    /// The bias; diff_bias in backward weights, nil where it is not wanted.
    let bias: UnsafeMutablePointer<Float>?
    /// dst; diff_dst in both backward passes.
    let dst: UnsafeMutablePointer<Float>?
}

/// One of a convolution's three passes, by one algorithm: forward, dst from src, weights and bias; backward data, diff_src
/// from weights and diff_dst; or backward weights, diff_weights and diff_bias from src and diff_dst.
protocol ConvolutionPass: AnyObject {
    var scratchBytes: Int { get }
    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer)
    func run()
}
