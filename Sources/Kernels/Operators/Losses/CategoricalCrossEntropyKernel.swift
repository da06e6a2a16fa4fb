internal import CVector
import Foundation

/// dst = mean over a sample's rows of -Σ t log p.
///
/// From logits the gradient is p·Σt - t; for the class that most of the target is for it is taken from what the others
/// have, since 1 - p[k] loses its digits where p[k] is near 1.
package final class CategoricalCrossEntropyKernel: LossKernel {
    package override init(_ request: Request) { super.init(request) }

    package override func forward(_ pass: KernelPass) {
        guard let z = src, let p = probabilities, let t = target, let dst else { return }
        let width = width
        meanOfRows(dst) { row in
            let (z, p, t) = (z + row * width, p + row * width, t + row * width)
            var sum = 0.0
            if takesLogits {
                let (largest, rest) = ClassDistribution.logSum(z, p, width: width)
                for k in 0..<width where t[k] != 0 { sum += Double(t[k] * ((largest - z[k]) + rest)) }
            } else {
                for k in 0..<width where t[k] != 0 { sum -= Double(t[k] * logf(Self.clamped(p[k]))) }
            }
            return sum
        }
    }

    package override func backward(_ pass: KernelPass) {
        guard let p = probabilities, let t = target, let diffSrc, let diffDst else { return }
        let width = width
        for sample in 0..<samples {
            let g = diffDst[sample] / Float(rows)
            for row in rows(of: sample) {
                let (p, t, diffSrc) = (p + row * width, t + row * width, diffSrc + row * width)
                guard takesLogits else {
                    for k in 0..<width { diffSrc[k] = Self.isInside(p[k]) ? -g * t[k] / p[k] : 0 }
                    continue
                }
                let mass = Float(stormo_sum(t, width))
                for k in 0..<width { diffSrc[k] = g * (p[k] * mass - t[k]) }
                // A class that most of the target is for: 1 - p[k] is what the others have.
                let k = stormo_argmax(t, width)
                if t[k] > 0.5 * mass {
                    let others = ClassDistribution.others(p, than: k, width: width)
                    diffSrc[k] = g * ((mass - t[k]) - mass * others)
                }
            }
        }
    }
}
