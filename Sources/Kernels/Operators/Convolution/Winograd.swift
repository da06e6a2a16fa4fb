internal import CVector

/// Convolution by Winograd's minimal filtering F(2×2, 3×3): windows of 3×3 in steps of 1, with 16 multiplications for
/// each tile of 2×2 results in place of 36.
///
/// The input transform makes 16 matrices (tiles, channels) of src, the weight transform 16 matrices (channels, filters) of
/// the weights; the output transform makes dst of the 16 products. Backward data is the same with the kernel turned by
/// 180°, backward weights is the transpose of all three. Rounding is as small as in direct convolution, since the
/// transforms only add, subtract and halve.
///
/// Source: A. Lavin and S. Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.
enum Winograd {
    /// The number of matrices.
    static let places = 16

    /// Whether it is faster for such shapes than direct convolution, in all three passes.
    ///
    /// The products, 16 for each tile in place of 9 for each position, must be worth the transforms, whose cost grows
    /// with the sum of the channels; the factors are measured. Shapes alone decide, so that results do not depend on
    /// the machine.
    static func suits(_ geometry: ConvolutionGeometry) -> Bool {
        guard geometry.isPlain, geometry.window.size == (3, 3), geometry.window.stride == (1, 1) else { return false }
        // In floating point: the shapes of a config can be as large as they like.
        let (c, o) = (Double(geometry.image.channels), Double(geometry.filters))
        let positions = Double(geometry.positions.height) * Double(geometry.positions.width)
        let direct = 9 * positions * c * o
        let (rows, columns) = grid(over: geometry.positions)
        let tiled = 16 * Double(rows) * Double(columns) * (c * o + 8 * (c + o))
        return direct >= 1.25 * tiled
    }

    /// The rows and columns of tiles that cover an output of the given size.
    private static func grid(over output: (height: Int, width: Int)) -> (rows: Int, columns: Int) {
        ((output.height + 1) / 2, (output.width + 1) / 2)
    }

    /// Parts of a batch's tiles: small enough for a core's second-level cache, but large enough to be worth going
    /// through the weights' matrices once more.
    ///
    /// - Parameter channels: of src and of dst.
    static func blocks(_ tiles: stormo_tiles, samples: Int, channels: (Int, Int)) -> [Range<Int>] {
        let count = tiles.rows * tiles.columns * samples
        let bytes = places * (channels.0 + channels.1) * MemoryLayout<Float>.stride
        let limit = max((640 << 10) / bytes, channels.0 * channels.1 / 1024, 64)
        let blocks = (count + limit - 1) / limit
        return (0..<blocks).map { $0 * count / blocks..<($0 + 1) * count / blocks }
    }

    /// The tiles that cover an output of the given size, as they are read from or written to images that may be larger or
    /// smaller.
    /// - Parameter before: the rows and columns by which a tile's input begins before its output.
    static func tiles(
        of images: (height: Int, width: Int, channels: Int), over output: (height: Int, width: Int),
        before: (height: Int, width: Int) = (0, 0)
    ) -> stormo_tiles {
        let (rows, columns) = grid(over: output)
        return stormo_tiles(
            height: images.height, width: images.width, channels: images.channels, top: before.height,
            left: before.width, rows: rows, columns: columns)
    }

    /// 16 matrices, one behind the other; `isTransposed` says that they are stored as their transposes.
    static func matrices(_ rows: Int, _ columns: Int, isTransposed: Bool = false) throws(KernelError) -> TensorMemory {
        let size = rows * columns
        return try TensorMemory(
            isTransposed
                ? .plain([places, rows, columns], strides: [size, 1, rows]) : .plain([places, rows, columns]))
    }

    /// The room that 16 matrices take, in bytes.
    static func bytes(_ rows: Int, _ columns: Int) -> Int {
        AlignedMemory.aligned(places * rows * columns * MemoryLayout<Float>.stride)
    }
}
