"""Train random networks here and in Keras from the same parameters on the same batches, and compare the figures.

    KERAS_BACKEND=torch python3 Tests/Peers/random_networks.py --stormo .build/release/stormo --cases 200

Each case is made from a number of its own: data, layers, loss, optimizer with schedule and clipping, normalisation,
weights, ignored labels. Keras takes the initial parameters from a model file that stormo wrote; compared are the
losses of each epoch, the metrics, the predictions after training, and those of the exported file opened in Keras.
The numbers of the cases that differ are printed, and `--first N --cases 1` repeats one. PyTorch is the quickest
backend for networks as small as these, since it compiles nothing; TensorFlow and JAX by KERAS_BACKEND.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy

EPOCHS = 2
ACTIVATIONS = ["linear", "relu", "leaky_relu", "elu", "gelu", "sigmoid", "tanh", "softplus", "swish", "softmax"]


class Case:
    """A config with its data, drawn from a number."""

    def __init__(self, number):
        self.number = number
        self.random = numpy.random.default_rng([11, number])
        self.pick = lambda values: values[self.random.integers(len(values))]
        self.chance = lambda share: self.random.random() < share
        self.loss_name = self.pick(
            ["mean_squared_error", "mean_absolute_error", "huber", "binary_crossentropy", "categorical_crossentropy",
             "sparse_categorical_crossentropy"])
        self.is_rowwise = "categorical" in self.loss_name
        # Images, tables, and tables of positions, each of which has a prediction of its own.
        self.kind = self.pick(["table", "table", "image", "positions"])
        self.outputs = int(self.pick([2, 3, 5])) if self.is_rowwise else int(self.pick([1, 1, 3]))
        self.ignores = self.loss_name.startswith("sparse") and self.chance(0.3)
        self.weights = self.chance(0.25)
        self.from_logits = "crossentropy" in self.loss_name and self.chance(0.3)
        self.make_data()
        self.make_config()

    def make_data(self):
        rows = {"train": int(self.random.integers(9, 40)), "validation": int(self.random.integers(5, 20))}
        self.shape = {
            "table": (int(self.random.integers(1, 9)),),
            "image": (int(self.random.integers(4, 9)), int(self.random.integers(4, 9)), int(self.pick([1, 2]))),
            "positions": (int(self.random.integers(2, 5)), int(self.random.integers(1, 5))),
        }[self.kind]
        places = self.shape[:1] if self.kind == "positions" else ()
        offset, size = self.pick([(0, 1), (0, 1), (100, 10), (0, 1e-9)])
        self.data = {}
        for split, count in rows.items():
            inputs = (offset + size * self.random.normal(size=(count, *self.shape))).astype("float32")
            if self.loss_name.startswith("sparse"):
                targets = self.random.integers(0, self.outputs, (count, *places))
                if self.ignores:
                    targets[self.random.random(targets.shape) < 0.3] = -1
                    targets[:1] = 0
            elif self.loss_name.startswith("categorical"):
                targets = numpy.eye(self.outputs)[self.random.integers(0, self.outputs, (count, *places))]
            elif self.loss_name == "binary_crossentropy":
                targets = self.random.integers(0, 2, (count, *places, self.outputs))
            else:
                targets = self.random.normal(size=(count, *places, self.outputs))
            kind = "int64" if self.loss_name.startswith("sparse") else "float32"
            weights = self.random.uniform(0.2, 3, count).astype("float32") if self.weights else None
            self.data[split] = (inputs, targets.astype(kind), weights)
        tiny = size == 1e-9
        self.normalize = self.pick(["standardize", "min_max"] if tiny or offset else ["none", "standardize", "scale"])

    def make_config(self):
        def activation():
            return str(self.pick(ACTIVATIONS))

        layers, name = [], 0
        if self.kind == "image":
            layers.append({
                "type": "conv2d", "filters": int(self.random.integers(1, 6)), "kernel_size": int(self.pick([1, 2, 3])),
                "strides": int(self.pick([1, 1, 2])), "padding": str(self.pick(["same", "valid"])),
                "activation": activation()})
            self.deepen(layers, activation)
            last = str(self.pick(["max_pooling2d", "average_pooling2d", "global_average_pooling2d", "none"]))
            if last == "max_pooling2d":
                layers.append({"type": last, "pool_size": 2, "padding": "same"})
            elif last == "average_pooling2d":
                # Not same: with an odd padding Keras's PyTorch backend is wrong.
                layers.append({"type": last, "pool_size": [1, 1]})
            elif last != "none":
                layers.append({"type": last})
            if last != "global_average_pooling2d":
                layers.append({"type": "flatten"})
        for _ in range(self.random.integers(0, 3)):
            units = int(self.random.integers(1, 12))
            layers.append({"type": "dense", "units": units, "activation": activation()})
            if self.chance(0.3):
                name += 1
                layers[-1]["name"] = f"left{name}"
                layers.append({"type": "dense", "name": f"right{name}", "inputs": [f"left{name}"], "units": units})
                join = str(self.pick(["add", "concatenate"]))
                layers.append({"type": join, "inputs": [f"right{name}", f"left{name}"]})
        final = "linear"
        if "crossentropy" in self.loss_name and not self.from_logits:
            final = "softmax" if self.is_rowwise else "sigmoid"
        layers.append({"type": "dense", "units": self.outputs, "activation": final})

        loss = {"type": self.loss_name}
        if self.loss_name == "huber":
            loss["delta"] = float(self.pick([0.5, 1.0, 2.0]))
        if self.from_logits:
            loss["from_logits"] = True
        if self.ignores:
            loss["ignore_class"] = -1

        kind = str(self.pick(["sgd", "adam", "adamw"]))
        optimizer = {"type": kind, "learning_rate": float(self.pick([0.001, 0.01]))}
        if kind == "sgd" and self.chance(0.6):
            optimizer["momentum"] = 0.9
            optimizer["nesterov"] = bool(self.chance(0.5))
        if self.chance(0.3):
            optimizer["weight_decay"] = 0.02
        if self.chance(0.4):
            optimizer[str(self.pick(["clipvalue", "clipnorm", "global_clipnorm"]))] = float(self.pick([0.05, 0.5]))
        if self.chance(0.4):
            optimizer["schedule"] = {
                "type": "cosine", "warmup_epochs": int(self.pick([0, 1])), "final": float(self.pick([0, 0.1]))}

        metrics = []
        if not (self.ignores or self.weights):
            if "crossentropy" in self.loss_name:
                metrics.append("accuracy")
                if self.is_rowwise and self.outputs > 2:
                    metrics.append("top_2_accuracy")
                if self.loss_name == "binary_crossentropy" and self.outputs == 1 and self.kind != "positions":
                    metrics += ["precision", "recall"]
            else:
                metrics += ["mae", "rmse"]
        split = lambda group: {
            "file": "data.h5", "inputs": f"/{group}/inputs", "targets": f"/{group}/targets",
            **({"sample_weight": f"/{group}/weights"} if self.weights else {})}
        self.config = {
            "name": "case", "seed": self.number,
            "data": {"train": split("train"), "validation": split("validation"), "normalize": str(self.normalize)},
            "model": {"layers": layers}, "loss": loss, "metrics": metrics, "optimizer": optimizer,
            "training": {"epochs": EPOCHS, "batch_size": int(self.random.integers(3, 9)), "shuffle": False},
            "parallel": {"workers": 2, "shards": 2}}

    def deepen(self, layers, activation):
        """Layers of deep networks behind the first convolution of an image, drawn from a generator of their own."""
        random = numpy.random.default_rng([12, self.number])
        pick = lambda values: values[random.integers(len(values))]
        chance = lambda share: random.random() < share
        filters = layers[0]["filters"]
        if chance(0.4):
            layers.append({"type": "batch_normalization", "momentum": float(pick([0.9, 0.99])),
                           "center": bool(chance(0.8)), "scale": bool(chance(0.8))})
        if chance(0.2):
            layers.append({"type": "zero_padding2d", "padding": [[1, 0], [int(pick([0, 2])), 1]]})
        if chance(0.3):
            kind = str(pick(["depthwise_conv2d", "separable_conv2d", "conv2d_transpose"]))
            layer = {"type": kind, "kernel_size": int(pick([2, 3])), "padding": "same", "activation": activation()}
            if kind == "depthwise_conv2d":
                layer["depth_multiplier"] = int(pick([1, 2]))
                filters *= layer["depth_multiplier"]
            else:
                filters = layer["filters"] = int(random.integers(1, 5))
            if kind == "conv2d_transpose":
                layer["strides"] = int(pick([1, 2]))
            layers.append(layer)
        if chance(0.3):
            kind = str(pick(["layer_normalization", "group_normalization", "unit_normalization"]))
            layers.append({"type": kind, **({"groups": int(pick([1, filters]))} if kind.startswith("group") else {})})
        if chance(0.3):
            # A residual block, with one weight a channel.
            layers[-1]["name"] = "trunk"
            layers += [
                {"type": "conv2d", "name": "branch", "filters": filters, "kernel_size": 3, "padding": "same"},
                {"type": "batch_normalization", "name": "branch_norm"},
                {"type": "global_average_pooling2d", "name": "squeezed", "keepdims": True},
                {"type": "dense", "name": "excited", "units": filters, "activation": "sigmoid"},
                {"type": "multiply", "name": "weighed", "inputs": ["branch_norm", "excited"]},
                {"type": str(pick(["add", "average", "subtract"])), "inputs": ["weighed", "trunk"]},
                {"type": "relu"}]

    def write(self, directory):
        with h5py.File(f"{directory}/data.h5", "w") as file:
            for split, (inputs, targets, weights) in self.data.items():
                file[f"{split}/inputs"], file[f"{split}/targets"] = inputs, targets
                if weights is not None:
                    file[f"{split}/weights"] = weights
        with open(f"{directory}/case.json", "w") as file:
            json.dump(self.config, file, indent=1)

    # Keras

    def keras_loss(self):
        options = {"from_logits": self.from_logits} if "crossentropy" in self.loss_name else {}
        if self.loss_name.startswith("sparse"):
            return keras.losses.SparseCategoricalCrossentropy(ignore_class=-1 if self.ignores else None, **options)
        if self.loss_name == "huber":
            return keras.losses.Huber(delta=self.config["loss"]["delta"])
        if self.loss_name == "categorical_crossentropy":
            return keras.losses.CategoricalCrossentropy(**options)
        if self.loss_name == "binary_crossentropy":
            return keras.losses.BinaryCrossentropy(**options)
        kinds = {"mean_squared_error": "MeanSquaredError", "mean_absolute_error": "MeanAbsoluteError"}
        return getattr(keras.losses, kinds[self.loss_name])()

    def keras_optimizer(self, steps):
        options = dict(self.config["optimizer"])
        kind, schedule = options.pop("type"), options.pop("schedule", None)
        if schedule:
            warmup = schedule["warmup_epochs"] * steps
            total = EPOCHS * steps - warmup
            rate = options["learning_rate"]
            options["learning_rate"] = keras.optimizers.schedules.CosineDecay(
                0.0 if warmup else rate, total, alpha=schedule["final"], warmup_target=rate if warmup else None,
                warmup_steps=warmup)
        return {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}[kind](
            **options)

    def keras_metric(self, name, targets, predictions):
        threshold = 0.0 if self.from_logits else 0.5
        if name == "accuracy":
            if self.loss_name.startswith("sparse"):
                metric = keras.metrics.SparseCategoricalAccuracy()
            elif self.is_rowwise:
                metric = keras.metrics.CategoricalAccuracy()
            else:
                metric = keras.metrics.BinaryAccuracy(threshold=threshold)
        elif name == "top_2_accuracy":
            sparse = self.loss_name.startswith("sparse")
            metric = (keras.metrics.SparseTopKCategoricalAccuracy if sparse else keras.metrics.TopKCategoricalAccuracy)(k=2)
        elif name in ("precision", "recall"):
            if self.from_logits:
                predictions = 1 / (1 + numpy.exp(-predictions))
            metric = {"precision": keras.metrics.Precision, "recall": keras.metrics.Recall}[name]()
        else:
            metric = {"mae": keras.metrics.MeanAbsoluteError, "rmse": keras.metrics.RootMeanSquaredError}[name]()
        metric.update_state(targets, predictions)
        return float(metric.result())

    def train_keras(self, model):
        """The mean loss of each epoch's batches, and that of the validation split after each epoch."""
        # Keras wants a weight for each position, ours are for samples.
        spread = lambda w: w if w is None or self.kind != "positions" else numpy.repeat(w[:, None], self.shape[0], 1)
        inputs, targets, weights = self.data["train"]
        weights = spread(weights)
        size = self.config["training"]["batch_size"]
        starts = range(0, len(inputs), size)
        model.compile(optimizer=self.keras_optimizer(len(starts)), loss=self.keras_loss())
        losses, validation = [], []
        for _ in range(EPOCHS):
            total = 0.0
            for start in starts:
                part = slice(start, start + size)
                model.reset_metrics()
                loss = model.train_on_batch(
                    inputs[part], targets[part], sample_weight=None if weights is None else weights[part])
                total += float(loss) * len(inputs[part])
            losses.append(total / len(inputs))
            x, y, w = self.data["validation"]
            model.reset_metrics()
            validation.append(float(model.test_on_batch(x, y, sample_weight=spread(w))))
        return losses, validation


