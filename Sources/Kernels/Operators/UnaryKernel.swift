import Foundation

/// dst = f(src) element by element, for the functions of arithmetic.
package final class UnaryKernel: Kernel {
    package enum Function: Hashable, Sendable {
        /// xᵉ. A negative x with an exponent that is not whole gives NaN.
        case power(Float)
        case exponential
        case logarithm
        case magnitude
    }

    private let function: Function
    private let count: Int
    private var src, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?

    package init(_ function: Function, count: Int) {
        self.function = function
        self.count = count
    }

    package func bind(_ binding: KernelBinding) {
        src = binding.src[0].floats
        dst = binding.dst.floats
        diffSrc = binding.diffSrc[0]
        diffDst = binding.diffDst
    }

    package func forward(_ pass: KernelPass) {
        guard let src, let dst else { return }
        switch function {
        case .power(2): for i in 0..<count { dst[i] = src[i] * src[i] }
        case .power(let exponent): for i in 0..<count { dst[i] = powf(src[i], exponent) }
        case .exponential: for i in 0..<count { dst[i] = expf(src[i]) }
        case .logarithm: for i in 0..<count { dst[i] = logf(src[i]) }
        case .magnitude: for i in 0..<count { dst[i] = abs(src[i]) }
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let src, let dst, let diffSrc, let diffDst else { return }
        switch function {
        case .power(2): for i in 0..<count { diffSrc[i] = diffDst[i] * 2 * src[i] }
        case .power(0): for i in 0..<count { diffSrc[i] = 0 }
        case .power(let exponent):
            for i in 0..<count { diffSrc[i] = diffDst[i] * exponent * powf(src[i], exponent - 1) }
        case .exponential: for i in 0..<count { diffSrc[i] = diffDst[i] * dst[i] }
        case .logarithm: for i in 0..<count { diffSrc[i] = diffDst[i] / src[i] }
        case .magnitude: for i in 0..<count { diffSrc[i] = src[i] > 0 ? diffDst[i] : src[i] < 0 ? -diffDst[i] : 0 }
        }
    }
}
