import Kernels
import TestSupport
import Testing

/// Values within 2e-6, gradients within 1e-5 of central differences, relative to a tensor's largest number.
struct ActivationKernelTests {
    static let functions: [Activation] = [
        .linear, .relu, .leakyRelu(0.2), .leakyRelu(0.01), .elu(1), .elu(0.4), .gelu, .sigmoid, .tanh, .softplus,
        .swish, .softmax,
    ]

    @Test(arguments: functions, [(1, 1), (1, 7), (5, 3), (4, 16), (3, 33)])
    func agreesWithTheFormula(_ function: Activation, _ size: (rows: Int, width: Int)) throws {
        var random = SeededRandom(size.rows * size.width)
        let inputs = [random.floats(size.rows * size.width, in: -4...4, clearOf: [0])]
        let check = KernelCheck(inputs: inputs, outputCount: inputs[0].count)
        let kernel = try ActivationKernel(
            KernelContext(isDifferentiable: true), function, rows: size.rows, width: size.width, gradient: true)
        expectNone(try check.problems(kernel) { Reference.activation(function, $0[0], width: size.width) })
    }

    @Test("Far from 0 the values stay finite and right", arguments: functions)
    func extremes(_ function: Activation) throws {
        let inputs: [[Float]] = [[-100, -30, -10, 10, 30, 100]]
        let check = KernelCheck(inputs: inputs, outputCount: 6)
        let kernel = try ActivationKernel(
            KernelContext(isDifferentiable: true), function, rows: 1, width: 6, gradient: true)
        expectNone(try check.problems(kernel) { Reference.activation(function, $0[0], width: 6) })
    }

    @Test(arguments: [Activation.gelu, .softmax])
    func inference(_ function: Activation) throws {
        var random = SeededRandom(3)
        let check = KernelCheck(inputs: [random.floats(12)], outputCount: 12, wanted: [false])
        let kernel = try ActivationKernel(
            KernelContext(isDifferentiable: false), function, rows: 3, width: 4, gradient: true)
        expectNone(try check.problems(kernel) { Reference.activation(function, $0[0], width: 4) })
    }
}
