/// dst[r] = factor·Σ src[r, …]: the sum of each row, or with the factor 1/width its mean. Added up in double.
package final class SumKernel: Kernel {
    private let rows: Int
    private let width: Int
    private let factor: Float
    private var src, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?

    package init(rows: Int, width: Int, factor: Float) {
        self.rows = rows
        self.width = width
        self.factor = factor
    }

    package func bind(_ binding: KernelBinding) {
        src = binding.src[0].floats
        dst = binding.dst.floats
        diffSrc = binding.diffSrc[0]
        diffDst = binding.diffDst
    }

    package func forward(_ pass: KernelPass) {
        guard let src, let dst else { return }
        for row in 0..<rows {
            var sum = 0.0
            for i in 0..<width { sum += Double(src[row * width + i]) }
            dst[row] = Float(sum * Double(factor))
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let diffSrc, let diffDst else { return }
        for row in 0..<rows {
            (diffSrc + row * width).update(repeating: diffDst[row] * factor, count: width)
        }
    }
}
