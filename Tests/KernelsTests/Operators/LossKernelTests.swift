import Foundation
import Kernels
import Network
import TestSupport
import Testing

/// Values within 2e-6, gradients within 1e-5 of central differences, relative to a tensor's largest number.
struct LossKernelTests {
    typealias Size = (samples: Int, rows: Int, width: Int)
    static let sizes: [Size] = [(1, 1, 1), (1, 1, 5), (4, 1, 3), (3, 2, 4), (2, 3, 17)]
    static let classSizes: [Size] = [(1, 1, 2), (5, 1, 10), (3, 2, 4), (2, 3, 17)]

    @Test(
        arguments: [
            MeanSquaredError(factor: 1), MeanSquaredError(factor: 0.5), MeanAbsoluteError(), Huber(delta: 1),
            Huber(delta: 0.25),
        ] as [any Loss], sizes)
    func regression(_ loss: any Loss, _ size: Size) throws {
        var random = SeededRandom(size.samples * size.width)
        let count = size.samples * size.rows * size.width
        let target = random.floats(count, in: -2...2)
        // Clear of the kinks at a difference of 0 and ± δ.
        let differences = random.floats(count, in: -2...2, clearOf: [0, 1, -1, 0.25, -0.25])
        let prediction = zip(target, differences).map { $0 + $1 }
        expectNone(try problems(loss, fromLogits: false, [prediction, target], size))
    }

    @Test(arguments: sizes)
    func binaryFromProbabilities(_ size: Size) throws {
        var random = SeededRandom(size.samples + size.width)
        let count = size.samples * size.rows * size.width
        let prediction = random.floats(count, in: 0.05...0.95)
        for target in [random.labels(count, below: 2), random.floats(count, in: 0...1)] {
            expectNone(try problems(.binaryCrossEntropy, fromLogits: false, [prediction, target], size))
        }
    }

    @Test(arguments: sizes)
    func binaryFromLogits(_ size: Size) throws {
        var random = SeededRandom(size.samples + size.width)
        let count = size.samples * size.rows * size.width
        let logits = random.floats(count, in: -5...5)
        let probabilities = logits.map { Float(Reference.activation(.sigmoid, Double($0))) }
        for target in [random.labels(count, below: 2), random.floats(count, in: 0...1)] {
            expectNone(
                try problems(.binaryCrossEntropy, fromLogits: true, [logits, probabilities, target], size))
        }
    }

    @Test(arguments: classSizes, [CategoricalCrossEntropy(), SparseCategoricalCrossEntropy()] as [any Loss])
    func categoricalFromProbabilities(_ size: Size, _ loss: any Loss) throws {
        var random = SeededRandom(size.samples + size.width)
        let prediction = random.distributions(rows: size.samples * size.rows, width: size.width)
        let target = target(loss, size, &random)
        expectNone(try problems(loss, fromLogits: false, [prediction, target], size))
    }

    @Test(arguments: classSizes, [CategoricalCrossEntropy(), SparseCategoricalCrossEntropy()] as [any Loss])
    func categoricalFromLogits(_ size: Size, _ loss: any Loss) throws {
        var random = SeededRandom(size.samples + size.width)
        let logits = random.floats(size.samples * size.rows * size.width, in: -4...4)
        let target = target(loss, size, &random)
        expectNone(
            try problems(loss, fromLogits: true, [logits, softmax(logits, size.width), target], size))
    }

    @Test("Targets that do not add up to 1 have the gradient of their formula")
    func categoricalWeights() throws {
        let logits: [Float] = [0.5, -1, 2]
        let target: [Float] = [0.5, 0, 2]
        expectNone(
            try problems(
                .categoricalCrossEntropy, fromLogits: true, [logits, softmax(logits, 3), target], (1, 1, 3)))
    }

    @Test("Logits far from 0 give finite and right losses")
    func extremeLogits() throws {
        let logits: [Float] = [120, -120, 0, 90, 95, -200]
        for (label, expected) in [(Float(0), 0.0), (1, 240), (2, 120)] {
            let check = KernelCheck(
                inputs: [Array(logits[..<3]), softmax(Array(logits[..<3]), 3), [label]], integers: [2], outputCount: 1,
                wanted: [true, false, false])
            let kernel = try makeKernel(.sparseCategoricalCrossEntropy, fromLogits: true, (1, 1, 3))
            let result = try check.run(kernel)
            #expect(abs(Double(result.output[0]) - expected) < 1e-3)
            #expect(result.gradients[0]?.allSatisfy { $0.isFinite } == true)
        }
        let probabilities = logits.map { Float(Reference.activation(.sigmoid, Double($0))) }
        let check = KernelCheck(
            inputs: [logits, probabilities, [0, 1, 1, 1, 0, 0]], outputCount: 6, wanted: [true, false, false])
        let kernel = try makeKernel(.binaryCrossEntropy, fromLogits: true, (6, 1, 1))
        let expected = Reference.loss(
            .binaryCrossEntropy, fromLogits: true, logits.map(Double.init), target: [0, 1, 1, 1, 0, 0], rows: 1,
            width: 1)
        #expect(Deviation.relative(try check.run(kernel).output, expected) < 1e-6)
    }

