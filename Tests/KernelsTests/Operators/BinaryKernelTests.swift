import Kernels
import TestSupport
import Testing

/// Values within 1e-6, gradients within 1e-5 of central differences, relative to a tensor's largest number.
struct BinaryKernelTests {
    @Test(
        arguments: [BinaryKernel.Operation.add, .subtract, .multiply, .divide],
        [(1, 1), (7, 7), (12, 3), (3, 12), (1, 5), (5, 1), (34, 17)])
    func agreesWithTheFormula(_ operation: BinaryKernel.Operation, _ counts: (a: Int, b: Int)) throws {
        var random = SeededRandom(counts.a * 50 + counts.b)
        let inputs = [random.floats(counts.a), random.floats(counts.b, clearOf: [0], margin: 0.3)]
        for wanted in [[true, true], [true, false], [false, true]] {
            let check = KernelCheck(inputs: inputs, outputCount: max(counts.a, counts.b), wanted: wanted)
            expectNone(
                try check.problems(BinaryKernel(operation, counts: counts), value: 1e-6, gradient: 1e-5) {
                    Reference.binary(operation, $0[0], $0[1])
                })
        }
    }
}
