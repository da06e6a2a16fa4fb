internal import CVector

/// diff_weights and diff_bias of a convolution by Winograd's algorithm: the transpose of its forward pass.
///
/// The input transform of src and the transposed output transform of diff_dst are multiplied, for each of the 16 places
/// and summed over the tiles; the transposed weight transform makes diff_weights of the products.
final class WinogradBackwardWeights: ConvolutionPass {
    private var srcTiles, dstTiles: stormo_tiles
    private let weightsCount: Int
    /// The products of the blocks are added up in place, a group of blocks at a time: the first one of a group overwrites
    /// what stands there. Where there are several groups, their sums are added up in double.
    private let products: WinogradBlocks
    /// The blocks of a group.
    private static let group = Int(STORMO_SUMMED)
    private let hasGroups: Bool

    private var src, diffDst, diffWeights, diffBias: UnsafeMutablePointer<Float>?
    private var transformedSrc, transformedDiffDst, transformedDiffWeights, sums: UnsafeMutablePointer<Float>?
    /// Of the bias, and of the transformed weights' gradient where there are several groups.
    private var totals, weightTotals: UnsafeMutablePointer<Double>?

    init(_ context: KernelContext, _ geometry: ConvolutionGeometry) throws(KernelError) {
        let (image, positions, filters) = (geometry.image, geometry.positions, geometry.filters)
        srcTiles = Winograd.tiles(of: image, over: positions, before: geometry.window.before)
        dstTiles = Winograd.tiles(of: (positions.height, positions.width, filters), over: positions)
        weightsCount = image.channels * filters
        let channels = (image.channels, filters)
        let blocks = Winograd.blocks(srcTiles, samples: geometry.samples, channels: channels)
        hasGroups = blocks.count > Self.group
        products = try WinogradBlocks(
            blocks, channels: channels, isTransposed: (src: true, weights: false),
            accumulates: { $0 % Self.group > 0 }
        ) { src, diffDst, diffWeights, accumulates throws(KernelError) in
            try .matmul(context, geometry.name, src, diffDst, diffWeights, accumulates: accumulates)
        }
    }

    private var sumBytes: Int { AlignedMemory.aligned(dstTiles.channels * MemoryLayout<Float>.stride) }

    var scratchBytes: Int {
        products.matrixBytes + 3 * sumBytes + (hasGroups ? 2 * products.weightBytes : 0) + products.scratchpadBytes
    }

    func bind(_ buffers: ConvolutionBuffers, scratch begin: UnsafeMutableRawPointer) {
        (src, diffDst, diffWeights, diffBias) = (buffers.src, buffers.dst, buffers.weights, buffers.bias)
        var scratch = Scratch(begin)
        (transformedSrc, transformedDiffDst, transformedDiffWeights) = products.bind(&scratch)
        sums = scratch.take(bytes: sumBytes)
        totals = scratch.take(bytes: 2 * sumBytes)
        weightTotals = hasGroups ? scratch.take(bytes: 2 * products.weightBytes) : nil
        products.attachScratchpads(scratch.rest)
    }

    func run() {
        let count = Winograd.places * weightsCount
        // Wanted or not: the transform of diff_dst adds it up on its way.
        sums?.update(repeating: 0, count: dstTiles.channels)
        totals?.update(repeating: 0, count: dstTiles.channels)
        weightTotals?.update(repeating: 0, count: count)
        for index in 0..<products.blocks.count {
            let (first, tiles) = (products.blocks[index].tiles.lowerBound, products.blocks[index].tiles.count)
            stormo_winograd_input(transformedSrc, src, &srcTiles, first, tiles, 0)
            stormo_winograd_output_transposed(transformedDiffDst, totals, sums, diffDst, &dstTiles, first, tiles)
            products.blocks[index].product.execute()
            if let weightTotals, (index + 1) % Self.group == 0 || index == products.blocks.count - 1 {
                stormo_flush(weightTotals, transformedDiffWeights, count)
            }
        }
        if let weightTotals { stormo_round(transformedDiffWeights, weightTotals, count) }
        if let diffBias { stormo_round(diffBias, totals, dstTiles.channels) }
        stormo_winograd_weights_transposed(diffWeights, transformedDiffWeights, weightsCount)
    }
}
