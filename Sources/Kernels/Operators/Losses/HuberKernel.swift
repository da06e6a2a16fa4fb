/// dst = mean of ½(p - t)² where │p - t│ ≤ δ, else δ(│p - t│ - ½δ); diff_src = diff_dst · (p - t within ±δ) / elements.
package final class HuberKernel: LossKernel {
    private let delta: Float

    package init(_ request: Request, delta: Float) {
        self.delta = delta
        super.init(request)
    }

    package override func forward(_ pass: KernelPass) {
        guard let p = src, let t = target, let dst else { return }
        let delta = delta
        meanOfElements(dst) { i in
            let d = abs(p[i] - t[i])
            return d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta)
        }
    }

    package override func backward(_ pass: KernelPass) {
        guard let p = src, let t = target, let diffSrc, let diffDst else { return }
        let delta = delta
        for sample in 0..<samples {
            let g = diffDst[sample] / Float(rows * width)
            for i in elements(of: sample) { diffSrc[i] = g * min(max(p[i] - t[i], -delta), delta) }
        }
    }
}
