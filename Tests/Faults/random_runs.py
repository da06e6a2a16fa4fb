#!/usr/bin/env python3
"""Trains random configs, kills and resumes them at random moments, and trains them again from their resolved configs.

    swift build -c release
    Tests/Faults/random_runs.py --count 1000 --seed 1

Layers, sizes, chunks, windows, limits of memory, shards, workers, splits, folds, weights, metrics, augmentations,
schedules and checkpoints are drawn anew for each config. Of each it must be true:

- The command ends with a documented status, 0, 1, 65 or 78, and with a sentence; never by a signal, never not at all.
- A run that was ended by SIGKILL or SIGTERM, and gone on with by another number of workers, ends with the same bytes as
  the one that was not; metrics.csv, model.h5 and config.json are compared.
- The config.json that a run has written makes the same bytes again.

Each config follows from its seed, which is printed where something is wrong; `--seed N --count 1` repeats it, the
moments of the kills apart. The status is 0 if all held, else 1.
"""
import argparse
import collections
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPARED = ["metrics.csv", "model.h5", "config.json"]
REFUSED = {1, 65, 78}
PATIENCE = 120


class Failure(Exception):
    pass


class Draw:
    """One config and its data, as a seed says."""

    def __init__(self, seed, directory, stormo):
        self.random = random.Random(seed)
        self.directory = directory
        self.stormo = stormo

    def chance(self, share):
        return self.random.random() < share

    def one(self, *values):
        return self.random.choice(values)

    def data(self):
        """Makes a file of one split, or of three."""
        self.kind = self.one("images", "blobs", "regression", "sequences", "moons")
        self.rows = int(10 ** self.random.uniform(1.6, 3.7))
        self.has_splits = self.chance(0.6)
        file = self.directory / "data.h5"
        command = [self.stormo, "data", "synthesize", self.kind, "--samples", str(self.rows), "--output", str(file),
                   "--seed", str(self.random.randrange(1000))]
        if self.kind == "images":
            self.shape = [self.random.randint(3, 12), self.random.randint(3, 12), self.one(1, 1, 2, 3)]
            command += ["--shape", "x".join(map(str, self.shape))]
        elif self.kind in ("blobs", "regression"):
            command += ["--features", str(self.random.randint(1, 40))]
        self.classes = {"images": self.random.randint(2, 6), "blobs": self.random.randint(2, 6), "sequences": 3,
                        "moons": 2}.get(self.kind, 0)
        if self.kind in ("images", "blobs", "sequences"):
            command += ["--classes", str(self.classes)]
        if self.chance(0.6):
            command += ["--chunk-rows", str(self.one(1, 7, 64, 100, 1000, self.random.randint(1, self.rows)))]
        if self.chance(0.5):
            command += ["--gzip", "1"]
        if not self.has_splits:
            command += ["--validation", "0", "--test", "0"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        if result.returncode != 0:
            raise Failure(f"{' '.join(command)}: {result.stderr}")
        self.file = file
        return file.stat().st_size

    def layers(self):
        activation = lambda: self.one("relu", "tanh", "sigmoid", "gelu", "elu", "swish", "linear")
        layers = []
        if self.kind == "images" and self.chance(0.6):
            layers.append({"type": "conv2d", "filters": self.random.randint(1, 8),
                           "kernel_size": self.random.randint(1, 3), "padding": self.one("same", "valid"),
                           "activation": activation()})
            if self.chance(0.4):
                layers.append({"type": self.one("max_pooling2d", "average_pooling2d"), "pool_size": 2,
                               "padding": "same"})
            layers.append({"type": "global_average_pooling2d"} if self.chance(0.2) else {"type": "flatten"})
        elif self.kind in ("images", "sequences"):
            layers.append({"type": "flatten"})
        for _ in range(self.random.randint(0, 2)):
            layers.append({"type": "dense", "units": self.random.randint(1, 40), "activation": activation()})
            if self.chance(0.3):
                layers.append({"type": "dropout", "rate": 0.3})
        if self.kind == "regression":
            layers.append({"type": "dense", "units": 1})
        elif self.classes == 2 and self.chance(0.5):
            self.is_binary = True
            layers.append({"type": "dense", "units": 1, "activation": "sigmoid"})
        else:
            layers.append({"type": "dense", "units": self.classes, "activation": "softmax"})
        return layers

    def config(self):
        size = self.data()
        self.is_binary = False
        layers = self.layers()
        loss, metrics = "sparse_categorical_crossentropy", ["accuracy", "f1", "top_2_accuracy", "precision"]
        if self.kind == "regression":
            loss, metrics = self.one("mean_squared_error", "mean_absolute_error", "huber"), ["mae", "rmse", "r2"]
        elif self.is_binary:
            loss, metrics = "binary_crossentropy", ["accuracy", "roc_auc", "recall"]
        elif self.chance(0.3):
            loss = "categorical_crossentropy"
        metrics = self.random.sample(metrics, self.random.randint(0, len(metrics)))
        data = {"train": {"file": str(self.file)}}
        if self.kind != "regression" and self.chance(0.15):
            data["train"]["sample_weight"] = "/train/targets"
        fold = False
        for split, share in [("validation", 0.7), ("test", 0.5)]:
            if self.chance(share):
                data[split] = {"file": str(self.file)} if self.has_splits and self.chance(0.6) else {
                    "fraction": self.one(0.02, 0.1, 0.3)}
        if self.chance(0.08) and "validation" not in data:
            data["k_fold"] = self.random.randint(2, 3)
            fold = True
        if self.kind != "regression" and (fold or any("fraction" in data.get(s, {}) for s in ["validation", "test"])):
            data["stratify"] = self.chance(0.5)
        data["normalize"] = self.one("none", "standardize", "min_max", "scale")
        if self.chance(0.15) and self.kind != "regression":
            data["class_weight"] = "balanced"
        if self.kind == "images" and self.chance(0.3):
            data["augment"] = self.random.sample(
                [{"type": "random_flip"}, {"type": "random_translation"}, {"type": "gaussian_noise"},
                 {"type": "random_crop", "padding": 1}, {"type": "cutout", "size": 2}], self.random.randint(1, 3))
        batch = min(self.one(1, 3, 8, 16, 32, 32, 64, 200), self.rows // 3)
        if self.chance(0.6):
            data["memory_limit"] = max(1 << 16, int(size * self.random.uniform(0.05, 4)))
        if self.chance(0.3):
            data["shuffle_window"] = self.one(1, batch, 2 * batch, 2 * batch + 1, 5 * batch, self.random.randint(1, 2000))
        optimizer = self.one(
            {"type": "adam", "learning_rate": 0.01}, {"type": "adamw"}, {"type": "sgd", "learning_rate": 0.05},
            {"type": "sgd", "learning_rate": 0.02, "momentum": 0.9, "nesterov": True})
        if self.chance(0.3):
            optimizer["schedule"] = {"type": "cosine", "warmup_epochs": self.one(0, 0.5, 1)}
        if self.chance(0.3):
            optimizer[self.one("clipnorm", "clipvalue", "global_clipnorm")] = self.one(0.1, 1)
        # So that a run takes some hundred steps.
        epochs = max(1, min(self.random.randint(1, 6), 400 * batch // self.rows + 1))
        training = {"epochs": epochs, "batch_size": batch, "shuffle": self.chance(0.85),
                    "on_nan": self.one("stop", "stop", "skip", "rewind")}
        if self.chance(0.25):
            figures = ["loss", *metrics]
            if "validation" in data or fold:
                figures += ["validation_" + name for name in figures]
            training["early_stopping"] = {"monitor": self.one(*figures), "patience": self.random.randint(1, 3),
                                          "restore_best": self.chance(0.5)}
        return {
            "name": "random", "seed": self.random.randrange(1 << 30), "data": data, "model": {"layers": layers},
            "loss": loss, "metrics": metrics, "optimizer": optimizer, "training": training,
            "parallel": {"workers": self.random.randint(1, 5), "shards": self.one(1, 2, 3, 4, 7, "workers")},
            "checkpoint": {"every": self.one({"steps": self.random.randint(1, 40)}, {"epochs": 1}, {"seconds": 0.05}),
                           "keep_last": self.random.randint(1, 3), "keep_best": self.chance(0.3)},
        }


class Trial:
    def __init__(self, stormo, seed, kills, counts):
        self.stormo, self.seed, self.kills, self.counts = stormo, seed, kills, counts
        self.random = random.Random(seed ^ 0x5EED)

    def train(self, *arguments):
        return subprocess.Popen([self.stormo, "train", *map(str, arguments), "--quiet"], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def end(self, process, what, accepted=()):
        """Waits for the end; returns the status and what was said."""
        try:
            errors = process.communicate(timeout=PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"{what} did not end in {PATIENCE} s: {' '.join(process.args)}")
        if process.returncode not in REFUSED | {0} | set(accepted):
            raise Failure(f"{what} ended with {process.returncode}: {' '.join(process.args)}\n{errors}")
        if process.returncode in REFUSED and not errors.strip():
            raise Failure(f"{what} ended with {process.returncode} and without a sentence: {' '.join(process.args)}")
        return process.returncode, errors

    def compare(self, whole, other, what):
        files = [path.relative_to(whole) for path in whole.rglob("*") if path.name in COMPARED]
        for name in files:
            if not (other / name).exists() or (whole / name).read_bytes() != (other / name).read_bytes():
                raise Failure(f"{what}: {other / name} is not {whole / name}")
        self.counts["files compared"] += len(files)

    def continuing(self, config, run):
        """The arguments that begin a run or go on with it, on any number of workers."""
        workers = ["--workers", self.random.randint(1, 5)]
        if (run / "config.json").exists():
            return ["--resume", run, *workers]
        # What is to have as many shards as workers is another run with other workers, until it has begun.
        if json.loads(config.read_text())["parallel"]["shards"] == "workers":
            workers = []
        return ["--resume", run, *workers] if any(run.glob("fold-*/config.json")) else [config, "--output", run, *workers]

    def run(self, directory):
        config = directory / "config.json"
        config.write_text(json.dumps(Draw(self.seed, directory, self.stormo).config(), indent=1))
        whole, again, killed = (directory / name for name in ["whole", "again", "killed"])
        start = time.monotonic()
        status, errors = self.end(self.train(config, "--output", whole), "training")
        duration = time.monotonic() - start
        self.counts[f"status {status}"] += 1
        if status != 0:
            return
        folds = sorted(path for path in whole.iterdir() if path.name.startswith("fold-"))
        if not folds:
            status, errors = self.end(
                self.train(whole / "config.json", "--output", again, "--workers", self.random.randint(1, 5)),
                "training from the resolved config")
            if status != 0:
                raise Failure(f"the resolved config ends with {status}: {errors}")
            self.compare(whole, again, "the resolved config")
        for _ in range(self.kills):
            process = self.train(*self.continuing(config, killed))
            time.sleep(self.random.uniform(0, duration))
            kind = self.random.choice([signal.SIGKILL, signal.SIGTERM])
            process.send_signal(kind)
            if kind == signal.SIGKILL:
                process.communicate()
            else:
                # The signal ends a process that has only begun to start and does not listen yet.
                status, errors = self.end(process, "a run that was ended", (143, -signal.SIGTERM))
                if status in REFUSED:
                    raise Failure(f"{' '.join(process.args)} ended with {status}: {errors}")
            self.counts["kills"] += 1
        arguments = self.continuing(config, killed)
        status, errors = self.end(self.train(*arguments), "the resumed run")
        if status != 0:
            raise Failure(f"{' '.join(map(str, arguments))} ends with {status}: {errors}")
        self.compare(whole, killed, "the resumed run")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=2, help="of each run")
    parser.add_argument("--stormo", default=str(ROOT / ".build" / "release" / "stormo"))
    options = parser.parse_args()
    counts = collections.Counter()
    failures = 0
    for seed in range(options.seed, options.seed + options.count):
        directory = pathlib.Path(tempfile.mkdtemp(prefix=f"stormo-random-{seed}-"))
        try:
            Trial(options.stormo, seed, options.kills, counts).run(directory)
        except Failure as failure:
            failures += 1
            print(f"seed {seed}: {failure}\n  the files are in {directory}", flush=True)
            continue
        subprocess.run(["rm", "-r", str(directory)], check=True)
    found = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(f"{options.count} configs from seed {options.seed}: {found}; {failures} wrong", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
