import Kernels

/// The layout of a sample, and scratch memory, so that applying transforms allocates nothing. One thread uses it at a
/// time.
public final class TransformScratch {
    /// The shape of an image is (height, width, channels). For samples that are no images, height and channels are 1
    /// and width is the number of values.
    public let height: Int
    public let width: Int
    public let channels: Int
    /// The number of values of a sample.
    public let sampleWidth: Int
    /// The number of values of a target.
    public let targetWidth: Int
    /// The number of values of an image row.
    public var rowWidth: Int { width * channels }

    private let memory: AlignedMemory
    /// Scratch memory for one sample.
    public let copy: UnsafeMutablePointer<Float>
    /// Scratch memory for one row of an image.
    public let line: UnsafeMutablePointer<Float>
    /// A row of black pixels.
    public let black: UnsafePointer<Float>
    /// An image with the margin that turning it needs, whose black stays as it is; see `VectorLoops.rotate`.
    let framed: UnsafeMutablePointer<Float>
    /// Scratch memory for one target.
    public let target: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - black: for each entry of the shape's last axis, or one number for all; empty for 0.
    ///   - hasFrame: whether `framed` will be used.
    /// - Throws: `KernelError.outOfMemory`.
    init(_ shape: Shape, targetWidth: Int, black: [Float], hasFrame: Bool) throws(KernelError) {
        self.targetWidth = targetWidth
        sampleWidth = shape.count
        let isImage = shape.rank == 3
        height = isImage ? shape[0] : 1
        width = isImage ? shape[1] : shape.count
        channels = isImage ? shape[2] : 1
        let (rowWidth, frame) = (width * channels, hasFrame ? (height + 3) * (width + 3) * channels : 0)

        var floats = 0
        func place(_ size: Int) -> Int {
            defer { floats += AlignedMemory.aligned(size * MemoryLayout<Float>.stride) / MemoryLayout<Float>.stride }
            return floats
        }
        let (copy, line, blackRow) = (place(shape.count), place(rowWidth), place(rowWidth))
        let (framed, target) = (place(hasFrame ? frame + 1 : 0), place(targetWidth))
        memory = try AlignedMemory(floats: floats)
        self.copy = memory.floats + copy
        self.line = memory.floats + line
        self.black = UnsafePointer(memory.floats + blackRow)
        self.framed = memory.floats + framed
        self.target = memory.floats + target
        guard !black.isEmpty else { return }
        for (begin, count) in [(blackRow, rowWidth), (framed, frame)] {
            for index in 0..<count { memory.floats[begin + index] = black[index % channels % black.count] }
        }
    }
}
