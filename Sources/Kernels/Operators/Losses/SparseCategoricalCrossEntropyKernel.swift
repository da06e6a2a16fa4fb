import Foundation

/// dst = mean over a sample's rows of -log p[t], where t is the row's label; 0 for a row of the ignored label.
///
/// From logits the gradient is p - 1 at the label, taken from what the other classes have, and p elsewhere. A label
/// outside of the classes makes the loss and its row's gradient NaN.
///
/// A row whose label is the ignored one has neither loss nor gradient. The sample's loss is still the sum over its rows
/// divided by the number of all of them; whoever adds up a batch divides by what counts in the whole of it
/// (`Objective.countedSamples`), since the mean is over the labels of the batch, not over the means of its samples.
package final class SparseCategoricalCrossEntropyKernel: LossKernel {
    /// `Int.min`, which no label is, where none is ignored.
    private let ignored: Int

    /// - Parameter label: one that is passed over; it need not be one of a class.
    package init(_ request: Request, ignoring label: Int? = nil) {
        ignored = label ?? .min
        super.init(request)
    }

    package override func forward(_ pass: KernelPass) {
        guard let z = src, let p = probabilities, let t = labels, let dst else { return }
        let (width, ignored) = (width, ignored)
        for sample in 0..<samples {
            var sum = 0.0
            for row in rows(of: sample) where Int(t[row]) != ignored {
                guard let label = label(t[row]) else {
                    sum = .nan
                    continue
                }
                let (z, p) = (z + row * width, p + row * width)
                if takesLogits {
                    let (largest, rest) = ClassDistribution.logSum(z, p, width: width)
                    sum += Double((largest - z[label]) + rest)
                } else {
                    sum -= Double(logf(Self.clamped(p[label])))
                }
            }
            dst[sample] = Float(sum / Double(rows))
        }
    }

    package override func backward(_ pass: KernelPass) {
        guard let p = probabilities, let t = labels, let diffSrc, let diffDst else { return }
        let (width, ignored) = (width, ignored)
        for sample in 0..<samples {
            let g = diffDst[sample] / Float(rows)
            for row in rows(of: sample) {
                let (p, diffSrc) = (p + row * width, diffSrc + row * width)
                guard Int(t[row]) != ignored else {
                    diffSrc.update(repeating: 0, count: width)
                    continue
                }
                guard let label = label(t[row]) else {
                    diffSrc.update(repeating: .nan, count: width)
                    continue
                }
                if takesLogits {
                    for k in 0..<width { diffSrc[k] = g * p[k] }
                    diffSrc[label] = -g * ClassDistribution.others(p, than: label, width: width)
                } else {
                    diffSrc.update(repeating: 0, count: width)
                    if Self.isInside(p[label]) { diffSrc[label] = -g / p[label] }
                }
            }
        }
    }

    @inline(__always)
    private func label(_ value: Int32) -> Int? {
        let label = Int(value)
        return label >= 0 && label < width ? label : nil
    }
}
