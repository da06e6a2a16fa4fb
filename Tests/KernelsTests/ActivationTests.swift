import CVector
import Kernels
import TestSupport
import Testing

struct ActivationTests {
    @Test func thoseWhoseDerivativeFollowsFromTheValue() {
        for activation in [Activation.linear, .relu, .leakyRelu(0.1), .elu(1), .sigmoid, .tanh] {
            #expect(activation.derivativeFollowsFromValue)
        }
        for activation in [Activation.gelu, .softplus, .swish, .softmax] {
            #expect(!activation.derivativeFollowsFromValue)
        }
        // With a negative slope f(x) > 0 on both sides of 0, and the value no longer tells them apart.
        #expect(!Activation.leakyRelu(-0.1).derivativeFollowsFromValue)
        #expect(!Activation.elu(-1).derivativeFollowsFromValue)
    }

    /// Derivatives within 1e-5 of central differences, bias sums within 1e-5 of sums in double precision.
    @Test(
        "diff_src = diff_dst·f'(y) and its sums over the rows",
        arguments: [
            (STORMO_LINEAR, Activation.linear), (STORMO_RELU, .relu), (STORMO_LEAKY_RELU, .leakyRelu(0.2)),
            (STORMO_ELU, .elu(0.6)), (STORMO_SIGMOID, .sigmoid), (STORMO_TANH, .tanh),
        ].map { (Int32($0.0), $0.1) }, [(1, 1), (1, 7), (5, 3), (9, 33)])
    func backwardLoop(_ kind: (Int32, Activation), _ size: (rows: Int, columns: Int)) throws {
        let (rows, columns) = size
        var random = SeededRandom(rows * columns)
        let x = random.floats(rows * columns, in: -3...3, clearOf: [0])
        let y = x.map { Float(Reference.activation(kind.1, Double($0))) }
        let upstream = random.floats(rows * columns)
        let alpha: Float = if case .leakyRelu(let a) = kind.1 { a } else if case .elu(let a) = kind.1 { a } else { 0 }
        let expected = try x.indices.map { i in
            let slope = try #require(
                CentralDifferences.derivative { Reference.activation(kind.1, Double(x[i]) + $0) })
            return Double(upstream[i]) * slope
        }
        for withBias in [false, true] {
            let result = try GuardedBuffer(count: x.count)
            let bias = try GuardedBuffer(count: columns)
            stormo_activation_backward(
                kind.0, alpha, result.floats, withBias ? bias.floats : nil, y, upstream, rows, columns)
            if kind.1 == .linear {
                #expect(result.values.allSatisfy { $0.isNaN }, "for linear, nothing is written")
            } else {
                #expect(Deviation.relative(result.values, expected) < 1e-5)
            }
            if withBias {
                let sums = (0..<columns).map { c in (0..<rows).reduce(0) { $0 + expected[$1 * columns + c] } }
                #expect(Deviation.relative(bias.values, sums) < 1e-5)
            } else {
                #expect(bias.values.allSatisfy { $0.isNaN })
            }
            #expect(result.isIntact && bias.isIntact)
        }
    }

    @Test func theBackwardLoopWorksInPlace() {
        var gradient: [Float] = [1, 2, 3, 4]
        gradient.withUnsafeMutableBufferPointer { gradient in
            let values: [Float] = [1, 0, 0, 2]
            stormo_activation_backward(
                Int32(STORMO_RELU), 0, gradient.baseAddress, nil, values, gradient.baseAddress, 2, 2)
        }
        #expect(gradient == [1, 0, 0, 4])
    }
}
