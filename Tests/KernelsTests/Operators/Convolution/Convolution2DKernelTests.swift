import TestSupport
import Testing

@testable import Kernels

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

    /// Shapes that Winograd's algorithm takes: odd and even sizes, with and without zeros around, activations that its
    /// loops have and one that they have not, channels that fill no whole vector and some that fill several.
    static let tiled = [
        Case(images: (2, 6, 6, 16), filters: 32, window: .init(3, 3, same: true)),
        Case(images: (1, 9, 8, 32), filters: 48, window: .init(3, 3), activation: .relu),
        Case(images: (1, 8, 8, 24), filters: 41, window: .init(3, 3, same: true), activation: .leakyRelu(0.1)),
        Case(images: (1, 6, 7, 80), filters: 72, window: .init(3, 3, same: true), hasBias: false),
        Case(images: (1, 7, 10, 40), filters: 24, window: .init(3, 3, same: true), activation: .tanh),
    ]
    /// Images of few channels, whose weights' gradient has a loop of its own, and the forward pass as well for one.
    static let grey = [
        Case(images: (3, 6, 5, 1), filters: 16, window: .init(3, 3, same: true), activation: .relu),
        Case(images: (2, 7, 9, 1), filters: 48, window: .init(5, 5, stride: (2, 3), same: true)),
        Case(images: (2, 5, 14, 1), filters: 80, window: .init(3, 4), hasBias: false, activation: .elu(0.7)),
        Case(images: (1, 3, 12, 1), filters: 16, window: .init(2, 3, stride: (1, 2)), activation: .leakyRelu(0.1)),
        Case(images: (2, 6, 7, 3), filters: 32, window: .init(3, 2, stride: (2, 1)), hasBias: false),
        Case(images: (1, 4, 4, 4), filters: 64, window: .init(4, 4), activation: .sigmoid),
    ]

    @Test(arguments: cases)
    func agreesWithTheFormula(_ test: Case) throws {
        expectNone(try problems(test, coordinates: 40))
    }

    @Test(arguments: wide)
    func agreesWithTheFormulaForManyChannels(_ test: Case) throws {
        expectNone(try problems(test, coordinates: 12))
    }

    @Test(arguments: tiled)
    func agreesWithTheFormulaInTiles(_ test: Case) throws {
        #expect(Winograd.suits(geometry(test)))
        expectNone(try problems(test, coordinates: 6))
    }

    @Test(arguments: grey)
    func agreesWithTheFormulaForFewChannels(_ test: Case) throws {
        #expect(FewChannelsConvolution.suitsBackwardWeights(geometry(test)))
        expectNone(try problems(test, coordinates: 6))
    }

    /// Gradients are the forward pass transposed: ⟨dY, conv(X', W)⟩ = ⟨dX, X'⟩ and ⟨dY, conv(X, W')⟩ = ⟨dW, W'⟩ for
    /// any X' and W'. To differentiate the naive sum over so many tiles would take minutes.
    @Test("682 tiles, of which 170 and 171 are worked on in turn")
    func manyBlocks() throws {
        let test = Case(images: (2, 22, 62, 16), filters: 32, window: .init(3, 3, same: true), hasBias: false)
        let images = Reference.Images(2, 22, 62, 16)
        var random = SeededRandom(5)
        let (x, w) = (random.floats(images.count), random.floats(9 * 16 * 32))
        let (otherX, otherW) = (random.floats(images.count), random.floats(9 * 16 * 32))
        #expect(Winograd.suits(geometry(test)))
        let kernel = try kernel(test, wanted: [true, true, false])
        func run(_ x: [Float], _ w: [Float]) throws -> (KernelCheck, KernelCheck.Result) {
            let check = KernelCheck(inputs: [x, w], outputCount: 2 * 22 * 62 * 32)
            return (check, try check.run(kernel))
        }
        func product(_ a: [Float]?, _ b: [Float]) -> Double {
            zip(a ?? [], b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let (check, result) = try run(x, w)
        #expect(result.faults.isEmpty)
        let reference = Reference.convolution(
            x.map(Double.init), images, w.map(Double.init), bias: nil, filters: 32, test.window)
        #expect(Deviation.relative(result.output, reference) < 2e-6)
        for (gradient, direction, moved) in [(0, otherX, try run(otherX, w)), (1, otherW, try run(x, otherW))] {
            let expected = product(check.upstream, moved.1.output)
            // By how much a sum of as many terms of that size, with random signs, is from zero.
            let size = product(check.upstream.map { $0 * $0 }, moved.1.output.map { $0 * $0 }).squareRoot()
            #expect(abs(product(result.gradients[gradient], direction) - expected) < 1e-5 * size)
        }
    }

    @Test("The gradient of a large image is a sum of many terms of one sign, which must not lose digits")
    func manyPositions() throws {
        let side = 150
        let test = Case(images: (1, side, side, 1), filters: 16, window: .init(1, 1))
        #expect(FewChannelsConvolution.suitsBackwardWeights(geometry(test)))
        var random = SeededRandom(3)
        let x = random.floats(side * side, in: 0.5...1.5)
        let check = KernelCheck(
            inputs: [x, random.floats(16), random.floats(16)], outputCount: side * side * 16,
            wanted: [false, true, true], upstream: random.floats(side * side * 16, in: 0.5...1.5))
        let result = try check.run(kernel(test, wanted: check.wanted))
        var (weights, bias) = (Array(repeating: 0.0, count: 16), Array(repeating: 0.0, count: 16))
        for pixel in 0..<side * side {
            for filter in 0..<16 {
                let d = Double(check.upstream[pixel * 16 + filter])
                weights[filter] += Double(x[pixel]) * d
                bias[filter] += d
            }
        }
        #expect(Deviation.relative(result.gradients[1] ?? [], weights) < 1e-6)
        #expect(Deviation.relative(result.gradients[2] ?? [], bias) < 1e-6)
    }

    @Test(
        "Only the gradients that are wanted",
        arguments: [
            [true, false, false], [false, true, true], [false, true, false], [false, false, true], [true, true, false],
        ], [(1, 2, Activation.tanh), (16, 2, .tanh), (3, 2, .linear), (32, 3, .relu)])
    func partialGradients(
        _ wanted: [Bool], _ kind: (channels: Int, window: Int, activation: Activation)
    ) throws {
        let test = Case(
            images: (2, 6, 6, kind.channels), filters: 32, window: .init(kind.window, kind.window),
            activation: kind.activation)
        expectNone(try problems(test, wanted: wanted, coordinates: 8))
    }

    @Test func inferenceGivesTheSameValues() throws {
        let test = Case(images: (2, 4, 4, 16), filters: 16, window: .init(3, 3), activation: .relu)
        expectNone(try problems(test, wanted: [false, false, false], coordinates: 8))
    }

    private func window(_ test: Case) -> Window2D {
        let window = test.window
        return Window2D(
            size: (window.height, window.width), stride: (window.down, window.across), same: window.same,
            over: (test.images.height, test.images.width))
    }

    private func geometry(_ test: Case) -> ConvolutionGeometry {
        let (n, h, w, c) = test.images
        return ConvolutionGeometry(samples: n, image: (h, w, c), filters: test.filters, window: window(test))
    }

    private func kernel(_ test: Case, wanted: [Bool]) throws -> Convolution2DKernel {
        let (n, h, w, c) = test.images
        return try Convolution2DKernel(
            KernelContext(isDifferentiable: wanted.contains(true)), samples: n, image: (h, w, c), filters: test.filters,
            window: window(test), hasBias: test.hasBias, activation: test.activation,
            gradients: (wanted[0], wanted[1], wanted[2]))
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
        let kernel = try kernel(test, wanted: wanted)
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
