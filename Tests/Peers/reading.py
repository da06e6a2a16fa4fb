"""Reads one compressed file with h5py and with `stormo bench --reading`, in turn, and prints the ratios as Markdown.

    python3 Tests/Peers/reading.py [--rounds 3] [--samples 60000]

The file holds handwritten digits of 28×28 points, drawn from Datasets/digits.h5, larger, shifted, dimmed and with
noise on the strokes; it shrinks to about a quarter, as such files do. h5py reads the rows as a careful user would (chunk after chunk in a random order, the rows of a window mixed), and one
by one in random order, as a shuffling data loader does. Needs h5py and a release build of stormo.
"""

import argparse, json, os, pathlib, random, statistics, subprocess, time

import h5py
import numpy as np

root = pathlib.Path(__file__).resolve().parents[2]
stormo = root / ".build/release/stormo"
work = pathlib.Path(__file__).resolve().parent / ".work"


def write_digits(path, samples):
    """Digits of 8×8 points, three times as large and smoothed, each somewhere else on 28×28."""
    generator = np.random.default_rng(3)
    with h5py.File(root / "Datasets/digits.h5") as file:
        small = file["/train/inputs"][:].reshape(-1, 8, 8).astype(np.float32) / 16
        labels = file["/train/targets"][:]
    large = small.repeat(3, axis=1).repeat(3, axis=2)
    for axis in (1, 2):
        large = (np.roll(large, 1, axis) + large + np.roll(large, -1, axis)) / 3
    with h5py.File(path, "w") as file:
        inputs = file.create_dataset(
            "/train/inputs", (samples, 28, 28, 1), "u1", chunks=(64, 28, 28, 1), compression="gzip",
            compression_opts=4, shuffle=True)
        chosen = generator.integers(0, len(large), samples)
        file.create_dataset("/train/targets", data=labels[chosen])
        for at in range(0, samples, 6400):
            some = chosen[at : at + 6400]
            block = np.zeros((len(some), 28, 28), np.float32)
            for image, digit in zip(block, large[some]):
                y, x = generator.integers(0, 5, 2)
                image[y : y + 24, x : x + 24] = digit
            block *= generator.uniform(200, 255, (len(some), 1, 1))
            block += (block > 8) * generator.normal(0, 3, block.shape)
            inputs[at : at + len(some)] = block.clip(0, 255).astype(np.uint8)[..., None]


def h5py_windows(path, window):
    """Rows a second: chunks in a random order, as many as a window holds, and their rows mixed."""
    with h5py.File(path) as file:
        inputs, targets = file["/train/inputs"], file["/train/targets"]
        chunk = inputs.chunks[0]
        starts = list(range(0, len(inputs), chunk))
        random.Random(1).shuffle(starts)
        begin, rows = time.perf_counter(), 0
        per_window = max(1, window // chunk)
        for index in range(0, len(starts), per_window):
            parts = [inputs[s : s + chunk] for s in starts[index : index + per_window]]
            labels = [targets[s : s + chunk] for s in starts[index : index + per_window]]
            data, labels = np.concatenate(parts), np.concatenate(labels)
            order = np.random.default_rng(index).permutation(len(data))
            for at in range(0, len(order), 64):
                batch, marks = data[order[at : at + 64]], labels[order[at : at + 64]]
                rows += len(batch)
        return rows / (time.perf_counter() - begin)


def h5py_random(path, seconds):
    """Rows a second: each row by itself, in a random order."""
    with h5py.File(path) as file:
        inputs, targets = file["/train/inputs"], file["/train/targets"]
        generator = random.Random(2)
        begin, rows = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            row = generator.randrange(len(inputs))
            inputs[row], targets[row]
            rows += 1
        return rows / (time.perf_counter() - begin)


def own(config, limit, seconds):
    output = subprocess.run(
        [stormo, "bench", config, "--reading", "--seconds", str(seconds), "--set", f'data.memory_limit="{limit}"'],
        check=True, capture_output=True, text=True).stdout
    return float(output.splitlines()[-1].split(" rows/s")[0].replace(",", ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=60000)
    options = parser.parse_args()
    work.mkdir(exist_ok=True)
    path = work / "reading.h5"
    write_digits(path, options.samples)
    with h5py.File(path) as file:
        inputs = file["/train/inputs"]
        size = inputs.size * inputs.dtype.itemsize
        print(f"{len(inputs)} rows of {inputs.shape[1:]} {inputs.dtype}, chunks of {inputs.chunks[0]} rows, gzip and "
              f"shuffle, {inputs.id.get_storage_size() / 2**20:.1f} of {size / 2**20:.1f} MiB on disk; a quarter as "
              "much memory")
    limit = f"{size // 4 // 2**10} KiB"
    config = work / "reading.json"
    config.write_text(json.dumps({
        "data": {"train": {"file": "reading.h5"}},
        "model": {"layers": [{"type": "flatten"}, {"type": "dense", "units": 10, "activation": "softmax"}]},
        "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "training": {"epochs": 1, "batch_size": 64}}))
    figures = {"own": [], "windows": [], "random": []}
    for _ in range(options.rounds):
        figures["own"].append(own(config, limit, 2))
        figures["windows"].append(h5py_windows(path, options.samples // 8))
        figures["random"].append(h5py_random(path, 2))
    median = {name: statistics.median(values) for name, values in figures.items()}
    print("\n| reader | rows/s | Stormo is |\n|---|---|---|")
    print(f"| Stormo | {median['own']:,.0f} | |")
    print(f"| h5py, chunk by chunk, mixed in a window | {median['windows']:,.0f} | {median['own'] / median['windows']:.1f}× |")
    print(f"| h5py, single random rows | {median['random']:,.0f} | {median['own'] / median['random']:.0f}× |")


if __name__ == "__main__":
    main()
