import Configuration
import Foundation
import Kernels
import Network
import RunSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Metrics
@testable import Optimizers

/// Two inputs and two outputs, one of which ignores labels, from the data to the step.
@Suite struct SeveralOutputsTests {
    private func engine(
        workers: Int, shards: Int = 5, count: Int = 43, batch: Int = 10, weighs: Bool = true,
        learningRate: Double = 0.01, _ configure: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> TrainingEngine {
        var settings = TrainingSettings(
            optimizer: .adam(learningRate: learningRate), epochs: 3, batchSize: batch,
            parallelism: Parallelism(workers: workers, shards: shards))
        settings.seed = 11
        settings.metricsByOutput = ByName(entries: [.init("kind", [AccuracyMetric()]), .init("sizes", [MAEMetric()])])
        configure(&settings)
        let (objective, data) = (try SeveralFixture.objective(), try SeveralFixture.data(count, weighs: weighs))
        let normalizations = ByName(entries: [ByName<Normalization>.Entry("age", .standardize)])
        let preprocessing = try Preprocessing.all(
            normalizations, fittedTo: data, of: objective.model.inputs.map(\.name))
        return try TrainingEngine(objective, on: data, preprocessing: preprocessing.values, settings)
    }

    @Test func theGradientIsThatOfTheWeightedTotal() throws {
        let data = try SeveralFixture.data(8)
        let objective = try SeveralFixture.objective()
        let check = try GradientCheck(
            objective, on: data,
            preprocessing: Preprocessing.all(
                ByName(entries: [.init("age", .standardize)]), fittedTo: data, of: ["image", "age"]
            ).values, seed: 3)
        #expect(check.passes)
        #expect(check.rows.count == 12)
        for row in check.rows { #expect(row.compared > 0 && (row.worst ?? 1) < 5e-3, "\(row)") }
    }

    @Test func pinnedShardsGiveTheSameBitsOnAnyNumberOfWorkers() throws {
        func bits(_ workers: Int) throws -> [UInt64] {
            try TrainingFixture.bits(of: engine(workers: workers), epochs: 3)
        }
        let one = try bits(1)
        for workers in [2, 3, 5] { #expect(try bits(workers) == one, "\(workers) workers") }
    }

    /// Each output's loss is the mean over its own counted labels: cut into shards or not, and against a sum by hand.
    @Test func theLossIsTheWeightedSumOfTheOutputsMeans() throws {
        let (count, weighted) = (12, SeveralFixture.weights)
        let engine = try engine(workers: 1, shards: 3, count: count, batch: count, learningRate: 1e-9) {
            $0.shuffle = false
        }
        let start = TrainingFixture.values(engine)
        let result = try engine.run(epoch: 0)
        let parameters = try AlignedMemory(floats: start.count)
        for (index, value) in start.enumerated() { parameters.floats[index] = value }
        let predictions = try Evaluator(
            engine.objective, on: engine.data,
            preprocessing: Preprocessing.all(
                ByName(entries: [.init("age", .standardize)]), fittedTo: engine.data, of: ["image", "age"]
            ).values, parameters: parameters, Parallelism(workers: 1), chunk: 256, predictsOnly: true,
            team: WorkerTeam(1)
        ).predictAll()
        let samples = SeveralFixture.Samples(count)
        var (kind, counted, sizes, errors) = (0.0, 0.0, 0.0, 0.0)
        for index in 0..<count {
            let label = Int(samples.kinds[index][0])
            if label != SeveralFixture.ignored {
                kind -= log(Double(predictions[0][index * 3 + label]))
                counted += 1
            }
            let error = (0..<2).map { Double(predictions[1][index * 2 + $0] - samples.sizes[index][$0]) }
            sizes += Double(samples.importance[index][0]) * (error[0] * error[0] + error[1] * error[1]) / 2
            errors += abs(error[0]) + abs(error[1])
        }
        #expect(counted == 9)
        let means = [kind / counted, sizes / Double(count)]
        let total = means[0] * (weighted["kind"] ?? 0) + means[1] * (weighted["sizes"] ?? 0)
        #expect(abs(result.loss - total) < 1e-5 * total)
        #expect(engine.figures.figures.map(\.name) == ["kind_loss", "kind_accuracy", "sizes_loss", "sizes_mae"])
        #expect(abs(result.metrics[0] - means[0]) < 1e-5 && abs(result.metrics[2] - means[1]) < 1e-5)
        #expect(abs(result.metrics[3] - errors / Double(2 * count)) < 1e-5)
    }

    @Test func evaluationAgreesWithTrainingOfTheSameParameters() throws {
        let engine = try engine(workers: 2, shards: 3, count: 12, batch: 12, learningRate: 1e-9) { $0.shuffle = false }
        let trained = try engine.run(epoch: 0)
        let evaluator = try Evaluator(
            engine.objective, on: engine.data,
            preprocessing: Preprocessing.all(
                ByName(entries: [.init("age", .standardize)]), fittedTo: engine.data, of: ["image", "age"]
            ).values, parameters: engine.parameters, Parallelism(workers: 3), chunk: 4, team: WorkerTeam(3))
        let measured = try evaluator.evaluate(byOutput: [[AccuracyMetric()], [MAEMetric()]], countsConfusion: true)
        #expect(abs(measured.loss - trained.loss) < 1e-5)
        for (own, other) in zip(measured.metrics, trained.metrics) { #expect(abs(own - other) < 1e-5) }
        #expect(measured.confusions.map { $0?.classes } == [3, nil])
        #expect(throws: MetricError.self) { _ = try evaluator.evaluate([AccuracyMetric()]) }
    }

    /// An output whose labels are all ignored has no loss; the others go on.
    @Test func anOutputOfWhichNothingCountsIsLeftOut() throws {
        let samples = SeveralFixture.Samples(8)
        let data = try Dataset([
            .init(.input, samples.images, name: "image", shape: SeveralFixture.image),
            .init(.input, samples.ages, name: "age"), .init(.target, samples.sizes, name: "sizes"),
            .init(.target, samples.kinds.map { _ in [Float(SeveralFixture.ignored)] }, name: "kind"),
        ])
        let settings = TrainingSettings(
            optimizer: .adam(learningRate: 0.01), epochs: 1, batchSize: 4, parallelism: Parallelism(workers: 1))
        let engine = try TrainingEngine(
            SeveralFixture.objective(), on: data, preprocessing: [.none, .none], settings)
        let result = try engine.run(epoch: 0)
        #expect(result.metrics[0].isNaN && result.metrics[1].isFinite)
        #expect(result.loss == 0.25 * result.metrics[1])
        #expect(throws: DataError.self) { try data.checkThatSomethingCounts(engine.objective) }
    }

    // MARK: - What does not fit

    private func sentence(_ arrays: [DataField]) throws -> String? {
        do {
            try Dataset(arrays).check(against: SeveralFixture.objective())
            return nil
        } catch let error as DataError { return "\(error)" }
    }

    @Test func fieldsAreFoundByName() throws {
        let samples = SeveralFixture.Samples(4)
        func arrays(
            image: String? = "image", age: String? = "age", kind: String = "kind", weights: String? = nil
        ) throws -> [DataField] {
            try [.init(.input, samples.images, name: image, shape: SeveralFixture.image)]
                + (try age.map { [try .init(.input, samples.ages, name: $0)] } ?? [])
                + [.init(.target, samples.kinds, name: kind), .init(.target, samples.sizes, name: "sizes")]
                + (try weights.map { [try .init(.weight, samples.importance, name: $0)] } ?? [])
        }
        #expect(try sentence(arrays()) == nil)
        #expect(
            try sentence(arrays(age: "years"))
                == "the data name inputs 'years', which the model does not have; the model's inputs are image, age")
        #expect(
            try sentence(arrays(age: nil)) == "the data have no inputs 'age'; the model's inputs are image, age")
        #expect(
            try sentence(arrays(image: nil, age: nil))
                == "inputs is given as all inputs, but the model's inputs are image, age; give the inputs of each by its "
                + "name")
        #expect(
            try sentence(arrays(kind: "kinds"))
                == "the data name targets 'kinds', which the model does not have; the model's outputs are kind, sizes")
        #expect(
            try sentence(arrays(weights: "size"))
                == "the data name weights of 'size', which is no output; the model's outputs are kind, sizes")
        #expect(
            throws: DataError("there are 2 arrays of inputs, one of them without a name")
        ) { _ = try Dataset(arrays(image: nil)) }
        #expect(
            throws: DataError("there are 2 arrays of inputs, two of them called 'age'")
        ) { _ = try Dataset(arrays(image: "age")) }
    }

    @Test func settingsBelongToInputsAndOutputs() throws {
        func sentence(_ configure: (inout TrainingSettings) -> Void) -> String? {
            do {
                _ = try engine(workers: 1, configure)
                return nil
            } catch { return "\(error)" }
        }
        #expect(
            sentence { $0.metrics = [AccuracyMetric()] }
                == "metrics: is given once, but there are the outputs kind, sizes; give an object with what belongs to "
                + "each output by its name")
        #expect(
            sentence { $0.augmentations = ByName(entries: [.init("age", Augmentation([.mixup(alpha: 0.2)]))]) }
                == "augmentation[0]: mixup mixes samples with their targets, for one input and one output; the model has "
                + "several, so leave it out")
        #expect(
            sentence { $0.augmentations = ByName(entries: [.init("age", Augmentation([.randomFlip(.horizontal)]))]) }
                == "augmentation[0]: random_flip wants images of height×width×channels, but the samples' shape is 2")
        #expect(
            sentence { $0.classWeightsByOutput = ByName(entries: [.init("sizes", .balanced)]) }
                == "needs class or binary targets, but these are regression values; leave it out of 'sizes'")
    }

    /// Each input's transforms have random numbers of their own.
    @Test func inputsAreAugmentedByName() throws {
        func bits(_ names: [String]) throws -> [UInt32] {
            let engine = try engine(workers: 2) {
                $0.augmentations = ByName(
                    entries: names.map { .init($0, Augmentation([.gaussianNoise(deviation: 0.1)])) })
            }
            _ = try engine.run(epoch: 0)
            return TrainingFixture.bits(engine)
        }
        let all = [try bits([]), try bits(["image"]), try bits(["age"]), try bits(["age", "image"])]
        #expect(Set(all).count == 4)
        // The order in which they are named says nothing.
        #expect(try bits(["image", "age"]) == all[3])
    }
}
