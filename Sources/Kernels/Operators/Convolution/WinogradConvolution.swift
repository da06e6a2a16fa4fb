internal import CVector

/// A convolution's forward pass or backward data by Winograd's algorithm: input and weight transforms, products, output
/// transform.
///
/// Backward data is the same pass with diff_dst for src, diff_src for dst, and the kernel turned by 180°.
final class WinogradConvolution: ConvolutionPass {
    private let isBackwardData: Bool
    /// The tiles of the tensor that is read, and those of the one that is written.
    private var srcTiles, dstTiles: stormo_tiles
    private let weightsCount: Int
    private let activation: ConvolutionActivation
    private let products: WinogradBlocks

    private var src, weights, bias, dst: UnsafeMutablePointer<Float>?
    private var transformedSrc, transformedDst, transformedWeights: UnsafeMutablePointer<Float>?

    private init(
        _ context: KernelContext, _ geometry: ConvolutionGeometry, isBackwardData: Bool, _ activation: Activation
    ) throws(KernelError) {
        let (image, positions) = (geometry.image, geometry.positions)
        let results = (positions.height, positions.width, geometry.filters)
        let before = geometry.window.before
        self.isBackwardData = isBackwardData
        weightsCount = image.channels * geometry.filters
        if isBackwardData {
            let size = (image.height, image.width)
            srcTiles = Winograd.tiles(of: results, over: size, before: (2 - before.height, 2 - before.width))
            dstTiles = Winograd.tiles(of: image, over: size)
        } else {
            srcTiles = Winograd.tiles(of: image, over: positions, before: before)
            dstTiles = Winograd.tiles(of: results, over: positions)
        }
        let channels = (srcTiles.channels, dstTiles.channels)
        products = try WinogradBlocks(
            Winograd.blocks(srcTiles, samples: geometry.samples, channels: channels), channels: channels,
            isTransposed: (src: false, weights: isBackwardData)
        ) { src, dst, weights, _ throws(KernelError) in
            try .matmul(context, geometry.name, src, weights, dst)
        }
        self.activation = try ConvolutionActivation(activation, context, geometry)
    }

    /// dst = f(bias + src∗weights).
    static func forward(
        _ context: KernelContext, _ geometry: ConvolutionGeometry, activation: Activation
    ) throws(KernelError) -> WinogradConvolution {
        try WinogradConvolution(context, geometry, isBackwardData: false, activation)
    }

    /// diff_src from the weights and diff_dst.
    static func backwardData(
        _ context: KernelContext, _ geometry: ConvolutionGeometry
    ) throws(KernelError) -> WinogradConvolution {
        try WinogradConvolution(context, geometry, isBackwardData: true, .linear)
    }

    var scratchBytes: Int { products.matrixBytes + max(products.scratchpadBytes, activation.scratchBytes) }

    func bind(_ buffers: ConvolutionBuffers, scratch begin: UnsafeMutableRawPointer) {
        (src, dst) = isBackwardData ? (buffers.dst, buffers.src) : (buffers.src, buffers.dst)
        weights = buffers.weights
        bias = buffers.bias
        var scratch = Scratch(begin)
        (transformedSrc, transformedDst, transformedWeights) = products.bind(&scratch)
        activation.bind(isBackwardData ? nil : dst, scratch: scratch.rest)
        products.attachScratchpads(scratch.rest)
    }

    func run() {
        stormo_winograd_weights(transformedWeights, weights, weightsCount)
        let isTurned: Int32 = isBackwardData ? 1 : 0
        for index in 0..<products.blocks.count {
            let (first, count) = (products.blocks[index].tiles.lowerBound, products.blocks[index].tiles.count)
            stormo_winograd_input(transformedSrc, src, &srcTiles, first, count, isTurned)
            products.blocks[index].product.execute()
            stormo_winograd_output(
                dst, transformedDst, bias, activation.loop.kind, activation.loop.alpha, &dstTiles, first, count,
                isTurned)
        }
        activation.run()
    }
}
