internal import CVector

/// dst = src with zeros around each image.
///
/// Shapes: src (n, h, w, c), dst (n, top + h + bottom, left + w + right, c). The gradient is cut out again.
package final class ZeroPadding2DKernel: Kernel {
    private let samples, height, rowWidth, paddedWidth, top, bottom, left: Int
    private var src, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?

    /// - Parameter image: height, width and channels of src.
    package init(
        samples: Int, image: (height: Int, width: Int, channels: Int), top: Int, bottom: Int, left: Int, right: Int
    ) {
        (self.samples, height) = (samples, image.height)
        rowWidth = image.width * image.channels
        paddedWidth = (left + image.width + right) * image.channels
        (self.top, self.bottom, self.left) = (top, bottom, left * image.channels)
    }

    package func bind(_ binding: KernelBinding) {
        (src, dst) = (binding.src[0].floats, binding.dst.floats)
        (diffSrc, diffDst) = (binding.diffSrc[0], binding.diffDst)
    }

    /// Where a sample's image begins amid its zeros.
    private func begin(_ sample: Int) -> Int { (sample * (top + height + bottom) + top) * paddedWidth + left }

    package func forward(_ pass: KernelPass) {
        guard let src, let dst else { return }
        dst.update(repeating: 0, count: samples * (top + height + bottom) * paddedWidth)
        for sample in 0..<samples {
            stormo_copy_rows(
                dst + begin(sample), paddedWidth, src + sample * height * rowWidth, rowWidth, rowWidth, height)
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let diffSrc, let diffDst else { return }
        for sample in 0..<samples {
            stormo_copy_rows(
                diffSrc + sample * height * rowWidth, rowWidth, diffDst + begin(sample), paddedWidth, rowWidth, height)
        }
    }
}
