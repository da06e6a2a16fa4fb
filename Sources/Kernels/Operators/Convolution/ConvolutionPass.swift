/// The shapes of a convolution.
struct ConvolutionGeometry {
    let samples: Int
    let image: (height: Int, width: Int, channels: Int)
    let filters: Int
    let window: Window2D
    /// Height and width of the result.
    let positions: (height: Int, width: Int)

    init(samples: Int, image: (height: Int, width: Int, channels: Int), filters: Int, window: Window2D) {
        self.samples = samples
        self.image = image
        self.filters = filters
        self.window = window
        positions = window.positions(over: (image.height, image.width))
    }

    /// For the reader of an error.
    var name: String {
        "conv2d \(window.size.height)×\(window.size.width), \(image.channels)→\(filters) channels, of \(samples) "
            + "images \(image.height)×\(image.width)"
    }
}

/// The buffers of a pass: those of the tensors themselves or of their gradients, as the pass has it.
struct ConvolutionBuffers {
    let images: UnsafeMutablePointer<Float>?
    let weights: UnsafeMutablePointer<Float>?
    let bias: UnsafeMutablePointer<Float>?
    let result: UnsafeMutablePointer<Float>?
}

/// One of a convolution's three products, by one algorithm: the result from images, weights and bias; the images'
/// gradient from those of the weights and the result; or the weights' gradient, and the bias's beside it where there is
/// a buffer for it, from the images and the result's gradient.
protocol ConvolutionPass: AnyObject {
    var scratchBytes: Int { get }
    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer)
    func run()
}
