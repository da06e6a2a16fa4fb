import Kernels
import TestSupport
import Testing

/// Values within 2e-6 of the naive sum, gradients within 1e-5 of central differences, relative to a tensor's largest
/// number.
struct Convolution2DKernelTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var images: (samples: Int, height: Int, width: Int, channels: Int)
        var filters: Int
        var window: Reference.Window
        var hasBias = true
        var activation = Activation.linear
        var testDescription: String {
            "\(images) → \(filters), \(window) \(activation)\(hasBias ? "" : " without bias")"
        }
    }

    static let cases = [
        Case(images: (1, 1, 1, 1), filters: 1, window: .init(1, 1)),
        Case(images: (1, 5, 7, 1), filters: 3, window: .init(3, 3)),
        Case(images: (3, 5, 4, 2), filters: 1, window: .init(2, 3), hasBias: false),
        Case(images: (2, 7, 5, 3), filters: 4, window: .init(3, 3, stride: (2, 2))),
        Case(images: (2, 6, 7, 2), filters: 3, window: .init(3, 2, stride: (2, 3), same: true)),
        Case(images: (1, 4, 4, 3), filters: 5, window: .init(3, 3, same: true), activation: .relu),
        Case(images: (2, 5, 6, 2), filters: 3, window: .init(4, 4, same: true), activation: .tanh),
        Case(images: (2, 3, 3, 2), filters: 2, window: .init(5, 5, same: true), activation: .sigmoid),
        Case(images: (2, 8, 8, 1), filters: 4, window: .init(2, 2, stride: (3, 3), same: true), activation: .elu(0.7)),
        Case(images: (1, 4, 5, 4), filters: 4, window: .init(4, 5), activation: .leakyRelu(0.1)),
        Case(images: (3, 4, 4, 5), filters: 7, window: .init(1, 1, stride: (2, 2)), hasBias: false, activation: .relu),
    ]
    /// Channel counts for which the kernel library has layouts of its own for the weights.
    static let wide = [
        Case(images: (2, 4, 5, 16), filters: 16, window: .init(3, 3, same: true), activation: .relu),
        Case(images: (1, 5, 5, 16), filters: 32, window: .init(3, 3), hasBias: false),
        Case(images: (1, 6, 3, 17), filters: 19, window: .init(3, 3, stride: (2, 2), same: true), activation: .tanh),
        Case(images: (3, 2, 2, 64), filters: 16, window: .init(1, 1)),
    ]

    @Test(arguments: cases)
    func agreesWithTheFormula(_ test: Case) throws {
        expectNone(try problems(test, coordinates: 40))
    }

    @Test(arguments: wide)
    func agreesWithTheFormulaForManyChannels(_ test: Case) throws {
        expectNone(try problems(test, coordinates: 12))
    }

    @Test(
        "Only the gradients that are wanted",
        arguments: [
            [true, false, false], [false, true, true], [false, true, false], [false, false, true], [true, true, false],
        ], [(1, Activation.tanh), (16, .tanh), (3, .linear)])
    func partialGradients(_ wanted: [Bool], _ kind: (channels: Int, activation: Activation)) throws {
        let test = Case(
            images: (2, 3, 4, kind.channels), filters: 16, window: .init(2, 2), activation: kind.activation)
        expectNone(try problems(test, wanted: wanted, coordinates: 8))
    }

    @Test func inferenceGivesTheSameValues() throws {
        let test = Case(images: (2, 4, 4, 16), filters: 16, window: .init(3, 3), activation: .relu)
        expectNone(try problems(test, wanted: [false, false, false], coordinates: 8))
    }

    private func problems(
        _ test: Case, wanted: [Bool] = [true, true, true], coordinates: Int
    ) throws -> [String] {
        let (n, h, w, c) = test.images
        let images = Reference.Images(n, h, w, c)
        let window = test.window
        var random = SeededRandom(images.count + test.filters)
        let reach = Float(1 / Double(window.height * window.width * c).squareRoot())
        var inputs = [
            random.floats(images.count),
            random.floats(window.height * window.width * c * test.filters, in: -2 * reach...2 * reach),
        ]
        if test.hasBias { inputs.append(random.floats(test.filters)) }
        let kernel = try Convolution2DKernel(
            KernelContext(isDifferentiable: wanted.contains(true)), samples: n, image: (h, w, c), filters: test.filters,
            window: Window2D(
                size: (window.height, window.width), stride: (window.down, window.across), same: window.same,
                over: (h, w)),
            hasBias: test.hasBias, activation: test.activation,
            gradients: (wanted[0], wanted[1], wanted[2]))
        let check = KernelCheck(
            inputs: inputs, outputCount: window.result(over: images, channels: test.filters).count,
            wanted: Array(wanted.prefix(inputs.count)))
        return try check.problems(kernel, coordinates: coordinates) { inputs in
            let y = Reference.convolution(
                inputs[0], images, inputs[1], bias: test.hasBias ? inputs[2] : nil, filters: test.filters, window)
            return Reference.activation(test.activation, y, width: test.filters)
        }
    }
}

struct Window2DTests {
    @Test("As Keras pads: half of the zeros in front, the odd one behind")
    func samePadding() {
        let window = Window2D(size: (4, 3), stride: (1, 2), same: true, over: (6, 7))
        #expect(window.before == (1, 1))
        #expect(window.after == (2, 1))
        #expect(window.positions(over: (6, 7)) == (6, 4))
        // A window of 2 in steps of 3 over 8: 3 positions from 0 to 8, none of them past the end.
        let sparse = Window2D(size: (2, 2), stride: (3, 3), same: true, over: (7, 8))
        #expect(sparse.before == (0, 0))
        #expect(sparse.after == (1, 0))
        #expect(sparse.positions(over: (7, 8)) == (3, 3))
    }

    @Test func validPositions() {
        let window = Window2D(size: (3, 2), stride: (2, 1), same: false, over: (8, 2))
        #expect(window.positions(over: (8, 2)) == (3, 1))
        #expect(window.before == (0, 0))
        #expect(Window2D(size: (3, 3), stride: (1, 1), same: false, over: (2, 5)).positions(over: (2, 5)) == (0, 3))
        // Rounding towards zero must not make one position of a window that is one too large.
        #expect(Window2D(size: (3, 3), stride: (5, 5), same: false, over: (2, 2)).positions(over: (2, 2)) == (0, 0))
    }
}
