import Kernels
import TestSupport
import Testing

/// Sums are made in double precision: values within 1e-6, gradients within 1e-6 of central differences, relative to a
/// tensor's largest number.
struct SumKernelTests {
    @Test(arguments: [(1, 1), (1, 9), (5, 1), (4, 13)], [Float(1), 0.125])
    func agreesWithTheFormula(_ size: (rows: Int, width: Int), _ factor: Float) throws {
        var random = SeededRandom(size.rows + size.width)
        let check = KernelCheck(inputs: [random.floats(size.rows * size.width)], outputCount: size.rows)
        let kernel = SumKernel(rows: size.rows, width: size.width, factor: factor)
        expectNone(
            try check.problems(kernel, value: 1e-6, gradient: 1e-6) {
                Reference.sum($0[0], width: size.width).map { $0 * Double(factor) }
            })
    }

    @Test func smallTermsAreNotLost() throws {
        let values = [Float(16_777_216)] + Array(repeating: Float(1), count: 8)
        let check = KernelCheck(inputs: [values], outputCount: 1)
        #expect(try check.run(SumKernel(rows: 1, width: 9, factor: 1)).output == [16_777_224])
    }
}
