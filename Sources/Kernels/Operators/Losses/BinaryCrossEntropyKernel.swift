import Foundation

/// dst = mean of -t log p - (1 - t) log(1 - p) over a sample's elements.
///
/// From logits the value is z·(1 - t) for z > 0, else -z·t, + log(1 + e^-│z│), so that the small loss of a confident
/// prediction keeps its digits, and the gradient is p - t.
package final class BinaryCrossEntropyKernel: LossKernel {
    package override init(_ request: Request) { super.init(request) }

    package override func forward(_ pass: KernelPass) {
        guard let z = src, let p = probabilities, let t = target, let dst else { return }
        if takesLogits {
            meanOfElements(dst) { i in
                (z[i] > 0 ? z[i] * (1 - t[i]) : -z[i] * t[i]) + log1pf(expf(-abs(z[i])))
            }
        } else {
            meanOfElements(dst) { i in
                let q = Self.clamped(p[i])
                return -t[i] * logf(q) - (1 - t[i]) * log1pf(-q)
            }
        }
    }

    package override func backward(_ pass: KernelPass) {
        guard let p = probabilities, let t = target, let diffSrc, let diffDst else { return }
        for sample in 0..<samples {
            let g = diffDst[sample] / Float(rows * width)
            if takesLogits {
                for i in elements(of: sample) { diffSrc[i] = g * (p[i] - t[i]) }
            } else {
                for i in elements(of: sample) {
                    diffSrc[i] = Self.isInside(p[i]) ? g * (p[i] - t[i]) / (p[i] * (1 - p[i])) : 0
                }
            }
        }
    }
}
