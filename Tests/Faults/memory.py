#!/usr/bin/env python3
"""Runs commands with less and less memory.

    swift build -c release
    python3 Tests/Faults/memory.py

Models of some nine million parameters, dense and convolutional, are trained, checked, evaluated and used under a
limit on the process's addresses (ulimit -v), from one at which nothing is refused down in small steps to one at which the
program's libraries themselves do not fit. A command must end well or with a sentence, never by a signal. The status is 0
if all do, else 1.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATUSES = {0, 1, 65}
COMMANDS = ["train", "evaluate", "predict", "check"]


def dense(units, activation="relu"):
    return {"type": "dense", "units": units, "activation": activation}


def conv(filters, size=3, strides=1):
    return {"type": "conv2d", "filters": filters, "kernel_size": size, "strides": strides, "padding": "same",
            "activation": "relu"}


POOL = {"type": "max_pooling2d", "pool_size": 2}
MODELS = {
    "dense": [{"type": "flatten"}, dense(2600), dense(2600)],
    # Ours of 3×3, and the library's.
    "winograd": [conv(32), POOL, conv(128), POOL, conv(512), conv(512), conv(1024), {"type": "global_average_pooling2d"}],
    "conv": [conv(64, 5, 2), conv(256, 5, 2), conv(512, 5, 2), conv(512, 3, 2), {"type": "flatten"}],
}


def config(name, data):
    return {
        "name": name, "seed": 1, "data": {"train": {"file": data}, "test": {"file": data}},
        "model": {"layers": MODELS[name] + [dense(10, "softmax")]},
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "adam",
        "training": {"epochs": 1, "batch_size": 64}, "parallel": {"workers": 2, "shards": 4},
    }


class Ladder:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.results, self.faults = collections.Counter(), 0

    def stormo(self, arguments, kibibytes=None):
        limit = f"ulimit -v {kibibytes}; " if kibibytes else ""
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        return subprocess.run(["bash", "-c", limit + 'exec "$@"', "_", self.options.stormo, *arguments], text=True,
                              capture_output=True, timeout=600, env=environment, cwd=self.directory)

    def climb(self, what, arguments):
        for kibibytes in range(self.options.first, self.options.last + 1, self.options.step):
            result = self.stormo([*arguments, *(["--overwrite"] if what.startswith("train") else [])], kibibytes)
            self.results[(what, result.returncode)] += 1
            text = result.stderr.strip()
            if result.returncode not in STATUSES or (result.returncode and "stormo: " not in text):
                self.faults += 1
                print(f"{what} with {kibibytes} KiB: status {result.returncode}: {text[:300]}", flush=True)

    def run(self):
        made = self.stormo(["data", "synthesize", "images", "--samples", "384", "--output", "data.h5"])
        assert made.returncode == 0, made.stderr
        for name in self.options.models:
            path = self.directory / f"{name}.json"
            path.write_text(json.dumps(config(name, "data.h5")))
            trained = self.stormo(["train", f"{name}.json", "--output", name, "--quiet"])
            assert trained.returncode == 0, trained.stderr
            model, data = f"{name}/model.h5", ["--data", "data.h5"]
            commands = {
                "train": ["train", f"{name}.json", "--output", "out", "--quiet"], "check": ["check", f"{name}.json"],
                "evaluate": ["evaluate", model, *data], "predict": ["predict", model, *data, "--output", "predictions.h5"],
            }
            for command in self.options.commands:
                self.climb(f"{command} {name}", commands[command])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stormo", default=str(ROOT / ".build" / "release" / "stormo"))
    parser.add_argument("--first", type=int, default=280_000, help="KiB of addresses")
    parser.add_argument("--last", type=int, default=1_000_000)
    parser.add_argument("--step", type=int, default=10_000)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--commands", nargs="+", default=COMMANDS, choices=COMMANDS, help="check takes half a minute each")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stormo-memory-") as directory:
        ladder = Ladder(options, pathlib.Path(directory))
        ladder.run()
    for (what, status), count in sorted(ladder.results.items()):
        print(f"{what}: status {status}: {count}")
    print(f"{sum(ladder.results.values())} commands: {ladder.faults} ended by a signal or without a sentence")
    sys.exit(1 if ladder.faults else 0)


if __name__ == "__main__":
    main()
