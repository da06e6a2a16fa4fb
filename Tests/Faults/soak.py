#!/usr/bin/env python3
"""Trains for a long time with a checkpoint every two seconds, and watches memory and open files.

    swift build -c release
    Tests/Faults/soak.py --seconds 3600

Once a second the resident memory (VmRSS) and the number of open file descriptors are read from /proc. After a warm-up
neither may grow: memory by no more than 5 % and 4 MiB, descriptors not at all. The figures compared are medians of a
tenth of the samples at the start and at the end, since a checkpoint that is being written takes memory for a moment.
The status is 0 if both are flat, else 1.
"""
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def config(images):
    """Epochs long enough that the run's history, which grows by rights, takes no memory to speak of."""
    splits = {"train": {"file": images}, "validation": {"file": images}}
    return {
        "name": "soak", "seed": 1, "data": splits | {"normalize": "standardize"},
        "model": {"layers": [
            {"type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu"},
            {"type": "max_pooling2d"}, {"type": "flatten"}, {"type": "dropout", "rate": 0.2},
            {"type": "dense", "units": 10, "activation": "softmax"}]},
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "adam",
        "training": {"epochs": 100_000_000, "batch_size": 64},
        "checkpoint": {"every": {"seconds": 2}, "keep_last": 3, "keep_best": True},
    }


def sample(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return resident, len(os.listdir(f"/proc/{process}/fd"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", default="auto")
    parser.add_argument("--stormo", default=str(ROOT / ".build" / "release" / "stormo"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stormo-soak-") as scratch:
        directory = pathlib.Path(scratch)
        images = str(directory / "images.h5")
        subprocess.run([options.stormo, "data", "synthesize", "images", "--samples", "30000", "--output", images],
                       check=True, stdout=subprocess.DEVNULL)
        (directory / "config.json").write_text(json.dumps(config(images)))
        run = directory / "run"
        process = subprocess.Popen(
            [options.stormo, "train", str(directory / "config.json"), "--output", str(run), "--workers",
             options.workers, "--quiet"])
        try:
            time.sleep(max(5, min(60, options.seconds / 10)))
            samples, seen = [], set()
            end = time.monotonic() + options.seconds
            while time.monotonic() < end:
                if process.poll() is not None:
                    print(f"the training ended with {process.returncode}", file=sys.stderr)
                    return 1
                samples.append(sample(process.pid))
                seen.update(path.name for path in (run / "checkpoints").glob("step-*.h5"))
                time.sleep(1)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            status = process.wait()
        epochs = len((run / "metrics.csv").read_text().splitlines()) - 1
    part = max(len(samples) // 10, 1)
    first = [statistics.median(values) for values in zip(*samples[:part])]
    last = [statistics.median(values) for values in zip(*samples[-part:])]
    print(f"{options.seconds:.0f} s, {epochs} epochs, {len(seen)} checkpoints: memory {first[0] / 1024:.1f} MiB at the "
          f"start, {last[0] / 1024:.1f} MiB at the end, {max(s[0] for s in samples) / 1024:.1f} MiB at most; "
          f"{first[1]:.0f} open files at the start, {last[1]:.0f} at the end")
    is_flat = last[0] <= first[0] * 1.05 + 4096 and last[1] <= first[1]
    if status != 128 + signal.SIGTERM:
        print(f"SIGTERM ended it with {status}", file=sys.stderr)
    return 0 if is_flat and status == 128 + signal.SIGTERM else 1


if __name__ == "__main__":
    sys.exit(main())
