internal import COneDNN

/// The geometry of a window that slides over images: a convolution's or a pooling's.
package struct Window2D: Hashable, Sendable {
    /// Height and width of the window, and the steps between its positions.
    package var size: (height: Int, width: Int) { (sizes[0], sizes[1]) }
    package var stride: (height: Int, width: Int) { (strides[0], strides[1]) }
    /// The steps between neighbouring taps of the window; 1 unless it is dilated.
    package var dilation: (height: Int, width: Int) { (dilations[0], dilations[1]) }
    /// Zeros in front of the first row and column, and behind the last.
    package var before: (height: Int, width: Int) { (padding[0], padding[1]) }
    package var after: (height: Int, width: Int) { (padding[2], padding[3]) }

    /// No window or step is larger: an image of that size would not fit into memory.
    package static let largest = 32_767

    private var sizes: [Int]
    private var strides: [Int]
    private var dilations: [Int]
    private var padding: [Int]

    /// A window that covers every image wholly or, unless `same`, stays inside it.
    ///
    /// With `same` the result has ⌈n / stride⌉ rows for n, and the zeros that this takes stand half in front, the
    /// odd one behind, as in Keras; otherwise it has ⌊(n - size) / stride⌋ + 1.
    ///
    /// A dilated window covers (size - 1)·dilation + 1 rows, which then stand for the size.
    package init(
        size: (Int, Int), stride: (Int, Int), dilation: (Int, Int) = (1, 1), same: Bool,
        over image: (height: Int, width: Int)
    ) {
        sizes = [size.0, size.1]
        strides = [stride.0, stride.1]
        dilations = [dilation.0, dilation.1]
        func zeros(_ n: Int, _ size: Int, _ stride: Int) -> Int {
            same ? max(((n + stride - 1) / stride - 1) * stride + size - n, 0) : 0
        }
        let height = zeros(image.height, (size.0 - 1) * dilation.0 + 1, stride.0)
        let width = zeros(image.width, (size.1 - 1) * dilation.1 + 1, stride.1)
        padding = [height / 2, width / 2, height - height / 2, width - width / 2]
    }

    /// The number of positions of the window along height and width; none or less where it does not fit.
    package func positions(over image: (height: Int, width: Int)) -> (height: Int, width: Int) {
        func count(_ n: Int, _ axis: Int) -> Int {
            let room = n + padding[axis] + padding[axis + 2] - ((sizes[axis] - 1) * dilations[axis] + 1)
            return room < 0 ? 0 : room / strides[axis] + 1
        }
        return (count(image.height, 0), count(image.width, 1))
    }

    /// As the kernel library is told of it.
    var described: stormo_window {
        stormo_window(
            size: (Int64(sizes[0]), Int64(sizes[1])), strides: (Int64(strides[0]), Int64(strides[1])),
            before: (Int64(padding[0]), Int64(padding[1])), after: (Int64(padding[2]), Int64(padding[3])),
            gaps: (Int64(dilations[0] - 1), Int64(dilations[1] - 1)))
    }
}
