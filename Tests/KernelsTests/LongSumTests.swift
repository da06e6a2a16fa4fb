import CVector
import Kernels
import Network
import TestSupport
import Testing

/// Sums whose length grows with the data, of equal terms, which a running sum of floats rounds always to the same side:
/// within 1e-6 of the value in double (4e-6 for a convolution's weights). One running float is off by 2e-3 after 262,144
/// terms of 0.1, by 1e-2 after 1,048,576 and by 4e-2 after 4,194,304.
struct LongSumTests {
    private static let value: Float = 0.1

    private func expectClose(_ measured: Float, _ expected: Double, _ what: String, within tolerance: Double = 1e-6) {
        let deviation = abs(Double(measured) / expected - 1)
        #expect(deviation < tolerance, "\(what): \(measured) in place of \(expected), \(deviation) off")
    }

    @Test("The gradient of a bias, over four million rows", arguments: [STORMO_LINEAR, STORMO_RELU])
    func bias(_ kind: Int) throws {
        let (rows, columns) = (1 << 22, 1)
        let gradient = Array(repeating: Self.value, count: rows * columns)
        let y = Array(repeating: Float(1), count: kind == STORMO_LINEAR ? 1 : gradient.count)
        let (product, sums) = (try AlignedMemory(floats: gradient.count), try GuardedBuffer(count: columns))
        stormo_activation_backward(Int32(kind), 0, product.floats, sums.floats, y, gradient, rows, columns)
        for sum in sums.values { expectClose(sum, Double(Self.value) * Double(rows), "bias") }
        #expect(sums.isIntact)
    }

    @Test(
        "More columns than stand on the stack, and rows that are no whole number of blocks", arguments: [64, 65, 1000])
    func manyColumns(_ rows: Int) throws {
        let columns = 2051
        var random = SeededRandom(rows)
        let (gradient, y) = (random.floats(rows * columns), random.floats(rows * columns))
        let (product, sums) = (try GuardedBuffer(count: rows * columns), try GuardedBuffer(count: columns))
        stormo_activation_backward(
            Int32(STORMO_RELU), 0, product.floats, sums.floats, y, gradient, rows, columns)
        var expected = Array(repeating: 0.0, count: columns)
        for index in gradient.indices where y[index] > 0 { expected[index % columns] += Double(gradient[index]) }
        #expect(Deviation.relative(sums.values, expected) < 1e-6)
        #expect(product.values == zip(gradient, y).map { $1 > 0 ? $0 : 0 })
        #expect(sums.isIntact && product.isIntact)
    }

    @Test("A dense layer over sequences: rows are samples times positions")
    func dense() throws {
        let rows = 1 << 20
        let kernel = try DenseKernel(
            KernelContext(isDifferentiable: true), rows: rows, inputs: 1, outputs: 2, hasBias: true,
            activation: .linear, gradients: (false, true))
        let check = KernelCheck(
            inputs: [Array(repeating: 1, count: rows), [1, 1], [0, 0]], outputCount: 2 * rows,
            wanted: [false, true, true], upstream: Array(repeating: Self.value, count: 2 * rows))
        let result = try check.run(kernel)
        for sum in result.gradients[2] ?? [] { expectClose(sum, Double(Self.value) * Double(rows), "bias") }
        // This sum is the kernel library's.
        for sum in result.gradients[1] ?? [] {
            #expect(abs(Double(sum) / (Double(Self.value) * Double(rows)) - 1) < 1e-4)
        }
    }

    struct Images: CustomTestStringConvertible, Sendable {
        var algorithm: String
        var samples, height, width, channels, filters, window: Int
        var testDescription: String { algorithm }
    }

