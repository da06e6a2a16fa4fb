import Stormo
import Synchronization

/// What a Swift program does with Stormo from end to end: models, data, fits, files and runs. It is compiled without access
/// to the package, so that it shows that the public face is enough.
public enum WholeProgram {
    /// Counts what a fit tells of itself.
    public final class Watcher: TrainingObserver {
        private let counts = Mutex((epochs: 0, samples: 0, warnings: [String]()))

        public init() {}

        public func progressed(_ progress: StepProgress) { counts.withLock { $0.samples = progress.samples } }
        public func finished(_ record: EpochRecord) throws { counts.withLock { $0.epochs = record.epoch } }
        public func warned(_ sentence: String) { counts.withLock { $0.warnings.append(sentence) } }

        public var epochs: Int { counts.withLock { $0.epochs } }
        public var warnings: [String] { counts.withLock { $0.warnings } }
    }

    /// d/dw of (w·x - 10)², where w = 2 and x = 3.
    public static func derivative() throws -> Float {
        let graph = Graph()
        let w = graph.parameter(2, name: "w")
        let loss = (w * graph.constant(3) - 10) ** 2
        return try loss.gradients()[w][0]
    }

    /// What came of a model that was fitted, saved and read again.
    public struct Fitted {
        public let history: [EpochRecord]
        public let evaluation: Evaluation
        public let predictions: [[Float]]
        public let epochsSeen: Int
        /// Of the model that was read again.
        public let readEvaluation: Evaluation
        public let readPredictions: [Float]
        public let slopes: [Float]?
    }

