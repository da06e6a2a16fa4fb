/// dst = mean │p - t│ over a sample's elements; diff_src = ±diff_dst / elements, and 0 where p is t.
package final class MeanAbsoluteErrorKernel: LossKernel {
    package override init(_ request: Request) { super.init(request) }

    package override func forward(_ pass: KernelPass) {
        guard let p = src, let t = target, let dst else { return }
        meanOfElements(dst) { i in abs(p[i] - t[i]) }
    }

    package override func backward(_ pass: KernelPass) {
        guard let p = src, let t = target, let diffSrc, let diffDst else { return }
        for sample in 0..<samples {
            let g = diffDst[sample] / Float(rows * width)
            for i in elements(of: sample) { diffSrc[i] = p[i] > t[i] ? g : p[i] < t[i] ? -g : 0 }
        }
    }
}
