import Foundation
import Kernels
import TestSupport
import Testing

/// The optimizers' loops against Keras's formulas in double precision, over ten steps: within 2e-6 of a parameter's
/// size.
struct SteppingTests {
    private let count = 21

    /// Ten gradients and the parameters they start from.
    private func problem() -> (parameters: [Float], gradients: [[Float]]) {
        var random = SeededRandom(8)
        return (random.floats(count), (0..<10).map { _ in random.floats(count, in: -2...2) })
    }

    @Test(
        "SGD with momentum, Nesterov's and decoupled weight decay, as Keras has it, under a rate that changes",
        arguments: [(0, false), (0.9, false), (0.9, true)] as [(Float, Bool)], [0.0, 0.01])
    func sgd(_ momentum: (factor: Float, nesterov: Bool), _ decay: Double) throws {
        let (start, gradients) = problem()
        let scale: Float = 0.25
        let p = try GuardedBuffer(start)
        let v = try GuardedBuffer(Array(repeating: 0, count: count))
        var (expected, velocity) = (start.map(Double.init), Array(repeating: 0.0, count: count))
        for (index, gradient) in gradients.enumerated() {
            let rate = 0.1 / Double(index + 1)
            VectorLoops.sgd(
                p.floats, velocity: v.floats, gradient: gradient, count: count, scale: scale, rate: Float(rate),
                momentum: momentum.factor, shrink: Float(1 - rate * decay), nesterov: momentum.nesterov)
            for i in 0..<count {
                // keras.optimizers.SGD: w ← w - w·λ·γ;  v ← μv - γg;  w ← w + (nesterov ? μv - γg : v).
                let step = rate * Double(scale) * Double(gradient[i])
                velocity[i] = Double(momentum.factor) * velocity[i] - step
                expected[i] -= expected[i] * decay * rate
                expected[i] += momentum.nesterov ? Double(momentum.factor) * velocity[i] - step : velocity[i]
            }
        }
        #expect(Deviation.relative(p.values, expected) < 2e-6)
        #expect(p.isIntact && v.isIntact)
    }

    @Test("A constant gradient under momentum: v → -γg / (1 - μ)")
    func terminalVelocity() {
        var (p, v): ([Float], [Float]) = ([0], [0])
        for _ in 0..<200 {
            VectorLoops.sgd(
                &p, velocity: &v, gradient: [1], count: 1, scale: 1, rate: 0.5, momentum: 0.9, shrink: 1,
                nesterov: false)
        }
        #expect(abs(v[0] + 5) < 1e-4)
    }

    @Test("Adam with ε beside the root that is not corrected, and decoupled decay", arguments: [0.0, 0.05])
    func adam(_ decay: Double) throws {
        let (start, gradients) = problem()
        let (rate, beta1, beta2, epsilon, scale) = (0.01, 0.9, 0.999, 1e-3, 0.5)
        let p = try GuardedBuffer(start)
        let m = try GuardedBuffer(Array(repeating: 0, count: count))
        let v = try GuardedBuffer(Array(repeating: 0, count: count))
        var expected = start.map(Double.init)
        var (mean, variance) = (Array(repeating: 0.0, count: count), Array(repeating: 0.0, count: count))
        for (index, gradient) in gradients.enumerated() {
            let t = Double(index + 1)
            let step = rate * (1 - pow(beta2, t)).squareRoot() / (1 - pow(beta1, t))
            VectorLoops.adam(
                p.floats, mean: m.floats, variance: v.floats, gradient: gradient, count: count, scale: Float(scale),
                rest1: Float(1 - beta1), rest2: Float(1 - beta2), step: Float(step), epsilon: Float(epsilon),
                shrink: Float(1 - rate * decay))
            for i in 0..<count {
                // keras.optimizers.Adam: w ← w - w·λ·γ;  m ← m + (g - m)(1 - β₁);  v ← v + (g² - v)(1 - β₂);
                // w ← w - mα / (√v + ε).
                let g = scale * Double(gradient[i])
                mean[i] += (g - mean[i]) * (1 - beta1)
                variance[i] += (g * g - variance[i]) * (1 - beta2)
                expected[i] -= expected[i] * decay * rate
                expected[i] -= mean[i] * step / (variance[i].squareRoot() + epsilon)
            }
        }
        #expect(Deviation.relative(p.values, expected) < 2e-6)
        #expect(p.isIntact && m.isIntact && v.isIntact)
    }

    @Test("Adam's first step is the rate, whatever the gradient's size; ε stops it for tiny ones")
    func firstStep() {
        var p: [Float] = [0, 0, 0]
        var (m, v) = (p, p)
        // The root is of 0.001·g², so that ε weighs as much as a gradient of ε / √0.001.
        let tiny = Float(1e-7 / 0.001.squareRoot())
        VectorLoops.adam(
            &p, mean: &m, variance: &v, gradient: [1e3, -1e-2, tiny], count: 3, scale: 1, rest1: 0.1, rest2: 0.001,
            step: Float(0.01 * 0.001.squareRoot() / 0.1), epsilon: 1e-7, shrink: 1)
        #expect(abs(p[0] + 0.01) < 1e-6)
        #expect(abs(p[1] - 0.01) < 1e-5)
        // Half a step.
        #expect(abs(p[2] + 0.005) < 1e-5)
    }

    @Test("Gradients whose squares no float holds leave everything finite")
    func hugeGradients() {
        var p: [Float] = [1, 1]
        var (m, v): ([Float], [Float]) = ([0, 0], [0, 0])
        for gradient in [[3e38, 1e25], [-3e38, 1], [3e38, 0], [0, 0]] as [[Float]] {
            VectorLoops.adam(
                &p, mean: &m, variance: &v, gradient: gradient, count: 2, scale: 1, rest1: 0.1, rest2: 0.001,
                step: 0.01, epsilon: 1e-7, shrink: 1)
            #expect((p + m + v).allSatisfy { $0.isFinite })
        }
    }
}