    /// Two classes inside and outside of a circle, by a model with a layer of the program's own.
    /// - Parameter path: where the model is saved.
    public static func fit(savingTo path: String) throws -> Fitted {
        guard PReLU.isRegistered else { throw WholeProgramError.notRegistered }
        func circle(_ count: Int, seed: UInt64) throws -> Dataset {
            var random = Philox(seed: seed, step: 0, sample: 0, transform: 0)
            let points = (0..<count).map { _ in [2 * random.uniform() - 1, 2 * random.uniform() - 1] }
            return try Dataset(inputs: points, labels: points.map { $0[0] * $0[0] + $0[1] * $0[1] < 0.6 ? 1 : 0 })
        }
        let (training, validation) = (try circle(400, seed: 1), try circle(100, seed: 2))
        let model = try Model(input: training.fields[0].shape) {
            Dense(16).named("hidden")
            PReLU(alpha: 0.25).named("rectified")
            Dense(2, activation: .softmax)
        }
        let trainer = try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: training) {
            $0.optimizer = .adam(learningRate: 0.03)
            $0.schedule = .cosine(warmupEpochs: 1, final: 0.1)
            $0.clipping = .globalNorm(5)
            $0.epochs = 15
            $0.batchSize = 20
            $0.seed = 4
            $0.metrics = [.accuracy, .f1]
            $0.normalization = .standardize(per: .feature)
            $0.validation = validation
            $0.earlyStopping = EarlyStopping(monitor: "validation_loss", patience: 10)
            $0.onNaN = .skip
            $0.parallelism = Parallelism(workers: 2, shards: 2)
        }
        let watcher = Watcher()
        let history = try trainer.fit(observer: watcher)
        try trainer.save(path)
        let read = try TrainedModel(contentsOf: path)
        let evaluator = try read.evaluator(on: validation, Parallelism(workers: 1))
        return Fitted(
            history: history, evaluation: try trainer.evaluate(validation),
            predictions: try trainer.predict(validation),
            epochsSeen: watcher.epochs, readEvaluation: try evaluator.evaluate(read.metrics),
            readPredictions: try evaluator.predict(), slopes: read.parameter("rectified/alpha"))
    }

    /// A model of two inputs and two outputs: labels of one, a number of the other.
    /// - Returns: the shapes of the results, and each output's predictions.
    public static func fitSeveral() throws -> (shapes: [Shape], predictions: [[[Float]]]) {
        let model = try Model(
            inputs: [ModelInput("image", [4, 4, 1]), ModelInput("age", [1])], outputs: ["kind", "size"],
            layers: [
                Conv2D(3, kernelSize: (3, 3), padding: .same, activation: .relu).named("seen", inputs: ["image"]),
                Pooling(.max).named("pooled"), Flatten().named("flat"),
                Concatenate().named("both", inputs: ["flat", "age"]),
                Dense(3, activation: .softmax).named("kind"), Dense(1).named("size", inputs: ["both"]),
            ])
        let rows = 0..<12
        let data = try Dataset([
            DataField(
                .input, rows.map { row in (0..<16).map { Float(row * $0 % 7) } }, name: "image", shape: [4, 4, 1]),
            DataField(.input, rows.map { [Float($0)] }, name: "age"),
            DataField(.target, labels: rows.map { $0 % 3 }, name: "kind"),
            DataField(.target, rows.map { [Float($0) / 12] }, name: "size"),
        ])
        let trainer = try Trainer(
            model, losses: ["kind": .sparseCategoricalCrossEntropy, "size": .meanSquaredError(factor: 1)],
            weights: ["size": 0.5], on: data
        ) {
            $0.optimizer = .sgd(learningRate: 0.01, momentum: 0.9)
            $0.epochs = 2
            $0.batchSize = 4
        }
        try trainer.fit()
        return (trainer.objective.outputs.map(\.shape), try trainer.predictAll(data))
    }

    /// What came of a run from a config.
    public struct Ran {
        public let outcome: TrainingRun.Outcome
        public let epochs: Int
        /// Of the gone-on run, which is one epoch longer.
        public let longer: TrainingRun.Outcome
        public let predictions: [Float]
        public let samples: Int
        public let gradientsAgree: Bool
    }

    /// Trains what a config describes for two epochs, goes on for a third, and uses the model on the test split.
    /// - Parameters:
    ///   - folder: where the config lies.
    ///   - output: the run directory.
    public static func run(_ config: String, in folder: String, output: String) throws -> Ran {
        var document = try ConfigurationDocument(contentsOf: "\(folder)/\(config)")
        try document.set("training.epochs=2")
        let run = try TrainingRun(RunConfiguration(document, directory: folder))
        let directory = try RunDirectory(output)
        let lock = try RunLock(output)
        defer { lock.release() }
        let watcher = Watcher()
        let outcome = try run.run(in: directory, observer: watcher, stop: StopRequest())

        let earlier = try EarlierRun(output)
        var rest = earlier.document
        try rest.set("training.epochs=3")
        try earlier.check(rest)
        let longer = try TrainingRun(RunConfiguration(rest, directory: output), resuming: earlier)
        let end = try longer.run(in: directory, observer: watcher)

        let model = try TrainedModel(contentsOf: directory.modelPath)
        guard let source = run.configuration.data.test?.source else { throw WholeProgramError.noTestSplit }
        let test = try Dataset(reading: source, for: model)
        let check = try GradientCheck(
            model.objective, on: test, preprocessing: model.preprocessings, seed: 1, samples: 2)
        return Ran(
            outcome: outcome, epochs: watcher.epochs, longer: end,
            predictions: try model.evaluator(on: test, Parallelism(workers: 2), predictsOnly: true).predict(),
            samples: test.count, gradientsAgree: check.passes)
    }

    /// The sentences of what a program may get wrong, each caught by its type.
    public static func mistakes() -> [String] {
        var sentences: [String] = []
        do {
            _ = try RunConfiguration(ConfigurationDocument(text: #"{"sed": 1}"#, file: "a.json"), directory: ".")
        } catch {
            sentences += error.problems.filter { $0.line == 1 && $0.path == "sed" }.map(\.message)
        }
        do { _ = try TrainedModel(contentsOf: "/nowhere/model.h5") } catch let error as HDF5Error {
            sentences.append(error.description)
        } catch let error as FileError {
            sentences.append(error.description)
        } catch {}
        do { _ = try Model(input: [2]) { Reshape([3]) } } catch { sentences.append(error.description) }
        do { _ = try Dataset(inputs: [[1], [1, 2]]) } catch let error as DataError {
            sentences.append(error.description)
        } catch {}
        return sentences
    }
}

public enum WholeProgramError: Error {
    case notRegistered
    case noTestSplit
}
