/// dst = factor · mean (p - t)² over a sample's elements; diff_src = diff_dst · 2·factor·(p - t) / elements.
package final class MeanSquaredErrorKernel: LossKernel {
    private let factor: Float

    package init(_ request: Request, factor: Float) {
        self.factor = factor
        super.init(request)
    }

    package override func forward(_ pass: KernelPass) {
        guard let p = src, let t = target, let dst else { return }
        let factor = factor
        meanOfElements(dst) { i in
            let d = p[i] - t[i]
            return factor * d * d
        }
    }

    package override func backward(_ pass: KernelPass) {
        guard let p = src, let t = target, let diffSrc, let diffDst else { return }
        let factor = factor
        for sample in 0..<samples {
            let g = diffDst[sample] / Float(rows * width)
            for i in elements(of: sample) { diffSrc[i] = g * 2 * factor * (p[i] - t[i]) }
        }
    }
}
