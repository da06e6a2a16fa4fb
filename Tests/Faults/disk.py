#!/usr/bin/env python3
"""Lets the disk fail under a training run: full, too small for a file, read-only, and removed.

    swift build -c release
    sudo Tests/Faults/disk.py

A full disk needs root, for a small tmpfs; without it that case and the read-only one are left out and a file-size
limit stands in for them. In each case training must go on to its last epoch, the trouble must be said once, earlier
checkpoints must be whole, and the status must tell. The status is 0 if all is so, else 1.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def config(epochs):
    digits = {"file": str(ROOT / "Datasets" / "digits.h5")}
    return {
        "name": "disk", "seed": 1, "data": {"train": digits, "normalize": "standardize"},
        "model": {"layers": [{"type": "flatten"}, {"type": "dense", "units": 500, "activation": "relu"},
                             {"type": "dense", "units": 10, "activation": "softmax"}]},
        "loss": "sparse_categorical_crossentropy", "optimizer": "adam",
        "training": {"epochs": epochs, "batch_size": 32}, "parallel": {"workers": 1, "shards": 1},
        "checkpoint": {"every": {"steps": 20}, "keep_last": 2},
    }


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Disk:
    def __init__(self, stormo, directory):
        self.stormo = stormo
        self.directory = directory

    def start(self, run, epochs=400, *arguments, limit=None):
        path = self.directory / "config.json"
        path.write_text(json.dumps(config(epochs)))
        limits = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
        return subprocess.Popen([self.stormo, "train", str(path), "--output", str(run), *arguments],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                preexec_fn=limits)

    def wait_for_checkpoints(self, run, process):
        end = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            if len(list((run / "checkpoints").glob("*.h5"))) > 0:
                return
            time.sleep(0.01)
        raise Failure("no checkpoint was written")

    def verify(self, run):
        files = [str(path) for path in sorted((run / "checkpoints").glob("*.h5"))]
        expect(files, f"{run} has no checkpoints")
        result = subprocess.run([self.stormo, "verify", *files], capture_output=True, text=True)
        expect(result.returncode == 0, f"a checkpoint is damaged: {result.stdout}{result.stderr}")

    def outcome(self, process, epochs, word):
        output, errors = process.communicate(timeout=300)
        expect(process.returncode == 1, f"the status is {process.returncode}, not 1: {errors}")
        expect(f"epoch {epochs}/{epochs}" in output, f"training did not go on to the end: {output[-500:]}{errors}")
        said = [line for line in errors.splitlines() if "/checkpoints" in line and word in line]
        expect(len(said) == 1, f"the trouble is said {len(said)} times: {errors}")
        return errors

    def full(self):
        """A file system of 8 MiB that something else fills while training goes on."""
        place = self.directory / "tmpfs"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(place)], check=True)
        try:
            run = place / "run"
            process = self.start(run)
            self.wait_for_checkpoints(run, process)
            with open(place / "filler", "wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(b"x" * 4096)
                except OSError:
                    pass
            self.outcome(process, 400, "can't be ")
            self.verify(run)
            # With room again the run goes on to a good end.
            (place / "filler").unlink()
            result = subprocess.run([self.stormo, "train", "--resume", str(run)], capture_output=True, text=True)
            expect(result.returncode == 0, f"it can't be gone on with: {result.stderr}")
            expect(len((run / "metrics.csv").read_text().splitlines()) == 401, "rows of metrics.csv are missing")
        finally:
            subprocess.run(["umount", "-l", str(place)], check=False)

    def read_only(self):
        """A file system that becomes read-only during the run, and one that was before."""
        place = self.directory / "tmpfs-read-only"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)], check=True)
        try:
            run = place / "run"
            process = self.start(run, 5)
            process.communicate()
            before = {path.name: path.read_bytes() for path in run.rglob("*") if path.is_file()}
            subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
            for process in [self.start(run, 5), self.start(place / "other", 5)]:
                errors = process.communicate()[1]
                expect(process.returncode == 1, f"the status is {process.returncode}: {errors}")
                expect("Read-only file system" in errors and errors.count("\n") == 1, f"said: {errors}")
            expect(before == {path.name: path.read_bytes() for path in run.rglob("*") if path.is_file()},
                   "files have changed")
        finally:
            subprocess.run(["umount", "-l", str(place)], check=False)

    def limited(self):
        """A limit that the checkpoints, of 200 KB and more, exceed; figures and state do not."""
        run = self.directory / "limited"
        process = self.start(run, 20, limit=100_000)
        output, errors = process.communicate(timeout=300)
        expect(process.returncode == 1, f"the status is {process.returncode}: {errors}")
        expect("epoch 20/20" in output, f"training did not go on to the end: {output[-500:]}{errors}")
        expect(errors.count("checkpoints/step-") == 1, f"the trouble is said more or less than once: {errors}")
        expect("File too large" in errors, f"the reason is not said: {errors}")
        expect(not list(run.rglob("*.partial")), "half-written files are left")
        expect(len((run / "metrics.csv").read_text().splitlines()) == 21, "rows of metrics.csv are missing")

    def removed(self):
        """The run directory is removed while training goes on."""
        run = self.directory / "removed"
        process = self.start(run)
        self.wait_for_checkpoints(run, process)
        run.rename(self.directory / "moved")
        errors = self.outcome(process, 400, "can't be ")
        expect(errors.count("metrics.csv can't be written") == 1, f"the figures' trouble is not said once: {errors}")
        expect(not run.exists(), "something was written to the place of the removed directory")
        self.verify(self.directory / "moved")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stormo", default=str(ROOT / ".build" / "release" / "stormo"))
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="stormo-disk-"))
    disk = Disk(options.stormo, directory)
    cases = [disk.limited, disk.removed]
    probe = directory / "probe"
    probe.mkdir()
    mounts = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(probe)], capture_output=True).returncode == 0
    if mounts:
        subprocess.run(["umount", str(probe)], check=True)
        cases += [disk.full, disk.read_only]
    else:
        print("full and read_only: left out, since this user can't mount a tmpfs")
    failures = 0
    for case in cases:
        try:
            case()
            print(f"{case.__name__}: training went on, the trouble was said once, earlier files are whole", flush=True)
        except Failure as failure:
            failures += 1
            print(f"{case.__name__}: {failure}", flush=True)
    shutil.rmtree(directory, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
