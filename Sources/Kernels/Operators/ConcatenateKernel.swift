internal import CVector

/// dst = the inputs side by side along one axis; the gradient is cut up in the same way.
package final class ConcatenateKernel: Kernel {
    private let rows: Int
    private let widths: [Int]
    private let total: Int
    private var src, diffSrc: [UnsafeMutablePointer<Float>?]
    private var dst, diffDst: UnsafeMutablePointer<Float>?

    /// - Parameters:
    ///   - rows: the product of the dimensions before the axis, samples included.
    ///   - widths: for each input the product of the dimensions from the axis on.
    package init(rows: Int, widths: [Int]) {
        self.rows = rows
        self.widths = widths
        total = widths.reduce(0, +)
        (src, diffSrc) = (widths.map { _ in nil }, widths.map { _ in nil })
    }

    package func bind(_ binding: KernelBinding) {
        // One by one: to keep the binding's own arrays would make the next change of them a copy.
        for index in 0..<widths.count {
            src[index] = binding.src[index].floats
            diffSrc[index] = binding.diffSrc[index]
        }
        dst = binding.dst.floats
        diffDst = binding.diffDst
    }

    package func forward(_ pass: KernelPass) {
        guard let dst else { return }
        var offset = 0
        for index in 0..<widths.count {
            stormo_copy_rows(dst + offset, total, src[index], widths[index], widths[index], rows)
            offset += widths[index]
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let diffDst else { return }
        var offset = 0
        for index in 0..<widths.count {
            if let diff = diffSrc[index] {
                stormo_copy_rows(diff, widths[index], diffDst + offset, total, widths[index], rows)
            }
            offset += widths[index]
        }
    }
}
