import Configuration
import Engine
import Foundation
import HDF5
import Kernels
import Runs
import Synchronization
import TestSupport

/// Small runs from configs, to be stopped and gone on with: 30 images of two classes in batches of 8, so that an epoch
/// has 4 steps, the last of which is short.
package struct RunFixture {
    package let directory: TestDirectory
    private let text: String

    /// - Parameter rows: of the training split; validation and test have 11 each.
    package init(rows: Int = 30, hasValidation: Bool = true, outlier: Float? = nil, seed: Int = 3) throws {
        directory = try TestDirectory()
        var random = SeededRandom(seed)
        _ = try directory.hdf5("data.h5") { root in
            for (split, count) in [("train", rows), ("validation", 11), ("test", 11)] {
                let labels = random.labels(count, below: 2)
                var inputs = labels.flatMap { label in random.floats(36, in: -1...1).map { $0 + 0.3 * label } }
                if let outlier, split == "train" { inputs[13 * 36] = outlier }
                try root.createDataset("/\(split)/inputs", .float32, shape: [count, 6, 6, 1]).write(inputs)
                try root.createDataset("/\(split)/targets", .int32, shape: [count]).write(labels.map { Int32($0) })
                try root.createDataset("/\(split)/group", .int32, shape: [count]).write(
                    (0..<count).map { Int32($0 / 4) })
            }
        }
        text = """
            {"name": "small", "seed": 7,
             "data": {"train": {"file": "data.h5"},
               \(hasValidation ? #""validation": {"file": "data.h5"},"# : "") "test": {"file": "data.h5"},
               "normalize": "standardize"},
             "model": {"layers": [
               {"type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "relu"}, {"type": "flatten"},
               {"type": "dropout", "rate": 0.3}, {"type": "dense", "units": 2, "activation": "softmax"}]},
             "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
             "optimizer": {"type": "adam", "learning_rate": 0.01},
             "training": {"epochs": 3, "batch_size": 8}, "parallel": {"workers": 2, "shards": 3}}
            """
    }

    /// Runs from another config, of several inputs and outputs.
    package static func several() throws -> RunFixture {
        let directory = try TestDirectory()
        try SeveralFixture.write(to: directory)
        return RunFixture(directory: directory, text: SeveralFixture.config)
    }

    private init(directory: TestDirectory, text: String) { (self.directory, self.text) = (directory, text) }

    package func path(_ name: String) -> String { directory.file(name) }

    package func configuration(_ assignments: [String] = []) throws -> RunConfiguration {
        var document = try ConfigurationDocument(text: text, file: "config.json")
        for assignment in assignments { try document.set(assignment) }
        return try RunConfiguration(document, directory: directory.path)
    }

    /// What a part of a run came to.
    package struct Part {
        package let run: TrainingRun
        package let outcome: TrainingRun.Outcome
        package let warnings: [String]

        package var parameters: [UInt32] {
            (0..<run.trainer.objective.layout.count).map { run.trainer.engine.parameters.floats[$0].bitPattern }
        }
    }

    package final class Listener: TrainingObserver {
        package let warnings = Mutex<[String]>([])
        package let ends = Mutex<[[EpochRecord]]>([])
        package let onEpoch: @Sendable (EpochRecord) -> Void

        package init(_ onEpoch: @Sendable @escaping (EpochRecord) -> Void = { _ in }) { self.onEpoch = onEpoch }

        package func progressed(_ progress: StepProgress) {}
        package func finished(_ record: EpochRecord) { onEpoch(record) }
        package func warned(_ sentence: String) { warnings.withLock { $0.append(sentence) } }
        package func wentBack(to history: [EpochRecord]) { ends.withLock { $0.append(history) } }
    }

    package func begin(
        _ name: String, _ assignments: [String] = [], stop: StopRequest? = nil, listener: Listener = Listener()
    ) throws -> Part {
        let run = try TrainingRun(configuration(assignments))
        let outcome = try run.run(in: RunDirectory(path(name)), observer: listener, stop: stop)
        return Part(run: run, outcome: outcome, warnings: listener.warnings.withLock { $0 })
    }

    /// Goes on with a run as the command does.
    package func goOn(_ name: String, _ assignments: [String] = [], workers: Int = 2, stop: StopRequest? = nil) throws
        -> Part
    {
        let earlier = try EarlierRun(path(name))
        var document = earlier.document
        for assignment in assignments { try document.set(assignment) }
        try earlier.check(document)
        var configuration = try RunConfiguration(document, directory: "")
        configuration.parallel.override = .count(workers)
        let run = try TrainingRun(configuration, resuming: earlier)
        let listener = Listener()
        let outcome = try run.run(in: RunDirectory(path(name)), observer: listener, stop: stop)
        return Part(run: run, outcome: outcome, warnings: listener.warnings.withLock { $0 })
    }

    package func bytes(_ name: String, _ file: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path(name) + "/" + file))
    }

    /// The rows of `metrics.csv`, without the line of names.
    package func rows(_ name: String) throws -> [[String]] {
        String(decoding: try bytes(name, "metrics.csv"), as: UTF8.self).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