    @Test(
        "The small loss of a confident prediction has as many digits as another",
        arguments: [3, 10, 20, 40, 80] as [Float],
        [2, 3, 10, 1000])
    func confidentClasses(_ lead: Float, _ width: Int) throws {
        var random = SeededRandom(width)
        let label = width / 2
        var logits = random.floats(width, in: -1...1)
        logits[label] += lead
        let softmax = try ActivationKernel(
            KernelContext(isDifferentiable: false), .softmax, rows: 1, width: width, gradient: false)
        let probabilities = try KernelCheck(inputs: [logits], outputCount: width, wanted: [false]).run(softmax).output
        let point = logits.map(Double.init)
        let oneHot = (0..<width).map { Float($0 == label ? 1 : 0) }
        for (function, target) in [
            (SparseCategoricalCrossEntropy(), [Float(label)]), (CategoricalCrossEntropy(), oneHot),
        ] as [(any Loss, [Float])] {
            let result = try KernelCheck(
                inputs: [logits, probabilities, target], integers: function is SparseCategoricalCrossEntropy ? [2] : [],
                outputCount: 1, wanted: [true, false, false], upstream: [1]
            ).run(makeKernel(function, fromLogits: true, (1, 1, width)))
            // log(1 + Σ e^(z[k] - z[t])) in double, without a difference of near numbers.
            let others = point.indices.filter { $0 != label }.reduce(0.0) { $0 + exp(point[$1] - point[label]) }
            let (loss, gradient) = (Double(result.output[0]), Double(result.gradients[0]?[label] ?? .nan))
            // A difference of logits is rounded before its exponential is taken.
            let tolerance = 2e-6 + 1e-7 * Double(lead)
            #expect(abs(loss / log1p(others) - 1) < tolerance)
            // p[t] - 1.
            #expect(abs(gradient / (-others / (1 + others)) - 1) < tolerance)
        }
    }

    @Test("The same of two classes", arguments: [3, 10, 20, 40, 80] as [Float], [0, 1, 0.999, 1e-3] as [Float])
    func confidentOfTwo(_ lead: Float, _ target: Float) throws {
        let logit = target > 0.5 ? lead : -lead
        let z = Double(logit)
        let result = try KernelCheck(
            inputs: [[logit], [Float(1 / (1 + exp(-z)))], [target]], outputCount: 1, wanted: [true, false, false],
            upstream: [1]
        ).run(makeKernel(.binaryCrossEntropy, fromLogits: true, (1, 1, 1)))
        let t = Double(target)
        let expected = t * log1p(exp(-z)) + (1 - t) * log1p(exp(z))
        #expect(abs(Double(result.output[0]) / expected - 1) < 1e-6)
    }

    @Test("Probabilities of 0 and 1 count as 1e-7 away from them, and have no gradient there")
    func clampedProbabilities() throws {
        let binary = KernelCheck(inputs: [[0, 1, 0, 1], [1, 0, 0, 1]], outputCount: 4, wanted: [true, false])
        let result = try binary.run(
            makeKernel(.binaryCrossEntropy, fromLogits: false, (4, 1, 1)))
        #expect(abs(result.output[0] - 16.118) < 1e-3)
        #expect(abs(result.output[1] - 16.118) < 0.2)
        #expect(result.output[2...].allSatisfy { $0 >= 0 && $0 < 1e-6 })
        #expect(result.gradients[0] == [0, 0, 0, 0])
        let sparse = KernelCheck(inputs: [[0, 1], [0]], integers: [1], outputCount: 1, wanted: [true, false])
        let loss = try sparse.run(
            makeKernel(.sparseCategoricalCrossEntropy, fromLogits: false, (1, 1, 2)))
        #expect(abs(loss.output[0] - 16.118) < 1e-3)
        #expect(loss.gradients[0] == [0, 0])
    }

    @Test(
        "A label outside of the classes gives NaN, never a read outside of the row",
        arguments: [Float(-1), 3, 20_000_000, -0x1p31])
    func labelsOutOfRange(_ label: Float) throws {
        for fromLogits in [false, true] {
            let row: [Float] = [0.25, 0.25, 0.5]
            let check = KernelCheck(
                inputs: (fromLogits ? [row, row] : [row]) + [[label]], integers: [fromLogits ? 2 : 1], outputCount: 1,
                wanted: fromLogits ? [true, false, false] : [true, false])
            let result = try check.run(
                makeKernel(.sparseCategoricalCrossEntropy, fromLogits: fromLogits, (1, 1, 3)))
            #expect(result.output[0].isNaN)
            #expect(result.gradients[0]?.allSatisfy { $0.isNaN } == true)
        }
    }

    static let ignoredLabels: [(label: Int, size: Size)] = [
        (-1, (6, 1, 3)), (255, (4, 5, 4)), (2, (3, 4, 7)), (0, (1, 3, 2)), (-100, (5, 2, 10)),
    ]

