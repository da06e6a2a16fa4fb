import Configuration
import Runs

/// A config without anything that may be left out.
package let smallestConfig = """
    {
      "data": {"train": {"file": "a.h5"}},
      "model": {"layers": [{"type": "dense", "units": 1}]},
      "loss": "huber",
      "optimizer": "sgd",
      "training": {"epochs": 1}
    }
    """

/// A config with every section, every type of layer and every key. Its layers do not make a model.
package let fullestConfig = """
    {
      "$schema": "schema.json",
      "// a": 1,
      "comment": {"b": [2]},
      "name": "everything",
      "seed": 7,
      "data": {
        "train": {"file": ["../a.h5", "parts/*.h5"], "inputs": "/x", "targets": "/y", "sample_weight": "/w",
          "transpose_inputs": [1, 0], "transpose_targets": [0]},
        "validation": {"fraction": 0.25},
        "test": {"file": "/b/a.h5", "inputs": "/t/x", "targets": "/t/y"},
        "stratify": true,
        "k_fold": null,
        "normalize": {"type": "min_max", "per": "feature"},
        "class_weight": {"0": 1, "2": 0.5},
        "augment": [
          {"type": "random_crop", "padding": 2, "mode": "reflect"}, {"type": "random_flip", "mode": "vertical"},
          {"type": "random_translation", "height_factor": 0.2, "width_factor": 0.3},
          {"type": "random_rotation", "degrees": 5}, {"type": "random_brightness", "factor": 0.3},
          {"type": "random_contrast", "factor": 0.4}, {"type": "cutout", "size": 3, "probability": 0.5},
          {"type": "gaussian_noise", "stddev": 0.2}, {"type": "mixup", "alpha": 0.4}
        ],
        "memory_limit": "1.5 GiB",
        "shuffle_window": 1000,
        "ignore_label": null,
        "allow_external_links": true
      },
      "model": {
        "layers": [
          {
            "type": "conv2d", "name": "first", "inputs": ["input"], "filters": 4, "kernel_size": [3, 2], "strides": 2,
            "padding": "same", "activation": "relu", "use_bias": false,
            "kernel_initializer": {"type": "constant", "value": 0.1}, "bias_initializer": "ones",
            "learning_rate_factor": 0.5, "weight_decay": 0.01
          },
          {"type": "max_pooling2d", "pool_size": [2, 1], "strides": 1, "padding": "valid"},
          {"type": "average_pooling2d", "pool_size": 3, "strides": [2, 2], "padding": "same"},
          {"type": "global_average_pooling2d", "name": "means"},
          {"type": "flatten", "name": "flat", "inputs": ["first"]},
          {"type": "reshape", "target_shape": [2, -1]},
          {"type": "dropout", "rate": 0.5},
          {"type": "activation", "activation": "softmax"},
          {"type": "add", "inputs": ["first", "first"]},
          {"type": "concatenate", "inputs": ["flat", "means"], "axis": 0},
          {"type": "linear"}, {"type": "relu"}, {"type": "leaky_relu", "negative_slope": 0.01},
          {"type": "elu", "alpha": 0.5}, {"type": "gelu"}, {"type": "sigmoid"}, {"type": "tanh"},
          {"type": "softplus"}, {"type": "swish"}, {"type": "softmax"},
          {
            "type": "dense", "name": "last", "units": 3, "activation": "tanh", "use_bias": true,
            "kernel_initializer": {"type": "he_normal"}, "bias_initializer": {"type": "constant", "value": -1}
          }
        ]
      },
      "loss": {"type": "mean_squared_error", "factor": 0.5},
      "metrics": ["mae", "top_2_accuracy"],
      "optimizer": {
        "type": "sgd", "learning_rate": 0.5, "momentum": 0.5, "nesterov": true, "weight_decay": 0.1,
        "exclude_from_weight_decay": ["bias", "fla*"],
        "global_clipnorm": 5, "schedule": {"type": "cosine", "warmup_epochs": 0.5, "final": 0.1}
      },
      "training": {
        "epochs": 3, "batch_size": 8, "shuffle": true,
        "on_nan": {"type": "rewind", "factor": 0.25, "times": 2},
        "early_stopping": {"monitor": "loss", "patience": 2, "min_delta": 0.01, "restore_best": false}
      },
      "parallel": {"workers": 2, "shards": 4},
      "checkpoint": {"every": {"epochs": 2}, "keep_last": 3, "keep_best": true},
      "export": {"graph": "nested"}
    }
    """

/// The smallest config after some `--set`s.
package func smallest(_ assignments: String...) throws -> ConfigurationDocument {
    var document = try ConfigurationDocument(text: smallestConfig, file: "a.json")
    for assignment in assignments { try document.set(assignment) }
    return document
}

/// What is wrong with a config, as `path: message`.
package func mistakes(_ document: ConfigurationDocument) -> [String] {
    do throws(ConfigurationError) {
        _ = try RunConfiguration(document, directory: "Configs")
        return []
    } catch {
        return error.problems.map { "\($0.path): \($0.message)" }
    }
}
