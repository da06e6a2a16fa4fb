#!/usr/bin/env python3
"""Kills training runs at random moments, goes on with them, and compares them with runs that were never killed.

    swift build -c release
    Tests/Faults/kill.py --kills 200

Each run is trained once in one go. Then it is begun anew, ended by SIGKILL at random moments (a third of them while a
file is being written, the others at any time: reading, the first step, steps, evaluation), and each time resumed with
a random number of workers. In the end metrics.csv, model.h5 and config.json must be the same bytes. After each kill
every checkpoint that stands in the run directory must be whole.

The moments follow from the seed as far as the machine allows. The status is 0 if all runs are the same, else 1.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = str(ROOT / "Datasets" / "digits.h5")
COMPARED = ["metrics.csv", "model.h5", "config.json"]


def dense(units, activation):
    return {"type": "dense", "units": units, "activation": activation}


def splits(file):
    return {name: {"file": file} for name in ["train", "validation", "test"]}


def configs(images):
    """Configs that between them have all that a run remembers."""
    base = {"seed": 11, "loss": "sparse_categorical_crossentropy", "parallel": {"workers": 2, "shards": 4}}
    yield base | {
        "name": "adam-dropout",
        "data": splits(DIGITS) | {"normalize": "standardize"},
        "model": {"layers": [{"type": "flatten"}, dense(48, "relu"), {"type": "dropout", "rate": 0.3},
                             dense(10, "softmax")]},
        "metrics": ["accuracy", "f1"],
        "optimizer": {"type": "adam", "learning_rate": 0.002},
        "training": {"epochs": 70, "batch_size": 16},
        "checkpoint": {"every": {"steps": 20}, "keep_last": 3},
    }
    yield base | {
        "name": "sgd-augmented-early-stopping",
        "data": splits(DIGITS) | {"normalize": "scale",
                                  "augment": [{"type": "random_translation"}, {"type": "gaussian_noise"}]},
        "model": {"layers": [{"type": "conv2d", "filters": 8, "kernel_size": 3, "padding": "same",
                              "activation": "relu"}, {"type": "max_pooling2d"}, {"type": "flatten"},
                             dense(10, "softmax")]},
        "metrics": ["accuracy"],
        "optimizer": {"type": "sgd", "learning_rate": 0.05, "momentum": 0.9, "global_clipnorm": 1},
        "training": {"epochs": 60, "batch_size": 32, "early_stopping": {
            "monitor": "validation_loss", "patience": 50, "restore_best": True}},
        "checkpoint": {"every": {"steps": 7}, "keep_best": True},
    }
    yield base | {
        "name": "streamed",
        "data": splits(images) | {"normalize": "standardize", "memory_limit": 400_000},
        "model": {"layers": [{"type": "flatten"}, dense(32, "tanh"), dense(10, "softmax")]},
        "metrics": ["accuracy"],
        "optimizer": {"type": "adam", "learning_rate": 0.001},
        "training": {"epochs": 40, "batch_size": 32},
        "checkpoint": {"every": {"seconds": 0.05}},
    }


class Failure(Exception):
    pass


class Killer:
    def __init__(self, stormo, seed):
        self.stormo = stormo
        self.random = random.Random(seed)
        self.kills = self.in_files = self.resumes = self.compared = self.runs = self.verified = 0

    def train(self, *arguments):
        return subprocess.Popen([self.stormo, "train", *arguments, "--quiet"], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finish(self, process):
        errors = process.communicate()[1].decode(errors="replace")
        if process.returncode != 0:
            raise Failure(f"{' '.join(process.args)} ended with {process.returncode}: {errors}")

    def moment(self, process, run, startup):
        """Waits for the moment to kill; returns whether the process still ran."""
        hunts = self.random.random() < 1 / 3
        delay = self.random.uniform(0, startup + 0.15) if not hunts else startup + self.random.uniform(0, 0.1)
        end = time.monotonic() + delay
        while time.monotonic() < end:
            if process.poll() is not None:
                return False
            time.sleep(0.001)
        if hunts:
            # A sibling file is there as long as a checkpoint, a model or a text is being written.
            end = time.monotonic() + 0.5
            while time.monotonic() < end and process.poll() is None:
                if any(name.endswith(".partial") for place in [run, run / "checkpoints"] if place.is_dir()
                       for name in os.listdir(place)):
                    time.sleep(self.random.uniform(0, 0.004))
                    self.in_files += 1
                    break
        return process.poll() is None

    def check(self, run):
        files = [str(path) for path in (run / "checkpoints").glob("*.h5")]
        files += [str(run / "model.h5")] if (run / "model.h5").exists() else []
        if not files:
            return
        result = subprocess.run([self.stormo, "verify", *files], capture_output=True, text=True)
        if result.returncode != 0:
            raise Failure(f"a finished file is damaged: {result.stdout}{result.stderr}")
        self.verified += len(files)

    def run(self, config, directory, kills):
        path = directory / f"{config['name']}.json"
        path.write_text(json.dumps(config))
        whole, run = directory / f"{config['name']}-whole", directory / f"{config['name']}-{self.runs}"
        if not whole.exists():
            self.finish(self.train(str(path), "--output", str(whole)))
        start = time.monotonic()
        subprocess.run([self.stormo, "inspect", str(path)], capture_output=True)
        startup = time.monotonic() - start + 0.02
        killed = 0
        while True:
            if (run / "config.json").exists():
                arguments = ["--resume", str(run), "--workers", str(self.random.randint(1, 4))]
                self.resumes += 1
            else:
                arguments = [str(path), "--output", str(run)]
            process = self.train(*arguments)
            if killed < kills and self.moment(process, run, startup):
                process.kill()
                process.communicate()
                killed += 1
                self.kills += 1
                self.check(run)
                continue
            self.finish(process)
            break
        for name in COMPARED:
            ours, theirs = (run / name).read_bytes(), (whole / name).read_bytes()
            if ours != theirs:
                raise Failure(f"{run / name} differs from {whole / name}")
            self.compared += len(ours)
        self.check(run)
        self.runs += 1
        print(f"{config['name']}: {killed} kills, the same as the run that was never killed", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stormo", default=str(ROOT / ".build" / "release" / "stormo"))
    options = parser.parse_args()
    killer = Killer(options.stormo, options.seed)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="stormo-kill-"))
    images = str(directory / "images.h5")
    subprocess.run([options.stormo, "data", "synthesize", "images", "--shape", "12x12x1", "--samples", "4000",
                    "--output", images], check=True, stdout=subprocess.DEVNULL)
    try:
        while killer.kills < options.kills:
            for config in configs(images):
                left = options.kills - killer.kills
                if left > 0:
                    killer.run(config, directory, min(left, 40))
    except Failure as failure:
        print(failure, file=sys.stderr)
        print(f"the files are in {directory}", file=sys.stderr)
        return 1
    subprocess.run(["rm", "-r", str(directory)], check=True)
    print(f"{killer.kills} kills ({killer.in_files} while a file was written), {killer.resumes} resumes, "
          f"{killer.runs} runs: {killer.compared} bytes compared, {killer.verified} files verified, all the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
