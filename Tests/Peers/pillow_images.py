#!/usr/bin/env python3
"""Compares what `stormo data convert` makes of images with what Pillow makes of them, value by value.

    python3 Tests/Peers/pillow_images.py --stormo .build/release/stormo [--cases 200] [--seed 1]
    python3 Tests/Peers/pillow_images.py --stormo .build/release/stormo --speed 5000

Needs pillow, numpy and h5py, which CI does not have: it is run by hand. In Pillow's words a row is
`ImageOps.exif_transpose`, opacity laid on white, `convert("L")` or `convert("RGB")`, and `resize`, `ImageOps.pad` or
`ImageOps.fit` with BILINEAR. With --speed it counts images a second, from JPEGs of 224x224 to rows of 64x64 and of 224x224.
"""

import argparse
import collections
import pathlib
import subprocess
import tempfile
import time

import h5py
import numpy as np
from PIL import Image, ImageOps

METHODS = {
    "resize": lambda image, size: image.resize(size, Image.BILINEAR),
    "letterbox": lambda image, size: ImageOps.pad(image, size, Image.BILINEAR),
    "crop": lambda image, size: ImageOps.fit(image, size, Image.BILINEAR),
}


def picture(random, height, width, channels, dtype=np.uint8):
    """Smooth with some noise, so that JPEG has something to do."""
    most = np.iinfo(dtype).max
    y, x = np.mgrid[0:height, 0:width]
    waves = [
        np.sin(x * random.uniform(0, 0.5) + y * random.uniform(0, 0.5) + random.uniform(0, 6)) for _ in range(channels)
    ]
    values = (np.stack(waves, axis=-1) + 1) / 2 * 0.8 + random.uniform(0, 0.2, (height, width, channels))
    return (values * most).astype(dtype)


def save(random, folder, index):
    """An image of some form, and what the form is called."""
    height, width = random.integers(8, 90, 2)
    kind = random.choice(
        ["grey", "colour", "palette", "bits", "grey16", "jpeg", "jpeg-grey", "jpeg-cmyk", "webp", "webp-lossless"])
    exif = Image.Exif()
    if random.random() < 0.5:
        exif[0x0112] = int(random.integers(1, 9))
    path = folder / f"{index:04}.{'jpg' if kind.startswith('jpeg') else 'webp' if kind.startswith('webp') else 'png'}"
    if kind in ("grey", "jpeg-grey"):
        image = Image.fromarray(picture(random, height, width, 1)[..., 0])
    elif kind == "grey16":
        image = Image.fromarray(picture(random, height, width, 1, np.uint16)[..., 0])
    elif kind == "bits":
        image = Image.fromarray(picture(random, height, width, 1)[..., 0]).convert("1")
    else:
        image = Image.fromarray(picture(random, height, width, 3))
    if kind == "palette":
        image = image.quantize(int(random.integers(2, 256)))
    if kind == "jpeg-cmyk":
        image = image.convert("CMYK")
    options = {"exif": exif}
    if kind.startswith("jpeg"):
        options |= {"quality": int(random.integers(30, 100)), "progressive": bool(random.random() < 0.5)}
        options["subsampling"] = int(random.integers(0, 3))
    if kind == "webp-lossless":
        options["lossless"] = True
    image.save(path, **options)
    return path, kind


def expected(path, size, channels, fit):
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode.startswith("I"):
        # Pillow makes no grey of 8 bits of it but by clipping.
        values = np.asarray(image).astype(np.uint32)
        image = Image.fromarray(((values * 255 + 32895) >> 16).astype(np.uint8))
    if image.mode == "P":
        image = image.convert("RGB")
    image = METHODS[fit](image.convert("L" if channels == 1 else "RGB"), size)
    values = np.asarray(image)
    return values[..., None] if channels == 1 else values


def compare(arguments):
    random = np.random.default_rng(arguments.seed)
    differences = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "images"
        folder.mkdir()
        saved = [save(random, folder, index) for index in range(arguments.cases)]
        for fit in METHODS:
            for channels in (1, 3):
                height, width = (int(side) for side in random.integers(8, 60, 2))
                subprocess.run(
                    [arguments.stormo, "data", "convert", folder, "--output", f"{name}/out.h5", "--size",
                     f"{height}x{width}", "--channels", str(channels), "--bits", "8", "--fit", fit],
                    check=True, stdout=subprocess.DEVNULL)
                with h5py.File(f"{name}/out.h5") as file:
                    own, names = file["train/inputs"][:], file["train/file_names"].asstr()[:]
                assert list(names) == [path.name for path, _ in saved]
                for row, (path, kind) in zip(own, saved):
                    difference = np.abs(row.astype(int) - expected(path, (width, height), channels, fit).astype(int))
                    differences[kind].append(difference)
    print(f"{'form':<16}{'images':>8}{'equal':>10}{'by 1':>10}{'greatest':>10}")
    for kind, own in sorted(differences.items()):
        values = np.concatenate([one.ravel() for one in own])
        print(
            f"{kind:<16}{len(own):>8}{(values == 0).mean():>10.2%}{(values == 1).mean():>10.2%}{values.max():>10}")


def speed(arguments):
    random = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "images"
        folder.mkdir()
        # A hundred different ones, many times.
        bodies = []
        for index in range(100):
            path = folder / "one.jpg"
            Image.fromarray(picture(random, 224, 224, 3)).save(path, quality=90)
            bodies.append(path.read_bytes())
        path.unlink()
        for index in range(arguments.speed):
            (folder / f"{index:05}.jpg").write_bytes(bodies[index % 100])
        for size in (64, 224):
            for gzip in (0, 4):
                start = time.perf_counter()
                subprocess.run(
                    [arguments.stormo, "data", "convert", folder, "--output", f"{name}/out.h5", "--size", str(size),
                     "--gzip", str(gzip)], check=True, stdout=subprocess.DEVNULL)
                seconds = time.perf_counter() - start
                print(f"stormo, {size}x{size}, gzip {gzip}: {arguments.speed / seconds:,.0f} images/s")
            start = time.perf_counter()
            with h5py.File(f"{name}/pillow.h5", "w") as file:
                rows = file.create_dataset(
                    "inputs", (arguments.speed, size, size, 3), np.uint8, chunks=(64, size, size, 3))
                paths = sorted(folder.iterdir())
                for first in range(0, len(paths), 64):
                    block = [
                        np.asarray(Image.open(path).convert("RGB").resize((size, size), Image.BILINEAR))
                        for path in paths[first:first + 64]
                    ]
                    rows[first:first + len(block)] = block
            seconds = time.perf_counter() - start
            print(f"pillow and h5py, {size}x{size}, gzip 0: {arguments.speed / seconds:,.0f} images/s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stormo", default=".build/release/stormo")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=int, default=0, metavar="IMAGES")
    arguments = parser.parse_args()
    speed(arguments) if arguments.speed else compare(arguments)
