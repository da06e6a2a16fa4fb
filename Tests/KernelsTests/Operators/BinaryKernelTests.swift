import Kernels
import TestSupport
import Testing

/// Values within 1e-6, gradients within 1e-5 of central differences, relative to a tensor's largest number.
struct BinaryKernelTests {
    @Test(
        arguments: [BinaryKernel.Operation.add, .subtract, .multiply, .divide, .maximum, .minimum],
        [
            ([1], [1]), ([7], [7]), ([4, 3], [1, 3]), ([1, 3], [4, 3]), ([1], [5]), ([5], [1]), ([2, 17], [1, 17]),
            ([2, 3, 4], [2, 3, 1]), ([2, 3, 4], [2, 1, 4]), ([2, 1, 4], [2, 3, 1]), ([2, 1, 3, 1], [1, 5, 1, 4]),
            ([3, 2, 2, 5], [3, 1, 1, 5]), ([1, 1], [1, 1]),
        ])
    func agreesWithTheFormula(_ operation: BinaryKernel.Operation, _ shapes: (a: [Int], b: [Int])) throws {
        let counts = (a: shapes.a.reduce(1, *), b: shapes.b.reduce(1, *))
        var random = SeededRandom(counts.a * 50 + counts.b)
        // Apart from each other, so that no maximum has a kink nearby.
        let inputs = [
            random.floats(counts.a).map { ($0 * 4).rounded() / 4 },
            random.floats(counts.b, clearOf: [0], margin: 0.3).map { ($0 * 4).rounded() / 4 + 0.125 },
        ]
        let stretching = Stretching(shapes.a, shapes.b)
        for wanted in [[true, true], [true, false], [false, true]] {
            let check = KernelCheck(inputs: inputs, outputCount: stretching.count, wanted: wanted)
            expectNone(
                try check.problems(BinaryKernel(operation, stretching), value: 1e-6, gradient: 1e-5) {
                    Reference.binary(operation, $0[0], shapes.a, $0[1], shapes.b)
                })
        }
    }

    @Test("At equal values the gradient of a maximum goes to the first, and what is no number is kept")
    func equalsAndNaN() throws {
        for operation in [BinaryKernel.Operation.maximum, .minimum] {
            let check = KernelCheck(inputs: [[1, .nan, 2], [1, 2, .nan]], outputCount: 3, upstream: [1, 1, 1])
            let result = try check.run(BinaryKernel(operation, Stretching([3], [3])))
            #expect(result.output[0] == 1)
            #expect(result.output.dropFirst().count { $0.isNaN } == 2)
            #expect(result.gradients.map { $0?[0] } == [1, 0])
        }
    }
}
