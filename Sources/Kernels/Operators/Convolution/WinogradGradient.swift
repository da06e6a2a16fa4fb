internal import CVector

/// The gradients of a convolution's weights and bias by Winograd's algorithm: the transpose of spread, multiply, gather.
final class WinogradGradient: ConvolutionPass {
    private var source, target: stormo_tiles
    private let weightsCount: Int
    /// The tiles of each block, and the product for as many. The first one of a group lays the ground, the others add to
    /// it.
    private var blocks: [(tiles: Range<Int>, product: Primitive)] = []
    /// So many blocks are a group. Where there are more, the groups are added up in double.
    private static let group = Int(STORMO_SUMMED)
    private var spreads: [TensorMemory] = []
    private var scattered: [TensorMemory] = []
    private let filters: TensorMemory
    private let bytes: (spread: Int, scattered: Int, filters: Int, sums: Int, filterTotals: Int)

    private var images, results, diffWeights, diffBias, spread, scatter, filter, sums: UnsafeMutablePointer<Float>?
    /// Of the bias, and of the filters where there are several groups.
    private var totals, filterTotals: UnsafeMutablePointer<Double>?

    init(_ context: KernelContext, _ geometry: ConvolutionGeometry) throws(KernelError) {
        let (image, positions, filterCount) = (geometry.image, geometry.positions, geometry.filters)
        source = Winograd.tiles(of: image, over: positions, before: geometry.window.before)
        target = Winograd.tiles(of: (positions.height, positions.width, filterCount), over: positions)
        weightsCount = image.channels * filterCount
        filters = try Winograd.matrices(image.channels, filterCount)

        let ranges = Winograd.blocks(source, samples: geometry.samples, channels: (image.channels, filterCount))
        struct Kind: Hashable {
            let tiles: Int
            let accumulates: Bool
        }
        var known: [Kind: Primitive] = [:]
        for (number, tiles) in ranges.enumerated() {
            let kind = Kind(tiles: tiles.count, accumulates: number % Self.group > 0)
            let product: Primitive
            if let own = known[kind] {
                product = own
            } else {
                spreads.append(try Winograd.matrices(image.channels, tiles.count, isTransposed: true))
                scattered.append(try Winograd.matrices(tiles.count, filterCount))
                product = try .matmul(
                    context, geometry.name, spreads[spreads.count - 1], scattered[scattered.count - 1], filters,
                    accumulates: kind.accumulates)
                known[kind] = product
            }
            blocks.append((tiles, product))
        }
        let longest = ranges.map(\.count).max() ?? 0
        let filterBytes = Winograd.bytes(image.channels, filterCount)
        bytes = (
            Winograd.bytes(longest, image.channels), Winograd.bytes(longest, filterCount), filterBytes,
            AlignedMemory.aligned(filterCount * MemoryLayout<Float>.stride),
            ranges.count > Self.group ? 2 * filterBytes : 0
        )
    }

    var scratchBytes: Int {
        bytes.spread + bytes.scattered + bytes.filters + 3 * bytes.sums + bytes.filterTotals
            + (blocks.map(\.product.scratchpadBytes).max() ?? 0)
    }

    func bind(_ buffers: ConvolutionBuffers, scratch: UnsafeMutableRawPointer) {
        var place = scratch
        func take<T>(_ count: Int, of type: T.Type = Float.self) -> UnsafeMutablePointer<T> {
            defer { place += count }
            return place.assumingMemoryBound(to: type)
        }
        (images, results) = (buffers.images, buffers.result)
        (diffWeights, diffBias) = (buffers.weights, buffers.bias)
        spread = take(bytes.spread)
        scatter = take(bytes.scattered)
        filter = take(bytes.filters)
        sums = take(bytes.sums)
        totals = take(2 * bytes.sums, of: Double.self)
        filterTotals = bytes.filterTotals > 0 ? take(bytes.filterTotals, of: Double.self) : nil
        for tensor in spreads { tensor.attach(spread) }
        for tensor in scattered { tensor.attach(scatter) }
        filters.attach(filter)
        for block in blocks { block.product.attachScratchpad(place) }
    }

    func run() {
        let filterCount = Winograd.places * weightsCount
        // Wanted or not: the loop that spreads the gradients adds them up.
        sums?.update(repeating: 0, count: target.channels)
        totals?.update(repeating: 0, count: target.channels)
        filterTotals?.update(repeating: 0, count: filterCount)
        for index in 0..<blocks.count {
            let (first, count) = (blocks[index].tiles.lowerBound, blocks[index].tiles.count)
            stormo_winograd_spread(spread, images, &source, first, count, 0)
            stormo_winograd_scatter(scatter, totals, sums, results, &target, first, count)
            blocks[index].product.execute()
            if let filterTotals, (index + 1) % Self.group == 0 || index == blocks.count - 1 {
                stormo_flush(filterTotals, filter, filterCount)
            }
        }
        if let filterTotals { stormo_round(filter, filterTotals, filterCount) }
        if let diffBias { stormo_round(diffBias, totals, target.channels) }
        stormo_winograd_unfilter(diffWeights, filter, weightsCount)
    }
}
