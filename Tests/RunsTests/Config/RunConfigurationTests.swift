import Configuration
import Foundation
import Network
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Machine
@testable import Metrics
@testable import Optimizers
@testable import Runs

@Suite struct RunConfigurationTests {
    private func read(_ text: String, directory: String = "Configs") throws -> RunConfiguration {
        try RunConfiguration(ConfigurationDocument(text: text, file: "a.json"), directory: directory)
    }

    private func sentences(_ text: String) -> String {
        do {
            _ = try read(text)
            return ""
        } catch {
            return "\(error)"
        }
    }

    // MARK: - What is read

    @Test func defaults() throws {
        let run = try RunConfiguration(ConfigurationDocument(text: smallestConfig, file: "x/b.json"), directory: "x")
        #expect(run.name == "b")
        #expect(run.seed == 0)
        #expect(run.data.train == DataSource(file: "x/a.h5", inputs: "/train/inputs", targets: "/train/targets"))
        #expect(run.data.validation == nil)
        #expect(run.data.test == nil)
        #expect(!run.data.stratify)
        #expect(run.data.folds == nil)
        #expect(run.data.normalize == .none)
        #expect(run.data.classWeights == nil)
        #expect(run.data.augmentation == Augmentation())
        #expect(run.data.memoryLimit == nil)
        #expect(run.data.shuffleWindow == nil)
        #expect(!run.data.allowsExternalLinks)
        #expect(run.layers.map(\.layer.type) == ["dense"])
        #expect(run.layers[0].name == nil)
        #expect(run.layers[0].inputs == nil)
        #expect(run.loss as? Huber == Huber(delta: 1))
        #expect(run.metrics.isEmpty)
        #expect(run.optimizer as? SGD == SGD(learningRate: 0.01))
        #expect(run.schedule is ConstantSchedule)
        #expect(run.clipping == .none)
        #expect(run.training.epochs == 1)
        #expect(run.training.batchSize == 32)
        #expect(run.training.shuffle)
        #expect(run.training.earlyStopping == nil)
        #expect(run.training.onNaN == .stop)
        #expect(run.checkpoint == CheckpointConfiguration(every: .seconds(300), keepLast: 2, keepBest: false))
        #expect(run.parallel.workers == nil)
        #expect(run.parallel.shards == nil)
    }

    @Test func splitsHaveTheirOwnDefaults() throws {
        let run = try RunConfiguration(
            smallest(#"data.validation={"file": "v.h5"}"#, #"data.test={"file": "t.h5", "inputs": "/x"}"#),
            directory: "c")
        #expect(
            run.data.validation
                == .source(DataSource(file: "c/v.h5", inputs: "/validation/inputs", targets: "/validation/targets")))
        #expect(run.data.test == .source(DataSource(file: "c/t.h5", inputs: "/x", targets: "/test/targets")))
    }

