import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Engine
@testable import Network
@testable import Runs

@Suite struct GradientHealthTests {
    /// Layers of a kernel of norm 10 and a bias of norm 0, with these gradients.
    private func tensors(_ gradients: [(kernel: Double, bias: Double)]) -> [TensorNorms] {
        gradients.enumerated().flatMap { index, gradient in
            let name = index == gradients.count - 1 ? "logits" : "dense_\(index)"
            return tensors(LayerReference(index: index, name: name), gradient)
        }
    }

    private func tensors(_ layer: LayerReference, _ gradient: (kernel: Double, bias: Double)) -> [TensorNorms] {
        [
            TensorNorms(
                name: "\(layer.name)/kernel", layer: layer, gradient: gradient.kernel, parameter: 10, count: 64),
            TensorNorms(name: "\(layer.name)/bias", layer: layer, gradient: gradient.bias, parameter: 0, count: 8),
        ]
    }

    /// What is said of layers one behind the other.
    private func judge(_ tensors: [TensorNorms]) -> [HealthWarning] {
        GradientHealth.judge(tensors, along: LayerPaths(chainOf: (tensors.last?.layer?.index ?? -1) + 1))
    }

    // MARK: - What is told

    @Test func vanishing() {
        let warnings = judge(tensors([(3e-7, 0), (2e-5, 0), (1e-3, 0), (1, 0)]))
        #expect(warnings.map(\.kind) == [.vanishing])
        #expect(warnings[0].layers.map(\.name) == ["dense_0", "dense_1"])
        #expect(
            warnings[0].description
                == "the gradient vanishes: that of layer 'dense_0' is 3e-07 of that of the last layer 'logits' (that "
                + "of 1 more layer is below 0.0001), so that it hardly learns; try relu instead of sigmoid or tanh, "
                + "he_normal for the kernels, or an 'add' layer that leads round some layers")
    }

    @Test func exploding() {
        let warnings = judge(tensors([(5000, 9000), (3000, 3000), (4000, 20), (2000, 1)]))
        #expect(warnings.map(\.kind) == [.exploding])
        #expect(warnings[0].layers.map(\.name) == ["dense_0", "dense_1"])
        #expect(
            warnings[0].description
                == "the gradient explodes: that of layer 'dense_0' is 1e+03 times as large as its parameters (that of "
                + "1 more layer is too large); try \"global_clipnorm\": 1 in the optimizer, a learning_rate a tenth as "
                + "large, he_normal for the kernels, or, if the targets are large numbers, smaller ones")
    }

    @Test func dead() {
        let warnings = judge(tensors([(0, 0), (0, 0), (0, 0), (1, 0.1)]))
        #expect(warnings.map(\.kind) == [.dead])
        #expect(warnings[0].layers.map(\.name) == ["dense_2", "dense_1", "dense_0"])
        #expect(
            warnings[0].description
                == "layer 'dense_2' is dead: its gradient is exactly 0 (that of 2 more layers is), so that it does not "
                + "learn; if its activation is relu, try leaky_relu, he_normal for its kernel, or a smaller "
                + "learning_rate")
    }

    @Test func largeTargetsAreToldOfWhateverTheLayers() {
        #expect(judge(tensors([(1e3, 1), (5e6, 1e6)])).map(\.kind) == [.exploding])
    }

    @Test func whatIsNoCauseForWarning() {
        // A loss that is large alone; a bias of the last layer that is small by chance; a loss at its end.
        #expect(judge(tensors([(700, 500), (1000, 0.1)])) == [])
        #expect(judge(tensors([(1, 1), (1, 1e-6)])) == [])
        #expect(judge(tensors([(0, 0), (0, 0)])) == [])
        #expect(judge(tensors([(.nan, 1), (1, 1)])) == [])
        #expect(judge(tensors([(1e-3, 0), (1, 0)])) == [])
        #expect(judge(tensors([(1, 1)])) == [])
        #expect(judge([]) == [])
        // A kernel that begins as zeros has no size to measure by.
        #expect(
            judge([
                TensorNorms(
                    name: "a/kernel", layer: LayerReference(index: 0, name: "a"), gradient: 20, parameter: 0, count: 9)
            ]) == [])
    }

    // MARK: - Several ways to a loss

    /// Two layers in common, two of one output and three of another.
    private func branched(_ gradients: [String: Double]) throws -> [HealthWarning] {
        let model = try Model(inputs: [ModelInput("x", [4])], outputs: ["kind", "number"]) {
            Dense(4).named("first")
            Dense(4).named("second")
            Dense(4).named("kind_hidden")
            ActivationLayer(.relu).named("relu")
            Dense(4).named("number_hidden", inputs: ["second"])
            Dense(4).named("number_hidden_1")
            Dense(3).named("kind", inputs: ["relu"])
            Dense(1).named("number", inputs: ["number_hidden_1"])
        }
        return GradientHealth.judge(
            model.steps.enumerated().flatMap { index, step in
                gradients[step.name].map {
                    tensors(LayerReference(index: index, name: step.name), (kernel: $0, bias: $0))
                } ?? []
            }, along: LayerPaths(model))
    }

    /// One output's loss may be much smaller than another's.
    @Test func anOutputIsNoMeasureOfAnothersLayers() throws {
        let kind = ["kind_hidden": 1e-6, "kind": 1e-6]
        let number = ["number_hidden": 1.0, "number_hidden_1": 1.0, "number": 1.0]
        let common = ["first": 1.0, "second": 1.0]
        func all(_ parts: [String: Double]...) -> [String: Double] {
            parts.reduce(into: [:]) { $0.merge($1) { _, new in new } }
        }
        #expect(try branched(all(common, kind, number)) == [])
        #expect(try branched(all(common, kind, number.mapValues { _ in 1e-12 })) == [])
        // A common layer has its gradient from the stronger one.
        let weak = try branched(all(common, ["first": 1e-5], kind, number))
        #expect(weak.map { $0.layers.map(\.name) } == [["first"]])
        #expect(
            weak[0].description.hasPrefix(
                "the gradient vanishes: that of layer 'first' is 1e-05 of that of 'number', the last layer behind it, so"
            ))
        // And a layer of the weaker one from that one alone.
        let weaker = try branched(all(common, ["kind_hidden": 1e-11, "kind": 1e-6], number))
        #expect(weaker.map { $0.layers.map(\.name) } == [["kind_hidden"]])
        #expect(weaker[0].description.contains("of that of 'kind', the last layer behind it"))
        // Nothing comes from an output that counts nothing, and that is no fault of its layers.
        #expect(try branched(all(common, ["kind_hidden": 0, "kind": 0], number)) == [])
        let dead = try branched(all(common, ["kind_hidden": 0, "kind": 1e-6], number))
        #expect(dead.map(\.kind) == [.dead])
        #expect(dead[0].layers.map(\.name) == ["kind_hidden"])
    }

    @Test func growthIsMeasuredFromTheLastTwoLayersOfEachWay() throws {
        var gradients = [
            "first": 5000.0, "second": 5000, "kind_hidden": 1, "kind": 1, "number_hidden": 5000,
            "number_hidden_1": 1, "number": 1,
        ]
        #expect(try branched(gradients).map { $0.layers.map(\.name) } == [["first", "second", "number_hidden"]])
        // What one output sends back at once has not grown.
        gradients["kind"] = 5000
        #expect(try branched(gradients).map { $0.layers.map(\.name) } == [["number_hidden"]])
    }

    // MARK: - Once

    private func examine(_ watch: inout HealthWatch, _ gradients: [(Double, Double)]) -> [HealthWarning] {
        watch.examine(
            tensors(gradients.map { (kernel: $0.0, bias: $0.1) }), along: LayerPaths(chainOf: gradients.count))
    }

    @Test func eachLayerIsToldOfOnce() {
        var watch = HealthWatch()
        #expect(examine(&watch, [(1e-6, 0), (1, 0)]).count == 1)
        #expect(examine(&watch, [(1e-6, 0), (1, 0)]) == [])
        #expect(watch.notes == [HealthWatch.Note(subject: .warnedOfVanishing, layer: 0)])
        // Another kind is another matter, and so is another layer that is worse.
        #expect(examine(&watch, [(5e6, 1), (1e6, 1)]).map(\.kind) == [.exploding])
        #expect(examine(&watch, [(1, 0), (1e-6, 0), (1, 0)]).map { $0.layers.map(\.name) } == [["dense_1"]])
        var later = HealthWatch(notes: watch.notes)
        #expect(later == watch)
        #expect(examine(&later, [(1e-6, 0), (1e-6, 0), (1, 0)]) == [])
    }

    @Test func aLayerIsDeadWhenItStaysSo() {
        var watch = HealthWatch()
        #expect(examine(&watch, [(0, 0), (1, 0)]) == [])
        #expect(examine(&watch, [(1, 0), (1, 0)]) == [])
        #expect(examine(&watch, [(0, 0), (1, 0)]) == [])
        var resumed = HealthWatch(notes: watch.notes)
        #expect(examine(&resumed, [(0, 0), (1, 0)]).map(\.kind) == [.dead])
        #expect(examine(&resumed, [(0, 0), (1, 0)]) == [])
    }

    @Test func aWatchIsKeptInNumbers() {
        typealias Note = HealthWatch.Note
        let watch = HealthWatch(notes: [
            Note(subject: .warnedOfVanishing, layer: 1), Note(subject: .warnedOfDead, layer: 4),
            Note(subject: .wasDead, layer: 5), Note(subject: .warnedOfExploding, layer: 1),
        ])
        let layers = [1, 4, 5]
        #expect(HealthWatch(state: watch.state(layers: layers), layers: layers) == watch)
        // A checkpoint's numbers, which do not change.
        #expect(watch.state(layers: layers) == [0, 0, 2, 1, 3, 2, 1, 0])
        // What no longer has a layer is left out, and so is what makes no sense.
        #expect(
            HealthWatch(state: watch.state(layers: [1]), layers: [1]).notes == [watch.notes[0], watch.notes[3]])
        #expect(HealthWatch(state: [7, 0, 0, 9, 1], layers: layers).notes == [])
    }

    // MARK: - Real networks

    /// The warnings for the first batch of the digits, at the parameters that an engine has.
    private func judge(_ engine: TrainingEngine) throws -> [HealthWarning] {
        let layout = engine.objective.layout
        let inspection = try Inspection(
            engine.objective, parameters: engine.parameters, pool: engine.reader.pool, feed: engine.feed,
            rows: (0..<32).map { Int64($0) }, KernelPass(isTraining: true, seed: 1, step: 0))
        return GradientHealth.judge(
            layout.entries.map { entry in
                func norm(_ memory: AlignedMemory) -> Double {
                    VectorLoops.sumOfSquares(memory.floats + entry.offset, count: entry.shape.count).squareRoot()
                }
                return TensorNorms(
                    name: entry.name, layer: entry.layer, gradient: norm(inspection.gradients),
                    parameter: norm(engine.parameters),
                    count: entry.shape.count)
            }, along: LayerPaths(engine.objective.model))
    }

    /// So many equal layers on the digits.
    /// - Parameter factor: on the initial kernels.
    private func deep(_ depth: Int, _ activation: Activation, _ initializer: Initializer, factor: Float = 1) throws
        -> [HealthWarning]
    {
        let layers = (0..<depth).map { _ in
            ModelLayer(Dense(64, activation: activation, kernelInitializer: initializer))
        }
        let model = try Model(
            input: [8, 8, 1], layers: [ModelLayer(Flatten())] + layers + [ModelLayer(Dense(10, activation: .softmax))])
        let engine = try TrainingFixture.engine(model, on: TrainingFixture.digits(), batchSize: 32, workers: 1)
        for entry in engine.objective.layout.entries {
            for index in entry.range { engine.parameters.floats[index] *= factor }
        }
        return try judge(engine)
    }

    @Test func manySigmoidsVanish() throws {
        let warnings = try deep(10, .sigmoid, .glorotUniform)
        #expect(warnings.map(\.kind) == [.vanishing])
        #expect(warnings[0].layers.first?.name == "dense")
        #expect(try deep(20, .relu, .heNormal, factor: 0.5).map(\.kind) == [.vanishing])
    }

    @Test(arguments: [Float(1.5), 2, 3])
    func largeKernelsExplode(factor: Float) throws {
        #expect(try deep(20, .relu, .heNormal, factor: factor).map(\.kind) == [.exploding])
    }

    @Test func soundNetworksAreSilent() throws {
        #expect(try deep(10, .relu, .heNormal) == [])
        #expect(try deep(20, .relu, .heNormal) == [])
        #expect(try deep(10, .tanh, .glorotUniform) == [])
        #expect(try deep(4, .sigmoid, .glorotUniform) == [])
    }

    @Test func theShippedConfigsAreSilent() throws {
        for path in try ShippedConfigs.paths {
            let run = try TrainingRun(
                RunConfiguration(.init(contentsOf: path), directory: ShippedConfigs.directory))
            let engine = run.trainer.engine
            #expect(try judge(engine) == [], "\(path)")
            for epoch in 0..<2 { _ = try engine.run(epoch: epoch) }
            #expect(try judge(engine) == [], "\(path)")
        }
    }
}
