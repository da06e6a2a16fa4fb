internal import CVector

/// A batch's tiles in blocks, with the 16 products of matrices for each block and the scratch that they work in.
///
/// Three stacks of 16 matrices: `src`, the input transform, (tiles, channels); `dst`, the output's side, (tiles, filters);
/// and `weights`, the weight transform, (channels, filters). Which of them is the result is the pass's matter.
struct WinogradBlocks {
    /// The tiles of each block, and the product for as many.
    private(set) var blocks: [(tiles: Range<Int>, product: Primitive)] = []
    /// By the number of tiles in a block.
    private var src: [TensorMemory] = []
    private var dst: [TensorMemory] = []
    private let weights: TensorMemory
    private let bytes: (src: Int, dst: Int, weights: Int)

    private struct Kind: Hashable {
        let tiles: Int
        let accumulates: Bool
    }

    /// - Parameters:
    ///   - ranges: the tiles of each block.
    ///   - channels: of a src and of a dst matrix.
    ///   - isTransposed: which stacks are read as their transposes.
    ///   - accumulates: whether the product of a block, by its number, is added to what stands in its place.
    ///   - product: makes the product of a block.
    init(
        _ ranges: [Range<Int>], channels: (src: Int, dst: Int), isTransposed: (src: Bool, weights: Bool),
        accumulates: (Int) -> Bool = { _ in false },
        product: (_ src: TensorMemory, _ dst: TensorMemory, _ weights: TensorMemory, _ accumulates: Bool)
            throws(KernelError)
            -> Primitive
    ) throws(KernelError) {
        weights = try Winograd.matrices(channels.src, channels.dst, isTransposed: isTransposed.weights)
        var known: [Kind: Primitive] = [:]
        for (number, tiles) in ranges.enumerated() {
            let kind = Kind(tiles: tiles.count, accumulates: accumulates(number))
            if known[kind] == nil {
                let ownSrc =
                    try isTransposed.src
                    ? Winograd.matrices(channels.src, tiles.count, isTransposed: true)
                    : Winograd.matrices(tiles.count, channels.src)
                let ownDst = try Winograd.matrices(tiles.count, channels.dst)
                known[kind] = try product(ownSrc, ownDst, weights, kind.accumulates)
                src.append(ownSrc)
                dst.append(ownDst)
            }
            blocks.append((tiles, known[kind]!))
        }
        let longest = ranges.map(\.count).max() ?? 0
        bytes = (
            Winograd.bytes(longest, channels.src), Winograd.bytes(longest, channels.dst),
            Winograd.bytes(channels.src, channels.dst)
        )
    }

    /// Without the products' own scratchpads, which may lie behind anything else.
    var matrixBytes: Int { bytes.src + bytes.dst + bytes.weights }
    var weightBytes: Int { bytes.weights }
    var scratchpadBytes: Int { blocks.map(\.product.scratchpadBytes).max() ?? 0 }

    /// Takes places for the matrices.
    func bind(_ scratch: inout Scratch) -> (
        src: UnsafeMutablePointer<Float>, dst: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>
    ) {
        let ownSrc: UnsafeMutablePointer<Float> = scratch.take(bytes: bytes.src)
        let ownDst: UnsafeMutablePointer<Float> = scratch.take(bytes: bytes.dst)
        let ownWeights: UnsafeMutablePointer<Float> = scratch.take(bytes: bytes.weights)
        // By index: without optimisation an iterator allocates.
        for index in 0..<src.count { src[index].attach(ownSrc) }
        for index in 0..<dst.count { dst[index].attach(ownDst) }
        weights.attach(ownWeights)
        return (ownSrc, ownDst, ownWeights)
    }

    func attachScratchpads(_ pointer: UnsafeMutableRawPointer) {
        for index in 0..<blocks.count { blocks[index].product.attachScratchpad(pointer) }
    }
}