def stormo(program, *arguments, directory):
    done = subprocess.run([program, *arguments], cwd=directory, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"stormo {' '.join(arguments)}: status {done.returncode}: {done.stderr.strip()}")


def compare(case, program, directory):
    """What differs, as sentences; and the number of figures that were compared."""
    case.write(directory)
    # A rate that moves no parameter leaves the initial ones in the file.
    stormo(program, "train", "case.json", "--quiet", "--output", "initial", "--set", "training.epochs=1", "--set",
           'optimizer={"type": "sgd", "learning_rate": 1e-30}', directory=directory)
    stormo(program, "train", "case.json", "--quiet", "--output", "run", directory=directory)
    stormo(program, "predict", "run/model.h5", "--data", "data.h5", "--group", "/validation", "--output", "out.h5",
           directory=directory)
    with h5py.File(f"{directory}/out.h5") as file:
        ours = file["predictions"][:]
    with open(f"{directory}/run/metrics.csv") as file:
        rows = list(csv.DictReader(file))
    problems, figures = [], 0

    def check(what, own, theirs, tolerance):
        nonlocal figures
        own, theirs = numpy.asarray(own, "float64"), numpy.asarray(theirs, "float64")
        figures += own.size
        worst = numpy.max(numpy.abs(own - theirs) / numpy.maximum(1, numpy.abs(theirs)))
        if own.shape != theirs.shape or not worst <= tolerance:
            first = f"{own.ravel()[0]:.7g} here, {theirs.ravel()[0]:.7g} in Keras"
            problems.append(f"{what}: {worst:.2g} off, such as {first}")

    inputs, targets, _ = case.data["validation"]
    exported = keras.models.load_model(f"{directory}/run/model.h5", compile=False)
    predicted = numpy.asarray(exported.predict_on_batch(inputs))
    # A normalisation divides rounding by deviations of few numbers: there Keras's own backends are 1e-4 from each other.
    loose = 5 if any("normalization" in layer["type"] for layer in case.config["model"]["layers"]) else 1
    check("predictions of the exported file", ours, predicted.reshape(ours.shape), loose * 2e-5)
    model = keras.models.load_model(f"{directory}/initial/model.h5", compile=False)
    # The epoch that moved no parameter has moved the moving averages.
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(numpy.zeros(layer.moving_mean.shape))
            layer.moving_variance.assign(numpy.ones(layer.moving_variance.shape))
    losses, validation = case.train_keras(model)
    if not (case.weights or case.ignores):
        check("training loss", [float(row["loss"]) for row in rows], losses, 1e-3)
    check("validation loss", [float(row["validation_loss"]) for row in rows], validation, 1e-3)
    trained = numpy.asarray(model.predict_on_batch(inputs))
    check("predictions after training", ours, trained.reshape(ours.shape), loose * 2e-3)
    for name in case.config["metrics"]:
        own = float(rows[-1][f"validation_{name}"] or "nan")
        check(f"validation {name}", [own], [case.keras_metric(name, targets, predicted)], 1e-4)
    return problems, figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stormo", default=".build/release/stormo")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--keep", help="keep the files of the cases that differ in this directory")
    options = parser.parse_args()
    program = os.path.abspath(options.stormo)
    began, figures, different, failed = time.time(), 0, [], []
    for number in range(options.first, options.first + options.cases):
        with tempfile.TemporaryDirectory() as directory:
            case = Case(number)
            try:
                problems, count = compare(case, program, directory)
                figures += count
            except Exception as error:
                if "grad_weight needs to be contiguous" in str(error):
                    # PyTorch's own fault, in the gradient of some depthwise convolutions.
                    failed.append(number)
                    continue
                problems = [f"{type(error).__name__}: {' '.join(str(error).split())[:500]}"]
            if problems:
                different.append(number)
                config = {key: case.config[key] for key in ("loss", "optimizer")}
                print(f"case {number} ({case.kind}, {case.normalize}, {json.dumps(config)}):")
                for problem in problems:
                    print(f"  {problem}", flush=True)
                if options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    subprocess.run(["cp", "-r", directory, f"{options.keep}/{number}"], check=True)
    print(
        f"cases {options.first} to {options.first + options.cases - 1}, {figures} figures against Keras "
        f"{keras.__version__} on {keras.backend.backend()} in {time.time() - began:.0f} s: {len(different)} differ"
        + (f": {different}" if different else "") + (f"; in {failed} the backend failed itself" if failed else ""))
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
