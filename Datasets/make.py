"""Make the datasets of this folder from the copies that scikit-learn and vega_datasets ship.

Run from the repository's root, in a Python with h5py, scikit-learn and vega_datasets:

    pip install h5py scikit-learn vega_datasets
    python3 Datasets/make.py

Nothing is downloaded. Each file holds the groups /train, /validation and /test (70, 10 and 20 % of the
rows), each with `inputs` and `targets`. The split comes from one fixed seed, and no times are stored, so the
same versions of the libraries give the same bytes again.
"""

import csv
import json
from pathlib import Path

import h5py
import numpy as np
import vega_datasets
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.model_selection import train_test_split

SEED = 0
FOLDER = Path(__file__).resolve().parent


def split(classes):
    """The rows of each split, every split with the same share of each class."""
    def part(rows, size):
        return train_test_split(rows, test_size=size, random_state=SEED, stratify=classes[rows])

    count = len(classes)
    rest, test = part(np.arange(count), round(0.2 * count))
    train, validation = part(rest, round(0.1 * count))
    return {"train": train, "validation": validation, "test": test}


def write(name, inputs, targets, rows, class_names=None, feature_names=None, **storage):
    """One dataset file. `storage` is how h5py stores the inputs; targets are small and lie contiguous."""
    with h5py.File(FOLDER / name, "w", libver="earliest") as file:
        for key, names in [("class_names", class_names), ("feature_names", feature_names)]:
            if names is not None:
                file.attrs.create(key, [str(text) for text in names], dtype=h5py.string_dtype("utf-8"))
        for group, chosen in rows.items():
            options = dict(storage)
            if "chunks" in options:
                options["chunks"] = (min(options["chunks"][0], len(chosen)), *options["chunks"][1:])
            file.create_dataset(f"{group}/inputs", data=inputs[chosen], track_times=False, **options)
            file.create_dataset(f"{group}/targets", data=targets[chosen], track_times=False)
            print(name, group, inputs[chosen].shape, inputs.dtype, targets[chosen].shape, targets.dtype)


def write_table(name, source):
    """A table of vega_datasets as CSV, its values as they stand there; what is missing is empty."""
    records = json.loads((Path(vega_datasets.__file__).parent / "_data" / source).read_text())
    with open(FOLDER / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    print(name, len(records))


def main():
    write_table("cars.csv", "cars.json")

    digits = load_digits()
    write(
        "digits.h5",
        digits.images.astype(np.uint8)[..., np.newaxis],
        digits.target.astype(np.uint8),
        split(digits.target),
        class_names=digits.target_names,
        chunks=(256, 8, 8, 1), compression="gzip", compression_opts=9, shuffle=True,
    )

    cancer = load_breast_cancer()
    write(
        "breast-cancer.h5",
        cancer.data.astype(np.float32),
        cancer.target.astype(np.uint8),
        split(cancer.target),
        class_names=cancer.target_names, feature_names=cancer.feature_names,
    )

    diabetes = load_diabetes(scaled=False)
    tenths = np.quantile(diabetes.target, np.arange(0.1, 0.95, 0.1))
    write(
        "diabetes.h5",
        diabetes.data.astype(np.float32),
        diabetes.target.astype(np.float32)[:, np.newaxis],
        split(np.digitize(diabetes.target, tenths)),
        feature_names=diabetes.feature_names,
    )


if __name__ == "__main__":
    main()
