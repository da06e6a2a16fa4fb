import Kernels
import TestSupport
import Testing

/// Values within 2e-6, gradients within 1e-5 of central differences, relative to a tensor's largest number.
struct Pooling2DKernelTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var images: (samples: Int, height: Int, width: Int, channels: Int)
        var window: Reference.Window
        var testDescription: String { "\(images), \(window)" }
    }

    static let cases = [
        Case(images: (1, 1, 1, 1), window: .init(1, 1)),
        Case(images: (1, 4, 6, 3), window: .init(2, 2, stride: (2, 2))),
        Case(images: (3, 5, 7, 2), window: .init(2, 2, stride: (2, 2))),
        Case(images: (2, 5, 5, 1), window: .init(2, 2, stride: (2, 2), same: true)),
        Case(images: (2, 7, 4, 5), window: .init(3, 3, stride: (1, 1), same: true)),
        Case(images: (1, 5, 6, 17), window: .init(3, 2, stride: (2, 1))),
        Case(images: (2, 3, 4, 16), window: .init(3, 4)),
        Case(images: (2, 8, 8, 2), window: .init(2, 2, stride: (3, 3), same: true)),
        // Channels are taken sixteen at a time, with some of them twice.
        Case(images: (2, 4, 5, 16), window: .init(2, 2, stride: (2, 2), same: true)),
        Case(images: (1, 5, 4, 37), window: .init(2, 2, stride: (2, 2))),
        Case(images: (1, 6, 6, 33), window: .init(3, 3, stride: (2, 2), same: true)),
        // Sums over so many places are in double; of more than 256 places each is kept in four bytes.
        Case(images: (2, 9, 11, 3), window: .init(9, 11)),
        Case(images: (2, 13, 12, 130), window: .init(9, 8, stride: (3, 2), same: true)),
        Case(images: (1, 20, 7, 1), window: .init(15, 7, stride: (2, 1), same: true)),
        Case(images: (1, 17, 16, 3), window: .init(17, 16)),
        Case(images: (1, 19, 17, 18), window: .init(18, 17, stride: (1, 1))),
    ]

    @Test(arguments: cases, [PoolingReduction.max, .average])
    func agreesWithTheFormula(_ test: Case, _ reduction: PoolingReduction) throws {
        let (n, h, w, c) = test.images
        let images = Reference.Images(n, h, w, c)
        var random = SeededRandom(images.count)
        // With negative values among them, so that a padding of zeros would be noticed.
        let inputs = [random.distinct(images.count).map { $0 - 0.5 }]
        let check = KernelCheck(inputs: inputs, outputCount: test.window.result(over: images, channels: c).count)
        let kernel = try kernel(test, reduction, isDifferentiable: true)
        expectNone(try check.problems(kernel) { Reference.pooling(reduction, $0[0], images, test.window) })
    }

    @Test("In inference too", arguments: [PoolingReduction.max, .average])
    func inference(_ reduction: PoolingReduction) throws {
        let test = Self.cases[2]
        let images = Reference.Images(3, 5, 7, 2)
        var random = SeededRandom(4)
        let check = KernelCheck(inputs: [random.distinct(images.count)], outputCount: 3 * 2 * 3 * 2, wanted: [false])
        let kernel = try kernel(test, reduction, isDifferentiable: false)
        expectNone(try check.problems(kernel) { Reference.pooling(reduction, $0[0], images, test.window) })
    }

    @Test func theFirstOfEqualsGetsTheGradient() throws {
        let kernel = try kernel(
            Case(images: (1, 2, 2, 1), window: .init(2, 2)), .max, isDifferentiable: true)
        let check = KernelCheck(inputs: [[0.5, 0.5, 0.5, 0.25]], outputCount: 1)
        let result = try check.run(kernel)
        #expect(result.output == [0.5])
        #expect(result.gradients[0] == [check.upstream[0], 0, 0, 0])
    }

    @Test("What is not a number is not lost", arguments: [1, 17])
    func notANumber(channels: Int) throws {
        let kernel = try kernel(
            Case(images: (1, 2, 4, channels), window: .init(2, 2, stride: (2, 2))), .max, isDifferentiable: true)
        for place in [0, 1, 4, 5] {
            var input = [Float](repeating: 0.5, count: 8 * channels)
            input[place * channels] = .nan
            let output = try KernelCheck(inputs: [input], outputCount: 2 * channels).run(kernel).output
            #expect(output[0].isNaN)
            #expect(output.dropFirst().allSatisfy { $0 == 0.5 })
        }
    }

    private func kernel(
        _ test: Case, _ reduction: PoolingReduction, isDifferentiable: Bool
    ) throws -> Pooling2DKernel {
        let (n, h, w, c) = test.images
        return Pooling2DKernel(
            try KernelContext(isDifferentiable: isDifferentiable), samples: n, image: (h, w, c),
            window: Window2D(
                size: (test.window.height, test.window.width), stride: (test.window.down, test.window.across),
                same: test.window.same, over: (h, w)),
            reduction: reduction)
    }
}
