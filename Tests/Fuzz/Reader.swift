import Configuration
import Foundation
import HDF5
import Network
import Training

/// A reader of files from outside.
enum Reader: String {
    case config, model, checkpoint, dataset
    /// Crashes, hangs and wastes memory, so that a test can see that this is noticed.
    case faulty

    static let all: [Reader] = [.config, .model, .checkpoint, .dataset]

    /// Reads a file as the program does.
    /// - Parameter index: of the input, for the faulty one.
    /// - Throws: what is said of a file that is refused.
    func read(_ path: String, _ index: Int) throws {
        switch self {
        case .faulty:
            switch index {
            case 3: fatalError("as wanted")
            case 5: while true { sleep(1) }
            case 8: withExtendedLifetime([UInt8](repeating: 1, count: 1 << 28)) {}
            case 9: throw CocoaError(.fileReadCorruptFile)
            default: break
            }
        case .config:
            let configuration = try RunConfiguration(ConfigurationDocument(contentsOf: path), directory: "")
            let model = try configuration.model(input: [8, 8, 1])
            _ = try configuration.objective(model)
        case .model:
            _ = try? FileVerification(of: path)
            _ = try TrainedModel(contentsOf: path)
        case .checkpoint:
            _ = try? FileVerification(of: path)
            _ = try Checkpoint(contentsOf: path)
        case .dataset:
            let file = try HDF5File.open(path)
            for path in try file.allDatasetPaths() { _ = try file.dataset(path) }
            _ = try file.attributes.contains("class_names") ? file.attributes.strings("class_names") : []
            _ = try Dataset(
                reading: DataSource(file: path, inputs: "/train/inputs", targets: "/train/targets"))
        }
    }

    /// Good files of its kind, to be damaged.
    func seeds(_ scratch: String) throws -> [[UInt8]] {
        let path = "\(scratch)/seed.h5"
        func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
        switch self {
        case .faulty: return [[1, 2, 3]]
        case .config: return Self.configs.map { Array($0.utf8) }
        case .model:
            try Self.model().save(path)
            let sealed = try bytes()
            try UnsealedCopy.make(of: path, at: path + ".copy")
            return [sealed, [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".copy")))]
        case .checkpoint:
            let model = try Self.model()
            try Checkpoint(
                model: model, vectors: ["moment_1": model.parameters, "moment_2": model.parameters],
                numbers: ["history": [1, 2, .nan]], integers: ["step": [12], "epoch": [3]]
            ).save(path)
            let sealed = try bytes()
            try UnsealedCopy.make(of: path, at: path + ".copy")
            return [sealed, [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".copy")))]
        case .dataset:
            let file = try HDF5File.create(path)
            try file.root.createDataset("/train/inputs", .float32, shape: [12, 8, 8, 1], chunk: [4, 8, 8, 1], gzip: 4)
                .write((0..<768).map { Float($0) })
            try file.root.createDataset("/train/targets", .int32, shape: [12]).write((0..<12).map { Int32($0 % 3) })
            try file.attributes.set("class_names", ["a", "b", "c"])
            try file.close()
            return [try bytes()]
        }
    }

    private static func model() throws -> TrainedModel {
        let data = try Dataset(
            inputs: (0..<6).map { row in (0..<64).map { Float(($0 * 7 + row) % 5) } }, shape: [8, 8, 1],
            targets: (0..<6).map { [Float($0 % 3)] })
        let model = try Model(input: [8, 8, 1]) {
            Conv2D(2, kernelSize: (3, 3), padding: .same, activation: .relu)
            Pooling(.max)
            Flatten()
            Dense(3, activation: .softmax)
        }
        let trainer = try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: data) {
            $0.batchSize = 2
            $0.metrics = [.accuracy]
            $0.normalization = .standardize
        }
        return try trainer.trainedModel()
    }

    private static let configs = [
        """
        {
          "name": "digits", "seed": 3,
          "data": {"train": {"file": "d.h5"}, "validation": {"file": "d.h5"}, "normalize": "standardize"},
          "model": {"layers": [
            {"type": "conv2d", "filters": 8, "kernel_size": [3, 3], "padding": "same", "activation": "relu"},
            {"type": "max_pooling2d", "pool_size": 2, "strides": [2, 2]},
            {"type": "conv2d", "name": "b", "filters": 4, "kernel_size": 1, "kernel_initializer": "he_normal"},
            {"type": "flatten"}, {"type": "dropout", "rate": 0.25},
            {"type": "dense", "units": 10, "activation": "softmax",
              "bias_initializer": {"type": "constant", "value": 0.1}}
          ]},
          "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy", "macro_f1"],
          "optimizer": {"type": "adam", "learning_rate": 0.001},
          "training": {"epochs": 20, "batch_size": 32, "early_stopping": {"monitor": "validation_loss", "patience": 3}},
          "parallel": {"workers": "auto", "shards": 8}
        }
        """,
        """
        {"data": {"train": {"file": "x.h5", "inputs": "/a", "targets": "/b"}, "normalize": "scale"},
         "model": {"layers": [{"type": "reshape", "target_shape": [-1, 4]}, {"type": "flatten", "name": "f"},
           {"type": "dense", "name": "a", "units": 4}, {"type": "dense", "name": "b", "units": 4, "inputs": ["f"]},
           {"type": "add", "inputs": ["a", "b"], "name": "s"},
           {"type": "concatenate", "inputs": ["s", "a"], "axis": -1},
           {"type": "leaky_relu", "negative_slope": 0.1}, {"type": "dense", "units": 1}]},
         "loss": {"type": "huber", "delta": 0.5}, "optimizer": {"type": "sgd", "learning_rate": 1e-2, "momentum": 0.9},
         "training": {"epochs": 1}}
        """,
    ]
}
