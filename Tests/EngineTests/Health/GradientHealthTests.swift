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
            return [
                TensorNorms(name: "\(name)/kernel", layer: name, gradient: gradient.kernel, parameter: 10, count: 64),
                TensorNorms(name: "\(name)/bias", layer: name, gradient: gradient.bias, parameter: 0, count: 8),
            ]
        }
    }

    // MARK: - What is told

    @Test func vanishing() {
        let warnings = GradientHealth.judge(tensors([(3e-7, 0), (2e-5, 0), (1e-3, 0), (1, 0)]))
        #expect(warnings.map(\.kind) == [.vanishing])
        #expect(warnings[0].layers == ["dense_0", "dense_1"])
        #expect(
            warnings[0].description
                == "the gradient vanishes: that of layer 'dense_0' is 3e-07 of that of the last layer 'logits' (that "
                + "of 1 more layer is below 0.0001), so that it hardly learns; try relu instead of sigmoid or tanh, "
                + "he_normal for the kernels, or an 'add' layer that leads round some layers")
    }

    @Test func exploding() {
        let warnings = GradientHealth.judge(tensors([(5000, 9000), (3000, 3000), (4000, 20), (2000, 1)]))
        #expect(warnings.map(\.kind) == [.exploding])
        #expect(warnings[0].layers == ["dense_0", "dense_1"])
        #expect(
            warnings[0].description
                == "the gradient explodes: that of layer 'dense_0' is 1e+03 times as large as its parameters (that of "
                + "1 more layer is too large); try \"global_clipnorm\": 1 in the optimizer, a learning_rate a tenth as "
                + "large, he_normal for the kernels, or, if the targets are large numbers, smaller ones")
    }

    @Test func dead() {
        let warnings = GradientHealth.judge(tensors([(0, 0), (0, 0), (0, 0), (1, 0.1)]))
        #expect(warnings.map(\.kind) == [.dead])
        #expect(warnings[0].layers == ["dense_2", "dense_1", "dense_0"])
        #expect(
            warnings[0].description
                == "layer 'dense_2' is dead: its gradient is exactly 0 (that of 2 more layers is), so that it does not "
                + "learn; if its activation is relu, try leaky_relu, he_normal for its kernel, or a smaller "
                + "learning_rate")
    }

    @Test func largeTargetsAreToldOfWhateverTheLayers() {
        #expect(GradientHealth.judge(tensors([(1e3, 1), (5e6, 1e6)])).map(\.kind) == [.exploding])
    }

    @Test func whatIsNoCauseForWarning() {
        // A loss that is large alone; a bias of the last layer that is small by chance; a loss at its end.
        #expect(GradientHealth.judge(tensors([(700, 500), (1000, 0.1)])) == [])
        #expect(GradientHealth.judge(tensors([(1, 1), (1, 1e-6)])) == [])
        #expect(GradientHealth.judge(tensors([(0, 0), (0, 0)])) == [])
        #expect(GradientHealth.judge(tensors([(.nan, 1), (1, 1)])) == [])
        #expect(GradientHealth.judge(tensors([(1e-3, 0), (1, 0)])) == [])
        #expect(GradientHealth.judge(tensors([(1, 1)])) == [])
        #expect(GradientHealth.judge([]) == [])
        // A kernel that begins as zeros has no size to measure by.
        #expect(
            GradientHealth.judge([TensorNorms(name: "a/kernel", layer: "a", gradient: 20, parameter: 0, count: 9)])
                == [])
    }

    // MARK: - Once

    private func examine(_ watch: inout HealthWatch, _ gradients: [(Double, Double)]) -> [HealthWarning] {
        watch.examine(tensors(gradients.map { (kernel: $0.0, bias: $0.1) }))
    }

    @Test func eachLayerIsToldOfOnce() {
        var watch = HealthWatch()
        #expect(examine(&watch, [(1e-6, 0), (1, 0)]).count == 1)
        #expect(examine(&watch, [(1e-6, 0), (1, 0)]) == [])
        #expect(watch.notes == [HealthWatch.Note(subject: .warnedOfVanishing, layer: "dense_0")])
        // Another kind is another matter, and so is another layer that is worse.
        #expect(examine(&watch, [(5e6, 1), (1e6, 1)]).map(\.kind) == [.exploding])
        #expect(examine(&watch, [(1, 0), (1e-6, 0), (1, 0)]).map(\.layers) == [["dense_1"]])
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
            Note(subject: .warnedOfVanishing, layer: "a"), Note(subject: .warnedOfDead, layer: "b 2"),
            Note(subject: .wasDead, layer: "c"), Note(subject: .warnedOfExploding, layer: "a"),
        ])
        let layers = ["a", "b 2", "c"]
        #expect(HealthWatch(state: watch.state(layers: layers), layers: layers) == watch)
        // A checkpoint's numbers, which do not change.
        #expect(watch.state(layers: layers) == [0, 0, 2, 1, 3, 2, 1, 0])
        // What no longer has a layer is left out, and so is what makes no sense.
        #expect(
            HealthWatch(state: watch.state(layers: ["a"]), layers: ["a"]).notes == [watch.notes[0], watch.notes[3]])
        #expect(HealthWatch(state: [7, 0, 0, 9, 1], layers: layers).notes == [])
    }

    // MARK: - Real networks

    /// The warnings for the first batch of the digits, at the parameters that an engine has.
    private func judge(_ engine: TrainingEngine) throws -> [HealthWarning] {
        let layout = engine.objective.layout
        let inspection = try Inspection(
            engine.objective, parameters: engine.parameters, pool: engine.reader.pool, feed: engine.feed,
            rows: (0..<32).map { Int64($0) }, Pass(isTraining: true, seed: 1, step: 0))
        return GradientHealth.judge(
            layout.entries.map { entry in
                func norm(_ memory: AlignedMemory) -> Double {
                    VectorLoops.sumOfSquares(memory.floats + entry.offset, count: entry.shape.count).squareRoot()
                }
                return TensorNorms(
                    name: entry.name, layer: entry.layer?.name ?? "", gradient: norm(inspection.gradients),
                    parameter: norm(engine.parameters),
                    count: entry.shape.count)
            })
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
        #expect(warnings[0].layers.first == "dense")
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
