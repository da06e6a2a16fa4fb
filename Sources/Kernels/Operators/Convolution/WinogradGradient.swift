internal import CVector

/// The gradients of a convolution's weights and bias by Winograd's algorithm: the transpose of spread, multiply, gather.
final class WinogradGradient: ConvolutionPass {
    private var source, target: stormo_tiles
    private let weightsCount: Int
    /// The tiles of each block, and the product for as many. The first one lays the ground, the others add to it.
    private var blocks: [(tiles: Range<Int>, product: Primitive)] = []
    private var spreads: [TensorMemory] = []
    private var scattered: [TensorMemory] = []
    private let filters: TensorMemory
    private let bytes: (spread: Int, scattered: Int, filters: Int, sums: Int)

    private var images, results, diffWeights, diffBias, spread, scatter, filter, sums: UnsafeMutablePointer<Float>?

    init(_ context: KernelContext, _ geometry: ConvolutionGeometry) throws(KernelError) {
        let (image, positions, filterCount) = (geometry.image, geometry.positions, geometry.filters)
        source = Winograd.tiles(of: image, over: positions, before: geometry.window.before)
        target = Winograd.tiles(of: (positions.height, positions.width, filterCount), over: positions)
        weightsCount = image.channels * filterCount
        filters = try Winograd.matrices(image.channels, filterCount)

        let ranges = Winograd.blocks(source, samples: geometry.samples, channels: (image.channels, filterCount))
        var ofLength: [Int: Primitive] = [:]
        for (number, tiles) in ranges.enumerated() {
            let product: Primitive
            if number > 0, let known = ofLength[tiles.count] {
                product = known
            } else {
                spreads.append(try Winograd.matrices(image.channels, tiles.count, isTransposed: true))
                scattered.append(try Winograd.matrices(tiles.count, filterCount))
                product = try .matmul(
                    context, geometry.name, spreads[spreads.count - 1], scattered[scattered.count - 1], filters,
                    accumulates: number > 0)
                if number > 0 { ofLength[tiles.count] = product }
            }
            blocks.append((tiles, product))
        }
        let longest = ranges.map(\.count).max() ?? 0
        bytes = (
            Winograd.bytes(longest, image.channels), Winograd.bytes(longest, filterCount),
            Winograd.bytes(image.channels, filterCount),
            AlignedMemory.aligned(filterCount * MemoryLayout<Float>.stride)
        )
    }

    var scratchBytes: Int {
        bytes.spread + bytes.scattered + bytes.filters + bytes.sums
            + (blocks.map(\.product.scratchpadBytes).max() ?? 0)
    }

    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer) {
        var place = scratch
        func take(_ count: Int) -> UnsafeMutablePointer<Float> {
            defer { place += count }
            return place.assumingMemoryBound(to: Float.self)
        }
        (images, results) = (buffers.images, buffers.result)
        (diffWeights, diffBias) = (buffers.weights, buffers.bias)
        spread = take(bytes.spread)
        scatter = take(bytes.scattered)
        filter = take(bytes.filters)
        sums = take(bytes.sums)
        for tensor in spreads { tensor.attach(spread) }
        for tensor in scattered { tensor.attach(scatter) }
        filters.attach(filter)
        for block in blocks { block.product.attachScratchpad(place) }
    }

    func run() {
        diffBias?.update(repeating: 0, count: target.channels)
        for index in 0..<blocks.count {
            let (first, count) = (blocks[index].tiles.lowerBound, blocks[index].tiles.count)
            stormo_winograd_spread(spread, images, &source, first, count, 0)
            // Each block's own sums, wanted or not: one over all of a batch's positions would lose digits.
            sums?.update(repeating: 0, count: target.channels)
            stormo_winograd_scatter(scatter, sums, results, &target, first, count)
            if let diffBias { stormo_accumulate(diffBias, sums, target.channels) }
            blocks[index].product.execute()
        }
        stormo_winograd_unfilter(diffWeights, filter, weightsCount)
    }
}
