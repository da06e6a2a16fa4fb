import Kernels
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The optimizers' loops against their papers' formulas in double precision, over ten steps: within 2e-6 of a
/// parameter's size.
struct SteppingTests {
    private let count = 21

    /// Ten gradients and the parameters they start from.
    private func problem() -> (parameters: [Float], gradients: [[Float]]) {
        var random = SeededRandom(8)
        return (random.floats(count), (0..<10).map { _ in random.floats(count, in: -2...2) })
    }

    @Test(
        "SGD with momentum, Nesterov's and weight decay, as PyTorch has it",
        arguments: [(0, false), (0.9, false), (0.9, true)] as [(Float, Bool)], [Float(0), 0.01])
    func sgd(_ momentum: (factor: Float, nesterov: Bool), _ decay: Float) throws {
        let (start, gradients) = problem()
        let (scale, rate): (Float, Float) = (0.25, 0.1)
        let p = try GuardedBuffer(start)
        let v = try GuardedBuffer(Array(repeating: 0, count: count))
        var (expected, buffer) = (start.map(Double.init), Array(repeating: 0.0, count: count))
        for gradient in gradients {
            VectorLoops.sgd(
                p.floats, velocity: v.floats, gradient: gradient, count: count, scale: scale, rate: rate,
                momentum: momentum.factor, decay: decay, nesterov: momentum.nesterov)
            for i in 0..<count {
                // torch.optim.SGD: g ← g + λθ;  b ← μb + g;  g ← nesterov ? g + μb : b;  θ ← θ - γg.
                let g = Double(scale) * Double(gradient[i]) + Double(decay) * expected[i]
                buffer[i] = Double(momentum.factor) * buffer[i] + g
                let step = momentum.nesterov ? g + Double(momentum.factor) * buffer[i] : buffer[i]
                expected[i] -= Double(rate) * step
            }
        }
        #expect(Deviation.relative(p.values, expected) < 2e-6)
        #expect(p.isIntact && v.isIntact)
    }

    @Test("A constant gradient under momentum: v → g / (1 - μ)")
    func terminalVelocity() {
        var (p, v): ([Float], [Float]) = ([0], [0])
        for _ in 0..<200 {
            VectorLoops.sgd(
                &p, velocity: &v, gradient: [1], count: 1, scale: 1, rate: 0, momentum: 0.9, decay: 0, nesterov: false)
        }
        #expect(abs(v[0] - 10) < 1e-4)
    }

    @Test(
        "Adam with bias correction and ε outside of the root; L2 and AdamW's decay", arguments: [0.0, 0.02],
        [0.0, 0.05])
    func adam(_ l2: Double, _ decoupled: Double) throws {
        let (start, gradients) = problem()
        let (rate, beta1, beta2, epsilon, scale) = (0.01, 0.9, 0.999, 1e-7, 0.5)
        let p = try GuardedBuffer(start)
        let m = try GuardedBuffer(Array(repeating: 0, count: count))
        let v = try GuardedBuffer(Array(repeating: 0, count: count))
        var expected = start.map(Double.init)
        var (mean, variance) = (Array(repeating: 0.0, count: count), Array(repeating: 0.0, count: count))
        for (index, gradient) in gradients.enumerated() {
            let t = Double(index + 1)
            VectorLoops.adam(
                p.floats, mean: m.floats, variance: v.floats, gradient: gradient, count: count, scale: Float(scale),
                beta1: Float(beta1), beta2: Float(beta2), step: Float(rate / (1 - pow(beta1, t))),
                correction: Float(1 / (1 - pow(beta2, t)).squareRoot()), epsilon: Float(epsilon), decay: Float(l2),
                shrink: Float(1 - rate * decoupled))
            for i in 0..<count {
                // Kingma and Ba, "Adam", ICLR 2015, algorithm 1; Loshchilov and Hutter, "Decoupled weight decay
                // regularization", ICLR 2019, algorithm 2 with the rate times λ.
                let g = scale * Double(gradient[i]) + l2 * expected[i]
                mean[i] = beta1 * mean[i] + (1 - beta1) * g
                variance[i] = beta2 * variance[i] + (1 - beta2) * g * g
                let meanHat = mean[i] / (1 - pow(beta1, t))
                let varianceHat = variance[i] / (1 - pow(beta2, t))
                expected[i] -= rate * decoupled * expected[i] + rate * meanHat / (varianceHat.squareRoot() + epsilon)
            }
        }
        #expect(Deviation.relative(p.values, expected) < 2e-6)
        #expect(p.isIntact && m.isIntact && v.isIntact)
    }

    @Test("Adam's first step is the rate, whatever the gradient's size; ε stops it for tiny ones")
    func firstStep() {
        var p: [Float] = [0, 0, 0]
        var (m, v) = (p, p)
        VectorLoops.adam(
            &p, mean: &m, variance: &v, gradient: [1e3, -1e-3, 1e-7], count: 3, scale: 1, beta1: 0.9, beta2: 0.999,
            step: 0.01 / 0.1, correction: Float(1 / 0.001.squareRoot()), epsilon: 1e-7, decay: 0, shrink: 1)
        #expect(abs(p[0] + 0.01) < 1e-6)
        #expect(abs(p[1] - 0.01) < 1e-5)
        // |ĝ| = ε: half a step.
        #expect(abs(p[2] + 0.005) < 1e-4)
    }
}
