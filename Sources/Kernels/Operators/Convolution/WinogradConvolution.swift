internal import CVector

/// A convolution's forward pass or data gradient by Winograd's algorithm: spread, multiply, gather.
final class WinogradConvolution: ConvolutionPass {
    private let isDataGradient: Bool
    /// The images that are spread, and those that are gathered.
    private var source, target: stormo_tiles
    private let weightsCount: Int
    private let activation: ConvolutionActivation
    /// The tiles of each block, and the product for as many.
    private var blocks: [(tiles: Range<Int>, product: Primitive)] = []
    private var spreads: [TensorMemory] = []
    private var products: [TensorMemory] = []
    private let filters: TensorMemory
    private let bytes: (spread: Int, products: Int, filters: Int)

    private var images, weights, bias, results, spread, product, filter: UnsafeMutablePointer<Float>?

    private init(
        _ context: KernelContext, _ geometry: ConvolutionGeometry, isDataGradient: Bool, _ activation: Activation
    ) throws(KernelError) {
        let (image, positions) = (geometry.image, geometry.positions)
        let results = (positions.height, positions.width, geometry.filters)
        let before = geometry.window.before
        self.isDataGradient = isDataGradient
        weightsCount = image.channels * geometry.filters
        if isDataGradient {
            let size = (image.height, image.width)
            source = Winograd.tiles(of: results, over: size, before: (2 - before.height, 2 - before.width))
            target = Winograd.tiles(of: image, over: size)
        } else {
            source = Winograd.tiles(of: image, over: positions, before: before)
            target = Winograd.tiles(of: results, over: positions)
        }
        let (inputs, outputs) = (source.channels, target.channels)
        filters = try Winograd.matrices(inputs, outputs, isTransposed: isDataGradient)

        var ofLength: [Int: Primitive] = [:]
        for tiles in Winograd.blocks(source, samples: geometry.samples, channels: (inputs, outputs)) {
            if ofLength[tiles.count] == nil {
                spreads.append(try Winograd.matrices(tiles.count, inputs))
                products.append(try Winograd.matrices(tiles.count, outputs))
                ofLength[tiles.count] = try .matmul(
                    context, geometry.name, spreads[spreads.count - 1], filters, products[products.count - 1])
            }
            blocks.append((tiles, ofLength[tiles.count]!))
        }
        let longest = blocks.map(\.tiles.count).max() ?? 0
        bytes = (
            Winograd.bytes(longest, inputs), Winograd.bytes(longest, outputs), Winograd.bytes(inputs, outputs)
        )
        self.activation = try ConvolutionActivation(activation, context, geometry)
    }

    /// dst = f(bias + src∗weights).
    static func forward(
        _ context: KernelContext, _ geometry: ConvolutionGeometry, activation: Activation
    ) throws(KernelError) -> WinogradConvolution {
        try WinogradConvolution(context, geometry, isDataGradient: false, activation)
    }

    /// diff_src from the weights and diff_dst.
    static func dataGradient(
        _ context: KernelContext, _ geometry: ConvolutionGeometry
    ) throws(KernelError) -> WinogradConvolution {
        try WinogradConvolution(context, geometry, isDataGradient: true, .linear)
    }

    private var ownBytes: Int { bytes.spread + bytes.products + bytes.filters }

    var scratchBytes: Int {
        ownBytes + max(blocks.map(\.product.scratchpadBytes).max() ?? 0, activation.scratchBytes)
    }

    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer) {
        (images, results) = isDataGradient ? (buffers.result, buffers.images) : (buffers.images, buffers.result)
        weights = buffers.weights
        bias = buffers.bias
        spread = scratch.assumingMemoryBound(to: Float.self)
        product = (scratch + bytes.spread).assumingMemoryBound(to: Float.self)
        filter = (scratch + bytes.spread + bytes.products).assumingMemoryBound(to: Float.self)
        for tensor in spreads { tensor.attach(spread) }
        for tensor in products { tensor.attach(product) }
        filters.attach(filter)
        activation.bind(isDataGradient ? nil : results, scratch: scratch + ownBytes)
        for block in blocks { block.product.attachScratchpad(scratch + ownBytes) }
    }

    func run() {
        stormo_winograd_filter(filter, weights, weightsCount)
        let isTurned: Int32 = isDataGradient ? 1 : 0
        for index in 0..<blocks.count {
            let (first, count) = (blocks[index].tiles.lowerBound, blocks[index].tiles.count)
            stormo_winograd_spread(spread, images, &source, first, count, isTurned)
            blocks[index].product.execute()
            stormo_winograd_gather(
                results, product, bias, activation.loop.kind, activation.loop.alpha, &target, first, count, isTurned)
        }
        activation.run()
    }
}
