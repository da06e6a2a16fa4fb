import Kernels
import TestSupport
import Testing

/// Values within 1e-6, gradients within 1e-5 of central differences, relative to a tensor's largest number.
struct UnaryKernelTests {
    @Test(arguments: [
        UnaryKernel.Function.power(2), .power(3), .power(1), .power(0), .power(-2), .magnitude, .exponential,
    ])
    func agreesWithTheFormula(_ function: UnaryKernel.Function) throws {
        for count in [1, 7, 32] { try check(function, -2...2, count) }
    }

    @Test(arguments: [UnaryKernel.Function.power(0.5), .power(-0.5), .power(2.5), .logarithm])
    func agreesWithTheFormulaForPositiveNumbers(_ function: UnaryKernel.Function) throws {
        for count in [1, 7, 32] { try check(function, 0.1...3, count) }
    }

    private func check(_ function: UnaryKernel.Function, _ range: ClosedRange<Float>, _ count: Int) throws {
        var random = SeededRandom(count)
        let check = KernelCheck(
            inputs: [random.floats(count, in: range, clearOf: [0], margin: 0.3)], outputCount: count)
        expectNone(
            try check.problems(UnaryKernel(function, count: count), value: 1e-6, gradient: 1e-5) {
                Reference.unary(function, $0[0])
            })
    }

    @Test func outsideOfTheDomain() throws {
        let roots = try KernelCheck(inputs: [[-1, 0]], outputCount: 2).run(UnaryKernel(.power(0.5), count: 2))
        #expect(roots.output[0].isNaN)
        #expect(roots.output[1] == 0)
        let magnitudes = try KernelCheck(inputs: [[0, -0.5]], outputCount: 2).run(UnaryKernel(.magnitude, count: 2))
        #expect(magnitudes.gradients[0]?[0] == 0)
    }
}