    @Test(
        "The gradients of a convolution, over all positions of large images and of many",
        arguments: [
            Images(
                algorithm: "few channels", samples: 1, height: 512, width: 2000, channels: 1, filters: 16, window: 3),
            Images(algorithm: "many images", samples: 9000, height: 7, width: 7, channels: 1, filters: 16, window: 3),
            Images(algorithm: "Winograd", samples: 1, height: 512, width: 512, channels: 16, filters: 32, window: 3),
            Images(algorithm: "library", samples: 2, height: 500, width: 500, channels: 2, filters: 3, window: 5),
        ])
    func convolution(_ test: Images) throws {
        let (n, h, w, c, o, k) = (test.samples, test.height, test.width, test.channels, test.filters, test.window)
        let kernel = try Convolution2DKernel(
            KernelContext(isDifferentiable: true), samples: n, image: (h, w, c), filters: o,
            window: Window2D(size: (k, k), stride: (1, 1), same: true, over: (h, w)), hasBias: true,
            activation: .linear, gradients: (false, true, true))
        let check = KernelCheck(
            inputs: [
                Array(repeating: 0.5, count: n * h * w * c), Array(repeating: 1, count: k * k * c * o),
                Array(repeating: 0, count: o),
            ], outputCount: n * h * w * o, wanted: [false, true, true],
            upstream: Array(repeating: Self.value, count: n * h * w * o))
        let result = try check.run(kernel)
        let sum = Double(Self.value) * Double(n * h * w)
        for gradient in result.gradients[2] ?? [] { expectClose(gradient, sum, "bias", within: 2e-6) }
        // The window's middle lies on each pixel once. A block of products is longer than one of the bias's terms.
        guard test.algorithm != "library", let weights = result.gradients[1] else { return }
        let middle = (k * k / 2) * c * o
        for gradient in weights[middle..<middle + c * o] { expectClose(gradient, 0.5 * sum, "weights", within: 4e-6) }
    }

    @Test("The mean of a large image", arguments: [1, 5, 131])
    func pooling(_ channels: Int) throws {
        let (h, w) = (channels > 5 ? 64 : 512, channels > 5 ? 64 : 512)
        let check = KernelCheck(
            inputs: [Array(repeating: Self.value, count: h * w * channels)], outputCount: channels, wanted: [false])
        let result = try check.run(
            Pooling2DKernel(
                KernelContext(isDifferentiable: false), samples: 1, image: (h, w, channels),
                window: Window2D(size: (h, w), stride: (h, w), same: false, over: (h, w)), reduction: .average))
        for mean in result.output { expectClose(mean, Double(Self.value), "mean") }
        #expect(result.faults.isEmpty)
    }

    @Test("The loss of a sample with many outputs")
    func loss() throws {
        let count = 1 << 20
        let (prediction, target) = (
            Array(repeating: Self.value, count: count), Array(repeating: Float(0), count: count)
        )
        func run(_ loss: any Loss, rows: Int, width: Int, _ target: [Float]) throws -> Float {
            try KernelCheck(
                inputs: [prediction, target], integers: loss is SparseCategoricalCrossEntropy ? [1] : [],
                outputCount: 1,
                wanted: [false, false]
            ).run(
                loss.makeKernel(LossKernel.Request(samples: 1, rows: rows, width: width))
            ).output[0]
        }
        let value = Double(Self.value)
        expectClose(try run(.meanAbsoluteError, rows: 1, width: count, target), value, "mean absolute error")
        expectClose(try run(.meanSquaredError(factor: 1), rows: 1, width: count, target), value * value, "squares")
        expectClose(
            try run(.sparseCategoricalCrossEntropy, rows: count / 2, width: 2, Array(target[..<(count / 2)])),
            2.302585077940, "cross-entropy")
    }

    @Test(
        "The gradient of what is repeated over a batch", arguments: [BinaryKernel.Operation.add, .subtract, .multiply])
    func repetition(_ operation: BinaryKernel.Operation) throws {
        let count = 1 << 20
        let check = KernelCheck(
            inputs: [Array(repeating: 1, count: count), [1, 1]], outputCount: count, wanted: [false, true],
            upstream: Array(repeating: Self.value, count: count))
        let result = try check.run(BinaryKernel(operation, Stretching([count / 2, 2], [1, 2])))
        let expected = Double(Self.value) * Double(count / 2) * (operation == .subtract ? -1 : 1)
        for sum in result.gradients[1] ?? [] { expectClose(sum, expected, "\(operation)") }
        #expect(result.faults.isEmpty)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 100])
    func sums(_ count: Int) {
        var random = SeededRandom(count)
        let values = random.floats(count, in: -2...2)
        let expected = values.reduce(0.0) { $0 + Double($1) }
        #expect(abs(stormo_sum(values, count) - expected) < 1e-12)
    }
}
