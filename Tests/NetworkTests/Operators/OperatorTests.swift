import Kernels
import Network
import TestSupport
import Testing

/// Each operator in a graph, with its parameters and its batch: values within 2e-6 of the naive references, gradients
/// within 1e-5 of central differences, relative to a tensor's largest number.
struct OperatorTests {
    /// The mean square of an operator's result on an input that has a gradient, since a dense layer made it.
    private func check(
        _ shape: Shape, samples: [Int] = [1, 3], _ place: SourceLocation = #_sourceLocation,
        _ body: (Graph, Variable) throws -> Variable
    ) throws {
        let graph = Graph()
        let scale = graph.parameter([shape.last], .ones, name: "scale")
        let result = try body(graph, graph.input(shape) * scale)
        for samples in samples {
            let run = try NetworkRun((result ** 2).mean(), results: [result], samples: samples)
            expectNone(try run.problems(), sourceLocation: place)
        }
    }

    @Test(arguments: [Activation.linear, .relu, .tanh])
    func dense(_ activation: Activation) throws {
        for shape: Shape in [[1], [7], [3, 5], [2, 3, 4]] {
            try check(shape) { graph, x in
                try graph.apply(
                    DenseOperator(activation: activation),
                    to: [
                        x, graph.parameter([shape.last, 3], .zeros, name: "w"), graph.parameter([3], .zeros, name: "b"),
                    ])
            }
        }
    }

    @Test("A dense product of what is not batched")
    func denseWithoutBatch() throws {
        let graph = Graph()
        let a = graph.parameter([2, 3], .zeros, name: "a")
        let b = graph.parameter([3, 4], .zeros, name: "b")
        expectNone(try NetworkRun((a.multiplied(by: b) ** 2).sum(), samples: 1).problems())
    }

    @Test("Weights or bias that are constants take no gradient", arguments: [true, false], [true, false])
    func constantWeights(_ constantWeights: Bool, _ isConvolution: Bool) throws {
        let graph = Graph()
        var random = SeededRandom(3)
        let shape: Shape = isConvolution ? [2, 2, 2, 3] : [2, 3]
        let image = graph.input([3, 4, 2]) * graph.parameter([2], .ones, name: "scale")
        let weights =
            constantWeights
            ? graph.constant(random.floats(shape.count), shape) : graph.parameter(shape, .zeros, name: "w")
        let bias =
            constantWeights ? graph.parameter([3], .zeros, name: "b") : graph.constant(random.floats(3), [3])
        let operation: any Operator =
            isConvolution ? Convolution2DOperator(same: false, activation: .tanh) : DenseOperator(activation: .tanh)
        let result = try graph.apply(operation, to: [image, weights, bias])
        expectNone(try NetworkRun((result ** 2).mean(), samples: 2).problems())
    }

    @Test(arguments: [true, false], [[1, 1], [2, 1], [2, 3]])
    func convolution(_ same: Bool, _ stride: [Int]) throws {
        for image: Shape in [[3, 3, 1], [5, 4, 2]] {
            try check(image, samples: [1, 2]) { graph, x in
                try graph.apply(
                    Convolution2DOperator(stride: stride, same: same, activation: .sigmoid),
                    to: [
                        x, graph.parameter([3, 2, image[2], 2], .zeros, name: "w"),
                        graph.parameter([2], .zeros, name: "b"),
                    ])
            }
        }
    }

    @Test(arguments: [PoolingReduction.max, .average], [true, false])
    func pooling(_ reduction: PoolingReduction, _ same: Bool) throws {
        for (size, stride) in [([2, 2], [2, 2]), ([3, 2], [1, 2])] {
            try check([5, 4, 3]) { graph, x in
                try graph.apply(Pooling2DOperator(reduction, size: size, stride: stride, same: same), to: [x])
            }
        }
        try check([5, 3, 2]) { graph, x in
            try graph.apply(Pooling2DOperator(reduction, size: nil, stride: [1, 1], same: false), to: [x])
        }
    }

    @Test(
        arguments: [
            Activation.linear, .relu, .leakyRelu(0.2), .elu(1), .gelu, .sigmoid, .tanh, .softplus, .swish, .softmax,
        ])
    func activation(_ activation: Activation) throws {
        for shape: Shape in [[1], [5], [3, 2, 3]] { try check(shape) { _, x in x.applying(activation) } }
        // On its own, where nothing before it could compute it.
        try check(.scalar) { _, x in activation == .softmax ? x : x.applying(activation) }
    }

    @Test(arguments: [-1, -2, -3, 0, 1, 2])
    func concatenation(_ axis: Int) throws {
        try check([2, 3, 2], samples: [1, 2]) { graph, x in
            var shape: Shape = [2, 3, 2]
            shape.dimensions[axis < 0 ? axis + 3 : axis] = 1
            return try graph.apply(
                ConcatenateOperator(axis: axis), to: [x, graph.input(shape, name: "other"), x.applying(.tanh)])
        }
    }

    @Test func sumsAndMeans() throws {
        for shape: Shape in [.scalar, [1], [7], [3, 5]] {
            try check(shape) { _, x in x.sum() + x.exponential().mean() }
        }
    }

    /// Regression losses on predictions that keep clear of their kinks.
    @Test(
        arguments: [
            MeanSquaredError(factor: 1), MeanSquaredError(factor: 0.5), MeanAbsoluteError(), Huber(delta: 0.4),
        ] as [any Loss], [1, 4])
    func regressionLosses(_ function: any Loss, _ samples: Int) throws {
        for shape: Shape in [.scalar, [1], [5], [2, 3]] {
            let graph = Graph()
            let target = graph.input(shape, name: "target")
            let prediction = graph.input(shape) * graph.parameter(1, name: "w")
            let loss = try graph.apply(LossOperator(function), to: [prediction, target])
            expectNone(try NetworkRun(loss, results: [loss], samples: samples).problems())
        }
    }

    @Test("Cross-entropies from logits and from probabilities", arguments: [1, 4], [true, false])
    func crossEntropies(_ samples: Int, _ fromLogits: Bool) throws {
        for function in [.binaryCrossEntropy, .categoricalCrossEntropy, .sparseCategoricalCrossEntropy]
            as [any Loss]
        {
            for shape: Shape in [[3], [2, 5]] {
                let graph = Graph()
                var random = SeededRandom(samples)
                let operation = LossOperator(function, takesLogits: fromLogits)
                let target = graph.input(
                    function.targetShape(for: shape), name: "target", element: function.targetForm(for: shape).element)
                let logits = graph.input(shape) * graph.parameter([shape.last], .ones, name: "w") * 3
                let probabilities = logits.applying(function.activation ?? .linear)
                let loss = try graph.apply(
                    operation, to: fromLogits ? [logits, probabilities, target] : [probabilities, target])
                let count = target.type.count(samples: samples)
                let values =
                    switch function {
                    case is BinaryCrossEntropy: random.floats(count, in: 0...1)
                    case is SparseCategoricalCrossEntropy: random.labels(count, below: shape.last)
                    default: random.distributions(rows: count / shape.last, width: shape.last)
                    }
                let run = try NetworkRun(
                    loss, results: [loss, probabilities], samples: samples, inputs: [target.index: values])
                expectNone(try run.problems(), "\(function) of \(shape)")
            }
        }
    }
}
