"""Reads one compressed file with h5py and with `stormo bench --reading`, in turn, and prints the ratios as Markdown.

    python3 Tests/Peers/reading.py [--rounds 3] [--samples 60000] [--shape 28x28x1]

h5py reads the rows as a careful user would (chunk after chunk in a random order, the rows of a window mixed), and one
by one in random order, as a shuffling data loader does. Needs h5py and a release build of stormo.
"""

import argparse, json, os, pathlib, random, statistics, subprocess, time

import h5py
import numpy as np

root = pathlib.Path(__file__).resolve().parents[2]
stormo = root / ".build/release/stormo"
work = pathlib.Path(__file__).resolve().parent / ".work"


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
    parser.add_argument("--shape", default="28x28x1")
    parser.add_argument("--noise", type=float, default=2, help="of the images: decides how far they can be compressed")
    options = parser.parse_args()
    work.mkdir(exist_ok=True)
    path = work / "reading.h5"
    subprocess.run(
        [stormo, "data", "synthesize", "images", "--output", path, "--samples", str(options.samples), "--shape",
         options.shape, "--gzip", "4", "--noise", str(options.noise), "--validation", "0", "--test", "0"], check=True, capture_output=True)
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
