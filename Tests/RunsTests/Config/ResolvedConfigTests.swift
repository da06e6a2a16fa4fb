import Configuration
import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Runs

/// The config that a run writes makes the same run again: the same bytes, and the same config.
@Suite struct ResolvedConfigTests {
    private func run(_ configuration: RunConfiguration, in path: String, fold: Int?, stop: StopRequest? = nil) throws {
        _ = try TrainingRun(configuration, fold: fold)
            .run(in: RunDirectory(path), observer: RunFixture.Listener(), stop: stop)
    }

    /// Trains as the config says and as its resolved form does, and goes on with a run that was stopped.
    private func expectTheSame(_ configuration: RunConfiguration, in folder: String, fold: Int? = nil) throws {
        let paths = ["first", "again", "stopped"].map { "\(folder)/\($0)" }
        try run(configuration, in: paths[0], fold: fold)
        let resolved = try ConfigurationDocument(contentsOf: paths[0] + "/config.json")
        try run(RunConfiguration(resolved, directory: ""), in: paths[1], fold: fold)
        try run(configuration, in: paths[2], fold: fold, stop: StopRequest(after: 2))
        let earlier = try EarlierRun(paths[2])
        try earlier.check(earlier.document)
        _ = try TrainingRun(RunConfiguration(earlier.document, directory: ""), fold: fold, resuming: earlier)
            .run(in: RunDirectory(paths[2]), observer: RunFixture.Listener())
        for path in paths[1...] {
            for file in ["metrics.csv", "model.h5", "config.json"] {
                let bytes = try [paths[0], path].map { try Data(contentsOf: URL(fileURLWithPath: "\($0)/\(file)")) }
                #expect(bytes[0] == bytes[1], "\(path)/\(file)")
            }
        }
    }

    @Test(arguments: try ShippedConfigs.paths)
    func theShippedConfigs(path: String) throws {
        let directory = try TestDirectory()
        var document = try ConfigurationDocument(contentsOf: path)
        try document.set("training.epochs=2")
        try expectTheSame(
            RunConfiguration(document, directory: ShippedConfigs.directory), in: directory.path)
    }

    @Test(
        arguments: [nil, 90_000],
        [
            [#"data.validation={"fraction": 0.1}"#],
            [#"data.validation={"fraction": 0.2}"#, #"data.test={"fraction": 0.05}"#, "data.stratify=true"],
            [#"data.validation={"fraction": 0.1}"#, "training.shuffle=false"],
            [#"data.validation={"fraction": 0.3}"#, "data.shuffle_window=70"],
            [#"data.validation={"fraction": 0.3}"#, "data.test=null", #"data.split={"together": "/train/group"}"#],
            [#"data.validation={"fraction": 0.3}"#, #"data.split={"by_time": "group"}"#],
            ["data.k_fold=3", "data.validation=null", "data.test=null", #"data.split={"together": "group"}"#],
            ["data.k_fold=3", "data.validation=null"], ["data.k_fold=3", "data.validation=null", "data.stratify=true"],
            ["training.accumulate=3", "parallel.shards=2", #"data.augment=[{"type": "random_flip"}]"#],
            ["data.class_weight=balanced", "data.normalize=min_max", "data.shuffle_window=64"],
            [#"training.early_stopping={"monitor": "validation_accuracy", "patience": 1}"#, "parallel.shards=workers"],
            [
                #"optimizer={"type": "sgd", "momentum": 0.9, "schedule": {"type": "cosine", "warmup_epochs": 0.5}}"#,
                #"data.augment=[{"type": "random_flip"}]"#, "checkpoint.keep_best=true", "training.on_nan=rewind",
            ],
        ])
    func generatedConfigs(limit: Int?, assignments: [String]) throws {
        let fixture = try RunFixture(rows: 800)
        let all = assignments + ["training.batch_size=32", "training.epochs=2"]
        let configuration = try fixture.configuration(all + (limit.map { ["data.memory_limit=\($0)"] } ?? []))
        let fold = configuration.data.folds.map { $0 - 1 }
        #expect(
            try RunData(configuration.data, seed: configuration.seed, fold: fold).training.isInMemory == (limit == nil))
        try expectTheSame(configuration, in: fixture.directory.path, fold: fold)
    }

    /// Rows of one byte an element, many of them, of which a tenth validates.
    @Test func aStreamedRunWithAFraction() throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/train/inputs", .uint8, shape: [12_000, 8, 8]).write(
                (0..<12_000 * 64).map { UInt8(truncatingIfNeeded: $0 / 7) })
            try root.createDataset("/train/targets", .int32, shape: [12_000]).write((0..<12_000).map { Int32($0 % 3) })
        }
        let text = """
            {"data": {"train": {"file": "\(path)"}, "validation": {"fraction": 0.1}, "memory_limit": 524288},
             "model": {"layers": [{"type": "flatten"}, {"type": "dense", "units": 3, "activation": "softmax"}]},
             "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "training": {"epochs": 1}}
            """
        try expectTheSame(
            RunConfiguration(ConfigurationDocument(text: text, file: "a.json"), directory: ""), in: directory.path)
    }

    /// Where the data no longer fit into memory the order of the rows would be another.
    @Test func dataThatNoLongerFitAreRefused() throws {
        let fixture = try RunFixture(rows: 800)
        _ = try fixture.begin("run", ["training.epochs=1"], stop: StopRequest(after: 3))
        let error = #expect(throws: ConfigurationError.self) {
            try fixture.goOn("run", ["data.memory_limit=90000"])
        }
        #expect(
            error?.description.contains(
                "data.memory_limit: the run was begun with its data in memory, which take 116 KiB; here they do not fit, "
                    + "and rows that are read as they are wanted come in another order. Go on where there is more memory, "
                    + "or set a larger data.memory_limit") == true, "\(String(describing: error))")
        #expect(throws: Never.self) { try fixture.goOn("run", ["data.memory_limit=1000000"]) }
    }
}
