import Configuration
import HDF5
import Kernels
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Engine
@testable import Interchange
@testable import Network
@testable import Runs

/// Each key of the schema with a value that is not its default: the config that a run writes says it and reads the same,
/// the model file holds all that belongs to a model, and the run is another one for it.
@Suite struct ConfigRoundTripTests {
    /// A key's change, on top of a config that can have it.
    struct Case: Sendable, CustomTestStringConvertible {
        let key: String
        let base: [String]
        let change: [String]

        init(_ key: String, _ base: [String] = [], _ change: String...) {
            (self.key, self.base, self.change) = (key, base, change)
        }

        var testDescription: String { key }
    }

    /// Keys whose effect is not in a run's figures, and the tests that show it.
    static let elsewhere: [String: String] = [
        ".$schema": "for editors; passed over", ".name": "RunDirectoryTests, TrainTests",
        "data.allow_external_links": "ExternalLinkGuardTests, Dataset+ReadingTests",
        "data.memory_limit": "RunDataTests, StreamedTrainingTests", "checkpoint.every": "RunKeeperTests",
        "checkpoint.every.steps": "RunKeeperTests",
        "checkpoint.every.epochs": "RunKeeperTests", "checkpoint.every.seconds": "RunKeeperTests",
        "checkpoint.keep_last": "CheckpointStoreTests", "checkpoint.keep_best": "CheckpointStoreTests",
        "training.on_nan": "TrainerDivergenceTests", "rewind.factor": "TrainerDivergenceTests",
        "rewind.times": "TrainerDivergenceTests",
        "export.graph": "KerasFormatTests", "export.weight_decay": "KerasTests",
        "logging.tensorboard": "TensorBoardLogTests",
        // What comes behind sees another shape of the same numbers.
        "global_max_pooling2d.keepdims": "ImageLayersTests", "global_average_pooling2d.keepdims": "ImageLayersTests",
        "parallel.pin": "WorkerTeamTests",
        "source.transpose_inputs": "SourceRowsTests", "source.transpose_targets": "SourceRowsTests",
        "split.transpose_inputs": "SourceRowsTests", "split.transpose_targets": "SourceRowsTests",
        ".model.outputs": "SeveralConfigurationTests, SeveralRunTests", ".loss_weights": "SeveralConfigurationTests",
        "source.drop": "TrainTableTests", "source.columns": "TrainTableTests", "source.missing": "TrainTableTests",
        "source.na": "TrainTableTests", "split.na": "refused: DataConfigurationTests",
        "source.encoding": "TrainTableTests", "source.delimiter": "TrainTableTests",
        "source.header": "TrainTableTests", "source.decimal_comma": "TrainTableTests",
        "split.drop": "refused: DataConfigurationTests", "split.columns": "refused: DataConfigurationTests",
        "split.missing": "refused: DataConfigurationTests", "split.encoding": "TrainTableTests",
        "split.delimiter": "TrainTableTests", "split.header": "TrainTableTests",
        "split.decimal_comma": "TrainTableTests",
        "source.images": "ImageSourceTests, ImageJourneyTests", "split.images": "ImageSourceTests, ImageJourneyTests",
        "images.size": "ImageSourceTests, ImageJourneyTests", "images.channels": "ImageSourceTests, ImageDecoderTests",
        "images.bits": "ImageSourceTests, ImageDecoderTests", "images.fit": "ImageSourceTests, ImageFitTests",
        "images.skip_damaged": "ImageSourceTests, ImageJourneyTests",
        // Objects whose keys are listed one by one.
        ".data": "", ".model": "", ".training": "", ".parallel": "", ".checkpoint": "", ".export": "",
        ".logging": "", "data.train": "",
    ]

    private static let image = #"{"type": "conv2d", "name": "c", "filters": 2, "kernel_size": 3}"#
    private static let end =
        #"{"type": "flatten"}, {"type": "dense", "name": "out", "units": 3, "activation": "softmax"}"#

