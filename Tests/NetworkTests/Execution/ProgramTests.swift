import Kernels
import Network
import TestSupport
import Testing

/// Whole networks: values within 2e-6 of the naive references, the gradients of parameters and of every node in between
/// within 1e-5 of central differences of them, relative to a tensor's largest number.
struct ProgramTests {
    private func check(
        _ loss: Variable, results: [Variable] = [], samples: [Int] = [1, 3], _ place: SourceLocation = #_sourceLocation
    ) throws {
        for samples in samples {
            let run = try NetworkRun(loss, results: results, samples: samples)
            expectNone(try run.problems(), sourceLocation: place)
            #expect(
                try run.run(keepsAll: true).isIdentical(to: run.run(keepsAll: false)), sourceLocation: place)
        }
    }

    private func dense(_ x: Variable, _ units: Int, _ activation: Activation, _ name: String) throws -> Variable {
        try Dense(units, activation: activation).apply(to: [x], name: name)
    }

    @Test("x + f(x), twice")
    func residual() throws {
        let graph = Graph()
        let x = graph.input([4])
        var y = try dense(x, 4, .tanh, "first")
        for name in ["a", "b"] {
            let inner = try dense(y, 4, .relu, name)
            y = try Add().apply(to: [y, try dense(inner, 4, .linear, name + "2")], name: "add")
        }
        try check((y * y).mean(), results: [y])
    }

    @Test("One value read by several: x·x, x + x, x - x, x + x + x")
    func sharedConsumers() throws {
        let graph = Graph()
        let x = try dense(graph.input([3]), 3, .tanh, "dense")
        try check((x * x).sum())
        try check(((x + x) * x).sum())
        try check(((x - x) * x + x).sum())
        try check((x + x + x).mean())
        try check(((x + x) * (x + x)).mean())
        try check((x / (x * x + 1)).sum(), results: [x])
    }

    @Test func parametersAddedToThemselves() throws {
        let graph = Graph()
        let w = graph.parameter([3], .ones, name: "w")
        try check((w + w).sum(), samples: [1])
        try check((w * w + w).sum(), samples: [1])
        try check((w.reshaped([3, 1]) * w.reshaped([3, 1])).sum() + w.mean(), samples: [1])
    }

    @Test func branchesSideBySide() throws {
        let graph = Graph()
        let x = graph.input([4, 4, 2])
        let a = try Conv2D(3, kernelSize: (3, 3), padding: .same, activation: .tanh).apply(to: [x], name: "a")
        let b = try Conv2D(2, kernelSize: (1, 1), activation: .sigmoid).apply(to: [x], name: "b")
        for axis in [-1, 2] {
            let both = try Concatenate(axis: axis).apply(to: [a, b, a], name: "both")
            try check((both * both).mean(), results: [both])
        }
        let rows = try Concatenate(axis: 0).apply(to: [a, a], name: "rows")
        let columns = try Concatenate(axis: 1).apply(to: [rows, rows], name: "columns")
        try check((columns ** 2).mean())
    }

    @Test("One parameter used twice, and a third time through another shape")
    func weightSharing() throws {
        let graph = Graph()
        let w = graph.parameter([3, 3], .glorotUniform, name: "w")
        let b = graph.parameter([3], .zeros, name: "b")
        let x = graph.input([3])
        let first = try graph.apply(DenseOperator(activation: .tanh), to: [x, w, b])
        let second = try graph.apply(DenseOperator(activation: .sigmoid), to: [first, w, b])
        try check((second ** 2).sum())
        try check((second * w.reshaped([9]).sum()).sum())
    }

    @Test("A parameter that reaches the loss by one road of two keeps a gradient of the right road alone")
    func oneRoadOfTwo() throws {
        let graph = Graph()
        let x = graph.input([3])
        let w = graph.parameter([3], .ones, name: "w")
        let aside = graph.parameter([3], .ones, name: "aside")
        let product = x * w
        // `shown` is computed and kept, but the loss does not depend on it.
        let shown = product * aside
        try check((product ** 2).mean(), results: [shown])
    }

    @Test("Views before several consumers, and views of views")
    func views() throws {
        let graph = Graph()
        let x = graph.input([2, 3, 2])
        let y = try Conv2D(2, kernelSize: (2, 2), padding: .same, activation: .tanh).apply(to: [x], name: "conv")
        let flat = try Flatten().apply(to: [y], name: "flat")
        let folded = try Reshape([3, -1]).apply(to: [flat], name: "folded")
        let units = try dense(flat, 4, .tanh, "dense")
        try check((flat * flat).mean() + units.mean() + folded.exponential().mean(), results: [folded])
        // The image itself and two views of it.
        try check((y ** 2).sum() + (flat * 3).sum() + (folded ** 2).sum())
        let linear = try ActivationLayer(.linear).apply(to: [y], name: "linear")
        try check((linear * y).sum() + linear.sum())
    }

    @Test("A view's gradient is its own, even where the value under it has other consumers", arguments: [true, false])
    func gradientsOfViews(_ viewFirst: Bool) throws {
        let graph = Graph()
        let a = graph.parameter([2], .values([1, 2]), name: "a")
        let square = a * a
        var view = square
        func viewed() -> Variable {
            view = square.reshaped([2, 1])
            return (view * 3).sum()
        }
        func direct() -> Variable { (square * 5).sum() }
        let loss = viewFirst ? viewed() + direct() : direct() + viewed()
        let gradients = try loss.gradients()
        #expect(gradients[view] == [3, 3])
        #expect(gradients[square] == [8, 8])
        #expect(gradients[a] == [16, 32])
        // Nor does a sum with something that has no gradient pass its own on to be added to.
        let x = graph.input([2])
        func sum() -> Variable { ((square + graph.parameter([2], .zeros, name: "zero")) * x).sum() }
        func rest() -> Variable { (square * square).sum() }
        expectNone(try NetworkRun(viewFirst ? sum() + rest() : rest() + sum(), samples: 1).problems())
    }

    @Test("A loss that is a parameter, or a view of one")
    func theSmallestLosses() throws {
        let graph = Graph()
        let w = graph.parameter(2, name: "w")
        let gradients = try w.gradients()
        #expect(gradients.value == 2)
        #expect(gradients[w] == [1])
        let folded = w.reshaped([1])
        #expect(try folded.gradients()[w] == [1])
        #expect(try folded.gradients()[folded] == [1])
        #expect(try (w + w).gradients()[w] == [2])
    }

    @Test("A loss that depends on no parameter leaves the gradients alone")
    func aLossOfInputsAlone() throws {
        let graph = Graph()
        let x = graph.input([3])
        _ = graph.parameter([2], .ones, name: "unused")
        try check((x * x).sum())
    }

    @Test(
        "An activation computed with the operator before it, and after it",
        arguments: [Activation.relu, .leakyRelu(0.3), .elu(0.8), .sigmoid, .tanh, .leakyRelu(-0.3), .elu(-0.5)])
    func fusion(_ activation: Activation) throws {
        let graph = Graph()
        let x = graph.input([5, 4, 2])
        let conv = try Conv2D(4, kernelSize: (3, 3), padding: .same).apply(to: [x], name: "conv")
        let image = conv.applying(activation)
        let units = try Dense(6).apply(to: [try Flatten().apply(to: [image], name: "flat")], name: "dense")
        let loss = (units.applying(activation) ** 2).mean()
        // A value that is to be read can't be fused away.
        let fused = try NetworkRun(loss, samples: 2)
        let unfused = try NetworkRun(loss, results: [conv, units], samples: 2)
        expectNone(try fused.problems())
        expectNone(try unfused.problems())
        let (a, b) = (try fused.run(keepsAll: false), try unfused.run(keepsAll: false))
        #expect(Deviation.relative(a.loss, b.loss.map(Double.init)) < 1e-6)
        #expect(Deviation.relative(a.gradients, b.gradients.map(Double.init)) < 2e-6)
        let isFused = fused.program.nodes.contains { ($0.operation as? DenseOperator)?.activation == activation }
        #expect(isFused == activation.derivativeFollowsFromValue)
    }

    @Test("What others read too is not fused away")
    func noFusionOfSharedValues() throws {
        let graph = Graph()
        let y = try dense(graph.input([3]), 4, .linear, "dense")
        let loss = (y.applying(.tanh) + y).sum()
        try check(loss)
        let operations = try Program(results: [], loss: loss).nodes.compactMap { $0.operation as? DenseOperator }
        #expect(operations.map(\.activation) == [.linear])
    }

    @Test("Two activations in a row: the first is fused, the second is not")
    func twoActivations() throws {
        let graph = Graph()
        let y = try dense(graph.input([3]), 4, .tanh, "dense")
        try check((y.applying(.relu) + y.applying(.gelu)).sum())
        try check(try dense(graph.input([3]), 4, .tanh, "other").applying(.sigmoid).sum())
    }

    @Test("Dropout in training and out of it", arguments: [true, false], [1, 4])
    func dropout(_ isTraining: Bool, _ samples: Int) throws {
        let graph = Graph()
        let y = try dense(graph.input([6]), 8, .tanh, "dense")
        let dropped = try Dropout(0.4).apply(to: [y], name: "dropout")
        let twice = try Dropout(0.3).apply(to: [dropped], name: "dropout_1")
        let loss = ((twice + y) ** 2).mean()
        let pass = KernelPass(isTraining: isTraining, seed: 77, step: 12, firstSample: 5)
        let run = try NetworkRun(loss, results: [twice], samples: samples, pass: pass)
        expectNone(try run.problems())
        #expect(try run.run(keepsAll: true).isIdentical(to: run.run(keepsAll: false)))
    }

    @Test("The gradient is that of Σ scale·loss")
    func scale() throws {
        let graph = Graph()
        let loss = try dense(graph.input([6]), 2, .tanh, "dense").sum()
        expectNone(try NetworkRun(loss, samples: 3, scale: 0.125).problems())
    }

    @Test func sentences() throws {
        let graph = Graph()
        let x = graph.input([3], name: "pixels")
        #expect(throws: GraphError("a program needs a result or a loss")) { _ = try Program(results: []) }
        #expect(
            throws: GraphError("a loss is one number for each sample, but 'pixels' is batch×3; use mean()")
        ) { _ = try Program(results: [], loss: x) }
        #expect(
            throws: GraphError(
                "gradients() evaluates constants and parameters alone, but 'pixels' is given with each batch; "
                    + "train a Model, or run a Replica")
        ) { _ = try x.mean().gradients() }
    }
}

extension Graph.Node {
    var operation: (any Operator)? {
        if case .operation(let operation, _) = kind { operation } else { nil }
    }
}
