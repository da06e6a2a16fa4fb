import Kernels
import TestSupport
import Testing

/// Values within 2e-6 of the naive product, gradients within 1e-5 of central differences, relative to a tensor's
/// largest number.
struct DenseKernelTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var rows, inputs, outputs: Int
        var hasBias = true
        var activation = Activation.linear
        var testDescription: String { "\(rows)×\(inputs)→\(outputs) \(activation)\(hasBias ? "" : " without bias")" }
    }

    static let shapes = [
        Case(rows: 1, inputs: 1, outputs: 1), Case(rows: 1, inputs: 7, outputs: 3),
        Case(rows: 5, inputs: 1, outputs: 9),
        Case(rows: 3, inputs: 17, outputs: 1), Case(rows: 4, inputs: 5, outputs: 6, hasBias: false),
        Case(rows: 13, inputs: 33, outputs: 17), Case(rows: 16, inputs: 64, outputs: 32),
    ]
    static let activations: [Case] = [.relu, .leakyRelu(0.2), .elu(1.3), .sigmoid, .tanh].flatMap { activation in
        [
            Case(rows: 1, inputs: 3, outputs: 5, activation: activation),
            Case(rows: 6, inputs: 9, outputs: 19, hasBias: false, activation: activation),
            Case(rows: 7, inputs: 4, outputs: 16, activation: activation),
        ]
    }

    @Test(arguments: shapes + activations)
    func agreesWithTheFormula(_ test: Case) throws {
        expectNone(try problems(test))
    }

    @Test("Each gradient alone", arguments: [(true, false), (false, true)], [Activation.linear, .tanh])
    func partialGradients(_ gradients: (Bool, Bool), _ activation: Activation) throws {
        let test = Case(rows: 3, inputs: 4, outputs: 5, activation: activation)
        expectNone(try problems(test, wanted: [gradients.0, gradients.1, gradients.1]))
    }

    @Test func biasAlone() throws {
        expectNone(try problems(Case(rows: 3, inputs: 4, outputs: 5), wanted: [false, false, true]))
        expectNone(
            try problems(Case(rows: 3, inputs: 4, outputs: 5, activation: .sigmoid), wanted: [true, true, false]))
    }

    @Test func inferenceGivesTheSameValues() throws {
        let test = Case(rows: 3, inputs: 4, outputs: 5, activation: .tanh)
        let check = KernelCheck(inputs: inputs(test), outputCount: 15, wanted: [false, false, false])
        let kernel = try DenseKernel(
            KernelContext(isDifferentiable: false), rows: 3, inputs: 4, outputs: 5, hasBias: true, activation: .tanh,
            gradients: (true, true))
        expectNone(try check.problems(kernel) { reference(test, $0) })
    }

    private func problems(_ test: Case, wanted: [Bool] = [true, true, true]) throws -> [String] {
        let inputs = inputs(test)
        let kernel = try DenseKernel(
            KernelContext(isDifferentiable: true), rows: test.rows, inputs: test.inputs, outputs: test.outputs,
            hasBias: test.hasBias, activation: test.activation, gradients: (wanted[0], wanted[1]))
        let check = KernelCheck(
            inputs: inputs, outputCount: test.rows * test.outputs, wanted: Array(wanted.prefix(inputs.count)))
        return try check.problems(kernel) { reference(test, $0) }
    }

    private func inputs(_ test: Case) -> [[Float]] {
        var random = SeededRandom(test.rows * 100 + test.inputs)
        var inputs = [random.floats(test.rows * test.inputs), random.floats(test.inputs * test.outputs)]
        if test.hasBias { inputs.append(random.floats(test.outputs)) }
        return inputs
    }

    private func reference(_ test: Case, _ inputs: [[Double]]) -> [Double] {
        let y = Reference.dense(
            inputs[0], inputs[1], bias: test.hasBias ? inputs[2] : nil, inputs: test.inputs, outputs: test.outputs)
        return Reference.activation(test.activation, y, width: test.outputs)
    }
}
