#!/usr/bin/env python3
"""Damages HDF5 files in many ways and lets every command that opens one open them.

    swift build -c release
    python3 Tests/Faults/mutated.py --count 20000

Needs h5py and numpy. Each file is a copy of one of some twenty good ones (h5py's earliest and latest format, and files
of stormo's own) in which single bytes, or parts of its structure (addresses, sizes, dimensions, filters, strings), are
others. A command must end by itself within the patience, with a status of its own and not by a signal, and must not
take more memory than the file can justify. Files that show otherwise are kept. The status is 0 if there are none.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What a command takes for itself, with the 64 MiB that a dataset or a chunk may claim without being stored. The process that
# examines a file is limited by the system (see ExaminationLimits).
OWN_MEMORY = 256 << 20
STATUSES = {0, 1, 64, 65, 78}


def write_data(path, libver, style):
    """A dataset for training, stored in one of several ways, with attributes, groups, a table and strings."""
    import h5py
    import numpy

    rng = numpy.random.default_rng(7)
    rows = 96
    with h5py.File(path, "w", libver=libver) as file:
        storage = {
            "contiguous": {}, "gzip": dict(chunks=(16, 6), compression="gzip", shuffle=True, fletcher32=True),
            "shuffle": dict(chunks=(10, 4), shuffle=True), "szip": dict(chunks=(16, 6), compression="szip"),
            "scaleoffset": dict(chunks=(16, 6), scaleoffset=3), "unlimited": dict(chunks=(8, 6), maxshape=(None, None)),
        }[style]
        labels = {key: value for key, value in storage.items() if key not in ("chunks", "maxshape", "scaleoffset")}
        if "chunks" in storage:
            labels["chunks"] = (16,)
        kind = "float32" if style != "gzip" else "int16"
        for split in ("train", "test"):
            group = file.create_group(split)
            inputs = group.create_dataset("inputs", data=(rng.normal(size=(rows, 6)) * 9).astype(kind), **storage)
            inputs.attrs["feature_names"] = ["a", "b", "c", "d", "e", "f"]
            inputs.attrs["scale"] = 0.5
            targets = group.create_dataset("targets", data=(numpy.arange(rows) % 3).astype("int32"), **labels)
            targets.attrs["class_names"] = numpy.array([b"red", b"green", b"blue"])
        file.attrs["title"] = "a file of data " * 5
        file.attrs["numbers"] = numpy.arange(40)
        table = numpy.zeros(20, dtype=[("x", "f4"), ("y", "i8"), ("z", "S5")])
        file.create_dataset("table", data=table)
        file.create_dataset("words", data=["word %d" % i for i in range(30)])
        file.create_dataset("fixed", data=numpy.array([b"abc", b"defg"]))
        if libver != "latest":  # Booleans of that format are for a newer library.
            file.create_dataset("flags", data=rng.integers(0, 2, 20).astype(bool))
        file["again"] = h5py.SoftLink("/train/inputs")
        deep = file.create_group("a/b/c/d")
        deep.create_dataset("scalar", data=3.5)
        for index in range(12):
            deep.attrs["attribute %d" % index] = index
        if style == "contiguous":
            layout = h5py.VirtualLayout((rows, 6), "float32")
            layout[:] = h5py.VirtualSource(".", "/train/inputs", (rows, 6))
            file.create_virtual_dataset("view", layout)


def config(file, streamed):
    data = {"train": {"file": file}, "test": {"file": file}, "normalize": "standardize"}
    if streamed:
        data["memory_limit"] = "4 MiB"
    return {
        "name": "mutated", "seed": 1, "data": data,
        "model": {"layers": [{"type": "dense", "units": 4, "activation": "relu"},
                             {"type": "dense", "units": 3, "activation": "softmax"}]},
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "optimizer": "adam",
        "training": {"epochs": 1, "batch_size": 16}, "parallel": {"workers": 1, "shards": 1},
    }


class Mutator:
    """Changes of bytes, and of what looks like an address, a size, a dimension, a count or a text."""

    NUMBERS = [0, 1, 2, 3, 7, 8, 16, 255, 256, 4095, 65535, 65536, 1 << 20, (1 << 24) - 1, 1 << 30, (1 << 31) - 1, 1 << 31,
               (1 << 32) - 1, 1 << 32, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
    SIGNATURES = [b"TREE", b"HEAP", b"SNOD", b"GCOL", b"OHDR", b"OCHK", b"BTHD", b"BTLF", b"BTIN", b"FRHP", b"FHDB",
                  b"FHIB", b"FSHD", b"FSSE", b"FAHD", b"FADB", b"EAHD", b"EAIB", b"EASB", b"EADB", b"SMTB", b"\x89HDF"]

    def __init__(self, content, used, generator):
        self.content = content
        self.used = used
        self.random = generator
        self.marks = [place for name in self.SIGNATURES for place in find_all(content, name)]
        size = len(content)
        # Words that are likely addresses or sizes: small, and not beyond the file.
        self.words = [place for place in used
                      if place + 8 <= size and 0 < struct.unpack_from("<Q", content, place)[0] <= 2 * size]

    def make(self):
        data = bytearray(self.content)
        kind = self.random.randrange(8)
        for _ in range(self.random.choice([1, 1, 1, 2, 4])):
            getattr(self, ["byte", "bit", "word", "word", "address", "near_mark", "repeat", "signature"][kind])(data)
        if self.random.random() < 0.01:
            del data[self.random.randrange(len(data)):]
        return bytes(data)

    def place(self):
        return self.random.choice(self.used)

    def byte(self, data):
        data[self.place()] = self.random.randrange(256)

    def bit(self, data):
        data[self.place()] ^= 1 << self.random.randrange(8)

    def word(self, data):
        place, width = self.place(), self.random.choice([2, 4, 8])
        self.put(data, place, width, self.random.choice(self.NUMBERS))

    def address(self, data):
        if not self.words:
            return self.word(data)
        value = struct.unpack_from("<Q", self.content, self.random.choice(self.words))[0]
        change = self.random.choice([0, 0, 1, -1, 8, -8, 512, len(data)])
        self.put(data, self.random.choice(self.words), 8, value + change)

    def near_mark(self, data):
        if not self.marks:
            return self.word(data)
        place = self.random.choice(self.marks) + self.random.randrange(4, 64)
        self.put(data, place, self.random.choice([1, 2, 4, 8]), self.random.choice(self.NUMBERS))

    def repeat(self, data):
        source, target, length = self.place(), self.place(), self.random.choice([4, 8, 16, 64])
        data[target:target + length] = data[source:source + length][:max(0, len(data) - target)]

    def signature(self, data):
        """Part of one structure in the place of another, with sums that are right where there are any."""
        if len(self.marks) < 2:
            return self.repeat(data)
        source, target = self.random.choice(self.marks), self.random.choice(self.marks)
        length = self.random.choice([8, 24, 64])
        data[target + 4:target + length] = data[source + 4:source + length][:max(0, len(data) - target - 4)]

    @staticmethod
    def put(data, place, width, value):
        if 0 <= place and place + width <= len(data):
            data[place:place + width] = (value % (1 << (8 * width))).to_bytes(width, "little")


def find_all(content, name):
    places, start = [], content.find(name)
    while start >= 0:
        places.append(start)
        start = content.find(name, start + 1)
    return places


def lookup3(data, initial=0):
    """Bob Jenkins's hash, with which HDF5's newer structures are summed."""
    mask = 0xFFFFFFFF
    rot = lambda x, k: ((x << k) | (x >> (32 - k))) & mask
    length = len(data)
    a = b = c = (0xDEADBEEF + length + initial) & mask
    position = 0
    while length > 12:
        x, y, z = struct.unpack_from("<III", data, position)
        a, b, c = (a + x) & mask, (b + y) & mask, (c + z) & mask
        a = ((a - c) & mask) ^ rot(c, 4); c = (c + b) & mask
        b = ((b - a) & mask) ^ rot(a, 6); a = (a + c) & mask
        c = ((c - b) & mask) ^ rot(b, 8); b = (b + a) & mask
        a = ((a - c) & mask) ^ rot(c, 16); c = (c + b) & mask
        b = ((b - a) & mask) ^ rot(a, 19); a = (a + c) & mask
        c = ((c - b) & mask) ^ rot(b, 4); b = (b + a) & mask
        position, length = position + 12, length - 12
    if length == 0:
        return c
    tail = bytes(data[position:]) + bytes(12 - length)
    x, y, z = struct.unpack("<III", tail)
    a, b, c = (a + x) & mask, (b + y) & mask, (c + z) & mask
    c = ((c ^ b) - rot(b, 14)) & mask; a = ((a ^ c) - rot(c, 11)) & mask
    b = ((b ^ a) - rot(a, 25)) & mask; c = ((c ^ b) - rot(b, 16)) & mask
    a = ((a ^ c) - rot(c, 4)) & mask; b = ((b ^ a) - rot(a, 14)) & mask
    return ((c ^ b) - rot(b, 24)) & mask


def sums(content):
    """(start, end) of each structure of a file whose last four bytes are the sum of those before."""
    found = []
    for name in (b"OHDR", b"OCHK", b"BTHD", b"BTLF", b"BTIN", b"FRHP", b"FHDB", b"FHIB", b"FAHD", b"FADB", b"EAHD", b"EAIB",
                 b"EASB", b"EADB", b"SMTB", b"\x89HDF"):
        for start in find_all(content, name):
            for end in range(start + 12, min(len(content), start + 2100)):
                if lookup3(content[start:end]) == struct.unpack_from("<I", content, end)[0] if end + 4 <= len(content) \
                        else False:
                    found.append((start, end))
                    break
    return found


def used_places(content):
    """Bytes that are not among long runs of zeros."""
    return [place for place in range(len(content)) if any(content[max(0, place - 8):place + 9])]


class Seed:
    def __init__(self, name, kind, content):
        self.name, self.kind, self.content = name, kind, content
        self.used = used_places(content)
        self.sums = sums(content)

    def mutant(self, generator):
        data = bytearray(Mutator(self.content, self.used, generator).make())
        # Half of the damage shall get past the sums.
        if self.sums and generator.random() < 0.5:
            for start, end in self.sums:
                if end + 4 <= len(data):
                    struct.pack_into("<I", data, end, lookup3(bytes(data[start:end])))
        return bytes(data)


def seeds(stormo, directory, quick):
    found = []
    styles = ["contiguous", "gzip", "scaleoffset", "shuffle", "szip", "unlimited"]
    for libver in [("earliest", "v110"), ("v110", "v110"), "latest"][:2 if quick else 3]:
        for style in styles[:3] if quick else styles:
            path = directory / f"{style}.h5"
            try:
                write_data(path, libver, style)
            except ValueError:  # This h5py lacks the filter.
                continue
            found.append(Seed(f"{style} {libver}", "data", path.read_bytes()))
    good = directory / "good.h5"
    write_data(good, ("earliest", "v110"), "contiguous")
    (directory / "good.json").write_text(json.dumps(config(str(good), False)))
    run = directory / "run"
    subprocess.run([stormo, "train", str(directory / "good.json"), "--output", str(run), "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    found.append(Seed("model", "model", (run / "model.h5").read_bytes()))
    checkpoints = sorted((run / "checkpoints").glob("*.h5"))
    if checkpoints:
        found.append(Seed("checkpoint", "checkpoint", checkpoints[-1].read_bytes()))
    return found


def commands(kind, file, scratch, good):
    if kind == "data":
        (scratch / "config.json").write_text(json.dumps(config(str(file), False)))
        (scratch / "streamed.json").write_text(json.dumps(config(str(file), True)))
        return {
            "inspect": ["inspect", file], "data inspect": ["data", "inspect", file], "data head": ["data", "head", file],
            "data head words": ["data", "head", file, "/words"],
            "data rechunk": ["data", "rechunk", file, "--output", scratch / "rechunked.h5"],
            "data split": ["data", "split", file, "--output", scratch / "split.h5", "--inputs", "/train/inputs",
                           "--fractions", "first=0.5,second=0.5"],
            "train": ["train", scratch / "config.json", "--output", scratch / "run", "--quiet"],
            "train streamed": ["train", scratch / "streamed.json", "--output", scratch / "run", "--quiet"],
            "evaluate": ["evaluate", good / "run" / "model.h5", "--data", file],
            "predict": ["predict", good / "run" / "model.h5", "--data", file, "--output", scratch / "predictions.h5"],
            "check": ["check", scratch / "config.json"],
        }
    found = {"verify": ["verify", file], "inspect": ["inspect", file], "data inspect": ["data", "inspect", file]}
    if kind == "model":
        found["predict"] = ["predict", file, "--data", good / "good.h5", "--output", scratch / "predictions.h5"]
        found["evaluate"] = ["evaluate", file, "--data", good / "good.h5"]
    return found


class Trial:
    def __init__(self, options, good):
        self.options, self.good = options, good

    def run(self, seed, index):
        generator = random.Random(f"{self.options.seed}/{index}")
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="mutant-", dir=self.good))
        try:
            file = scratch / "mutant.h5"
            file.write_bytes(seed.mutant(generator))
            every = commands(seed.kind, file, scratch, self.good)
            names = list(every) if self.options.all_commands else [generator.choice(list(every))]
            results = []
            for name in names:
                arguments = [str(argument) for argument in every[name]]
                fault, status, peak, text = self.watch(arguments, file)
                results.append((name, status, fault, peak, text))
                if fault:
                    kept = self.options.output / f"{index}-{name.replace(' ', '-')}.h5"
                    kept.write_bytes(file.read_bytes())
            return index, seed.name, results
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def watch(self, arguments, file):
        """Runs the command; tells its fault, status, peak of memory and last words."""
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([self.options.stormo, *arguments], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=errors)
            end = time.monotonic() + self.options.patience
            peak = 0
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > end:
                    process.kill()
                    os.wait4(process.pid, 0)
                    process.returncode = -9
                    return f"did not end in {self.options.patience} s", None, peak, ""
                time.sleep(0.002)
            process.returncode = os.waitstatus_to_exitcode(status)
            peak = usage.ru_maxrss << 10
            errors.seek(0)
            text = errors.read(2000).decode("utf-8", "replace").strip()
        if process.returncode < 0:
            return f"ended by {signal.Signals(-process.returncode).name}", process.returncode, peak, text
        if process.returncode not in STATUSES:
            return f"ended with status {process.returncode}", process.returncode, peak, text
        if process.returncode != 0 and not re.search("^stormo:", text, re.MULTILINE) and arguments[0] != "verify":
            return "gave no sentence", process.returncode, peak, text
        limit = OWN_MEMORY + 4 * file.stat().st_size
        if peak > limit:
            return f"took {peak >> 20} MiB", process.returncode, peak, text
        return None, process.returncode, peak, text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stormo", default=str(ROOT / ".build" / "release" / "stormo"))
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--patience", type=float, default=60, help="seconds for a command")
    parser.add_argument("--all-commands", action="store_true", help="every command on each file, instead of one")
    parser.add_argument("--quick", action="store_true", help="fewer kinds of files, for a test")
    parser.add_argument("--sentences", action="store_true", help="print what was said of crashes and loops")
    parser.add_argument("--output", type=pathlib.Path, help="where files that show a fault are kept")
    options = parser.parse_args()
    good = pathlib.Path(tempfile.mkdtemp(prefix="stormo-mutated-"))
    options.output = options.output or good.parent / "stormo-mutated-faults"
    options.output.mkdir(parents=True, exist_ok=True)
    faults, highest = 0, 0
    statuses, kinds, sentences = collections.Counter(), collections.Counter(), collections.Counter()
    start = time.monotonic()
    try:
        every = seeds(options.stormo, good, options.quick)
        trial = Trial(options, good)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            numbers = range(options.first, options.first + options.count)
            for done, (index, name, results) in enumerate(
                    pool.map(lambda i: trial.run(every[i % len(every)], i), numbers)):
                if done % 1000 == 999:
                    print(f"{done + 1} files in {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
                for command, status, fault, peak, text in results:
                    statuses[(command, status)] += 1
                    highest = max(highest, peak)
                    for word in ("library crashes", "library was busy", "library asks for", "library has waited"):
                        if word in text:
                            kinds[(command, word)] += 1
                            sentences[text] += 1
                    if fault:
                        faults += 1
                        print(f"file {index} ({name}), {command}: {fault}: {text[:300]}", flush=True)
    finally:
        shutil.rmtree(good, ignore_errors=True)
    for (command, status), count in sorted(statuses.items(), key=str):
        print(f"{command}: status {status}: {count}")
    for (command, word), count in sorted(kinds.items()):
        print(f"{command}: the {word}: {count}")
    if options.sentences:
        for text, count in sentences.most_common(40):
            print(f"{count} × {text}")
    print(f"{options.count} files of {len(every)} kinds, {sum(statuses.values())} commands in "
          f"{time.monotonic() - start:.0f} s, at most {highest >> 20} MiB: {faults} faults"
          + (f", kept in {options.output}" if faults else ""))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
