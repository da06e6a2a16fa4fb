import Kernels
import TestSupport
import Testing

/// Values and gradients are copies: values are exact, gradients within 1e-6 of central differences.
struct ConcatenateKernelTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var shapes: [[Int]]
        var axis: Int
        var testDescription: String { "\(shapes) along \(axis)" }
    }

    /// Shapes with the batch in front.
    @Test(arguments: [
        Case(shapes: [[1, 3], [1, 1]], axis: 1), Case(shapes: [[4, 2], [4, 3], [4, 1]], axis: 1),
        Case(shapes: [[2, 3, 2], [2, 1, 2]], axis: 1), Case(shapes: [[2, 3, 2], [2, 3, 5]], axis: 2),
        Case(shapes: [[3, 2, 2, 2], [3, 2, 4, 2], [3, 2, 1, 2]], axis: 2), Case(shapes: [[5, 17]], axis: 1),
    ])
    func agreesWithTheFormula(_ test: Case) throws {
        var random = SeededRandom(test.axis)
        let inputs = test.shapes.map { random.floats($0.reduce(1, *)) }
        let kernel = ConcatenateKernel(
            rows: test.shapes[0][..<test.axis].reduce(1, *),
            widths: test.shapes.map { $0[test.axis...].reduce(1, *) })
        let check = KernelCheck(inputs: inputs, outputCount: inputs.reduce(0) { $0 + $1.count })
        expectNone(
            try check.problems(kernel, value: 0, gradient: 1e-6) {
                Reference.concatenate($0, shapes: test.shapes, axis: test.axis)
            })
    }

    @Test func oneGradientAlone() throws {
        let check = KernelCheck(inputs: [[1, 2], [3]], outputCount: 3, wanted: [false, true])
        let result = try check.run(ConcatenateKernel(rows: 1, widths: [2, 1]))
        #expect(result.output == [1, 2, 3])
        #expect(result.gradients == [nil, [check.upstream[2]]])
        #expect(result.faults == [])
    }
}