    /// A model with a layer or several before its end.
    private static func layers(_ first: String) -> String { "model.layers=[\(first), \(end)]" }

    private static func layer(_ key: String, _ layer: String, _ words: String, _ otherwise: String = "") -> Case {
        func text(_ words: String) -> String { words.isEmpty ? layer : "\(layer.dropLast()), \(words)}" }
        return Case(key, [layers(text(otherwise))], layers(text(words)))
    }

    /// `name` and `inputs` of a kind of layer, which takes one of two convolutions of one shape, or joins both.
    private static func names(_ kind: String, _ layer: String, joins: Bool = false) -> [Case] {
        func make(_ words: String) -> String {
            let layers = [
                image, #"{"type": "conv2d", "name": "d", "filters": 2, "kernel_size": 3, "inputs": ["input"]}"#,
                "\(layer.dropLast())\(words)}", #"{"type": "flatten", "name": "fx"}"#,
                #"{"type": "flatten", "name": "fc", "inputs": ["c"]}"#,
                #"{"type": "flatten", "name": "fd", "inputs": ["d"]}"#,
                #"{"type": "concatenate", "name": "all", "inputs": ["fx", "fc", "fd"]}"#,
            ]
            return Self.layers(layers.joined(separator: ", "))
        }
        let plain = joins ? #", "inputs": ["c", "d"]"# : ""
        return [
            Case("\(kind).name", [make(plain)], make(#"\#(plain), "name": "other""#)),
            Case("\(kind).inputs", [make(plain)], make(#", "inputs": \#(joins ? #"["d", "c"]"# : #"["c"]"#)"#)),
        ]
    }

    static let cases: [Case] = {
        var cases: [Case] = [
            Case(".seed", [], "seed=8"), Case(".metrics", [], #"metrics=["accuracy"]"#),
            Case(".model.layers", [], layers(#"{"type": "tanh"}"#)),
            Case(
                ".loss",
                [
                    "data.train.targets=/train/onehot", "data.validation=null", "data.test=null",
                    "loss=categorical_crossentropy",
                ], "loss=mean_squared_error"),
            Case(".optimizer", [], "optimizer=adamw"),
            Case("data.validation", ["data.validation=null"], #"data.validation={"file": "d.h5"}"#),
            Case("data.test", ["data.test=null"], #"data.test={"file": "d.h5"}"#),
            Case("data.stratify", [#"data.validation={"fraction": 0.4}"#], "data.stratify=true"),
            Case(
                "data.split", [#"data.validation={"fraction": 0.4}"#, "data.test=null"],
                #"data.split={"together": "/train/group"}"#),
            Case(
                "data.split.together",
                [#"data.validation={"fraction": 0.4}"#, "data.test=null", #"data.split={"together": "group"}"#],
                #"data.split.together="value""#),
            Case(
                "data.split.by_time", [#"data.validation={"fraction": 0.4}"#, #"data.split={"by_time": "group"}"#],
                #"data.split.by_time="value""#),
            Case("data.k_fold", ["data.validation=null"], "data.k_fold=3"),
            Case("data.normalize", [], "data.normalize=standardize"),
            Case(
                "data.normalize_targets",
                [
                    "loss=mean_squared_error", "metrics=[]", "data.train.targets=/train/onehot", "data.validation=null",
                    "data.test=null",
                ],
                "data.normalize_targets=standardize"),
            Case(
                "training.threshold",
                [
                    "data.train.targets=/train/value", "data.validation=null", "data.test=null",
                    "loss=binary_crossentropy", #"metrics=["accuracy"]"#,
                    #"model={"layers": [{"type": "flatten"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]}"#,
                ],
                "training.threshold=0.9"),
            Case("data.class_weight", [], #"data.class_weight={"1": 3}"#),
            Case("data.augment", [], #"data.augment=[{"type": "random_flip"}]"#),
            Case("data.shuffle_window", ["training.batch_size=4"], "data.shuffle_window=8"),
            Case("data.ignore_label", [], "data.ignore_label=2"),
            Case("source.file", [], "data.train.file=e.h5"),
            Case("source.inputs", [], "data.train.inputs=/train/other"),
            Case("source.targets", [], "data.train.targets=/train/later"),
            Case("source.sample_weight", [], "data.train.sample_weight=/train/weight"),
            Case("split.fraction", [#"data.validation={"fraction": 0.4}"#], "data.validation.fraction=0.2"),
            Case("split.file", [], "data.validation.file=e.h5"),
            Case("split.inputs", [], "data.test.inputs=/test/other"),
            Case("split.targets", [], "data.validation.targets=/validation/later"),
            Case("split.sample_weight", [], "data.validation.sample_weight=/validation/weight"),
            Case("split.sample_weight", [], "data.test.sample_weight=/test/weight"),
        ]
        for (key, type, value, fallback) in [
            ("random_crop.padding", "random_crop", "2", ""), ("random_crop.mode", "random_crop", #""reflect""#, ""),
            ("random_flip.mode", "random_flip", #""vertical""#, ""),
            ("random_translation.height_factor", "random_translation", "0.5", ""),
            ("random_translation.width_factor", "random_translation", "0.5", ""),
            ("random_rotation.degrees", "random_rotation", "90", ""),
            ("random_brightness.factor", "random_brightness", "0.9", ""),
            ("random_contrast.factor", "random_contrast", "0.9", ""),
            ("gaussian_noise.stddev", "gaussian_noise", "0.5", ""),
            ("mixup.alpha", "mixup", "0.9", "one-hot"),
        ] {
            let word = key.split(separator: ".")[1]
            let oneHot = [
                "loss=categorical_crossentropy", "data.train.targets=/train/onehot",
                "data.validation.targets=/validation/onehot", "data.test.targets=/test/onehot",
            ]
            cases.append(
                Case(
                    key, [#"data.augment=[{"type": "\#(type)"}]"#] + (fallback.isEmpty ? [] : oneHot),
                    #"data.augment=[{"type": "\#(type)", "\#(word)": \#(value)}]"#))
        }
        let cutout = #"data.augment=[{"type": "cutout", "size": "#
        cases += [
            Case("cutout.size", [cutout + "3}]"], cutout + "2}]"),
            Case("cutout.probability", [cutout + "3}]"], cutout + #"3, "probability": 0.5}]"#),
            Case(
                "reshape.target_shape",
                [layers(#"{"type": "reshape", "target_shape": [72]}, {"type": "dense", "units": 4}"#)],
                layers(#"{"type": "reshape", "target_shape": [9, -1]}, {"type": "dense", "units": 4}"#)),
        ]
        let dense = #"{"type": "dense", "units": 4}"#
        cases +=
            names("dense", #"{"type": "dense", "units": 2}"#)
            + names("conv2d", #"{"type": "conv2d", "filters": 2, "kernel_size": 1}"#)
            + names("max_pooling2d", #"{"type": "max_pooling2d"}"#)
            + names("average_pooling2d", #"{"type": "average_pooling2d"}"#)
            + names("global_average_pooling2d", #"{"type": "global_average_pooling2d"}"#)
            + names("global_max_pooling2d", #"{"type": "global_max_pooling2d"}"#)
            + names("conv2d_transpose", #"{"type": "conv2d_transpose", "filters": 2, "kernel_size": 1}"#)
            + names("depthwise_conv2d", #"{"type": "depthwise_conv2d", "kernel_size": 1}"#)
            + names("separable_conv2d", #"{"type": "separable_conv2d", "filters": 2, "kernel_size": 1}"#)
            + names("zero_padding2d", #"{"type": "zero_padding2d"}"#)
            + names("up_sampling2d", #"{"type": "up_sampling2d"}"#)
            + names("batch_normalization", #"{"type": "batch_normalization"}"#)
            + names("layer_normalization", #"{"type": "layer_normalization"}"#)
            + names("group_normalization", #"{"type": "group_normalization", "groups": 1}"#)
            + names("rms_normalization", #"{"type": "rms_normalization"}"#)
            + names("unit_normalization", #"{"type": "unit_normalization"}"#)
            + names("subtract", #"{"type": "subtract"}"#, joins: true)
            + names("multiply", #"{"type": "multiply"}"#, joins: true)
            + names("average", #"{"type": "average"}"#, joins: true)
            + names("maximum", #"{"type": "maximum"}"#, joins: true)
            + names("minimum", #"{"type": "minimum"}"#, joins: true)
            + names("flatten", #"{"type": "flatten"}"#)
            + names("reshape", #"{"type": "reshape", "target_shape": [4, 8]}"#)
            + names("dropout", #"{"type": "dropout", "rate": 0.5}"#)
            + names("activation", #"{"type": "activation", "activation": "tanh"}"#)
            + names("plain_activation", #"{"type": "gelu"}"#) + names("leaky_relu", #"{"type": "leaky_relu"}"#)
            + names("elu", #"{"type": "elu"}"#) + names("add", #"{"type": "add"}"#, joins: true)
            + names("concatenate", #"{"type": "concatenate"}"#, joins: true)
        cases += [
            layer("dense.units", #"{"type": "dense"}"#, #""units": 5"#, #""units": 4"#),
            layer("dense.activation", dense, #""activation": "gelu""#),
            layer("dense.trainable", dense, #""trainable": false"#),
            layer("conv2d.trainable", image, #""trainable": false"#),
            layer("dense.learning_rate_factor", dense, #""learning_rate_factor": 0.5"#),
            layer("conv2d.learning_rate_factor", image, #""learning_rate_factor": 0.5"#),
            layer("dense.weight_decay", dense, #""weight_decay": 0.5"#),
            layer("conv2d.weight_decay", image, #""weight_decay": 0.5"#),
            layer("dense.use_bias", dense, #""use_bias": false"#),
            layer("dense.kernel_initializer", dense, #""kernel_initializer": "he_normal""#),
            layer("dense.bias_initializer", dense, #""bias_initializer": "ones""#),
            layer(
                "constant_initializer.value", dense, #""bias_initializer": {"type": "constant", "value": 0.5}"#,
                #""bias_initializer": {"type": "constant", "value": 0.25}"#),
            layer("conv2d.filters", #"{"type": "conv2d", "kernel_size": 3}"#, #""filters": 3"#, #""filters": 2"#),
            layer(
                "conv2d.kernel_size", #"{"type": "conv2d", "filters": 2}"#, #""kernel_size": [2, 1]"#,
                #""kernel_size": 3"#),
            layer("conv2d.strides", image, #""strides": [2, 1]"#),
            layer("conv2d.padding", image, #""padding": "same""#),
            layer("conv2d.activation", image, #""activation": "elu""#),
            layer("conv2d.use_bias", image, #""use_bias": false"#),
            layer("conv2d.kernel_initializer", image, #""kernel_initializer": "he_normal""#),
            layer("conv2d.bias_initializer", image, #""bias_initializer": "ones""#),
            layer("dropout.rate", #"{"type": "dropout"}"#, #""rate": 0.2"#, #""rate": 0.5"#),
            layer(
                "activation.activation", #"{"type": "activation"}"#, #""activation": "softplus""#,
                #""activation": "tanh""#),
            layer("leaky_relu.negative_slope", #"{"type": "leaky_relu"}"#, #""negative_slope": 0.5"#),
            layer("elu.alpha", #"{"type": "elu"}"#, #""alpha": 0.5"#),
            layer("concatenate.axis", #"{"type": "concatenate", "inputs": ["input", "input"]}"#, #""axis": 0"#),
        ]
        cases += [
            layer("conv2d.dilation_rate", image, #""dilation_rate": 2"#),
            layer("conv2d.groups", #"{"type": "conv2d", "filters": 2, "kernel_size": 1}, \#(image)"#, #""groups": 2"#),
            layer(
                "zero_padding2d.padding", #"{"type": "zero_padding2d"}"#, #""padding": [[0, 1], [2, 0]]"#,
                #""padding": 2"#),
            layer("up_sampling2d.size", #"{"type": "up_sampling2d"}"#, #""size": [1, 2]"#),
            layer("up_sampling2d.interpolation", #"{"type": "up_sampling2d"}"#, #""interpolation": "bilinear""#),
        ]
        let windowed = [
            "conv2d_transpose": #"{"type": "conv2d_transpose", "filters": 2, "kernel_size": 3}"#,
            "depthwise_conv2d": #"{"type": "depthwise_conv2d", "kernel_size": 3}"#,
            "separable_conv2d": #"{"type": "separable_conv2d", "filters": 2, "kernel_size": 3}"#,
        ]
        for (kind, text) in windowed.sorted(by: { $0.key < $1.key }) {
            cases += [
                layer("\(kind).trainable", text, #""trainable": false"#),
                layer("\(kind).learning_rate_factor", text, #""learning_rate_factor": 0.5"#),
                layer("\(kind).weight_decay", text, #""weight_decay": 0.5"#),
                layer("\(kind).strides", text, #""strides": 2"#),
                layer("\(kind).padding", text, #""padding": "same""#),
                layer("\(kind).activation", text, #""activation": "elu""#),
                layer("\(kind).use_bias", text, #""use_bias": false"#),
                layer("\(kind).bias_initializer", text, #""bias_initializer": "ones""#),
                layer(
                    "\(kind).kernel_size",
                    kind == "depthwise_conv2d" ? #"{"type": "\#(kind)"}"# : #"{"type": "\#(kind)", "filters": 2}"#,
                    #""kernel_size": [2, 1]"#, #""kernel_size": 3"#),
            ]
            if kind != "depthwise_conv2d" {
                cases.append(
                    layer(
                        "\(kind).filters", #"{"type": "\#(kind)", "kernel_size": 3}"#, #""filters": 3"#,
                        #""filters": 2"#))
            }
            guard kind != "conv2d_transpose" else {
                cases.append(layer("\(kind).kernel_initializer", text, #""kernel_initializer": "he_normal""#))
                continue
            }
            cases += [
                layer("\(kind).depth_multiplier", text, #""depth_multiplier": 2"#),
                layer("\(kind).dilation_rate", text, #""dilation_rate": 2"#),
                layer("\(kind).depthwise_initializer", text, #""depthwise_initializer": "he_normal""#),
            ]
        }
        cases.append(
            layer(
                "separable_conv2d.pointwise_initializer", windowed["separable_conv2d"] ?? "",
                #""pointwise_initializer": "he_normal""#))
        for kind in ["batch_normalization", "layer_normalization", "group_normalization", "rms_normalization"] {
            let text = kind == "group_normalization" ? #"{"type": "\#(kind)", "groups": 1}"# : #"{"type": "\#(kind)"}"#
            cases += [
                layer("\(kind).trainable", text, #""trainable": false"#),
                layer("\(kind).learning_rate_factor", text, #""learning_rate_factor": 0.5"#),
                layer("\(kind).weight_decay", text, #""weight_decay": 0.5"#),
                layer("\(kind).epsilon", text, #""epsilon": 0.5"#),
            ]
            guard kind != "rms_normalization" else { continue }
            cases += [
                layer("\(kind).center", text, #""center": false"#),
                layer("\(kind).scale", text, #""scale": false"#),
                layer("\(kind).beta_initializer", text, #""beta_initializer": "ones""#),
                layer("\(kind).gamma_initializer", text, #""gamma_initializer": "he_normal""#),
            ]
        }
        for kind in ["layer_normalization", "rms_normalization", "unit_normalization"] {
            cases.append(layer("\(kind).axis", #"{"type": "\#(kind)"}"#, #""axis": [-2, -1]"#))
        }
        cases += [
            layer("batch_normalization.momentum", #"{"type": "batch_normalization"}"#, #""momentum": 0.5"#),
            layer("batch_normalization.scope", #"{"type": "batch_normalization"}"#, #""scope": "shard""#),
            layer("group_normalization.groups", #"{"type": "group_normalization"}"#, #""groups": -1"#, #""groups": 1"#),
        ]
        for kind in ["max_pooling2d", "average_pooling2d"] {
            let pool = #"{"type": "\#(kind)"}"#
            cases += [
                layer("\(kind).pool_size", pool, #""pool_size": [3, 2]"#),
                layer("\(kind).strides", pool, #""strides": 1"#),
                layer("\(kind).padding", pool, #""pool_size": 4, "padding": "same""#, #""pool_size": 4"#),
            ]
        }
        let value = [
            "data.train.targets=/train/value", "data.validation.targets=/validation/value",
            "data.test.targets=/test/value", #"model.layers=[{"type": "flatten"}, {"type": "dense", "units": 1}]"#,
        ]
        let sparse = #"loss={"type": "sparse_categorical_crossentropy""#
        cases += [
            Case(
                "normalize_columns.per", ["data.normalize=standardize"],
                #"data.normalize={"type": "standardize", "per": "feature"}"#),
            Case(
                "normalize_columns.per", ["data.normalize=min_max"],
                #"data.normalize={"type": "min_max", "per": "all"}"#),
            Case(
                "normalize_scale.per", ["data.normalize=scale"],
                #"data.normalize={"type": "scale", "per": "channel"}"#),
            Case(
                "normalize_constants.offset", [#"data.normalize={"type": "constants", "scale": 2}"#],
                #"data.normalize={"type": "constants", "scale": 2, "offset": [0.5, -1]}"#),
            Case(
                "normalize_constants.scale", [#"data.normalize={"type": "constants", "offset": 1}"#],
                #"data.normalize={"type": "constants", "offset": 1, "scale": 0.125}"#),
            Case(
                "mean_squared_error.factor", value + ["loss=mean_squared_error"],
                #"loss={"type": "mean_squared_error", "factor": 0.1}"#),
            Case("huber.delta", value + ["loss=huber"], #"loss={"type": "huber", "delta": 0.3}"#),
            Case(
                "crossentropy.from_logits",
                value + [
                    #"model.layers=[{"type": "flatten"}, {"type": "dense", "units": 1, "activation": "sigmoid"}]"#,
                    "loss=binary_crossentropy",
                ],
                #"model.layers=[{"type": "flatten"}, {"type": "dense", "units": 1}]"#,
                #"loss={"type": "binary_crossentropy", "from_logits": true}"#),
            Case(
                "sparse_crossentropy.from_logits", [],
                #"model.layers=[{"type": "flatten"}, {"type": "dense", "units": 3}]"#,
                sparse + #", "from_logits": true}"#),
            Case("sparse_crossentropy.ignore_class", [], sparse + #", "ignore_class": 1}"#),
            Case("training.epochs", [], "training.epochs=3"), Case("training.batch_size", [], "training.batch_size=5"),
            Case("training.accumulate", [], "training.accumulate=2"),
            Case("training.shuffle", [], "training.shuffle=false"),
            Case(
                "training.early_stopping", ["training.epochs=4"],
                #"training.early_stopping={"monitor": "loss", "patience": 1, "min_delta": 100}"#),
            Case(
                "early_stopping.monitor",
                [
                    #"metrics=["accuracy"]"#, "training.epochs=4", "optimizer=sgd",
                    #"training.early_stopping={"monitor": "loss", "patience": 1}"#,
                ],
                "training.early_stopping.monitor=validation_accuracy"),
            Case(
                "early_stopping.patience",
                [
                    "training.epochs=4",
                    #"training.early_stopping={"patience": 1, "min_delta": 100}"#,
                ], "training.early_stopping.patience=2"),
            Case(
                "early_stopping.min_delta",
                [
                    "training.epochs=4",
                    #"training.early_stopping={"monitor": "loss", "patience": 1}"#,
                ],
                "training.early_stopping.min_delta=100"),
            Case(
                "early_stopping.restore_best",
                [
                    "training.epochs=4",
                    #"training.early_stopping={"patience": 2, "min_delta": 100}"#,
                ],
                "training.early_stopping.restore_best=false"),
            Case("parallel.workers", [], "parallel.workers=2"), Case("parallel.shards", [], "parallel.shards=3"),
        ]
        let cosine = #"{"type": "cosine", "warmup_epochs": 1, "final": 0.5}"#
        for (kind, keys) in [
            ("sgd", [("momentum", "0.9"), ("weight_decay", "0.1")]),
            ("adam", [("beta_1", "0.5"), ("beta_2", "0.5"), ("epsilon", "0.1"), ("weight_decay", "0.5")]),
            ("adamw", [("beta_1", "0.5"), ("beta_2", "0.5"), ("epsilon", "0.1"), ("weight_decay", "0.5")]),
        ] {
            cases.append(
                Case(
                    "\(kind).exclude_from_weight_decay",
                    [#"optimizer={"type": "\#(kind)", "weight_decay": 0.5}"#],
                    #"optimizer.exclude_from_weight_decay=["kernel"]"#))
            let common = [
                ("learning_rate", "0.03"), ("clipvalue", "1e-3"), ("clipnorm", "1e-3"), ("global_clipnorm", "1e-3"),
                ("schedule", cosine),
            ]
            for (key, value) in keys + common {
                cases.append(
                    Case(
                        "\(kind).\(key)", ["optimizer=\(kind)"],
                        #"optimizer={"type": "\#(kind)", "\#(key)": \#(value)}"#))
            }
        }
        cases += [
            Case("sgd.nesterov", [#"optimizer={"type": "sgd", "momentum": 0.9}"#], "optimizer.nesterov=true"),
            Case(
                "cosine_schedule.warmup_epochs", [#"optimizer={"type": "sgd", "schedule": {"type": "cosine"}}"#],
                "optimizer.schedule.warmup_epochs=0.5"),
            Case(
                "cosine_schedule.final", [#"optimizer={"type": "sgd", "schedule": {"type": "cosine"}}"#],
                "optimizer.schedule.final=0.5"),
        ]
        return cases
    }()

    private static let text = """
        {"name": "small", "seed": 7,
         "data": {"train": {"file": "d.h5"}, "validation": {"file": "d.h5"}, "test": {"file": "d.h5"}},
         "model": {"layers": [{"type": "flatten"}, {"type": "dense", "units": 3, "activation": "softmax"}]},
         "loss": "sparse_categorical_crossentropy", "optimizer": {"type": "adam", "learning_rate": 0.02},
         "training": {"epochs": 2, "batch_size": 8}, "parallel": {"workers": 1, "shards": 2}}
        """

    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        for (name, seed) in [("d.h5", 3), ("e.h5", 4)] {
            var random = SeededRandom(seed)
            _ = try directory.hdf5(name) { root in
                for (split, rows) in [("train", 22), ("validation", 10), ("test", 10)] {
                    func write(_ name: String, _ shape: [Int], _ values: [Float]) throws {
                        try root.createDataset("/\(split)/\(name)", .float32, shape: [rows] + shape).write(values)
                    }
                    try write("inputs", [6, 6, 2], random.floats(rows * 72, in: -1...1))
                    try write("other", [6, 6, 2], random.floats(rows * 72, in: -1...1))
                    // Every class in every split, of different frequency.
                    let labels = (0..<rows).map { Float(min($0 % 5, 2)) }
                    try write("targets", [], labels)
                    try write("later", [], labels.map { Float((Int($0) + 1) % 3) })
                    try write("onehot", [3], labels.flatMap { label in (0..<3).map { Float($0) == label ? 1 : 0 } })
                    try write("group", [], (0..<rows).map { Float($0 / 2) })
                    try write("value", [1], random.floats(rows, in: 0...1))
                    try write("weight", [], random.floats(rows, in: 0...2))
                }
            }
        }
    }

    /// What a run came to, as far as anybody can tell.
    private struct Result: Equatable {
        let layers: [String]
        let parallelism: Parallelism
        let parameters: [UInt32]
        let figures: [Double]
    }

    private func configuration(_ assignments: [String]) throws -> RunConfiguration {
        var document = try ConfigurationDocument(text: Self.text, file: "config.json")
        for assignment in assignments { try document.set(assignment) }
        return try RunConfiguration(document, directory: directory.path)
    }

    private func figures(_ evaluation: Evaluation) -> [Double] { [evaluation.loss] + evaluation.metrics }

    private func fit(_ run: TrainingRun) throws -> Result {
        let history = try run.trainer.fit()
        var figures = history.flatMap { record -> [Double] in
            [record.loss ?? .nan, record.learningRate] + (record.metrics ?? [])
                + [record.validationLoss ?? 0] + (record.validationMetrics ?? [])
        }
        if let test = run.test {
            figures += self.figures(try run.trainer.evaluate(test))
            figures += try run.trainer.predict(test).joined().map { Double($0) }
        }
        let engine = run.trainer.engine
        return Result(
            layers: engine.objective.model.steps.map { "\($0.name) \($0.inputs)" }, parallelism: engine.parallelism,
            parameters: TrainingFixture.bits(engine), figures: figures)
    }

    @Test func everyKeyOfTheSchemaHasACase() throws {
        let schema = try ConfigSchema()
        var keys: Set<String> = []
        func walk(_ name: String, _ node: JSONNode) {
            guard case .object(let members)? = node["properties"]?.value else { return }
            for member in members where member.key != "type" {
                keys.insert("\(name).\(member.key)")
                walk("\(name).\(member.key)", member.value)
            }
        }
        walk("", schema.root)
        guard case .object(let definitions)? = schema.root["$defs"]?.value else {
            Issue.record("the schema has no definitions")
            return
        }
        for definition in definitions where !["several_clippings", "of_table", "of_hdf5"].contains(definition.key) {
            walk(definition.key, definition.value)
        }
        #expect(keys == Set(Self.cases.map(\.key)).union(Self.elsewhere.keys))
    }

    @Test(arguments: cases)
    func aKeyIsKeptAndHasItsEffect(_ key: Case) throws {
        let run = try TrainingRun(configuration(key.base + key.change))
        let result = try fit(run)
        #expect(try fit(TrainingRun(configuration(key.base))) != result, "it has no effect")

        // What the run writes reads as what it was.
        let document = try ConfigurationDocument(text: run.resolved.jsonText(), file: "config.json")
        let again = try TrainingRun(RunConfiguration(document, directory: ""))
        #expect(again.resolved == run.resolved)
        #expect(try fit(again) == result)

        // The model file has the whole of the objective: it measures what the run measured.
        try run.trainer.save(directory.file("model.h5"))
        let model = try TrainedModel(contentsOf: directory.file("model.h5"))
        let objective = run.trainer.objective
        #expect(model.objective.loss.typedConfiguration == objective.loss.typedConfiguration)
        #expect(model.objective.model.configuration == objective.model.configuration)
        #expect(model.metrics.map(\.name) == run.configuration.metrics.map(\.name))
        #expect(model.preprocessing == run.trainer.preprocessing)
        if let test = run.test {
            let own = try run.trainer.evaluate(test)
            let read = try model.evaluator(on: test, run.trainer.engine.parallelism).evaluate(model.metrics)
            #expect(figures(read) == figures(own))
        }
    }
}