    /// The label may be one of the classes, or none. The first sample has nothing but it.
    @Test("Rows of the ignored label count neither in the loss nor in the gradient", arguments: ignoredLabels)
    func ignoredRows(_ label: Int, _ size: Size) throws {
        var random = SeededRandom(label)
        let rows = size.samples * size.rows
        var target = random.labels(rows, below: size.width)
        for row in 0..<rows where row < size.rows || row % 3 == 1 { target[row] = Float(label) }
        let logits = random.floats(rows * size.width, in: -4...4)
        let probabilities = softmax(logits, size.width)
        for inputs in [[logits, probabilities, target], [probabilities, target]] {
            let fromLogits = inputs.count == 3
            expectNone(
                try problems(
                    .sparseCategoricalCrossEntropy(ignoring: label), fromLogits: fromLogits, inputs, size))
            let result = try KernelCheck(
                inputs: inputs, integers: [inputs.count - 1], outputCount: size.samples,
                wanted: inputs.indices.map { $0 == 0 }
            ).run(makeKernel(.sparseCategoricalCrossEntropy(ignoring: label), fromLogits: fromLogits, size))
            #expect(result.output[0] == 0)
            for row in 0..<rows where target[row] == Float(label) {
                #expect(result.gradients[0]?[row * size.width..<(row + 1) * size.width].allSatisfy { $0 == 0 } == true)
            }
        }
    }

    @Test("Where no row has the ignored label, not one bit changes; where one has it, NaN in its row does no harm")
    func ignoringNothing() throws {
        let size: Size = (4, 3, 5)
        var random = SeededRandom(3)
        var logits = random.floats(60, in: -4...4)
        var target = random.labels(12, below: 5)
        func run(_ ignored: Int?) throws -> KernelCheck.Result {
            try KernelCheck(
                inputs: [logits, softmax(logits, 5), target], integers: [2], outputCount: 4,
                wanted: [true, false, false]
            ).run(makeKernel(.sparseCategoricalCrossEntropy(ignoring: ignored), fromLogits: true, size))
        }
        let (plain, ignoring) = (try run(nil), try run(-1))
        #expect(plain.output == ignoring.output)
        #expect(plain.gradients == ignoring.gradients)
        target[4] = -1
        for index in 20..<25 { logits[index] = .infinity }
        let result = try run(-1)
        #expect(result.output.allSatisfy { $0.isFinite })
        #expect(result.gradients[0]?.allSatisfy { $0.isFinite } == true)
        // Another label out of range is still a mistake.
        target[7] = -2
        #expect(try run(-1).output[2].isNaN)
    }

    /// As single-precision floats the two labels would be one.
    @Test("A label of 20,000,001 stays itself", arguments: [20_000_000, 20_000_001, Int(Int32.max), Int(Int32.min)])
    func largeLabels(_ ignored: Int) throws {
        let labels = try AlignedMemory(byteCount: 8)
        let neighbour = ignored == Int(Int32.max) ? ignored - 1 : ignored + 1
        let integers = labels.elements(of: Int32.self)
        (integers[0], integers[1]) = (Int32(ignored), Int32(neighbour))
        let (values, losses) = (try AlignedMemory(floats: 4), try AlignedMemory(floats: 2))
        values.floats.update(repeating: 0.5, count: 4)
        let kernel = SparseCategoricalCrossEntropyKernel(
            LossKernel.Request(samples: 2, rows: 1, width: 2), ignoring: ignored)
        kernel.bind(
            KernelBinding(
                src: [.float32(values.floats), .int32(integers)], dst: .float32(losses.floats), diffSrc: [nil, nil],
                diffDst: nil, workspace: values.base, scratch: values.base))
        kernel.forward(KernelPass())
        #expect(losses.floats[0] == 0)
        #expect(losses.floats[1].isNaN, "it is none of the classes, and not the ignored one")
    }

    private func problems(
        _ loss: any Loss, fromLogits: Bool, _ inputs: [[Float]], _ size: Size
    ) throws -> [String] {
        let wanted = inputs.indices.map { $0 == 0 }
        let integers: Set<Int> = loss is SparseCategoricalCrossEntropy ? [inputs.count - 1] : []
        let check = KernelCheck(inputs: inputs, integers: integers, outputCount: size.samples, wanted: wanted)
        return try check.problems(makeKernel(loss, fromLogits: fromLogits, size)) {
            Reference.loss(
                loss, fromLogits: fromLogits, $0[0], target: $0[$0.count - 1], rows: size.rows, width: size.width)
        }
    }

    private func makeKernel(_ loss: any Loss, fromLogits: Bool, _ size: Size) throws -> any Kernel {
        try loss.makeKernel(
            LossKernel.Request(
                samples: size.samples, rows: size.rows, width: size.width, takesLogits: fromLogits))
    }

    private func softmax(_ logits: [Float], _ width: Int) -> [Float] {
        Reference.activation(.softmax, logits.map(Double.init), width: width).map { Float($0) }
    }

    private func target(_ loss: any Loss, _ size: Size, _ random: inout SeededRandom) -> [Float] {
        let rows = size.samples * size.rows
        return loss is CategoricalCrossEntropy
            ? random.distributions(rows: rows, width: size.width) : random.labels(rows, below: size.width)
    }
}