    @Test func everyKey() throws {
        let run = try read(fullestConfig)
        #expect(run.name == "everything")
        #expect(run.seed == 7)
        var train = DataSource(files: ["a.h5", "Configs/parts/*.h5"], inputs: "/x", targets: "/y", weights: "/w")
        train.allowsExternalLinks = true
        train.transposeInputs = [1, 0]
        train.transposeTargets = [0]
        #expect(run.data.train == train)
        var test = DataSource(file: "/b/a.h5", inputs: "/t/x", targets: "/t/y")
        test.allowsExternalLinks = true
        #expect(run.data.test == .source(test))
        #expect(run.data.validation == .fraction(0.25))
        #expect(run.data.stratify)
        #expect(run.data.folds == nil)
        #expect(
            run.data.augmentation
                == Augmentation([
                    .randomCrop(padding: 2, mode: .reflect), .randomFlip(.vertical),
                    .randomTranslation(height: 0.2, width: 0.3), .randomRotation(degrees: 5),
                    .randomBrightness(factor: 0.3), .randomContrast(factor: 0.4), .cutout(size: 3, probability: 0.5),
                    .gaussianNoise(deviation: 0.2), .mixup(alpha: 0.4),
                ]))
        #expect(run.data.memoryLimit == 3 << 29)
        #expect(run.data.shuffleWindow == 1000)
        #expect(run.data.allowsExternalLinks)
        #expect(run.data.normalize == .minMax(per: .feature))
        #expect(run.layers.count == 21)
        #expect(run.loss as? MeanSquaredError == MeanSquaredError(factor: 0.5))
        #expect(run.metrics.map(\.name) == ["mae", "top_2_accuracy"])
        #expect(
            run.optimizer as? SGD == SGD(learningRate: 0.5, momentum: 0.5, nesterov: true, weightDecay: 0.1))
        #expect(run.schedule as? CosineSchedule == CosineSchedule(warmupEpochs: 0.5, final: 0.1))
        #expect(run.clipping == .globalNorm(5))
        #expect(run.excludedFromWeightDecay == ["bias", "fla*"])
        #expect(run.layers[0].training == LayerTraining(rateFactor: 0.5, weightDecay: 0.01))
        #expect(run.training.epochs == 3)
        #expect(run.training.batchSize == 8)
        #expect(run.training.shuffle)
        #expect(
            run.training.earlyStopping
                == EarlyStopping(monitor: "loss", patience: 2, minDelta: 0.01, restoreBest: false))
        #expect(run.training.onNaN == .rewind(factor: 0.25, times: 2))
        #expect(run.parallel.workers == 2)
        #expect(run.parallel.shards == 4)
        #expect(run.checkpoint == CheckpointConfiguration(every: .epochs(2), keepLast: 3, keepBest: true))
    }

    @Test(
        arguments: [
            ("adam", Adam(learningRate: 0.001)),
            ("adamw", AdamW(learningRate: 0.001, weightDecay: 0.004)),
            (
                #"{"type": "adam", "learning_rate": 1, "beta_1": 0, "beta_2": 0.5, "epsilon": 0.1, "weight_decay": 2}"#,
                Adam(learningRate: 1, beta1: 0, beta2: 0.5, epsilon: 0.1, weightDecay: 2)
            ),
        ] as [(String, any Optimizer)])
    func optimizers(text: String, optimizer: any Optimizer) throws {
        let read = try RunConfiguration(smallest("optimizer=\(text)"), directory: "").optimizer
        #expect(read.typedConfiguration == optimizer.typedConfiguration)
    }

    /// Those that other tests register stand behind Stormo's own.
    @Test func aWordThatIsNearNothingIsToldWhatIsKnown() throws {
        let sentence = try mistakes(smallest("optimizer=zzz")).first
        #expect(sentence?.hasPrefix("optimizer: unknown optimizer 'zzz'; known: 'sgd', 'adam', 'adamw'") == true)
        let loss = try mistakes(smallest("loss=zzz")).first
        #expect(
            loss?.hasPrefix("loss: unknown loss 'zzz'; known: 'mean_squared_error', 'mean_absolute_error', 'huber'")
                == true)
        let metric = try mistakes(smallest(#"metrics=["mae", "zzz"]"#)).first
        #expect(metric?.hasPrefix("metrics[1]: unknown metric 'zzz'; known: 'accuracy', 'top_5_accuracy', ") == true)
    }

    @Test(
        arguments: [
            ("mean_absolute_error", MeanAbsoluteError()), (#"{"type": "huber", "delta": 3}"#, Huber(delta: 3)),
            (#"{"type": "binary_crossentropy", "from_logits": true}"#, BinaryCrossEntropy(fromLogits: true)),
        ] as [(String, any Loss)])
    func losses(text: String, loss: any Loss) throws {
        let read = try RunConfiguration(smallest("loss=\(text)"), directory: "").loss
        #expect(read.typedConfiguration == loss.typedConfiguration)
    }

    @Test(arguments: [
        "data.validation", "data.test", "metrics", "parallel", "training.early_stopping", "model.layers[0].name",
        "model.layers[0].inputs", "model.layers[0].kernel_initializer", "data.k_fold", "data.class_weight",
        "data.augment", "data.memory_limit", "data.shuffle_window", "data.train.sample_weight", "training.on_nan",
        "checkpoint", "checkpoint.every", "export",
    ])
    func nullIsAsGoodAsNothing(path: String) throws {
        let run = try RunConfiguration(smallest("\(path)=null"), directory: "")
        let plain = try RunConfiguration(smallest(), directory: "")
        let (model, plainModel) = (
            try Model(input: [2], layers: run.layers), try Model(input: [2], layers: plain.layers)
        )
        #expect(run.configuration(model: model) == plain.configuration(model: plainModel))
    }

    @Test func nullIsNoValue() throws {
        #expect(
            try mistakes(smallest("seed=null", "data.train=null", "data.normalize=null", "loss=null")) == [
                "seed: must be a whole number, 0 or more, but is null", "data.train: must be an object, but is null",
                "data.normalize: must be one of 'none', 'standardize', 'min_max', 'scale', or an object, but is null",
                "loss: must be a string or an object, but is null",
            ])
        #expect(
            try mistakes(smallest("training=null", "optimizer=null", "model=null")) == [
                "model: must be an object, but is null", "optimizer: must be a string or an object, but is null",
                "training: must be an object, but is null",
            ])
    }

    // MARK: - Paths

    @Test(arguments: [
        ("Configs", "../Datasets/digits.h5", "Datasets/digits.h5"), ("Configs", "a.h5", "Configs/a.h5"),
        ("Configs", "./a/./b.h5", "Configs/a/b.h5"), ("", "a.h5", "a.h5"), (".", "a.h5", "a.h5"),
        ("a/b", "../../../c.h5", "../c.h5"), ("..", "../c.h5", "../../c.h5"), ("", "../c.h5", "../c.h5"),
        (".", "../c.h5", "../c.h5"), ("/home/me/Configs/", "../c.h5", "/home/me/c.h5"),
        ("Configs", "/data/c.h5", "/data/c.h5"),
    ])
    func relativePathsAreTakenFromTheConfig(directory: String, file: String, joined: String) throws {
        let run = try RunConfiguration(smallest("data.train.file=\(file)"), directory: directory)
        #expect(run.data.train.file == joined)
    }

    // MARK: - Writing out

    @Test func whatIsWrittenReadsAsTheSame() throws {
        for path in try ShippedConfigs.paths {
            let run = try RunConfiguration(
                ConfigurationDocument(contentsOf: path), directory: ShippedConfigs.directory)
            let model = try Model(input: path.contains("digits") ? [8, 8, 1] : [10], layers: run.layers)
            let written = run.configuration(model: model)
            let document = try ConfigurationDocument(text: written.jsonText(), file: "written.json")
            let again = try RunConfiguration(document, directory: "")
            let modelAgain = try Model(input: model.inputShape, layers: again.layers)
            #expect(again.configuration(model: modelAgain) == written, "\(path)")
            #expect(again.data.train == run.data.train)
            #expect(again.metrics.map(\.name) == run.metrics.map(\.name))
            #expect(again.optimizer.typedConfiguration == run.optimizer.typedConfiguration)
            #expect(again.schedule.typedConfiguration == run.schedule.typedConfiguration)
            #expect(again.loss.typedConfiguration == run.loss.typedConfiguration)
            #expect(again.training == run.training)
            #expect(again.parallel == run.parallel)
        }
    }

    @Test func everythingIsWrittenOut() throws {
        let run = try RunConfiguration(
            smallest(
                #"data.test={"file": "t.h5"}"#, #"optimizer={"type": "adam", "schedule": {"type": "cosine"}}"#,
                "metrics=[\"mean_absolute_error\"]", "training.early_stopping={\"monitor\": \"loss\"}"),
            directory: "/c")
        let expected: JSONNode = [
            "name": "a", "seed": 0,
            "data": [
                "train": ["file": "/c/a.h5", "inputs": "/train/inputs", "targets": "/train/targets"],
                "test": ["file": "/c/t.h5", "inputs": "/test/inputs", "targets": "/test/targets"], "normalize": "none",
            ],
            "model": [
                "layers": [
                    [
                        "type": "dense", "name": "dense", "inputs": ["input"], "units": 1, "activation": "linear",
                        "use_bias": true, "kernel_initializer": "glorot_uniform", "bias_initializer": "zeros",
                    ]
                ]
            ],
            "loss": ["type": "huber", "delta": 1.0], "metrics": ["mae"],
            "optimizer": [
                "type": "adam", "learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7,
                "weight_decay": 0.0, "schedule": ["type": "cosine", "warmup_epochs": 0.0, "final": 0.0],
            ],
            "training": [
                "epochs": 1, "batch_size": 32, "shuffle": true, "on_nan": "stop",
                "early_stopping": ["monitor": "loss", "patience": 5, "min_delta": 0.0, "restore_best": true],
            ],
            "parallel": ["workers": "auto", "shards": "auto"],
            "checkpoint": ["every": ["seconds": 300.0], "keep_last": 2, "keep_best": false],
            "export": ["graph": "flat"],
        ]
        #expect(run.configuration(model: try Model(input: [2], layers: run.layers)) == expected)
    }

    /// The file that is written lies elsewhere, so its paths depend on no folder.
    @Test func pathsAreWrittenWhole() throws {
        let run = try RunConfiguration(smallest("data.train.file=../b/c.h5"), directory: "Configs")
        let written = run.configuration(model: try Model(input: [2], layers: run.layers))
        let here = FileManager.default.currentDirectoryPath
        #expect(written["data"]?["train"]?["file"] == JSONNode("\(here)/b/c.h5"))
    }

    // MARK: - Mistakes

    @Test(arguments: [
        (#"metrics=["acuracy"]"#, "metrics[0]: unknown metric 'acuracy'; did you mean 'accuracy'?"),
        // What other programs call them.
        (#"metrics=["auc"]"#, "metrics[0]: unknown metric 'auc'; did you mean 'roc_auc'?"),
        (#"metrics=["f1_score"]"#, "metrics[0]: unknown metric 'f1_score'; did you mean 'f1'?"),
        (
            "loss=cross_entropy",
            "loss: unknown loss 'cross_entropy'; did you mean 'sparse_categorical_crossentropy', 'categorical_crossentropy' or "
                + "'binary_crossentropy'?"
        ),
        (#"loss={"type": "mse"}"#, "loss.type: unknown loss 'mse'; did you mean 'mean_squared_error'?"),
        (
            #"metrics=["mae", "rmse", "mean_absolute_error"]"#,
            "metrics[2]: names 'mean_absolute_error' twice"
        ),
        (
            "training.early_stopping=true",
            "training.early_stopping: watches 'validation_loss', but data.validation is missing; add it, or watch 'loss'"
        ),
        (
            #"training.early_stopping={"monitor": "los"}"#,
            "training.early_stopping.monitor: unknown figure 'los'; did you mean 'loss'?"
        ),
        (
            #"training.early_stopping={"monitor": "accuracy"}"#,
            "training.early_stopping.monitor: unknown figure 'accuracy'; known: 'loss'"
        ),
        (
            #"training.early_stopping={"monitor": "validation_loss"}"#,
            "training.early_stopping.monitor: watches 'validation_loss', but data.validation is missing; add it, or "
                + "watch 'loss'"
        ),
        (
            "training.early_stopping={}",
            "training.early_stopping.monitor: watches 'validation_loss', but data.validation is missing; add it, or "
                + "watch 'loss'"
        ),
        (
            #"optimizer={"type": "sgd", "nesterov": true}"#,
            #"optimizer.nesterov: needs a momentum above 0, such as "momentum": 0.9"#
        ),
        ("optimizer.lr=0.1", "optimizer.lr: unknown key; did you mean 'learning_rate'?"),
        ("training.n_epochs=3", "training.n_epochs: unknown key; did you mean 'epochs'?"),
        ("bs=3", "bs: unknown key; did you mean 'training.batch_size'?"),
        ("optimizer=adm", "optimizer: unknown optimizer 'adm'; did you mean 'adam'?"),
        ("loss=huberr", "loss: unknown loss 'huberr'; did you mean 'huber'?"),
        (#"loss={"type": "huber", "factor": 2}"#, "loss.factor: unknown key; known: 'type', 'delta'"),
        ("name=a/b", "name: must be a name for a directory, without '/', but is 'a/b'"),
        ("name=\(String(repeating: "n", count: 2000))", "name: must be at most 1024 bytes long, but has 2000"),
        ("name=..", "name: must be a name for a directory, without '/', but is '..'"),
        ("seed=-1", "seed: must be 0 or more, but is -1"),
        ("parallel.workers=0", "parallel.workers: must be a whole number from 1 to 4096, or 'auto', but is 0"),
        ("parallel.shards=worker", "parallel.shards: unknown word 'worker'; did you mean 'workers'?"),
        ("training.epochs=0", "training.epochs: must be 1 or more, but is 0"),
        (
            "data.normalize=standardise",
            "data.normalize: unknown normalize 'standardise'; did you mean 'standardize'?"
        ),
    ])
    func oneMistake(assignment: String, sentence: String) throws {
        #expect(try mistakes(smallest(assignment)) == [sentence])
    }

    @Test func aShuffleWindowNeedsAShuffle() throws {
        let window = "data.shuffle_window=64"
        #expect(try mistakes(smallest(window)) == [])
        let inOrder = "training.shuffle=false"
        #expect(try !RunConfiguration(smallest(inOrder), directory: "").training.shuffle)
        #expect(
            try mistakes(smallest(window, inOrder)) == [
                "data.shuffle_window: has nothing to act on, since training.shuffle is false; leave one of the two out"
            ])
    }

    @Test func aMonitorMayBeAMetricOfEitherSplit() throws {
        let validation = #"data.validation={"file": "v.h5"}"#
        for monitor in ["loss", "validation_loss", "mae", "validation_mae"] {
            let document = try smallest(
                validation, #"metrics=["mae"]"#, #"training.early_stopping={"monitor": "\#(monitor)"}"#)
            #expect(mistakes(document) == [], "\(monitor)")
        }
        #expect(
            try mistakes(
                smallest(validation, #"metrics=["mae"]"#, #"training.early_stopping={"monitor": "validation_mea"}"#))
                == ["training.early_stopping.monitor: unknown figure 'validation_mea'; did you mean 'validation_mae'?"])
        // As Keras calls it.
        #expect(
            try mistakes(
                smallest(validation, #"metrics=["mae"]"#, #"training.early_stopping={"monitor": "val_loss"}"#))
                == ["training.early_stopping.monitor: unknown figure 'val_loss'; did you mean 'validation_loss'?"])
    }

    @Test func allMistakesAtOnceInTheOrderOfTheLines() {
        let text = """
            {
              "optimizer": {"type": "sgd",
                "learning_rate": -1,
                "nesterov": true},
              "training": {"epochs": 2,
                "early_stopping": {"monitor": "validation_loss"}},
              "metrics": [
                "acuracy",
                "mae",
                "mae"],
              "model": {"layers": [
                {"type": "dense",
                 "unit": 3},
                {"type": "dropuot"}]},
              "data": {"train": {}},
              "lose": "huber"
            }
            """
        #expect(
            sentences(text) == """
                11 mistakes in a.json:
                a.json:1: loss: is missing; give a string or an object
                a.json:3: optimizer.learning_rate: must be above 0, but is -1
                a.json:4: optimizer.nesterov: needs a momentum above 0, such as "momentum": 0.9
                a.json:6: training.early_stopping.monitor: watches 'validation_loss', but data.validation is missing; \
                add it, or watch 'loss'
                a.json:8: metrics[0]: unknown metric 'acuracy'; did you mean 'accuracy'?
                a.json:10: metrics[2]: names 'mae' twice
                a.json:12: model.layers[0].units: is missing; give a whole number, 1 or more
                a.json:13: model.layers[0].unit: unknown key; did you mean 'units'?
                a.json:14: model.layers[1].type: unknown layer type 'dropuot'; did you mean 'dropout'?
                a.json:15: data.train.file: is missing; give a string
                a.json:16: lose: unknown key; did you mean 'loss'?
                """)
    }

    @Test func anEmptyConfigLacksFiveParts() {
        #expect(
            sentences("{}") == """
                5 mistakes in a.json:
                a.json:1: data: is missing; give an object
                a.json:1: model: is missing; give an object
                a.json:1: loss: is missing; give a string or an object
                a.json:1: optimizer: is missing; give a string or an object
                a.json:1: training: is missing; give an object
                """)
    }

    @Test func laterMistakesHaveTheirPlaceToo() throws {
        let run = try read(smallestConfig)
        #expect(run.error("loss", "does not fit").description == "a.json:4: loss: does not fit")
        #expect(run.error("training", "is odd").description == "a.json:6: training: is odd")
        let wrong = #expect(throws: ModelError.self) { try Model(input: [2, 2], layers: []) }
        #expect(
            wrong.map { run.error($0).description } == "a.json:3: model: a model needs at least one layer")
        let layer = #expect(throws: ModelError.self) {
            try Model(input: [2], layers: [ModelLayer(Conv2D(1, kernelSize: (1, 1)))])
        }
        #expect(
            layer.map { run.error($0).description }?.hasPrefix("a.json:3: model.layers[0]: layer 'conv2d' does not fit")
                == true)
    }

    @Test func workersAreNoMoreThanShards() throws {
        let pinned = try RunConfiguration(smallest("parallel.shards=1"), directory: "").parallel
        #expect(pinned.resolved(batchSize: 32, operations: 1, parameters: 1) == Parallelism(workers: 1, shards: 1))
        let both = try RunConfiguration(smallest(#"parallel={"workers": 5, "shards": 3}"#), directory: "").parallel
        #expect(both.resolved(batchSize: 32, operations: 1, parameters: 1) == Parallelism(workers: 3, shards: 3))
        let following = try RunConfiguration(
            smallest(#"parallel={"workers": 5, "shards": "workers"}"#), directory: ""
        ).parallel
        func shards(_ batchSize: Int, _ operations: Int) -> Int {
            let found = following.resolved(batchSize: batchSize, operations: operations, parameters: 1)
            #expect(found.workers == found.shards)
            return found.shards
        }
        #expect(shards(32, 1 << 30) == 5)
        #expect(shards(2, 1 << 30) == 2)
        #expect(shards(Int.max, Int.max) == 5)
        // A shard of less than a million operations costs more to share than it saves.
        #expect(shards(100, 29_999) == 2)
        #expect(shards(100, 30_000) == 3)
        #expect(shards(32, 1) == 1)
    }

    /// The default follows from the network and the batch, and not from the workers.
    @Test func shardsFollowFromTheWork() throws {
        for workers in [1, 2, 7, 64] {
            let parallel = try RunConfiguration(smallest("parallel.workers=\(workers)"), directory: "").parallel
            func shards(_ batchSize: Int, _ operations: Int, _ parameters: Int) -> Int {
                let found = parallel.resolved(batchSize: batchSize, operations: operations, parameters: parameters)
                #expect(found.workers == min(workers, found.shards))
                return found.shards
            }
            #expect(shards(128, 660_000, 110_000) == 1)
            #expect(shards(32, 0, 10) == 1)
            #expect(shards(15, 1 << 40, 10) == 1)
            #expect(shards(16, 1 << 40, 10) == 2)
            #expect(shards(100, 1 << 40, 10) == 8)
            #expect(shards(1 << 20, 1 << 40, 10) == 64)
            // 3 more shards at 5 million operations are 5% of 300 million; 7 more are not.
            #expect(shards(100, 3_000_000, 100_000) == 4)
            #expect(shards(100, 2_999_000, 100_000) == 2)
        }
    }

    /// However they are asked for, a batch has at most 4,096 shards.
    @Test func shardsHaveALimit() throws {
        #expect(
            throws: ConfigurationError.self
        ) { try RunConfiguration(smallest("training.accumulate=64", #"parallel={"shards": 65}"#), directory: "") }
        do {
            _ = try RunConfiguration(smallest("training.accumulate=64", #"parallel={"shards": 65}"#), directory: "")
        } catch {
            #expect(
                "\(error)".contains(
                    "training.accumulate: is 64, each of 65 shards (parallel.shards), and a batch has at most 4096 in all; "
                        + "make one of them smaller"), "\(error)")
        }
        #expect(
            try RunConfiguration(smallest("training.accumulate=64", #"parallel={"shards": 64}"#), directory: "")
                .training.accumulate == 64)
        let auto = try RunConfiguration(smallest(), directory: "").parallel
        #expect(
            auto.resolved(batchSize: 1 << 20, accumulate: 4096, operations: 1 << 40, parameters: 10).shards == 4096)
        let following = try RunConfiguration(smallest(#"parallel={"workers": 9, "shards": "workers"}"#), directory: "")
        #expect(
            following.parallel.resolved(batchSize: 100, accumulate: 1000, operations: 1 << 30, parameters: 1).shards
                == 4000)
    }

    /// A batch is cut into the shards of each part, all at once.
    @Test func accumulationMultipliesTheShards() throws {
        let document = try smallest(
            "training.batch_size=8", "training.accumulate=4", #"parallel={"workers": 6, "shards": 2}"#)
        let configuration = try RunConfiguration(document, directory: "")
        #expect(configuration.training.wholeBatch == 32)
        #expect(
            configuration.parallel.resolved(batchSize: 8, accumulate: 4, operations: 1, parameters: 1)
                == Parallelism(workers: 6, shards: 8))
        #expect(configuration.training.configuration["accumulate"]?.asInteger == 4)
        #expect(try RunConfiguration(smallest(), directory: "").training.configuration["accumulate"] == nil)
    }
}
