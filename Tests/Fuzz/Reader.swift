import Batches
import CImageWriters
import Configuration
import Foundation
import HDF5
import Interchange
import Network
import Preparation
import Runs
import TestSupport

/// A reader of files from outside.
enum Reader: String {
    case config, model, checkpoint, dataset
    /// A dataset of which all values are used: examined as by `stormo data inspect`, then trained on for an epoch.
    case train
    /// A PNG, a JPEG or a WebP, decoded and brought to a size.
    case image
    /// Crashes, hangs and wastes memory, so that a test can see that this is noticed.
    case faulty

    static let all: [Reader] = [.config, .model, .checkpoint, .dataset, .train, .image]

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
        case .train:
            var examination = try FileExamination(HDF5File.open(path))
            while try examination.next() != nil {}
            _ = examination.json(leaks: try examination.leaks())
            try Self.train(path, isStreamed: index % 2 == 1)
        case .image:
            var options = ImageOptions()
            (options.height, options.width, options.channels) = (24, 16, index % 2 == 0 ? 3 : 1)
            options.fit = .letterbox
            _ = try ImageConverter(.files([path]), options: options).convert(
                to: ConversionTarget(file: path + ".rows", group: "/", storage: DatasetStorage(gzip: 0))
            ) { _ in }
        }
    }

    /// Trains for one epoch; of every second input the rows are read while training goes on.
    private static func train(_ path: String, isStreamed: Bool) throws {
        let limit = isStreamed ? "\"memory_limit\": 98304," : ""
        let config = """
            {"data": {"train": {"file": "\(path)", "sample_weight": "/train/weights"}, \(limit)
               "validation": {"fraction": 0.25}, "normalize": "standardize"},
             "model": {"layers": [{"type": "flatten"}, {"type": "dense", "units": 3, "activation": "softmax"}]},
             "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "sgd",
             "training": {"epochs": 1, "batch_size": 16}, "parallel": {"workers": 2, "shards": 2}}
            """
        let document = try ConfigurationDocument(text: config, file: "fuzz")
        try TrainingRun(RunConfiguration(document, directory: "")).trainer.fit()
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
        case .train:
            var seeds: [[UInt8]] = []
            for isPacked in [false, true] {
                try Self.writeRows(to: path, isPacked: isPacked)
                seeds.append(try bytes())
            }
            return seeds
        case .image: return Self.images
        }
    }

    /// A small picture in each form that is decoded.
    private static var images: [[UInt8]] {
        let (height, width) = (20, 30)
        func pixels(_ channels: Int) -> [UInt8] { (0..<height * width * channels).map { UInt8($0 * 37 % 251) } }
        func made(_ write: (inout Int) -> UnsafeMutablePointer<UInt8>?) -> [UInt8] {
            var count = 0
            guard let bytes = write(&count) else { return [] }
            defer { free(bytes) }
            return Array(UnsafeBufferPointer(start: bytes, count: count))
        }
        let (rows, columns) = (Int32(height), Int32(width))
        return [
            made { write_png(pixels(1), columns, rows, 1, 8, false, &$0) },
            made { write_png(pixels(8), columns, rows, 4, 16, true, &$0) },
            made { write_jpeg(pixels(3), columns, rows, 3, 90, false, &$0) },
            made { write_jpeg(pixels(1), columns, rows, 1, 90, true, &$0) },
            made { write_webp(pixels(3), columns, rows, 3, true, &$0) },
            made { write_webp(pixels(4), columns, rows, 4, false, &$0) },
        ]
    }

    /// 480 rows that are too many for the memory that a streamed run has.
    private static func writeRows(to path: String, isPacked: Bool) throws {
        let rows = 480
        var random = SeededRandom(5)
        let file = try HDF5File.create(path)
        let group = file.root
        if isPacked {
            try group.createDataset("/train/inputs", .uint8, shape: [rows, 16, 16], chunk: [48, 16, 16], gzip: 4).write(
                (0..<rows * 256).map { _ in UInt8.random(in: 0...255, using: &random) })
            try group.createDataset("/train/targets", .int64, shape: [rows], chunk: [100], gzip: 1).write(
                (0..<rows).map { Int64($0 % 3) })
            try group.createDataset("/train/weights", .float32, shape: [rows]).write([Float](repeating: 1, count: rows))
        } else {
            try group.createDataset("/train/inputs", .float32, shape: [rows, 60]).write(random.floats(rows * 60))
            try group.createDataset("/train/targets", .int32, shape: [rows]).write((0..<rows).map { Int32($0 % 3) })
            try group.createDataset("/train/weights", .float64, shape: [rows]).write(
                (0..<rows).map { 0.5 + Double($0 % 2) })
        }
        try file.attributes.set("class_names", ["a", "b", "c"])
        try file.close()
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
