import Foundation
import Kernels
import Network
import TestSupport
import Testing

@testable import Batches
@testable import Engine

@Suite struct GradientCheckTests {
    private func noise(_ shape: Shape, targets: Int = 1, rows: Int = 6, below classes: Int? = nil) throws -> Dataset {
        var random = SeededRandom(9)
        return try Dataset(
            inputs: (0..<rows).map { _ in random.floats(shape.count) }, shape: shape,
            targets: (0..<rows).map { _ in
                classes.map { random.labels(targets, below: $0) } ?? random.floats(targets, in: 0...1)
            })
    }

    private func check(_ model: Model, _ loss: any Loss, on data: Dataset) throws -> GradientCheck {
        try GradientCheck(
            Objective(model, loss: loss), on: data,
            preprocessing: Preprocessing(fitting: .standardize, to: data), seed: 4)
    }

    private func expectRight(_ check: GradientCheck, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(check.passes, sourceLocation: sourceLocation)
        for row in check.rows {
            // A row in which nothing was compared would pass whatever the gradient.
            #expect(row.compared > 0, "\(row)", sourceLocation: sourceLocation)
            #expect((row.worst ?? 1) < 1e-2, "\(row)", sourceLocation: sourceLocation)
        }
    }

    @Test func aModelOfAllLayersIsRight() throws {
        let model = try Model(input: [6, 6, 2]) {
            Conv2D(4, kernelSize: (3, 3), padding: .same, activation: .tanh).named("stem")
            Conv2D(4, kernelSize: (3, 2), padding: .same, activation: .elu(1)).named("side", inputs: ["stem"])
            Add().named("sum", inputs: ["stem", "side"])
            Pooling(.max, poolSize: (2, 2)).named("max", inputs: ["sum"])
            Pooling(.average, poolSize: (2, 2)).named("mean", inputs: ["sum"])
            Concatenate().named("both", inputs: ["max", "mean"])
            Conv2D(3, kernelSize: (2, 2), strides: (1, 2), activation: .leakyRelu(0.2), useBias: false)
            GlobalAveragePooling2D().named("pooled")
            Reshape([-1, 8]).named("rows", inputs: ["both"])
            Dense(3, activation: .gelu)
            Flatten()
            Dropout(0.25)
            Dense(5, activation: .swish).named("last")
            Concatenate().named("all", inputs: ["last", "pooled"])
            ActivationLayer(.softplus)
            Dense(3, activation: .softmax).named("out")
        }
        let result = try check(model, .sparseCategoricalCrossEntropy, on: noise([6, 6, 2], below: 3))
        expectRight(result)
        #expect(result.samples == 6)
        #expect(
            result.rows.map(\.parameter) == [
                "stem/kernel", "stem/bias", "side/kernel", "side/bias", "conv2d/kernel", "dense/kernel", "dense/bias",
                "last/kernel", "last/bias", "out/kernel", "out/bias",
            ])
    }

    @Test(arguments: [
        Activation.linear, .relu, .leakyRelu(0.2), .elu(1), .gelu, .sigmoid, .tanh, .softplus, .swish, .softmax,
    ])
    func everyActivationIsRight(activation: Activation) throws {
        let model = try Model(input: [4]) {
            Dense(6, activation: activation)
            Dense(2)
        }
        expectRight(try check(model, .meanSquaredError(factor: 0.5), on: noise([4], targets: 2)))
    }

    @Test(
        arguments: [
            (.meanSquaredError(factor: 1), .linear), (.meanAbsoluteError, .linear), (.huber(delta: 0.5), .linear),
            (.binaryCrossEntropy, .sigmoid), (.categoricalCrossEntropy, .softmax),
        ] as [(any Loss, Activation)])
    func everyLossIsRight(loss: any Loss, activation: Activation) throws {
        func model(_ activation: Activation) throws -> Model {
            try Model(input: [4]) {
                Dense(5, activation: .tanh)
                Dense(3, activation: activation)
            }
        }
        var data = try noise([4], targets: 3)
        if loss is CategoricalCrossEntropy {
            // Targets over classes add up to 1.
            var random = SeededRandom(6)
            let rows = random.distributions(rows: 6, width: 3)
            data = try Dataset(
                inputs: (0..<6).map { _ in random.floats(4) }, targets: (0..<6).map { Array(rows[$0 * 3..<$0 * 3 + 3]) }
            )
        }
        expectRight(try check(model(activation), loss, on: data))
        if loss.activation != nil { expectRight(try check(model(.linear), loss.ofLogits, on: data)) }
    }

    /// Targets in the hundreds, as of a regression without scaling, need longer steps.
    @Test func largeTargetsAreMeasurable() throws {
        var random = SeededRandom(3)
        let data = try Dataset(
            inputs: (0..<8).map { _ in random.floats(3) }, targets: random.floats(8, in: 50...300).map { [$0] })
        let model = try Model(input: [3]) {
            Dense(8)
            Dense(1)
        }
        expectRight(try check(model, .meanSquaredError(factor: 1), on: data))
    }

    // MARK: What is wrong is found

    /// y = x², with a derivative of `factor`·x instead of 2x.
    private struct Square: Layer, Operator {
        let factor: Float
        var name: String { "square" }
        var type: String { "square" }
        var keras: KerasLayer { KerasLayer("Square") }

        func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
            try inputs[0].graph.apply(self, to: inputs, name: name)
        }
        func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }
        func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
            SquareKernel(factor, request.output.count(samples: request.samples))
        }
    }

    private final class SquareKernel: Kernel {
        private let factor: Float
        private let count: Int
        private var binding: KernelBinding?

        init(_ factor: Float, _ count: Int) { (self.factor, self.count) = (factor, count) }

        func bind(_ binding: KernelBinding) { self.binding = binding }
        func forward(_ pass: KernelPass) {
            guard let binding else { return }
            for index in 0..<count {
                binding.dst.floats[index] = binding.src[0].floats[index] * binding.src[0].floats[index]
            }
        }
        func backward(_ pass: KernelPass) {
            guard let binding, let diffSrc = binding.diffSrc[0], let diffDst = binding.diffDst else {
                return
            }
            for index in 0..<count { diffSrc[index] = factor * binding.src[0].floats[index] * diffDst[index] }
        }
    }

    private func squares(_ factor: Float) throws -> GradientCheck {
        let model = try Model(input: [3]) {
            Dense(4, activation: .tanh).named("before")
            Square(factor: factor)
            Dense(2).named("after")
        }
        return try check(model, .meanSquaredError(factor: 1), on: noise([3], targets: 2))
    }

    @Test func aRightDerivativePasses() throws { expectRight(try squares(2)) }

    /// The one that is forgotten, one with the wrong sign, and those that are off by a twentieth and by a hundredth.
    @Test(arguments: [(0, 1), (1, 0.5), (-2, 2), (2.1, 0.05), (2.02, 0.01)] as [(Float, Double)])
    func aWrongDerivativeFails(factor: Float, error: Double) throws {
        let result = try squares(factor)
        #expect(!result.passes)
        for row in result.rows {
            // Only what lies before the wrong layer is reached by its gradient.
            if row.parameter.hasPrefix("before") {
                #expect(abs((row.worst ?? 0) - error) < min(0.02, error / 2), "\(row)")
            } else {
                #expect((row.worst ?? 1) < 1e-2, "\(row)")
            }
        }
    }

    /// y = x·W for a square W, of which one of the two gradients may be of the transposed matrix.
    private struct Mixing: Layer, Operator {
        enum Fault { case none, ofInputs, ofWeights }
        let width: Int
        let fault: Fault
        var name: String { "mixing" }
        var type: String { "mixing" }
        var keras: KerasLayer { KerasLayer("Mixing") }

        func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
            let graph = inputs[0].graph
            let weights = graph.parameter([width, width], .glorotUniform, name: "\(name)/kernel")
            return try graph.apply(self, to: [inputs[0], weights], name: name)
        }
        func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }
        func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
            MixingKernel(request.samples, width, fault)
        }
    }

    private final class MixingKernel: Kernel {
        private let rows: Int
        private let width: Int
        private let fault: Mixing.Fault
        private var binding: KernelBinding?

        init(_ rows: Int, _ width: Int, _ fault: Mixing.Fault) {
            (self.rows, self.width, self.fault) = (rows, width, fault)
        }

        func bind(_ binding: KernelBinding) { self.binding = binding }

        private func sum(_ count: Int, _ term: (Int) -> Float) -> Float { (0..<count).reduce(0) { $0 + term($1) } }

        func forward(_ pass: KernelPass) {
            guard let binding else { return }
            let (x, w) = (binding.src[0].floats, binding.src[1].floats)
            for row in 0..<rows {
                for j in 0..<width {
                    binding.dst.floats[row * width + j] = sum(width) { x[row * width + $0] * w[$0 * width + j] }
                }
            }
        }
        func backward(_ pass: KernelPass) {
            guard let binding, let own = binding.diffDst else { return }
            let (x, w) = (binding.src[0].floats, binding.src[1].floats)
            if let gradient = binding.diffSrc[0] {
                for row in 0..<rows {
                    for i in 0..<width {
                        gradient[row * width + i] = sum(width) {
                            own[row * width + $0] * (fault == .ofInputs ? w[$0 * width + i] : w[i * width + $0])
                        }
                    }
                }
            }
            if let gradient = binding.diffSrc[1] {
                for i in 0..<width {
                    for j in 0..<width {
                        let (from, to) = fault == .ofWeights ? (j, i) : (i, j)
                        gradient[i * width + j] = sum(rows) { x[$0 * width + from] * own[$0 * width + to] }
                    }
                }
            }
        }
    }

    private func mixed(_ fault: Mixing.Fault) throws -> GradientCheck {
        let model = try Model(input: [3]) {
            Dense(5, activation: .tanh).named("before")
            Mixing(width: 5, fault: fault).named("mixing")
            Dense(2).named("after")
        }
        return try check(model, .meanSquaredError(factor: 1), on: noise([3], targets: 2))
    }

    @Test func aRightMatrixPasses() throws { expectRight(try mixed(.none)) }

    /// What a transposed gradient reaches is far off, and nothing else is.
    @Test func aTransposedGradientFails() throws {
        for (fault, reached) in [(Mixing.Fault.ofInputs, "before"), (.ofWeights, "mixing")] {
            let result = try mixed(fault)
            #expect(!result.passes)
            for row in result.rows {
                let isWrong = row.parameter.hasPrefix(reached)
                #expect(isWrong ? (row.worst ?? 0) > 0.1 : (row.worst ?? 1) < 1e-2, "\(fault): \(row)")
            }
        }
    }

    /// A gradient that is far below the loss's rounding is not compared, whatever it says, and is no failure.
    @Test func whatIsTooSmallIsNotCompared() throws {
        let model = try Model(input: [3]) {
            Dense(4, activation: .tanh, kernelInitializer: .constant(40)).named("saturated")
            Dense(2).named("after")
        }
        let result = try check(model, .meanSquaredError(factor: 1), on: noise([3], targets: 2))
        #expect(result.passes)
        #expect(result.rows.contains { $0.worst == nil && $0.passedOver > 0 }, "\(result.rows)")
    }

    /// No right gradient is called wrong. By hand with STORMO_GRADIENT_NETWORKS=2000, which prints the share compared.
    @Test func randomNetworksRaiseNoAlarm() throws {
        let wanted = ProcessInfo.processInfo.environment["STORMO_GRADIENT_NETWORKS"].flatMap { Int($0) }
        var (compared, passedOver, silent) = (0, 0, 0)
        for seed in 0..<(wanted ?? 60) {
            let result = try randomCheck(seed)
            let wrong = result.rows.filter { ($0.worst ?? 0) > GradientCheck.tolerance }
            #expect(wrong.isEmpty, "seed \(seed): \(wrong)")
            compared += result.rows.reduce(0) { $0 + $1.compared }
            passedOver += result.rows.reduce(0) { $0 + $1.passedOver }
            silent += result.rows.allSatisfy { $0.worst == nil } ? 1 : 0
        }
        #expect(compared > passedOver, "\(compared) compared, \(passedOver) passed over")
        if let wanted {
            print("\(wanted) networks: \(compared) compared, \(passedOver) passed over, \(silent) without any compared")
        }
    }

    /// Dense or convolutional, with kinks, all losses, and inputs and targets of many sizes.
    private func randomCheck(_ seed: Int) throws -> GradientCheck {
        var random = SeededRandom(seed)
        func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }
        let activations: [Activation] = [
            .relu, .leakyRelu(0.2), .elu(1), .gelu, .sigmoid, .tanh, .softplus, .swish, .linear, .relu,
        ]
        let loss: any Loss = pick(
            [
                .meanSquaredError(factor: 1), .meanAbsoluteError, .huber(delta: 0.5), .binaryCrossEntropy,
                .categoricalCrossEntropy, .sparseCategoricalCrossEntropy,
            ] as [any Loss])
        let isImage = pick([true, false])
        let outputs = pick([2, 3, 4])
        let initializer: Initializer = pick([.glorotUniform, .heNormal, .lecunNormal, .constant(0.1)])
        var layers: [ModelLayer] = []
        if isImage {
            for _ in 0..<pick([1, 2]) {
                let activation = pick(activations)
                layers.append(
                    Conv2D(pick([1, 3, 5]), kernelSize: (3, 3), padding: .same, activation: activation).named())
                if pick([true, false]) { layers.append(Pooling(pick([.max, .average])).named()) }
            }
            layers.append(Flatten().named())
        }
        for _ in 0..<pick([0, 1, 2, 3]) {
            let activation = pick(activations)
            layers.append(
                Dense(pick([1, 4, 9, 24]), activation: activation, kernelInitializer: initializer).named())
            if pick([true, false, false, false]) { layers.append(Dropout(0.3).named()) }
        }
        let last = loss.activation ?? .linear
        layers.append(Dense(outputs, activation: last).named("out"))
        let shape: Shape = isImage ? [8, 8, 2] : Shape([pick([1, 3, 12])])
        let size: Float = pick([0.01, 1, 1, 30])
        let targetSize: Float = loss.activation != nil ? 1 : pick([0.01, 1, 1, 200])
        let rows = pick([1, 3, 8])
        let inputs = (0..<rows).map { _ in random.floats(shape.count).map { $0 * size } }
        let targets = (0..<rows).map { _ in
            if loss is SparseCategoricalCrossEntropy { return random.labels(1, below: outputs) }
            let values = random.floats(outputs, in: 0...1)
            // Those over classes add up to 1.
            let scale = loss is CategoricalCrossEntropy ? 1 / values.reduce(0, +) : targetSize
            return values.map { $0 * scale }
        }
        return try GradientCheck(
            Objective(Model(input: shape, layers: layers), loss: loss),
            on: Dataset(inputs: inputs, shape: shape, targets: targets), preprocessing: .none, seed: UInt64(seed))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let model = try Model(input: [3]) { Dense(1) }
        #expect(throws: DataError("inputs has samples of shape 4, but the model takes 3")) {
            try check(model, .meanAbsoluteError, on: noise([4]))
        }
        #expect(throws: DataError("inputs has no targets to measure against")) {
            try check(model, .meanAbsoluteError, on: Dataset(inputs: [[1, 2, 3]]))
        }
    }
}
